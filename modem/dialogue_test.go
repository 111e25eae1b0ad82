package modem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/modem/profile"
)

// A dialogue is a file in testdata. It holds what the modem hears and says, what we ask of it, and what
// must come of that:
//
//	# a remark; the first one names the source
//	> AT+CSQ         the modem must hear exactly this; \e is ESC, \Z is Ctrl-Z
//	< +CSQ: 11,99    it says this, between CR LF and CR LF
//	<< \r\n>         it says this, written like a Go string
//	~ 150ms          it waits
//	! hang up        the port goes
//	@ csq = 11,99    we ask, and this is the answer; see (*driver).do
//	* arrived SM 3   an event, in order
type dialogue struct {
	name   string
	modem  []string // lines with > < << ~ !
	ours   [][2]string
	events []string
}

func loadDialogues(t testing.TB) []dialogue {
	t.Helper()
	files, _ := filepath.Glob("testdata/*.txt")
	if len(files) < 22 {
		t.Fatalf("%d dialogues found, the table of observed faults alone has 22", len(files))
	}
	var list []dialogue
	for _, file := range files {
		list = append(list, loadDialogue(t, file))
	}
	return list
}

func loadDialogue(t testing.TB, file string) dialogue {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(content), "# source: ") {
		t.Fatalf("%s names no source", file)
	}
	d := dialogue{name: strings.TrimSuffix(filepath.Base(file), ".txt")}
	for text := range strings.Lines(string(content)) {
		text = strings.TrimRight(text, "\n")
		mark, rest, _ := strings.Cut(text, " ")
		switch mark {
		case "", "#":
		case ">", "<", "<<", "~", "!":
			d.modem = append(d.modem, text)
		case "@":
			ask, want, _ := strings.Cut(rest, " = ")
			d.ours = append(d.ours, [2]string{ask, want})
		case "*":
			d.events = append(d.events, rest)
		default:
			t.Fatalf("%s: line not understood: %q", file, text)
		}
	}
	return d
}

// player is the modem of a dialogue, and strict: it fails the test when it hears anything else.
type player struct {
	t    testing.TB
	port net.Conn
	cut  func(said int, text string) []string // into the pieces to say it in
	said int
}

func (p *player) play(lines []string) {
	for _, text := range lines {
		mark, rest, _ := strings.Cut(text, " ")
		ok := true
		switch mark {
		case ">":
			ok = p.hear(rest)
		case "<":
			ok = p.say("\r\n" + rest + "\r\n")
		case "<<":
			raw, err := strconv.Unquote(`"` + strings.ReplaceAll(rest, `"`, `\"`) + `"`)
			if err != nil {
				p.t.Errorf("not a string: %s", rest)
			}
			ok = p.say(raw)
		case "~":
			d, err := time.ParseDuration(rest)
			if err != nil {
				p.t.Error(err)
			}
			time.Sleep(d)
		case "!":
			p.port.Close()
			return
		}
		if !ok {
			return
		}
	}
	if rest, ok := p.line(); ok {
		p.t.Errorf("the modem heard %q after the end of the dialogue", rest)
	}
}

func (p *player) say(text string) bool {
	pieces := p.cut(p.said, text)
	for i, piece := range pieces {
		if i > 0 {
			time.Sleep(time.Millisecond)
		}
		if _, err := io.WriteString(p.port, piece); err != nil {
			if strings.TrimSpace(strings.Join(pieces[i:], "")) == "" {
				return false // a CR LF nobody waited for
			}
			p.t.Errorf("the port was closed before the modem had said %q", text)
			return false
		}
	}
	p.said += len(text)
	return true
}

func (p *player) hear(want string) bool {
	got, ok := p.line()
	if !ok || got != want {
		p.t.Errorf("the modem heard %q (port open: %v), want %q", got, ok, want)
		p.port.Close()
		return false
	}
	return true
}

// line reads to the next CR or Ctrl-Z.
func (p *player) line() (string, bool) {
	var b strings.Builder
	for octet := make([]byte, 1); ; {
		if _, err := p.port.Read(octet); err != nil {
			return b.String(), false
		}
		switch octet[0] {
		case '\r':
			return b.String(), true
		case ctrlZ:
			return b.String() + `\Z`, true
		case esc:
			b.WriteString(`\e`)
		default:
			b.WriteByte(octet[0])
		}
	}
}

// driver does what the @ lines say.
type driver struct {
	m    *Modem
	port net.Conn
	ctx  context.Context
}

