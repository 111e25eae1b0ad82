package modem

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"
)

// moody is a modem that answers in order, as all modems do, but late, twice, incompletely or not at all,
// and says URCs wherever it likes. It outlives the line: what it had to say when the port closed comes
// when the port opens again.
type moody struct {
	rand *rand.Rand
	late bool // double a final result after a while, not in the same breath

	mu    sync.Mutex // guards the rest
	port  net.Conn
	input chan byte
	ports sync.WaitGroup // their readers

	taken   map[string]int // PDUs that came with Ctrl-Z
	refs    map[string]int // reference given, by PDU
	refused map[string]bool
	wrong   []string // PDUs at another's prompt, and other things that must not be
	urcs    int
	mr      int
}

func newMoody(r *rand.Rand) *moody {
	return &moody{
		rand: r, late: r.IntN(2) == 0,
		input: make(chan byte, 1<<16),
		taken: map[string]int{}, refs: map[string]int{}, refused: map[string]bool{},
	}
}

// plug connects the modem to a new port and returns our end.
func (m *moody) plug() net.Conn {
	ours, theirs := net.Pipe()
	m.mu.Lock()
	m.port = theirs
	m.mu.Unlock()
	m.ports.Go(func() {
		buf := make([]byte, 256)
		for {
			n, err := theirs.Read(buf)
			for _, c := range buf[:n] {
				m.input <- c
			}
			if err != nil {
				return
			}
		}
	})
	return ours
}

// run is the modem's mind. It ends when input is closed.
func (m *moody) run() {
	var text []byte
	for c := range m.input {
		switch c {
		case esc:
			text = nil
		case '\r':
			m.obey(string(text))
			text = nil
		case '\n':
		default:
			text = append(text, c)
		}
	}
}

func (m *moody) chance(percent int) bool { return m.rand.IntN(100) < percent }

// dawdle waits as long as the modem feels like; the deadline is what the engine allows.
func (m *moody) dawdle(deadline time.Duration) {
	switch n := m.rand.IntN(100); {
	case n < 80:
	case n < 90:
		time.Sleep(time.Duration(m.rand.IntN(300)) * time.Millisecond)
	case n < 97:
		time.Sleep(deadline - 500*time.Millisecond + time.Duration(m.rand.Int64N(int64(4*time.Second))))
	default:
		time.Sleep(time.Duration(m.rand.Int64N(int64(4 * deadline))))
	}
}

// say says the text in pieces, if it need not come in one breath.
func (m *moody) say(text string, whole bool) {
	m.mu.Lock()
	port := m.port
	m.mu.Unlock()
	for len(text) > 0 {
		n := len(text)
		if !whole && m.chance(20) {
			n = 1 + m.rand.IntN(len(text))
		}
		if _, err := io.WriteString(port, text[:n]); err != nil {
			return
		}
		text = text[n:]
	}
}

// urc returns a URC now and then.
func (m *moody) urc() string {
	if !m.chance(10) {
		return ""
	}
	m.urcs++
	return []string{
		"\r\n+CMTI: \"SM\",3\r\n", "\r\n^RSSI: 12\r\n", "\r\n+CREG: 5\r\n", "\r\n+CDS: 8\r\n000000000000FFFFFF\r\n",
		"\r\nRING\r\n", "\r\n+XNEW: 1\r\n", "\r\nNO CARRIER\r\n", "\r\n+CUSD: 1,\"a\r\n> b\",15\r\n",
	}[m.rand.IntN(8)]
}

// answer says an information line, if there is one, and a final result, spoilt in some way.
func (m *moody) answer(info, final string) {
	text, doubled := m.urc(), false
	if info != "" && !m.chance(3) {
		piece := "\r\n" + info + "\r\n"
		if info[0] == '+' && m.chance(2) { // a URC in the middle of the prefix: the answer is spoilt, but must not be mistaken
			i := 3 + m.rand.IntN(3)
			piece = piece[:i] + m.urc() + piece[i:]
		}
		text += piece + m.urc()
	}
	if !m.chance(4) {
		text += "\r\n" + final + "\r\n"
		if m.chance(4) && !(m.late && final == "OK") {
			text += "\r\n" + final + "\r\n"
			doubled = true
		}
	}
	m.say(text+m.urc(), doubled)
	if m.late && final == "OK" && m.chance(4) {
		time.Sleep(time.Duration(m.rand.IntN(150)) * time.Millisecond)
		m.say("\r\nOK\r\n", true)
	}
}

func (m *moody) obey(text string) {
	text, ok := strings.CutPrefix(text, "AT")
	if !ok {
		if text != "" {
			m.answer("", "ERROR")
		}
		return
	}
	name, args, _ := strings.Cut(text, "=")
	if name == "+CMGS" {
		m.send(args)
		return
	}
	m.dawdle(5 * time.Second)
	if strings.Contains(text, ";") { // the pattern of a first proof
		text = strings.ReplaceAll(text, "+CSQ", "+CSQ: 11,99")
		m.answer(strings.ReplaceAll(strings.ReplaceAll(text, "+CMEE?", "+CMEE: 0"), ";", "\r\n\r\n"), "OK")
		return
	}
	var n int
	fmt.Sscan(args, &n)
	switch name {
	case "+XTAG":
		m.answer("+XTAG: "+args, "OK")
	case "+XNUM":
		m.answer(fmt.Sprintf("86%013d", n), "OK")
	case "+XDO":
		m.answer("", doResult(n))
	case "+CSQ":
		m.answer("+CSQ: 11,99", "OK")
	case "+CMGF?", "+CPIN?", "+CNMI?":
		m.answer(strings.TrimSuffix(name, "?")+": 0", "OK")
	case "+CREG?":
		m.answer("+CREG: 2,1", "OK")
	default:
		m.answer("", "OK")
	}
}

// doResult is what +XDO must end with.
func doResult(n int) string {
	if n%3 == 0 {
		return "ERROR"
	}
	return "OK"
}

// send is +CMGS.
func (m *moody) send(length string) {
	m.dawdle(10 * time.Second)
	if m.chance(5) {
		m.answer("", "+CMS ERROR: 302")
		return
	}
	m.say(m.urc()+[]string{"\r\n> ", "\r\n>", "\r\n> \r\n"}[m.rand.IntN(3)], false)
	var text []byte
	for c := range m.input {
		switch c {
		case esc:
			if m.chance(50) {
				m.answer("", "OK")
			}
			return
		case ctrlZ:
			m.transmit(length, string(text))
			return
		default:
			text = append(text, c)
		}
	}
}

func (m *moody) transmit(length, pdu string) {
	var n int
	fmt.Sscan(length, &n)
	m.mu.Lock()
	if !measures(pdu, n) {
		m.wrong = append(m.wrong, fmt.Sprintf("%q at the prompt for %s octets", pdu, length))
	}
	m.taken[pdu]++
	m.mu.Unlock()
	m.dawdle(180 * time.Second)
	if m.chance(5) {
		m.mu.Lock()
		m.refused[pdu] = true
		m.mu.Unlock()
		m.answer("", "+CMS ERROR: 38")
		return
	}
	m.mr++
	m.mu.Lock()
	m.refs[pdu] = m.mr
	m.mu.Unlock()
	m.answer(fmt.Sprintf("+CMGS: %d", m.mr), "OK")
}

// numbered returns a submission whose length tells it from its neighbours.
func numbered(n int) Submission {
	length := 8 + n%100
	return Submission{Length: length, PDU: fmt.Sprintf("00%0*X", 2*length, n)}
}
