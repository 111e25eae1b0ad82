package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"smsbridge/modem"
	"smsbridge/modem/simulator"
	"smsbridge/storage"
)

// A tap sees every octet on its way to the modem, and takes apart what it sees.
type tap struct {
	io.ReadWriteCloser
	mu       sync.Mutex
	open     []byte // what has no end yet
	typed    bool   // a person types commands, which have the form that he gives them
	commands int
	parcels  int
	faults   []string
}

// What may stand on the wire: a command and one CR; a PDU and one Ctrl-Z; and the
// way out of a prompt. Where a person's words stand in a command, they stand in
// the form of their clause.
var (
	aCommand = regexp.MustCompile(`^AT[\x20-\x7E]*\r$`)
	aParcel  = regexp.MustCompile(`^([0-9A-F]{2})+\x1A$`)
	forms    = []struct{ begins, form *regexp.Regexp }{
		{regexp.MustCompile(`^ATD`), regexp.MustCompile(`^ATD\+?[0-9*#]{1,30};\r$`)},
		{regexp.MustCompile(`^AT\+VTS=`), regexp.MustCompile(`^AT\+VTS=[0-9*#A-D]\r$`)},
		{regexp.MustCompile(`^AT\+CPIN=`), regexp.MustCompile(`^AT\+CPIN="[0-9]{4,8}"\r$`)},
		{regexp.MustCompile(`^AT\+CUSD=1,`), regexp.MustCompile(`^AT\+CUSD=1,"[^"]*"(,[0-9]+)?\r$`)},
	}
)

func (p *tap) Write(b []byte) (int, error) {
	p.mu.Lock()
	p.see(b)
	p.mu.Unlock()
	return p.ReadWriteCloser.Write(b)
}

func (p *tap) typing(typed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.typed = typed
}

// utterances is how many commands and PDUs went by.
func (p *tap) utterances() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.commands + p.parcels
}

func (p *tap) see(b []byte) {
	for _, c := range b {
		p.open = append(p.open, c)
		if c != '\r' && c != 0x1A {
			continue
		}
		whole := string(p.open)
		p.open = p.open[:0]
		switch {
		case whole == "\x1B\r":
		case aParcel.MatchString(whole):
			p.parcels++
		case aCommand.MatchString(whole):
			p.commands++
			for _, f := range forms {
				if !p.typed && f.begins.MatchString(whole) && !f.form.MatchString(whole) {
					p.faults = append(p.faults, fmt.Sprintf("%q has a form that it must not have", whole))
				}
			}
		default:
			p.faults = append(p.faults, fmt.Sprintf("%q is neither a command nor a PDU", whole))
		}
	}
}

// pieces are what hostile strings are made of.
var pieces = []string{
	"\r", "\n", "\x1A", "\x1B", "\x00", "\x7F", "\x08", "\u0085", "\u2028", ";", "\"", "'", ",", "\\", "=", "?", "+", "*", "#", "**", "*100#",
	"AT", "at+cmgs=5\r", "\r\nAT+CFUN=0\r\n", "AT+CSQ", "AT+CMGF?", ";ATD+15550100;", "+++", "0", "1", "123", "+15550100", "15550100", "A", "D",
	"１２３", "٣", "😀", "é", "€", "\xFF", "\xC0\x80", " ", "\t", "00", "\x1A\r\nOK\r\n",
}

