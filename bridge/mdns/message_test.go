package mdns

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

func octets(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// An answer as other responders write it, with names compressed (RFC 1035, 4.1.4),
// set by hand from the octets' definitions.
const compressed = `
	0000 8400 0000 0001 0000 0003
	0a 5f736d73627269646765 04 5f746370 05 6c6f63616c 00  000c 0001 00001194 0007  04 4465736b c00c
	c02d  0021 8001 00000078 000a  0000 0000 224c 01 78 c01c
	c02d  0010 8001 00001194 0005  04 613d2062
	c046  0001 8001 00000078 0004  0a000007`

func TestParse(t *testing.T) {
	m, err := parse(octets(t, compressed))
	if err != nil {
		t.Fatal(err)
	}
	instance := name{"Desk", "_smsbridge", "_tcp", "local"}
	want := message{response: true,
		answers: []record{{name: serviceName, kind: kindPTR, time: 75 * time.Minute, target: instance}},
		more: []record{
			{name: instance, kind: kindSRV, flush: true, time: 2 * time.Minute, port: 8780, target: name{"x", "local"}},
			{name: instance, kind: kindTXT, flush: true, time: 75 * time.Minute, text: []string{"a= b"}},
			{name: name{"x", "local"}, kind: kindA, flush: true, time: 2 * time.Minute, address: netip.MustParseAddr("10.0.0.7")},
		}}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("%+v\nwant %+v", m, want)
	}
	if again, err := parse(want.append(nil)); err != nil || !reflect.DeepEqual(again, want) {
		t.Errorf("written and read again: %v %+v", err, again)
	}
	found := boxes(m)
	if len(found) != 1 || found[0].Name != "Desk" || found[0].Host != "x.local" || found[0].Port != 8780 || found[0].Text["a"] != " b" {
		t.Errorf("%+v", found)
	}
}

func TestParse_hostile(t *testing.T) {
	const head = "0000 0000 0001 0000 0000 0000 "
	for what, text := range map[string]string{
		"nothing":                        "",
		"half a head":                    "0000 0000 0001",
		"a pointer to itself":            head + "c00c 000c 0001",
		"a pointer forwards":             head + "c010 000c 0001 01 61 00",
		"two pointers in a circle":       head + "01 61 c00c 000c 0001",
		"a label that ends behind all":   head + "3f 6161",
		"a kind of label that is none":   head + "80 00 000c 0001",
		"no question, though there is 1": head,
		"a name of 256 octets":           head + strings.Repeat("01 61 ", 128) + "00 000c 0001",
		"65535 records":                  "0000 8400 0000 ffff 0000 0000 00 0001 0001 00000000 0004 01020304",
		"a record longer than the rest":  "0000 8400 0000 0001 0000 0000 00 0010 0001 00000000 ffff 00",
		"an address of three octets":     "0000 8400 0000 0001 0000 0000 00 0001 0001 00000000 0003 010203",
		"an address of sixteen as A":     "0000 8400 0000 0001 0000 0000 00 0001 0001 00000000 0010 00000000000000000000000000000001",
		"a text that crosses its end":    "0000 8400 0000 0001 0000 0000 00 0010 0001 00000000 0002 05 61 62626262",
	} {
		if m, err := parse(octets(t, text)); err == nil {
			t.Errorf("%s was taken: %+v", what, m)
		}
	}
	if _, err := parse(octets(t, head+"01 61 00 000c 0001")); err != nil {
		t.Errorf("control: a question that is right: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(octets(f, compressed))
	f.Add(message{id: 7, questions: []question{{name: serviceName, kind: kindAny, class: classIN, unicast: true}}}.append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parse(b)
		if err != nil {
			return
		}
		boxes(m)
		once := m.append(nil)
		again, err := parse(once)
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v\n%x", err, once)
		}
		if twice := again.append(nil); !bytes.Equal(once, twice) {
			t.Fatalf("%x\n%x", once, twice)
		}
	})
}
