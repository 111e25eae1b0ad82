package gateway

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"smsbridge/modem/doctor"
	"smsbridge/modem/simulator"
	"smsbridge/modem/usb"
	"smsbridge/storage"
)

var olga = storage.Author{Kind: "agent", Name: "Olga"}

// has finds a finding by its rule.
func has(d storage.Diagnosis, rule string) (storage.Finding, bool) {
	i := slices.IndexFunc(d.Findings, func(f storage.Finding) bool { return f.Rule == rule })
	if i < 0 {
		return storage.Finding{}, false
	}
	return d.Findings[i], true
}

func TestDiagnose(t *testing.T) {
	for _, c := range []struct {
		name  string
		modem simulator.ModemOptions
		spoil func(b *bank)
		rule  string
		words string
	}{
		{"well", simulator.ModemOptions{}, func(*bank) {}, "fine", "sends and receives"},
		{"no signal", simulator.ModemOptions{}, func(b *bank) { b.sim.SetCoverage(simulator.Searching) }, "registration", "no signal"},
		{"refused", simulator.ModemOptions{}, func(b *bank) { b.sim.SetCoverage(simulator.Denied) }, "registration", "refuses"},
		{"LTE without IMS", simulator.ModemOptions{Family: "quectel-ec25"}, func(b *bank) { b.sim.SetCoverage(simulator.NoIMS) }, "ims", "LTE for data only"},
		{"the SIM is out", simulator.ModemOptions{Family: "quectel-ec25"}, func(b *bank) {
			b.sim.RemoveSIM()
			b.lineIs(b.sim.ICCID(), storage.LineSIMMissing, "sim")
		}, "sim", "no SIM"},
		{"unplugged", simulator.ModemOptions{}, func(b *bank) {
			b.sim.Unplug()
			b.lineIs(b.sim.ICCID(), storage.LineAbsent, "sim")
		}, "not_opened", "did not start"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, c.modem)
			c.spoil(b)
			d, err := b.gateway.Diagnose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			f, ok := has(d, c.rule)
			if !ok || !strings.Contains(f.Cause, c.words) || f.Where != "sim" {
				t.Errorf("%+v", d.Findings)
			}
			if (f.Level == "fault") == (c.rule == "fine") || f.Next == "" && f.Level == "fault" {
				t.Errorf("%+v", f)
			}
		})
	}
}

// What a modem was asked stands beside the findings, under its port and its
// line, and nothing private is in it.
func TestDiagnose_facts(t *testing.T) {
	b := open(t, simulator.ModemOptions{})
	d, err := b.gateway.Diagnose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Modems) != 1 || d.Modems[0].Port != "sim" || d.Modems[0].Line != b.line || len(d.Modems[0].Facts) < 15 {
		t.Fatalf("%+v", d.Modems)
	}
	for _, f := range d.Modems[0].Facts {
		for _, private := range []string{b.sim.ICCID(), b.sim.Status().IMEI} {
			if strings.Contains(f.Answer+f.Words, private) {
				t.Errorf("%+v", f)
			}
		}
	}
}

// A port of the box that the gateway has a seat at is judged once, by what its
// modem says; one that it has none at by what can be seen of it.
func TestDiagnose_picture(t *testing.T) {
	b := open(t, simulator.ModemOptions{})
	b.gateway.options.Look = func() (doctor.Picture, error) {
		return doctor.Picture{Ports: []doctor.Port{
			{Port: usb.Port{Name: "sim"}, Skip: "is soldered on"},
			{Port: usb.Port{Name: "ttyUSB7", Path: "/dev/ttyUSB7"}, Holder: usb.Process{PID: 612, Command: "ModemManager", Kind: usb.ModemManager}},
		}}, nil
	}
	d, err := b.gateway.Diagnose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := has(d, "fine"); !ok || f.Where != "sim" {
		t.Errorf("%+v", d.Findings)
	}
	if f, ok := has(d, "held"); !ok || f.Where != "/dev/ttyUSB7" {
		t.Errorf("%+v", d.Findings)
	}
	if len(d.Modems) != 1 {
		t.Errorf("%+v", d.Modems)
	}
}