func hostile(random *rand.Rand) string {
	var b strings.Builder
	if random.IntN(20) == 0 { // what is taken
		return []string{"+15550100", "0123#", "*100#", "15A", "1", "hello"}[random.IntN(6)]
	}
	for range 1 + random.IntN(6) {
		switch random.IntN(8) {
		case 0:
			b.WriteByte(byte(random.IntN(256)))
		case 1:
			b.WriteRune(rune(random.IntN(0x3000)))
		default:
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
	}
	return b.String()
}

// TestHostile puts hostile strings into every field that reaches the modem:
// numbers and texts, USSD codes, numbers dialled, tones, PINs and the console. What
// is written has one CR for each command and one Ctrl-Z for each PDU, and no other
// control octet. The planted fault writes a string as it is, and is caught.
func TestHostile(t *testing.T) {
	times := 4000
	if os.Getenv("SMSBRIDGE_LONG") != "" {
		times = 1_000_000
	}
	ctx := t.Context()
	seen := &tap{}
	var network *simulator.Network
	var sim, locked *simulator.Modem
	var m *modem.Modem
	open := func() {
		port, err := sim.TryOpen()
		if err != nil {
			t.Fatal(err)
		}
		seen.ReadWriteCloser = port
		if m, err = modem.Open(ctx, seen, modem.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	renew := func() { // a phone with a million texts is slow
		if m != nil {
			m.Close()
			network.Close()
		}
		network = simulator.NewNetwork(simulator.Options{})
		sim = network.AddModem(simulator.ModemOptions{Family: "quectel-ec25"}) // makes calls and tones
		locked = network.AddModem(simulator.ModemOptions{PIN: "1234", PINTries: 1 << 30})
		open()
	}
	renew()
	defer func() { m.Close(); network.Close() }()
	random := rand.New(rand.NewPCG(5, 6))
	tried, written := make(map[string]int), make(map[string]int)
	field := func(name string, do func() error) {
		seen.typing(strings.HasPrefix(name, "console"))
		before := seen.utterances()
		err := do()
		tried[name]++
		if seen.utterances() > before {
			written[name]++
		}
		if errors.Is(err, modem.ErrLost) {
			m.Close()
			open()
		}
	}
	submit := func(to, text string) error {
		count, err := Count(text)
		if err != nil {
			return err
		}
		parts, err := encode(storage.Due{To: to, Text: text, Total: count.Parts})
		for _, p := range parts {
			if _, err := m.Submit(ctx, modem.Submission{PDU: p.pdu, Length: p.length}); err != nil {
				return err
			}
		}
		return err
	}
	for n := range times {
		s := hostile(random)
		if n > 0 && n%10_000 == 0 {
			renew()
		}
		if n%2000 == 0 {
			field("PIN", func() error { return openWith(ctx, locked, seen, s) })
		}
		switch n % 8 {
		case 0:
			field("number", func() error {
				number, err := storage.ReadNumber("to", s, "US")
				if err != nil {
					number = s // as if nobody had looked
				}
				return submit(number, "x")
			})
		case 1:
			field("text", func() error { return submit(customer, s) })
		case 2:
			field("USSD", func() error { _, err := m.USSD(ctx, s); return err })
		case 3:
			field("dial", func() error { return m.Dial(ctx, s) })
		case 4:
			field("DTMF", func() error { return m.DTMF(ctx, s) })
		case 5:
			field("console", func() error { _, _, err := m.Console(ctx, s); return err })
		case 6:
			_, _ = m.USSD(ctx, "*101#") // opens a menu
			field("USSD answer", func() error { _, err := m.USSD(ctx, s); return err })
			_ = m.CancelUSSD(ctx)
		case 7:
			field("console, after AT", func() error { _, _, err := m.Console(ctx, "AT"+s); return err })
		}
	}
	t.Logf("%d strings: %d commands, %d PDUs, faults %d; tried %v, reached the wire %v", times, seen.commands, seen.parcels, len(seen.faults), tried, written)
	if len(seen.faults) > 0 {
		t.Errorf("such as %s", seen.faults[0])
	}
	for _, name := range []string{"number", "text", "USSD", "USSD answer", "dial", "DTMF", "console, after AT"} {
		if written[name] == 0 {
			t.Errorf("nothing of the field %s came as far as the wire: this shows nothing of it", name)
		}
	}
	planted := &tap{}
	for range 1000 {
		planted.see([]byte("ATD" + hostile(random) + ";\r"))
	}
	if len(planted.faults) == 0 {
		t.Error("the planted fault was not seen")
	}
}

// openWith opens a locked modem with a PIN.
func openWith(ctx context.Context, sim *simulator.Modem, seen *tap, pin string) error {
	port, err := sim.TryOpen()
	if err != nil {
		return err
	}
	own := &tap{ReadWriteCloser: port}
	ctx, stop := context.WithTimeout(ctx, 100*time.Millisecond) // what matters was written by then
	defer stop()
	m, err := modem.Open(ctx, own, modem.Options{PIN: pin})
	if err == nil {
		m.Close()
	} else {
		port.Close()
	}
	own.mu.Lock()
	defer own.mu.Unlock()
	seen.commands += own.commands
	seen.faults = append(seen.faults, own.faults...)
	return nil
}
