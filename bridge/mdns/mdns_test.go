package mdns

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var desk = Service{Name: "Front. desk XVZP", Hosts: []string{"smsbridge-xvzp.local", "desk.local"}, Port: 8780, Text: []string{"tls=1"}}

var addresses = []netip.Addr{netip.MustParseAddr("10.0.0.7"), netip.MustParseAddr("fe80::7")}

func ask(n string, kind uint16) message {
	return message{id: 9, questions: []question{{name: split(n), kind: kind, class: classIN}}}
}

// kinds are the records of a message, as letters that one can compare.
func kinds(records []record) string {
	var s []string
	for _, r := range records {
		s = append(s, map[uint16]string{kindA: "A", kindAAAA: "AAAA", kindPTR: "PTR", kindSRV: "SRV", kindTXT: "TXT"}[r.kind])
	}
	return strings.Join(s, " ")
}

func TestAnswer(t *testing.T) {
	instance := append(name{desk.Name}, serviceName...)
	has := func(q message, r ...record) message { q.answers = r; return q }
	ptr := record{name: serviceName, kind: kindPTR, target: instance, time: otherTime}
	old, other := ptr, ptr
	old.time, other.target = otherTime/2-time.Second, append(name{"other"}, serviceName...)
	browse := ask("_SMSbridge._tcp.local", kindPTR)
	byName := message{questions: []question{{name: instance, kind: kindSRV, class: classIN}}}
	chaos, response, update := browse, browse, browse
	chaos.questions = []question{{name: serviceName, kind: kindPTR, class: 3}}
	response.response, update.opcode = true, 5
	for _, c := range []struct {
		what          string
		q             message
		answers, more string
	}{
		{"browse", browse, "PTR", "SRV TXT A AAAA"},
		{"who has it already", has(browse, ptr), "", ""},
		{"who had it long ago", has(browse, old), "PTR", "SRV TXT A AAAA"},
		{"who has another", has(browse, other), "PTR", "SRV TXT A AAAA"},
		{"what kinds there are", ask("_services._dns-sd._udp.local", kindPTR), "PTR", ""},
		{"where it is, by a name with a dot", byName, "SRV", "A AAAA"},
		{"an address", ask("smsbridge-xvzp.local.", kindA), "A", ""},
		{"all of a host", ask("DESK.local", kindAny), "A AAAA", ""},
		{"another host", ask("desk-2.local", kindA), "", ""},
		{"a service of others", ask("_http._tcp.local", kindPTR), "", ""},
		{"a public name", ask("bank.example", kindA), "", ""},
		{"a class that is not the internet's", chaos, "", ""},
		{"an answer", response, "", ""},
		{"an update", update, "", ""},
	} {
		for _, legacy := range []bool{false, true} {
			a, ok := desk.answer(c.q, addresses, legacy)
			if kinds(a.answers) != c.answers || kinds(a.more) != c.more || ok != (c.answers != "") {
				t.Errorf("%s: %q and %q, want %q and %q", c.what, kinds(a.answers), kinds(a.more), c.answers, c.more)
			}
			for _, r := range append(a.answers, a.more...) {
				if legacy && (r.flush || r.time > legacyTime) {
					t.Errorf("%s: a cache that is no multicast one is told %+v", c.what, r)
				}
			}
			if ok && legacy != (a.id == c.q.id && c.q.id != 0) && c.q.id != 0 || ok && legacy != (len(a.questions) == 1) {
				t.Errorf("%s, legacy %v: id %d, %d questions", c.what, legacy, a.id, len(a.questions))
			}
		}
	}
}

// wire is one box on loopback, whose group is a socket of the test.
type wire struct {
	t            *testing.T
	box          net.Addr
	group, alone *net.UDPConn
}

func newWire(t *testing.T, networks ...string) *wire {
	t.Helper()
	open := func() *net.UDPConn {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	box := open()
	w := &wire{t: t, box: box.LocalAddr(), group: open(), alone: open()}
	l := link{conn: box, group: w.group.LocalAddr()}
	for _, n := range networks {
		l.networks = append(l.networks, netip.MustParsePrefix(n))
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { desk.attend(ctx, l) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		for said := w.hear(w.group); said.answers[0].time != 0; { // until the goodbye
			said = w.hear(w.group)
		}
		w.group.Close()
		w.alone.Close()
	})
	return w
}

// hear waits for a message; time is only the limit of a test that hangs.
func (w *wire) hear(c *net.UDPConn) message {
	w.t.Helper()
	c.SetReadDeadline(time.Now().Add(30 * time.Second))
	b := make([]byte, largest)
	n, err := c.Read(b)
	if err != nil {
		w.t.Fatalf("nothing is heard: %v", err)
	}
	m, err := parse(b[:n])
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func TestAttend(t *testing.T) {
	w := newWire(t, "127.0.0.1/8")
	if hello := w.hear(w.group); kinds(hello.answers) != "PTR PTR SRV TXT A A" || hello.answers[1].target[0] != desk.Name {
		t.Errorf("the box says %+v", hello)
	}
	w.alone.WriteTo([]byte("this is no DNS"), w.box)
	w.alone.WriteTo(ask("_http._tcp.local", kindPTR).append(nil), w.box)
	w.alone.WriteTo(ask("_smsbridge._tcp.local", kindPTR).append(nil), w.box)
	if a := w.hear(w.alone); a.id != 9 || kinds(a.answers) != "PTR" {
		t.Errorf("the first answer is %+v", a)
	}
}

// A question from beyond the network gets no answer, by which a stranger could be
// flooded; from the network the same one does, after it.
func TestReply_from_elsewhere(t *testing.T) {
	w := newWire(t, "127.0.0.1/8")
	browse := ask("_smsbridge._tcp.local", kindPTR).append(nil)
	for network, near := range map[string]bool{"10.0.0.7/24": false, "fe80::1/64": false, "127.0.0.1/8": true} {
		l := link{conn: w.alone, group: w.group.LocalAddr(), networks: []netip.Prefix{netip.MustParsePrefix(network)}}
		probe, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		desk.reply(l, browse, probe.LocalAddr().(*net.UDPAddr), nil)
		w.alone.WriteTo([]byte("end"), probe.LocalAddr())
		b := make([]byte, largest)
		n, err := probe.Read(b)
		if err != nil || (string(b[:n]) != "end") != near {
			t.Errorf("%s: %q %v", network, b[:n], err)
		}
		probe.Close()
	}
}

func TestFresh(t *testing.T) {
	said, now := make(map[string]time.Time), time.Now()
	all := desk.records(addresses)
	if n := len(fresh(all, said, now)); n != len(all) {
		t.Errorf("%d of %d are said at first", n, len(all))
	}
	if n := len(fresh(all, said, now.Add(apart-1))); n != 0 {
		t.Errorf("%d are said again within a second", n)
	}
	if n := len(fresh(all, said, now.Add(apart))); n != len(all) {
		t.Errorf("%d are said after a second", n)
	}
}

func TestCollect(t *testing.T) {
	w := newWire(t, "127.0.0.1/8")
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var found []Box
	link{conn: conn, group: w.box}.collect(ctx, func(b Box) { found = append(found, b); stop() })
	if len(found) == 0 || found[0].Name != desk.Name || found[0].Port != 8780 || found[0].Text["tls"] != "1" ||
		!slices.Contains(found[0].Addresses, netip.MustParseAddr("127.0.0.1")) {
		t.Errorf("%+v", found)
	}
}
