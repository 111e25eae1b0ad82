package modem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	library "github.com/warthog618/modem/at"

	"smsbridge/modem/at"
)

func TestVocabulary(t *testing.T) {
	for _, c := range []struct {
		final string
		want  error
	}{
		{"+CME ERROR: 10", library.CMEError("10")},
		{"+CMS ERROR: 38", library.CMSError("38")},
		{"ERROR", library.ErrError},
		{"NO CARRIER", library.ConnectError("NO CARRIER")},
	} {
		r, _ := at.ParseResult(c.final)
		err := fmt.Errorf("send: %w", refusal(&call{}, r))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %#v", c.final, errors.Unwrap(errors.Unwrap(err)))
		}
	}
	e, ok := errors.AsType[library.CMSError](refusal(&call{}, at.Result{Kind: at.CMS, Code: 38, Text: "38"}))
	if !ok || e != "38" {
		t.Errorf("got %v", e)
	}
}

// TestLibraryAgrees holds the same well-behaved dialogues through both engines. Where the modem keeps to the
// rules, they must understand the same.
func TestLibraryAgrees(t *testing.T) {
	dialogues := []struct {
		ask   string
		shape shape
	}{
		{"+CSQ", shape{prefix: "+CSQ"}},
		{"+CGMI", shape{bare: isName}},
		{"+CGSN", shape{bare: isIMEI}},
		{"+CPIN?", shape{prefix: "+CPIN"}},
		{"+CPMS=?", shape{prefix: "+CPMS"}},
		{"+CNMI=?", shape{prefix: "+CNMI"}},
		{"+CREG?", shape{prefix: "+CREG", fits: isRegistrationRead}},
		{"+COPS?", shape{prefix: "+COPS"}},
		{"+CNUM", shape{prefix: "+CNUM"}},
		{"+CMGF=0", shape{}},
		{"+CSQ;+CMEE?", shape{prefix: "+CSQ", also: []string{"+CMEE"}}},
		{"+LIST", shape{prefix: "+LIST"}},
		{"+NOTHING", shape{}},
		{"+BAD", shape{}},
		{"+CME", shape{}},
		{"+CMS", shape{}},
	}
	answers := map[string]string{
		"+LIST": "+LIST: 1|+LIST: 2|+LIST: 3|OK", "+CME": "+CME ERROR: 14", "+CMS": "+CMS ERROR: 512",
	}
	for name, answer := range usual {
		answers[name] = answer
	}
	play := func() net.Conn {
		ours, theirs := net.Pipe()
		p := newPeer(theirs)
		p.answers = answers
		go p.run()
		return ours
	}
	port := play()
	theirs := library.New(port)
	defer port.Close()
	m := start(play(), Options{}.filled())
	defer m.Close()
	for _, d := range dialogues {
		want, wantErr := theirs.Command(d.ask)
		got, gotErr := m.ask(t.Context(), d.ask, d.shape)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, the library %q", d.ask, got, want)
		}
		if (gotErr == nil) != (wantErr == nil) || wantErr != nil && !errors.Is(gotErr, wantErr) {
			t.Errorf("%s: %v, the library %v", d.ask, gotErr, wantErr)
		}
	}
	for n := range 300 {
		s := submission(n)
		want, err := theirs.SMSCommand(fmt.Sprintf("+CMGS=%d", s.Length), s.PDU)
		if err != nil {
			t.Fatal(err)
		}
		mr, err := m.Submit(t.Context(), s)
		if err != nil || fmt.Sprintf("+CMGS: %d", mr) != want[0] {
			t.Fatalf("submit %d: %d, %v, the library %q", n, mr, err, want)
		}
	}
}

// theirs is warthog618/modem/at as a talker.
type theirs struct {
	at   *library.AT
	port net.Conn
}

func connectTheirs(modem *moody) (talker, error) {
	port := modem.plug()
	return &theirs{library.New(port, library.WithTimeout(5*time.Second)), port}, nil
}

func (l *theirs) tag(n int) (string, error) {
	lines, err := l.at.Command(fmt.Sprintf("+XTAG=%d", n))
	return strings.Join(lines, "/"), err
}

func (l *theirs) number(n int) (string, error) {
	lines, err := l.at.Command(fmt.Sprintf("+XNUM=%d", n))
	return strings.Join(lines, "/"), err
}

func (l *theirs) do(n int) error {
	_, err := l.at.Command(fmt.Sprintf("+XDO=%d", n))
	return err
}

func (l *theirs) submit(_ context.Context, n int) belief {
	s := numbered(n)
	lines, err := l.at.SMSCommand(fmt.Sprintf("+CMGS=%d", s.Length), s.PDU, library.WithTimeout(190*time.Second))
	mr := -1
	for _, text := range lines {
		if p, ok := strings.CutPrefix(text, "+CMGS: "); ok {
			fmt.Sscan(p, &mr)
		}
	}
	switch {
	case err == nil:
		return belief{fateSent, mr, ""}
	case errors.As(err, new(library.CMSError)):
		return belief{fateRejected, -1, code(err)}
	}
	return belief{fateUnknown, -1, ""}
}

func (l *theirs) late() (map[string]int, []string) { return nil, nil }
func (l *theirs) close()                           { l.port.Close() }

func (l *theirs) lost() bool {
	select {
	case <-l.at.Closed():
		return true
	default:
		return false
	}
}

// TestRandomAgree holds well-behaved dialogues with both engines: a modem that is never later than the
// rules allow, says nothing unasked and refuses what it does not like. Both must tell the same of every step.
func TestRandomAgree(t *testing.T) {
	steps := 0
	for seed := range uint64(many(300, 5000)) {
		var told [2][]string
		var f faults
		var a account
		for i, connect := range []func(*moody) (talker, error){connectOurs, connectTheirs} {
			synctest.Test(t, func(t *testing.T) { told[i] = converse(seed, true, connect, &f, &a) })
		}
		if !slices.Equal(told[0], told[1]) || f.total() > 0 {
			t.Fatalf("dialogue %d: %s\n   ours %q\n theirs %q", seed, f.first, told[0], told[1])
		}
		steps += len(told[0])
	}
	if steps < 2000 {
		t.Errorf("%d answers compared", steps)
	}
	t.Logf("%d answers are the same", steps)
}

// TestRandomControl holds some of TestRandom's dialogues with the library. It must be caught in every way
// there is, or TestRandom looks for nothing.
func TestRandomControl(t *testing.T) {
	f, a := holdAll(t, 0, 300, false, connectTheirs)
	t.Logf("%+v in %+v", f, a)
	if f.misattributed == 0 || f.strayed == 0 || f.phantom == 0 {
		t.Errorf("the control went unnoticed: %+v", f)
	}
}

// TestURCsDuringCommandControl puts the storm to the library: the answer it tells is not the answer.
func TestURCsDuringCommandControl(t *testing.T) {
	ours, theirs := net.Pipe()
	l := library.New(ours)
	heard := make(chan []string, 1000)
	if err := l.AddIndication("+CMTI:", func(lines []string) { heard <- lines }); err != nil {
		t.Fatal(err)
	}
	go func() {
		io.ReadFull(theirs, make([]byte, len("AT+CSQ\r\n")))
		io.WriteString(theirs, urcStorm())
	}()
	info, err := l.Command("+CSQ")
	if err != nil {
		t.Fatal(err)
	}
	if len(info) == 1 && info[0] == "+CSQ: 11,99" {
		t.Error("the control went unnoticed: no URC is in the answer")
	}
	ours.Close()
	theirs.Close()
	<-l.Closed()
	for range 1000 {
		<-heard
	}
}