func (d *driver) do(ask string) string {
	words := strings.Fields(ask)
	if words[0] == "open" {
		sessions.Store(patterns - 1) // so that the first proof is +CSQ five times
		var err error
		d.m, err = Open(d.ctx, d.port, Options{PIN: strings.Join(words[1:], "")})
		return verdict(err)
	}
	if d.m == nil {
		d.m = start(d.port, Options{}.filled())
		d.m.engine.ready.Store(true)
	}
	m, ctx := d.m, d.ctx
	switch words[0] {
	case "csq":
		return joined(m.ask(ctx, "+CSQ", shape{prefix: "+CSQ", need: true}))
	case "imei":
		return joined(m.ask(ctx, "+CGSN", shape{prefix: "+CGSN", bare: isIMEI, need: true}))
	case "name":
		return joined(m.ask(ctx, "+CGMI", shape{prefix: "+CGMI", bare: isName}))
	case "pin":
		state, err := m.pin(ctx)
		return joined([]string{state}, err)
	case "creg":
		return joined(m.ask(ctx, "+CREG?", shape{prefix: "+CREG", fits: isRegistrationRead, need: true}))
	case "cops":
		return joined(m.ask(ctx, "+COPS?", shape{prefix: "+COPS", need: true}))
	case "set":
		return joined(m.ask(ctx, words[1], shape{}))
	case "submit":
		n, _ := strconv.Atoi(words[1])
		return reference(m.Submit(ctx, submission(n)))
	case "send": // Hello to +46705550123, with a report
		return reference(m.Submit(ctx, Submission{Length: 18, PDU: helloSubmit}))
	case "submit-refused": // the ledger cannot write it down
		s := submission(1)
		s.Prompted = func(context.Context) error { return errors.New("the ledger is full") }
		return reference(m.Submit(ctx, s))
	case "submit-slowly":
		s := submission(1)
		s.Prompted = func(context.Context) error { time.Sleep(3 * time.Second); return nil }
		return reference(m.Submit(ctx, s))
	case "submit-for":
		limit, _ := time.ParseDuration(words[1])
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return reference(m.Submit(ctx, submission(1)))
	case "list":
		list, err := m.List(ctx, words[1])
		return brief(list) + verdict(err)
	case "read":
		n, _ := strconv.Atoi(words[2])
		s, found, err := m.Read(ctx, words[1], n)
		return fmt.Sprint(found) + " " + brief([]Stored{s}) + verdict(err)
	case "delete":
		n, _ := strconv.Atoi(words[2])
		return verdict(m.Delete(ctx, words[1], n))
	case "status":
		s, err := m.Status(ctx)
		return strings.Join(strings.Fields(fmt.Sprintf("%v %q %s %d %s %s %s", s.Registration, s.Operator, s.Access,
			s.Signal, s.SignalOf, s.PIN, verdict(err))), " ") + extra(s)
	case "ussd":
		r, err := m.USSD(ctx, words[1])
		return fmt.Sprintf("%d %q %d %s", r.Status, r.Text, r.DCS, verdict(err))
	case "ussd-cancel":
		return verdict(m.CancelUSSD(ctx))
	case "family":
		p, ok := profile.Named(words[1])
		if !ok {
			return "no such family"
		}
		m.profile = p
		m.memories = []string{"SM", "ME"}
		m.settings.note("E0")
		m.settings.note("+CMEE=1")
		m.settings.note("+CMGF=0")
		m.settings.note("+CNMI=2,1,0,1,0")
		return p.Name
	case "console":
		info, final, err := m.Console(ctx, strings.Join(words[1:], " "))
		return strings.Join(info, "/") + " " + final + " " + verdict(err)
	case "ping":
		return verdict(m.Ping(ctx))
	case "reset":
		return verdict(m.Reset(ctx))
	case "usage":
		list, err := m.Usage(ctx)
		return fmt.Sprint(list) + " " + verdict(err)
	case "dial":
		return verdict(m.Dial(ctx, words[1]))
	case "dial-for":
		limit, _ := time.ParseDuration(words[1])
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		return verdict(m.Dial(ctx, words[2]))
	case "hangup":
		return verdict(m.Hangup(ctx))
	case "dtmf":
		return verdict(m.DTMF(ctx, words[1]))
	case "profile":
		return m.profile.Name
	case "iccid":
		return m.Identity().ICCID
	case "memories":
		return strings.Join(m.Memories(), " ")
	case "wait":
		limit, _ := time.ParseDuration(words[1])
		time.Sleep(limit)
		return ""
	case "lost":
		<-m.Lost()
		return verdict(m.Err())
	}
	return "what is " + words[0] + "?"
}

// extra is what is seldom told.
func extra(s Status) (text string) {
	if s.Roaming {
		text += " roaming"
	}
	if s.SMSOnly {
		text += " messages only"
	}
	if s.HasTemperature {
		text += fmt.Sprintf(" %d °C", s.Temperature)
	}
	return text
}

func joined(lines []string, err error) string {
	if err != nil {
		return verdict(err)
	}
	return strings.Join(lines, "/")
}

