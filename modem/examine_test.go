package modem

import (
	"maps"
	"net"
	"strings"
	"testing"
	"testing/synctest"
)

// TestExamine gives the modem one trouble at a time: its fact, and none but it, must be bad and say what to do.
func TestExamine(t *testing.T) {
	sound := maps.Clone(usual)
	maps.Copy(sound, map[string]string{
		"+CPINR": "+CPINR: SIM PIN,3,3|OK", "+CGREG?": "+CGREG: 0,1|OK", "+CESQ": "+CESQ: 99,99,255,255,20,50|OK",
		"+CPMS?": `+CPMS: "SM",3,20,"SM",3,20,"SM",3,20|OK`, "+CGSMS?": "+CGSMS: 3|OK", "+CIREG?": "+CIREG: 0,1|OK",
	})
	for _, c := range []struct {
		name    string
		answers map[string]string
		bad     string // names of the facts, parted by /
		words   string // part of what is said
	}{
		{"nothing", nil, "", ""},
		{"flight mode", map[string]string{"+CFUN?": "+CFUN: 4|OK"}, "radio", "AT+CFUN=1"},
		{"PIN needed", map[string]string{"+CPIN?": "+CPIN: SIM PIN|OK"}, "SIM lock", "Give the PIN"},
		{"PUK needed", map[string]string{"+CPIN?": "+CPIN: SIM PUK|OK"}, "SIM lock", "enter the PUK"},
		{"no card", map[string]string{"+CPIN?": "+CME ERROR: 10"}, "SIM lock", "SIM not inserted"},
		{"last try", map[string]string{"+CPINR": "+CPINR: SIM PIN,1,3|OK"}, "PIN tries", "last try is never made"},
		{"no service centre", map[string]string{"+CSCA?": `+CSCA: "",129|OK`}, "service centre", "ask the operator"},
		{"refused by the network", map[string]string{
			"+CREG?": "+CREG: 0,3|OK", "+CGREG?": "+CGREG: 0,3|OK", "+CEREG?": "+CEREG: 0,3|OK",
		}, "LTE registration", "activated, paid for"},
		{"no LTE and no 2G", map[string]string{"+CREG?": "+CREG: 0,3|OK", "+CEREG?": "ERROR"}, "LTE registration", "activated"},
		{"LTE only, no IMS", map[string]string{
			"+CREG?": "+CREG: 0,0|OK", "+CIREG?": "+CIREG: 0,0|OK",
		}, "messages over IMS", "+CGSMS=1"},
		{"told to leave", map[string]string{"+COPS?": "+COPS: 2|OK"}, "operator", "AT+COPS=0"},
		{"no signal", map[string]string{"+CSQ": "+CSQ: 2,99|OK"}, "signal", "antenna"},
		{"text mode", map[string]string{"+CMGF?": "+CMGF: 1|OK"}, "PDU mode", "another program"},
		{"full store", map[string]string{"+CPMS?": `+CPMS: "SM",20,20,"SM",20,20,"SM",20,20|OK`}, "memories", "SM is full (20 of 20)"},
		{"no indications", map[string]string{"+CNMI?": "+CNMI: 0,0,0,0,0|OK"}, "indications", "sweep"},
		{"packet only without LTE", map[string]string{
			"+CGSMS?": "+CGSMS: 0|OK", "+COPS?": `+COPS: 0,0,"Example Net",0|OK`,
		}, "way of messages", "AT+CGSMS=1"},
		{"a modem that knows little", map[string]string{
			"+CPINR": "ERROR", "+CGREG?": "ERROR", "+CEREG?": "ERROR", "+CESQ": "ERROR", "+CGSMS?": "ERROR", "+CIREG?": "ERROR",
		}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answers := maps.Clone(sound)
				maps.Copy(answers, c.answers)
				var bad, words []string
				for _, f := range examined(t, answers) {
					if f.State == Bad {
						bad, words = append(bad, f.Name), append(words, f.Words)
					}
				}
				if strings.Join(bad, "/") != c.bad || !strings.Contains(strings.Join(words, "/"), c.words) {
					t.Errorf("bad are %q: %q, want %s with %q", bad, words, c.bad, c.words)
				}
			})
		})
	}
}

// examined examines a modem that answers so, and checks what holds for all facts.
func examined(t *testing.T, answers map[string]string) []Fact {
	ours, theirs := net.Pipe()
	p := newPeer(theirs)
	p.answers = answers
	go p.run()
	m := start(ours, Options{}.filled())
	m.engine.ready.Store(true)
	m.identity.IMSI = "262010000000001"
	facts, err := m.Examine(t.Context())
	m.Close()
	theirs.Close()
	if err != nil || len(facts) < 22 {
		t.Fatalf("%d facts, %v", len(facts), err)
	}
	for _, f := range facts {
		if !ReadOnly(f.Command) {
			t.Errorf("%s does more than ask", f.Command)
		}
		if f.State != Good && f.Words == "" && f.State != Unknowable {
			t.Errorf("%s is %v and says nothing", f.Name, f.State)
		}
		if strings.Contains(f.Answer, "0000000001") {
			t.Errorf("%s shows %s", f.Name, f.Answer)
		}
	}
	return facts
}
