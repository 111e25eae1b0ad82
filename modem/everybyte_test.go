package modem

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestURCAtEveryByte says each URC at each octet of the answers to a question, to an order and to +CMGS. Between
// lines it must not be noticed by the command at all, and must itself be heard. In the middle of a line it may spoil the
// answer, never replace it, and the next answer must be the next question's again.
func TestURCAtEveryByte(t *testing.T) {
	const first, second = "\r\n+CSQ: 11,99\r\n\r\nOK\r\n", "\r\n+CSQ: 22,99\r\n\r\nOK\r\n"
	const prompt, result = "\r\n> ", "\r\n+CMGS: 77\r\n\r\nOK\r\n"
	heard := map[string][]string{ // NO CARRIER is about a call nobody made
		moodyURCs[0]: {"arrived SM 3"}, moodyURCs[1]: {"signal ^RSSI: 12"}, moodyURCs[2]: {"registration roaming"},
		moodyURCs[3]: {"report 8 000000000000FFFFFF"}, moodyURCs[4]: {"ring RING"}, moodyURCs[5]: {"other +XNEW: 1"},
		moodyURCs[7]: {`ussd 1,"a/> b",15`},
	}
	played := 0
	for _, urc := range moodyURCs {
		for _, k := range []struct {
			answer string
			submit bool
		}{{first, false}, {prompt + result, true}} {
			for i := range len(k.answer) + 1 {
				played++
				synctest.Test(t, func(t *testing.T) {
					e := everyByte{said: k.answer[:i] + urc + k.answer[i:], next: second}
					if k.submit {
						cut := len(prompt)
						if i <= cut { // before the prompt, or in one breath after it
							cut += len(urc)
						}
						e.prompt, e.said = e.said[:cut], e.said[cut:]
					}
					whole := strings.ContainsAny(k.answer[max(0, i-1):min(len(k.answer), i+1)], "\r\n") || i == len(k.answer) ||
						k.submit && i >= 2 && i <= len(prompt)
					events := e.run(t, k.submit, whole)
					if whole && !slices.Equal(events, heard[urc]) {
						t.Errorf("events %q, want %q", events, heard[urc])
					}
					if t.Failed() {
						t.Logf("with %q at octet %d of %q", urc, i, k.answer)
					}
				})
				if t.Failed() {
					return
				}
			}
		}
	}
	if played < 300 {
		t.Errorf("%d dialogues", played)
	}
	t.Logf("%d dialogues", played)
}

// everyByte is a modem that says these things to the first command, its PDU and all later commands.
type everyByte struct{ prompt, said, next string }

func (e *everyByte) play(port net.Conn) {
	lines := 0
	var text []byte
	for octet := make([]byte, 1); ; {
		if _, err := port.Read(octet); err != nil {
			return
		}
		text = append(text, octet[0])
		switch c := octet[0]; {
		case c == ctrlZ:
			io.WriteString(port, e.said)
		case c == esc:
			text = nil
		case c != '\r':
			continue
		case len(text) > 1:
			lines++
			switch {
			case lines == 1 && e.prompt != "":
				io.WriteString(port, e.prompt)
			case lines == 1:
				io.WriteString(port, e.said)
			case string(text) == "AT+CSQ\r":
				io.WriteString(port, e.next)
			default: // a barrier
				name, _, _ := strings.Cut(string(text[2:]), "?")
				io.WriteString(port, "\r\n"+name+": 0\r\n\r\nOK\r\n")
			}
		}
		text = nil
	}
}

func (e *everyByte) run(t *testing.T, submit, whole bool) []string {
	ours, theirs := net.Pipe()
	go e.play(theirs)
	m := start(ours, Options{}.filled())
	m.engine.ready.Store(true)
	defer func() { m.Close(); theirs.Close() }()
	if submit {
		mr, err := m.Submit(context.Background(), submission(1))
		failed, _ := errors.AsType[*Error](err)
		switch {
		case whole && (err != nil || mr != 77):
			t.Errorf("submit: %d, %v", mr, err)
		case err == nil && mr != 77 && mr != 7 && mr != -1: // what is left of it
			t.Errorf("submit: %d", mr)
		case err != nil && failed.Outcome != Unknown:
			t.Errorf("submit: %v, though the modem has it", err)
		}
	} else {
		lines, err := m.ask(context.Background(), "+CSQ", shape{prefix: "+CSQ", need: true})
		got := joined(lines, err)
		switch {
		case whole && got != "+CSQ: 11,99":
			t.Errorf("csq: %s", got)
		case err == nil && !strings.HasPrefix("+CSQ: 11,99", got):
			t.Errorf("csq: %s", got)
		}
	}
	time.Sleep(time.Minute)
	for range 2 {
		if lines, err := m.ask(context.Background(), "+CSQ", shape{prefix: "+CSQ", need: true}); joined(lines, err) != "+CSQ: 22,99" {
			t.Errorf("next csq: %q, %v", lines, err)
		}
	}
	return slices.DeleteFunc(collect(m), func(s string) bool { return strings.HasPrefix(s, "missed") }) // nobody took the call
}
