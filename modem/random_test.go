package modem

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// talker is what the random dialogues are held with: our engine, or another for comparison.
type talker interface {
	tag(n int) (string, error)                             // +XTAG=n, answered with +XTAG: n
	number(n int) (string, error)                          // +XNUM=n, answered with bare digits that hold n
	do(n int) error                                        // +XDO=n, answered with doResult(n)
	submit(ctx context.Context, n int) (int, fate)         // numbered(n)
	late() (sent map[string]int, rejected map[string]bool) // what became known later, by PDU
	lost() bool
	close()
}

type fate uint8

const (
	fateSent fate = iota
	fateRejected
	fateNotSent
	fateUnknown
)

// faults counts what must never happen.
type faults struct {
	misattributed int // an answer that was another's
	strayed       int // a PDU at another's prompt, or twice
	phantom       int // Sent, or a reference, of a PDU the modem never took
	denied        int // NotSent of a PDU the modem took
	first         string
}

func (f *faults) total() int { return f.misattributed + f.strayed + f.phantom + f.denied }

func (f *faults) add(count *int, format string, args ...any) {
	*count++
	if f.first == "" {
		f.first = fmt.Sprintf(format, args...)
	}
}

// account says how much happened, so that a test that tests nothing is noticed.
type account struct{ dialogues, steps, answers, sent, unknown, late, lost int }

// converse holds one random dialogue.
func converse(seed uint64, connect func(*moody) (talker, error), f *faults, a *account) {
	r := rand.New(rand.NewPCG(seed, 1))
	modem := newMoody(rand.New(rand.NewPCG(seed, 2)))
	var minded sync.WaitGroup
	minded.Go(modem.run)
	t, err := connect(modem)
	outcomes := map[string]fate{}
	given := map[string]int{}
	for step := range 12 {
		n := 100*step + r.IntN(100)
		for tries := 0; err != nil || t.lost(); tries++ {
			a.lost++
			if t != nil {
				settle(t, outcomes, given, f, a)
			}
			if tries == 20 {
				break
			}
			t, err = connect(modem)
		}
		if err != nil {
			break
		}
		a.steps++
		switch k := r.IntN(10); {
		case k < 2:
			checkTag(t, n, f, a)
		case k < 4:
			checkNumber(t, n, f, a)
		case k < 5 && !modem.late: // see the engine's limits: nothing tells such an answer from a late double
			checkDo(t, n, f, a)
		case k < 6:
			time.Sleep(time.Duration(r.IntN(3000)) * time.Millisecond)
		default:
			s := numbered(n)
			ctx, cancel := context.WithTimeout(context.Background(), patience(r))
			given[s.PDU], outcomes[s.PDU] = t.submit(ctx, n)
			cancel()
		}
	}
	if t != nil {
		time.Sleep(1000 * time.Second) // all that is late
		settle(t, outcomes, given, f, a)
	}
	modem.ports.Wait()
	close(modem.input)
	minded.Wait()
	judge(modem, outcomes, given, f, a)
	a.dialogues++
}

// patience is how long the caller wants to wait for a Submit.
func patience(r *rand.Rand) time.Duration {
	if r.IntN(10) == 0 {
		return time.Duration(r.IntN(20000)) * time.Millisecond
	}
	return time.Hour
}

// settle closes a line and writes down what became known late.
func settle(t talker, outcomes map[string]fate, given map[string]int, f *faults, a *account) {
	t.close()
	sent, rejected := t.late()
	for pdu, mr := range sent {
		if outcomes[pdu] == fateSent {
			f.add(&f.misattributed, "%s was sent and is told again", pdu)
		}
		outcomes[pdu], given[pdu] = fateSent, mr
		a.late++
	}
	for pdu := range rejected {
		outcomes[pdu] = fateRejected
		a.late++
	}
}

func checkTag(t talker, n int, f *faults, a *account) {
	got, err := t.tag(n)
	if err == nil {
		a.answers++
		if got != "+XTAG: "+strconv.Itoa(n) {
			f.add(&f.misattributed, "tag %d answered with %q", n, got)
		}
	}
}

func checkNumber(t talker, n int, f *faults, a *account) {
	got, err := t.number(n)
	if err == nil {
		a.answers++
		if got != fmt.Sprintf("86%013d", n) {
			f.add(&f.misattributed, "number %d answered with %q", n, got)
		}
	}
}

