package modem

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"smsbridge/modem/at"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// peer is a well-behaved modem without delay, for tests that are about something else. It reads command
// lines, and PDUs at the prompt, and answers from its table.
type peer struct {
	port    io.ReadWriteCloser
	answers map[string]string // by command, without AT: information lines, then a final result

	mu    sync.Mutex // guards the rest
	lines []string   // command lines heard
	pdus  []string
	mr    int
}

// usual is what a plain modem says.
var usual = map[string]string{
	"": "OK", "E0": "OK", "V1": "OK", "+CMEE=1": "OK",
	"+CSQ": "+CSQ: 20,99|OK", "+CMEE?": "+CMEE: 0|OK", "+CMGF?": "+CMGF: 0|OK", "+CPIN?": "+CPIN: READY|OK",
	"+CGMI": "Example|OK", "+CGMM": "M1|OK", "+CGMR": "R1.0|OK", "+CGSN": "860000000000001|OK",
	"+CFUN?": "+CFUN: 1|OK",
	"+CCID":  "+CCID: 8949000000000000001F|OK", "+CIMI": "262010000000001|OK",
	"+CNUM": `+CNUM: "","+4915112345678",145|OK`, "+CSCA?": `+CSCA: "+491710760000",145|OK`,
	"+CMGF=0": "OK", "+CSMS?": "+CSMS: 0,1,1,1|OK",
	"+CPMS=?":              `+CPMS: ("SM","ME","SR"),("SM","ME"),("SM","ME")|OK`,
	`+CPMS="SM","SM","SM"`: "+CPMS: 0,20,0,20,0,20|OK",
	`+CPMS="SM"`:           "+CPMS: 0,20,0,20,0,20|OK", `+CPMS="ME"`: "+CPMS: 0,20,0,20,0,20|OK",
	"+CNMI=?":         "+CNMI: (0-3),(0-3),(0,2),(0-2),(0,1)|OK",
	"+CNMI=2,1,0,1,0": "OK", "+CNMI?": "+CNMI: 2,1,0,1,0|OK",
	"+CREG=2": "OK", "+CEREG=2": "OK", "+CLIP=1": "OK",
	"+CREG?":  `+CREG: 2,1,"00C3","0000ABCD",7|OK`,
	"+CEREG?": `+CEREG: 2,1,"00C3","0000ABCD",7|OK`,
	"+COPS?":  `+COPS: 0,0,"Example Net",7|OK`,
	"+CMGL=4": "OK",
}

func newPeer(port io.ReadWriteCloser) *peer {
	return &peer{port: port, answers: usual}
}

// run plays the modem until the port closes.
func (p *peer) run() {
	var line []byte
	buf := make([]byte, 1024)
	atPrompt := false
	for {
		n, err := p.port.Read(buf)
		for _, c := range buf[:n] {
			switch {
			case c == '\n': // the library's
			case c == esc:
				line, atPrompt = nil, false
			case atPrompt && c == ctrlZ:
				p.takePDU(string(line))
				line, atPrompt = nil, false
			case !atPrompt && c == '\r':
				atPrompt = p.takeLine(string(line))
				line = nil
			default:
				line = append(line, c)
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *peer) takeLine(text string) (prompts bool) {
	text, ok := strings.CutPrefix(text, "AT")
	if !ok {
		return false
	}
	p.mu.Lock()
	p.lines = append(p.lines, text)
	p.mu.Unlock()
	if strings.HasPrefix(text, "+CMGS=") {
		io.WriteString(p.port, "\r\n> ")
		return true
	}
	var said []string
	for part := range strings.SplitSeq(text, ";") {
		answer, known := p.answers[part]
		if !known {
			answer = "ERROR"
		}
		said = append(said, strings.Split(answer, "|")...)
		if last := len(said) - 1; said[last] == "OK" {
			said = said[:last]
		}
	}
	if _, failed := at.ParseResult(strings.Join(said[max(0, len(said)-1):], "")); !failed {
		said = append(said, "OK")
	}
	p.say(said...)
	return false
}

func (p *peer) takePDU(pdu string) {
	p.mu.Lock()
	p.pdus = append(p.pdus, pdu)
	p.mr = (p.mr + 1) % 256
	mr := p.mr
	p.mu.Unlock()
	p.say(fmt.Sprintf("+CMGS: %d", mr), "OK")
}

func (p *peer) say(lines ...string) {
	io.WriteString(p.port, "\r\n"+strings.Join(lines, "\r\n\r\n")+"\r\n")
}

func (p *peer) heard() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.lines...)
}

// took returns the PDUs taken and the last reference given.
func (p *peer) took() ([]string, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.pdus...), p.mr
}

// submission returns a message whose PDU holds the number n.
func submission(n int) Submission {
	return Submission{Length: 8, PDU: fmt.Sprintf("00%016X", n)}
}

// collect returns the events that are there now, in words.
func collect(m *Modem) (list []string) {
	for {
		select {
		case ev, ok := <-m.Events():
			if !ok {
				return list
			}
			list = append(list, tell(ev))
		default:
			return list
		}
	}
}

// tell puts an event in words.
func tell(ev Event) string {
	words := []string{ev.Kind.String()}
	switch ev.Kind {
	case Arrived, ReportStored:
		words = append(words, fmt.Sprintf("%s %d", ev.Memory, ev.Index))
	case Report, Direct:
		words = append(words, fmt.Sprintf("%d %s", ev.Length, ev.PDU))
	case SIM:
		words = append(words, ev.Card.String(), ev.Text)
	case Registration:
		words = append(words, ev.State.String())
	case LateSent:
		words = append(words, fmt.Sprintf("%s %d", ev.Late.PDU, ev.Late.MR))
	case LateRejected:
		words = append(words, fmt.Sprintf("%s %v", ev.Late.PDU, ev.Late.Err))
	default:
		words = append(words, strings.ReplaceAll(ev.Text, "\n", "/"))
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// within fails the test if something takes longer. It is for tests on real ports only.
func within(t *testing.T, d time.Duration, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(d):
		t.Fatalf("%s took longer than %v", what, d)
	}
}
