package modem

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// moody is a modem that answers in order, as all modems do, but late, twice, incompletely, in the wrong
// order or not at all, and says URCs wherever it likes, in the middle of a word too. It outlives the line:
// what it had to say when the port closed comes when the port opens again.
//
// Every command of a dialogue has a number, and whatever the modem says of its own in answer to it holds
// that number or is written down beside it. So who checks an answer knows which command caused it.
type moody struct {
	rand *rand.Rand
	tame bool // no mood: all it does is within the rules
	late bool // say an OK again, or only then, when other things have been said, not in the same breath

	mu    sync.Mutex // guards the rest
	port  net.Conn
	input chan byte
	ports sync.WaitGroup // their readers

	said  map[int]map[string]bool // lines said in answer to a command, by its number
	cut   map[int]bool            // a URC stood in the middle of a line of it
	taken map[string]int          // PDUs that came with Ctrl-Z
	refs  map[string]int          // reference given, by PDU
	codes map[int]int             // +CMS ERROR given, by length of the PDU
	wrong []string                // PDUs at another's prompt, and other things that must not be
	owed  []string                // finals that come when the next answer does
	moods account
	mr    int
}

func newMoody(r *rand.Rand) *moody {
	return &moody{
		rand: r, late: r.IntN(2) == 0,
		input: make(chan byte, 1<<16),
		said:  map[int]map[string]bool{}, cut: map[int]bool{},
		taken: map[string]int{}, refs: map[string]int{}, codes: map[int]int{},
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

func (m *moody) chance(percent int) bool { return !m.tame && m.rand.IntN(100) < percent }

// dawdle waits as long as the modem feels like; the deadline is what the engine allows.
func (m *moody) dawdle(deadline time.Duration) {
	switch n := m.rand.IntN(100); {
	case n < 80:
	case n < 90 || m.tame:
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
		if !whole && m.rand.IntN(100) < 20 {
			n = 1 + m.rand.IntN(len(text))
		}
		if _, err := io.WriteString(port, text[:n]); err != nil {
			return
		}
		text = text[n:]
	}
}

var moodyURCs = []string{
	"\r\n+CMTI: \"SM\",3\r\n", "\r\n^RSSI: 12\r\n", "\r\n+CREG: 5\r\n", "\r\n+CDS: 8\r\n000000000000FFFFFF\r\n",
	"\r\nRING\r\n", "\r\n+XNEW: 1\r\n", "\r\nNO CARRIER\r\n", "\r\n+CUSD: 1,\"a\r\n> b\",15\r\n",
}

// urc returns a URC now and then.
func (m *moody) urc() string {
	if !m.chance(10) {
		return ""
	}
	return m.anyURC()
}

func (m *moody) anyURC() string {
	m.moods.urcs++
	return moodyURCs[m.rand.IntN(len(moodyURCs))]
}

// answer says an information line, if there is one, and a final result, spoilt in some way. The number is
// that of the command, -1 if it has none.
func (m *moody) answer(number int, info, final string) {
	pieces := make([]string, 0, 3)
	if info != "" && !m.chance(3) {
		pieces = append(pieces, "\r\n"+info+"\r\n")
	}
	again, alone := false, false
	switch {
	case m.chance(4): // lost
		m.moods.dropped++
	case m.late && final == "OK" && m.chance(2): // only when something else has been said
		m.owed = append(m.owed, final)
	default:
		pieces = append(pieces, "\r\n"+final+"\r\n")
		again = m.chance(4)
	}
	if len(pieces) == 2 && m.chance(2) {
		pieces[0], pieces[1] = pieces[1], pieces[0]
		m.moods.swapped++
	}
	if again {
		m.moods.doubled++
		if !m.late || final != "OK" {
			pieces, alone = append(pieces, "\r\n"+final+"\r\n"), true
		} else if m.rand.IntN(2) == 0 {
			m.owed, again = append(m.owed, final), false
		}
	}
	m.say(m.urc()+m.spoil(number, m.repay(pieces))+m.urc(), alone)
	if again && !alone {
		time.Sleep(time.Duration(m.rand.IntN(150)) * time.Millisecond)
		m.say("\r\n"+final+"\r\n", true)
	}
}

// repay puts finals that are owed among the pieces of an answer.
func (m *moody) repay(pieces []string) []string {
	if len(m.owed) > 0 && m.chance(50) {
		m.moods.postponed++
		pieces = slices.Insert(pieces, m.rand.IntN(len(pieces)+1), "\r\n"+m.owed[0]+"\r\n")
		m.owed = m.owed[1:]
	}
	return pieces
}

// spoil puts URCs between the pieces and, now and then, one at any octet of them. It writes down what lines
// are left of the answer.
func (m *moody) spoil(number int, pieces []string) string {
	var text, own strings.Builder
	for _, piece := range pieces {
		if len(piece) > 0 && m.chance(3) {
			i := m.rand.IntN(len(piece) + 1)
			urc := m.anyURC()
			own.WriteString(piece[:i] + "\n" + piece[i:])
			text.WriteString(piece[:i] + urc + piece[i:] + m.urc())
			m.mu.Lock()
			m.cut[number] = true
			m.mu.Unlock()
			continue
		}
		own.WriteString(piece)
		text.WriteString(piece + m.urc())
	}
	m.note(number, own.String())
	return text.String()
}

// note writes down which command caused these lines.
func (m *moody) note(number int, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.said[number] == nil {
		m.said[number] = map[string]bool{}
	}
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		m.said[number][strings.TrimSpace(line)] = true
	}
}

func (m *moody) obey(text string) {
	text, ok := strings.CutPrefix(text, "AT")
	if !ok {
		if text != "" {
			m.answer(-1, "", "ERROR")
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
		m.answer(-1, strings.NewReplacer("+CSQ", "+CSQ: 11,99", "+CMEE?", "+CMEE: 0", "+CFUN?", "+CFUN: 1",
			";", "\r\n\r\n").Replace(text), "OK")
		return
	}
	var n int
	fmt.Sscan(args, &n)
	switch name {
	case "+XTAG":
		if n%11 == 0 {
			m.answer(n, "", tagRefusal(n))
			return
		}
		m.answer(n, "+XTAG: "+args, "OK")
	case "+XNUM":
		m.answer(n, numberAnswer(n), "OK")
	case "+XDO":
		m.answer(n, "", doResult(n))
	case "+CSQ":
		m.answer(-1, "+CSQ: 11,99", "OK")
	case "+CMGF?", "+CPIN?", "+CNMI?":
		m.answer(-1, strings.TrimSuffix(name, "?")+": 0", "OK")
	case "+CREG?":
		m.answer(-1, "+CREG: 2,1", "OK")
	default:
		m.answer(-1, "", "OK")
	}
}

// tagRefusal is what ends +XTAG=n if it is refused, numberAnswer what +XNUM=n is answered with.
func tagRefusal(n int) string   { return fmt.Sprintf("+CME ERROR: %d", 10_000+n) }
func numberAnswer(n int) string { return fmt.Sprintf("86%013d", n) }

// doResult is what +XDO=n must end with.
func doResult(n int) string {
	if n%3 == 0 {
		return fmt.Sprintf("+CME ERROR: %d", 20_000+n)
	}
	return "OK"
}

// send is +CMGS. No two messages of a dialogue have the same length.
func (m *moody) send(args string) {
	var length int
	fmt.Sscan(args, &length)
	number := -length // the lengths have numbers of their own
	m.dawdle(10 * time.Second)
	if length%17 == 0 || m.chance(3) {
		m.refuse(number, length, 4000+length)
		return
	}
	early := len(m.input) > 0
	if !m.chance(2) {
		text := []string{"\r\n> ", "\r\n>", "\r\n> \r\n"}[m.rand.IntN(3)]
		m.say(m.urc()+strings.Join(m.repay([]string{text}), ""), false)
	}
	var text []byte
	for c := range m.input {
		switch c {
		case esc:
			if m.chance(50) {
				m.answer(number, "", "OK")
			}
			return
		case ctrlZ:
			m.transmit(length, string(text), early)
			return
		default:
			text = append(text, c)
		}
	}
}

func (m *moody) refuse(number, length, code int) {
	m.mu.Lock()
	m.codes[length] = code
	m.mu.Unlock()
	m.answer(number, "", fmt.Sprintf("+CMS ERROR: %d", code))
}

func (m *moody) transmit(length int, pdu string, early bool) {
	m.mu.Lock()
	if early {
		m.wrong = append(m.wrong, fmt.Sprintf("%q before the prompt", pdu))
	}
	if !measures(pdu, length) {
		m.wrong = append(m.wrong, fmt.Sprintf("%q at the prompt for %d octets", pdu, length))
	}
	m.taken[pdu]++
	m.mu.Unlock()
	m.dawdle(180 * time.Second)
	if length%13 == 0 || m.chance(3) {
		m.refuse(-length, length, 5000+length)
		return
	}
	m.mr++
	m.mu.Lock()
	m.refs[pdu] = m.mr
	m.mu.Unlock()
	m.answer(-length, fmt.Sprintf("+CMGS: %d", m.mr), "OK")
}

// numbered returns the submission number n. Its length tells it from all others whose last two digits differ.
func numbered(n int) Submission {
	length := 8 + n%100
	return Submission{Length: length, PDU: fmt.Sprintf("00%0*X", 2*length, n)}
}