func checkDo(t talker, n int, f *faults, a *account) {
	err := t.do(n)
	e, refused := errors.AsType[*Error](err)
	refused = refused && e.Outcome == Rejected
	if err == nil || refused {
		a.answers++
		if refused != (doResult(n) == "ERROR") {
			f.add(&f.misattributed, "do %d ended with %v", n, err)
		}
	}
}

// judge compares what we believe with what the modem did.
func judge(m *moody, outcomes map[string]fate, given map[string]int, f *faults, a *account) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, text := range m.wrong {
		f.add(&f.strayed, "%s", text)
	}
	for pdu, times := range m.taken {
		if times > 1 {
			f.add(&f.strayed, "%s was taken %d times", pdu, times)
		}
	}
	for pdu, fate := range outcomes {
		switch fate {
		case fateSent:
			a.sent++
			if m.taken[pdu] == 0 {
				f.add(&f.phantom, "%s is sent and was never taken", pdu)
			} else if m.refs[pdu] != given[pdu] {
				f.add(&f.misattributed, "%s has reference %d, not %d", pdu, m.refs[pdu], given[pdu])
			}
		case fateRejected:
			if !m.refused[pdu] {
				f.add(&f.misattributed, "%s is rejected and was not refused", pdu)
			}
		case fateNotSent:
			if m.taken[pdu] > 0 {
				f.add(&f.denied, "%s is not sent and was taken", pdu)
			}
		case fateUnknown:
			a.unknown++
		}
	}
}

// ours is the engine as a talker.
type ours struct {
	m        *Modem
	sent     map[string]int
	rejected map[string]bool
	heard    chan struct{}
}

func connectOurs(modem *moody) (talker, error) {
	m := start(modem.plug(), Options{}.filled())
	if err := m.wake(context.Background()); err != nil {
		m.Close()
		return nil, err
	}
	m.engine.ready.Store(true)
	o := &ours{m, map[string]int{}, map[string]bool{}, make(chan struct{})}
	go func() {
		defer close(o.heard)
		for ev := range m.Events() {
			switch ev.Kind {
			case LateSent:
				o.sent[ev.Late.PDU] = ev.Late.MR
			case LateRejected:
				o.rejected[ev.Late.PDU] = true
			}
		}
	}()
	return o, nil
}

func (o *ours) tag(n int) (string, error) {
	lines, err := o.m.ask(context.Background(), "+XTAG="+strconv.Itoa(n), shape{prefix: "+XTAG", need: true})
	return joined(lines, err), err
}

func (o *ours) number(n int) (string, error) {
	lines, err := o.m.ask(context.Background(), "+XNUM="+strconv.Itoa(n), shape{bare: isIMEI, need: true})
	return joined(lines, err), err
}

func (o *ours) do(n int) error {
	return o.m.set(context.Background(), "+XDO="+strconv.Itoa(n))
}

func (o *ours) submit(ctx context.Context, n int) (int, fate) {
	mr, err := o.m.Submit(ctx, numbered(n))
	if err == nil {
		return mr, fateSent
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		panic(err)
	}
	return mr, map[Outcome]fate{Rejected: fateRejected, NotSent: fateNotSent, Unknown: fateUnknown}[e.Outcome]
}

func (o *ours) late() (map[string]int, map[string]bool) {
	<-o.heard
	return o.sent, o.rejected
}

func (o *ours) lost() bool { return o.m.Err() != nil }
func (o *ours) close()     { o.m.Close() }

var dialogues = flag.Int("dialogues", 4000, "how many random dialogues TestRandom holds")

// TestRandom holds thousands of dialogues with a modem that is late, says things twice, loses words and
// rings in the middle. No answer may go to the wrong question, no PDU to the wrong prompt, and what we say
// about a message must be true. TestRandomControl, in library_test.go, holds some of them with another
// engine and finds all that this one looks for.
func TestRandom(t *testing.T) {
	count := *dialogues
	if testing.Short() {
		count = min(count, 400)
	}
	var f faults
	var a account
	for seed := range uint64(count) {
		synctest.Test(t, func(t *testing.T) { converse(seed, connectOurs, &f, &a) })
		if f.total() > 0 {
			t.Fatalf("dialogue %d: %s (%+v)", seed, f.first, f)
		}
	}
	t.Logf("%+v", a)
	if a.answers < count || a.sent < count || a.unknown == 0 || a.late == 0 || a.lost == 0 {
		t.Errorf("too little happened: %+v", a)
	}
}