func reference(mr int, err error) string {
	if err != nil {
		return verdict(err)
	}
	return strconv.Itoa(mr)
}

func brief(list []Stored) (s string) {
	for _, e := range list {
		s += fmt.Sprintf("%s/%d/%d/%d/%s ", e.Memory, e.Index, e.Status, e.Length, e.PDU)
	}
	return s
}

func verdict(err error) string {
	if err == nil {
		return "ok"
	}
	return err.Error()
}

// perform plays a dialogue and returns what came of it.
func perform(t testing.TB, d dialogue, cut func(int, string) []string) (answers [][2]string, events []string, said int) {
	ours, theirs := net.Pipe()
	p := &player{t: t, port: theirs, cut: cut}
	played := make(chan struct{})
	go func() {
		defer close(played)
		p.play(append([]string{`> \e`}, d.modem...))
	}()
	drive := &driver{port: ours, ctx: context.Background()}
	for _, step := range d.ours {
		answers = append(answers, [2]string{step[0], drive.do(step[0])})
	}
	time.Sleep(time.Second) // the last CR LF may still be on its way
	synctest.Wait()
	if drive.m != nil {
		drive.m.Close()
		events = collect(drive.m)
	}
	ours.Close()
	<-played
	theirs.Close()
	return answers, events, p.said
}

func whole(_ int, text string) []string { return []string{text} }

func TestDialogue(t *testing.T) {
	for _, d := range loadDialogues(t) {
		t.Run(d.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answers, events, _ := perform(t, d, whole)
				compare(t, d, answers, events)
			})
		})
	}
}

func compare(t *testing.T, d dialogue, answers [][2]string, events []string) {
	t.Helper()
	for i, a := range answers {
		if strings.TrimSpace(a[1]) != strings.TrimSpace(d.ours[i][1]) {
			t.Errorf("@ %s\n got %s\nwant %s", a[0], a[1], d.ours[i][1])
		}
	}
	if !slices.Equal(events, d.events) {
		t.Errorf("events\n got %q\nwant %q", events, d.events)
	}
}

// TestSplit plays each dialogue cut in two at every octet, and octet by octet: nothing may depend on how
// the octets arrive. Two dialogues are about what comes in one breath and are played whole only. An ordinary run takes
// a hundred cuts or so of a long dialogue, SMSBRIDGE_LONG=1 all.
func TestSplit(t *testing.T) {
	played, breaths := 0, 0
	for _, d := range loadDialogues(t) {
		if strings.HasSuffix(d.name, "_whole") {
			breaths++
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			var said int
			synctest.Test(t, func(t *testing.T) {
				answers, events, n := perform(t, d, singly)
				compare(t, d, answers, events)
				said = n
			})
			for at := 1; at < said && !t.Failed(); at += max(1, said/many(120, said)) {
				played++
				synctest.Test(t, func(t *testing.T) {
					answers, events, _ := perform(t, d, cutAt(at))
					compare(t, d, answers, events)
					if t.Failed() {
						t.Logf("cut at octet %d", at)
					}
				})
			}
		})
	}
	if played < 5000 || breaths != 2 {
		t.Errorf("%d cuts played, there should be more than 5000; %d dialogues left out, not 2", played, breaths)
	}
	t.Logf("%d dialogues played in pieces", played)
}

// naive cuts lines as they come, which is what the lexer is there to avoid.
func naive(pieces []string) (lines []string) {
	for _, piece := range pieces {
		lines = append(lines, strings.FieldsFunc(piece, func(r rune) bool { return r == '\r' || r == '\n' })...)
	}
	return lines
}

func lexed(pieces []string) (lines []string) {
	var l lexer
	for _, piece := range pieces {
		for i := range len(piece) {
			if l.next(piece[i]) == line {
				lines = append(lines, string(l.text))
			}
		}
	}
	return lines
}

// TestSplitControl shows that the cuts of TestSplit find a reader that minds them.
func TestSplitControl(t *testing.T) {
	const text = "\r\n+CSQ: 11,99\r\n\r\nOK\r\n"
	want := naive([]string{text})
	differs := 0
	for at := 1; at < len(text); at++ {
		pieces := cutAt(at)(0, text)
		if !reflect.DeepEqual(lexed(pieces), want) {
			t.Errorf("cut at %d: %q", at, lexed(pieces))
		}
		if !reflect.DeepEqual(naive(pieces), want) {
			differs++
		}
	}
	if differs == 0 {
		t.Error("no cut troubles a reader that takes each Read for whole lines: the cuts prove nothing")
	}
}

func cutAt(at int) func(int, string) []string {
	return func(said int, text string) []string {
		if i := at - said; 0 < i && i < len(text) {
			return []string{text[:i], text[i:]}
		}
		return []string{text}
	}
}

func singly(_ int, text string) []string { return strings.Split(text, "") }