func TestType(t *testing.T) {
	b := open(t, simulator.ModemOptions{})
	for _, c := range []struct {
		name, modem, line string
		unsafe            bool
		code              storage.Code // empty: it is done
		info, final       string
	}{
		{name: "a question", modem: "sim", line: "AT+CSQ", info: "+CSQ: 20,99", final: "OK"},
		{name: "by the line", modem: b.line, line: "AT+CMGF?", info: "+CMGF: 0", final: "OK"},
		{name: "more than a question", modem: "sim", line: "AT+CFUN=0", code: storage.CodeInvalid},
		{name: "a text is not sent so", modem: "sim", line: "AT+CMGS=12", unsafe: true, code: storage.CodeConflict},
		{name: "meant", modem: "sim", line: "AT+CMEE=0", unsafe: true, final: "OK"},
		{name: "set back after it", modem: "sim", line: "AT+CMEE?", info: "+CMEE: 1", final: "OK"},
		{name: "no such modem", modem: "ttyUSB9", line: "AT", code: storage.CodeNotFound},
	} {
		answer, err := b.gateway.Type(t.Context(), c.modem, c.line, c.unsafe, olga)
		if c.code != "" {
			if !isCode(err, c.code) {
				t.Errorf("%s: %+v %v", c.name, answer, err)
			}
			continue
		}
		if err != nil || strings.Join(answer.Info, "/") != c.info || answer.Final != c.final {
			t.Errorf("%s: %+v %v", c.name, answer, err)
		}
	}
	b.reads("console: Olga typed AT+CMEE=0: OK")
	b.gateway.Type(t.Context(), "sim", `AT+CPIN="4711"`, true, olga)
	if n := b.reads("console: Olga typed AT+CPIN="); strings.Contains(n.Words, "4711") {
		t.Errorf("the PIN stands in the journal: %s", n.Words)
	}
}

// A restarted modem comes back by itself, with its line.
func TestRestart(t *testing.T) {
	b := open(t, simulator.ModemOptions{Family: "quectel-ec25"})
	if err := b.gateway.Restart(t.Context(), "nowhere", olga); !isCode(err, storage.CodeNotFound) {
		t.Error(err)
	}
	starts := b.gateway.session(b.line)
	if err := b.gateway.Restart(t.Context(), "sim", olga); err != nil {
		t.Fatal(err)
	}
	b.reads("reset: Olga restarts the modem")
	b.until("it is another session", func() bool { s := b.gateway.session(b.line); return s != nil && s != starts })
	b.becomes(b.send(customer, "after the restart"), storage.Delivered)
}

func TestTranscript(t *testing.T) {
	b := open(t, simulator.ModemOptions{})
	b.becomes(b.send(customer, "walnut"), storage.Delivered)
	said, err := b.gateway.Transcript(t.Context(), "", 0, 0)
	if err != nil || len(said) < 30 {
		t.Fatalf("%d lines, %v", len(said), err)
	}
	var all strings.Builder
	for i, s := range said {
		if s.Port != "sim" || i > 0 && s.Seq != said[i-1].Seq+1 {
			t.Errorf("%+v", s)
		}
		io.WriteString(&all, s.Line+"\n")
	}
	for _, want := range []string{"> AT+CMGF=0", "< OK", "> AT+CMGS="} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("%q was not said", want)
		}
	}
	for _, private := range []string{b.sim.ICCID(), strings.TrimPrefix(b.sim.Number(), "+")} {
		if strings.Contains(all.String(), private) {
			t.Errorf("%s was kept", private)
		}
	}
	if other, err := b.gateway.Transcript(t.Context(), "ttyUSB9", 0, 0); err != nil || len(other) != 0 {
		t.Errorf("another port said %+v, %v", other, err)
	}

	// Who waits behind the last line gets the next one, and waits no longer than
	// his context.
	last := said[len(said)-1].Seq
	next := make(chan []storage.Said, 1)
	go func() {
		said, _ := b.gateway.Transcript(context.Background(), "sim", last, time.Minute)
		next <- said
	}()
	if _, err := b.gateway.Type(t.Context(), "sim", "AT+CSQ", false, olga); err != nil {
		t.Fatal(err)
	}
	if said := <-next; len(said) == 0 || said[0].Seq <= last {
		t.Errorf("%+v", said)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := b.gateway.Transcript(gone, "sim", 1<<40, time.Minute); err == nil {
		t.Error("nobody was told that the caller had gone")
	}
}

// The transcript forgets its oldest lines, and counts on.
func TestTranscript_most(t *testing.T) {
	var script transcript
	for range 2 * saidMost {
		script.add("sim", "line")
	}
	said, _ := script.after("", 0)
	if len(said) > saidMost || len(said) < saidMost/2 || said[len(said)-1].Seq != 2*saidMost {
		t.Errorf("%d lines to %d", len(said), said[len(said)-1].Seq)
	}
}
