package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// runVerb runs one verb by itself and returns what it printed.
func runVerb(verb *cobra.Command, input string, args ...string) (string, error) {
	var out bytes.Buffer
	verb.SilenceErrors, verb.SilenceUsage = true, true
	verb.SetIn(strings.NewReader(input))
	verb.SetOut(&out)
	verb.SetErr(&out)
	verb.SetArgs(append([]string{}, args...)) // with nil cobra would read the test's own
	err := verb.Execute()
	return out.String(), err
}

const pduHello = "06916407050501040B916407550521F300006210825103744005C8329BFD06"

func TestPDUDecodeGoesOnAfterABadLine(t *testing.T) {
	out, err := runVerb(newPDUCommand(), "zz\n\n"+strings.ToLower(pduHello)+"\r\n", "decode", "-o", "jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d objects for 3 lines:\n%s", len(lines), out)
	}
	for _, bad := range lines[:2] {
		if !strings.HasPrefix(bad, `{"ok":false,"error":"`) {
			t.Errorf("a bad line gives %s", bad)
		}
	}
	const want = `{"ok":true,"type":"deliver","smsc":"+4670505010","address":"+46705550123","text":"Hello",` +
		`"data_hex":"C8329BFD06","timestamp":"2026-01-28T15:30:47+01:00","pid":0,"dcs":0,"alphabet":"gsm7"}`
	if lines[2] != want {
		t.Errorf("got\n%s\nwant\n%s", lines[2], want)
	}
}

func TestPDUDecodeNothing(t *testing.T) {
	for name, input := range map[string]string{"no line": "", "no good line": "zz\nzz\n"} {
		if _, err := runVerb(newPDUCommand(), input, "decode", "-o", "json"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestPDUDecodeTable(t *testing.T) {
	out, err := runVerb(newPDUCommand(), "", "decode", pduHello, pduHello[:40])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"06 91 64 07 05 05 01  SMSC     24.011 8.2.5     service centre +4670505010 (international)",
		"0B 91 64 07 55 05 21 F3  TP-OA", "from +46705550123 (international)",
		"2026-01-28T15:30:47+01:00", `"Hello"`,
		"cannot be read: TP-SCTS",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestPDUDecodeReadsWhatEncodeWrites holds for every flag that encode has.
func TestPDUDecodeReadsWhatEncodeWrites(t *testing.T) {
	text := strings.Repeat("abcdefgh €", 20)
	out, err := runVerb(newPDUCommand(), text+"\n", "encode", "-o", "jsonl", "--to", "71234", "--text", "-",
		"--report", "--ref", "300", "--wide", "--validity", "36h", "--class", "1")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(out) {
		var part pduLine
		if err := json.Unmarshal([]byte(line), &part); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(part.PDU, "00") || len(part.PDU) != 2+2*part.Length {
			t.Errorf("length %d of %s", part.Length, part.PDU)
		}
		lines = append(lines, part.PDU)
	}
	out, err = runVerb(newPDUCommand(), strings.Join(lines, "\n"), "decode", "-o", "json", "--direction", "submit")
	if err != nil {
		t.Fatal(err)
	}
	var objects []pduObject
	if err := json.Unmarshal([]byte(out), &objects); err != nil {
		t.Fatal(err)
	}
	joined := ""
	for i, o := range objects {
		joined += *o.Text
		if c := *o.Concat; c != (pduConcat{Ref: 300, Total: 2, Seq: uint8(i + 1), Bits: 16}) {
			t.Errorf("part %d: %+v", i+1, c)
		}
		if o.Type != "submit" || o.Address != "71234" || *o.ValiditySeconds != 2*24*3600 || *o.Class != 1 || o.Warnings != nil {
			t.Errorf("part %d: %+v", i+1, o)
		}
	}
	if joined != text {
		t.Errorf("%q came back as %q", text, joined)
	}
}

func TestPDUStatusReport(t *testing.T) {
	const line = "00064D0B916407550521F3621082510374406210825103844000"
	out, err := runVerb(newPDUCommand(), line, "decode", "-o", "jsonl", "--direction", "status-report")
	const want = `{"ok":true,"type":"status-report","address":"+46705550123","timestamp":"2026-01-28T15:30:47+01:00",` +
		`"discharge":"2026-01-28T15:30:48+01:00","mr":77,"status":0,"status_class":"delivered",` +
		`"status_text":"received by the recipient's phone"}` + "\n"
	if err != nil || out != want {
		t.Errorf("%v, got\n%swant\n%s", err, out, want)
	}
}

// TestPDUMistakes holds that mistakes of the caller are told from bad data, and name the flag.
func TestPDUMistakes(t *testing.T) {
	for _, c := range []struct {
		args, want string
		usage      bool
	}{
		{"decode -o xml 00", "--output", true},
		{"decode --direction up 00", "--direction", true},
		{"encode --text Hi", "--to", true},
		{"encode --to +46705550123 Hi", "--text", true},
		{"encode --to 1 --text Hi --ref 256", "--ref", true},
		{"encode --to 1 --text Hi --class 4", "--class", true},
		{"encode --to 1 --text Hi --validity -1h", "--validity", true},
		{"encode --to +46x --text Hi", "--to", false},
		{"encode --to 1 --text \x1b", "--text", false},
		{"decode zz", "none of 1 lines", false},
	} {
		_, err := runVerb(newPDUCommand(), "", strings.Split(c.args, " ")...)
		var usage pduUsage
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.As(err, &usage) != c.usage {
			t.Errorf("pdu %s: %v", c.args, err)
		}
	}
}
