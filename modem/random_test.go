package modem

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	library "github.com/warthog618/modem/at"
)

// many returns how often to try: few times in an ordinary run, all with SMSBRIDGE_LONG=1.
func many(few, all int) int {
	if os.Getenv("SMSBRIDGE_LONG") != "" {
		return all
	}
	return few
}

// talker is what the random dialogues are held with: our engine, or another for comparison.
type talker interface {
	tag(n int) (string, error)                     // +XTAG=n, answered with +XTAG: n or tagRefusal(n)
	number(n int) (string, error)                  // +XNUM=n, answered with bare digits that hold n
	do(n int) error                                // +XDO=n, answered with doResult(n)
	submit(ctx context.Context, n int) belief      // numbered(n)
	late() (sent map[string]int, refused []string) // what became known later, by PDU
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

// belief is what a talker says about a message.
type belief struct {
	fate fate
	mr   int    // fateSent
	code string // of the +CMS ERROR; empty if there was none
}

// faults counts what must never happen.
type faults struct {
	misattributed int // an answer that was another's
	strayed       int // a PDU at another's prompt, before its own, or twice
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
type account struct {
	dialogues, steps, answers, refusals, sent, unknown, late, lost int

	urcs, cuts, dropped, doubled, swapped, postponed int // the modem's
}

func (a *account) counts() []*int {
	return []*int{
		&a.dialogues, &a.steps, &a.answers, &a.refusals, &a.sent, &a.unknown, &a.late, &a.lost,
		&a.urcs, &a.cuts, &a.dropped, &a.doubled, &a.swapped, &a.postponed,
	}
}

func (a *account) add(b account) {
	more := b.counts()
	for i, n := range a.counts() {
		*n += *more[i]
	}
}

// conversation is one random dialogue: what was asked, believed and found wrong.
type conversation struct {
	modem   *moody
	talker  talker
	beliefs map[string]belief // by PDU
	log     []string          // of all answers
	faults  *faults
	account *account
}

// converse holds one random dialogue.
func converse(seed uint64, tame bool, connect func(*moody) (talker, error), f *faults, a *account) []string {
	r := rand.New(rand.NewPCG(seed, 1))
	modem := newMoody(rand.New(rand.NewPCG(seed, 2)))
	modem.tame = tame
	c := &conversation{modem: modem, beliefs: map[string]belief{}, faults: f, account: a}
	var minded sync.WaitGroup
	minded.Go(modem.run)
	var err error
	c.talker, err = connect(modem)
	for step, last := range r.Perm(100)[:12] {
		for tries := 0; err != nil || c.talker.lost(); tries++ {
			a.lost++
			c.settle()
			if tries == 20 {
				break
			}
			time.Sleep(time.Duration(max(0, r.IntN(10_000)-5000)) * time.Millisecond)
			c.talker, err = connect(modem)
		}
		if err != nil {
			break
		}
		a.steps++
		c.step(r, 100*step+last)
	}
	time.Sleep(1000 * time.Second) // all that is late
	c.settle()
	modem.ports.Wait()
	close(modem.input)
	minded.Wait()
	c.judge()
	a.dialogues++
	modem.moods.cuts = len(modem.cut)
	a.add(modem.moods)
	return c.log
}

// step asks one thing. Its number tells it from all others of the dialogue.
func (c *conversation) step(r *rand.Rand, n int) {
	switch k := r.IntN(10); {
	case k < 2:
		got, err := c.talker.tag(n)
		c.check(n, "+XTAG: "+strconv.Itoa(n), n%11 == 0, got, err)
	case k < 4:
		got, err := c.talker.number(n)
		c.check(n, numberAnswer(n), false, got, err)
	case k < 5:
		if !c.modem.late || c.modem.tame { // see below
			c.checkDo(n, c.talker.do(n))
		}
	case k < 6:
		time.Sleep(time.Duration(r.IntN(3000)) * time.Millisecond)
	default:
		s := numbered(n)
		limit := time.Hour
		if r.IntN(10) == 0 && !c.modem.tame {
			limit = time.Duration(r.IntN(20000)) * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		b := c.talker.submit(ctx, n)
		cancel()
		c.beliefs[s.PDU] = b
		c.log = append(c.log, fmt.Sprintf("submit %d: %d %s", n, b.mr, b.code))
	}
}

// check is for commands whose answers hold their number. What is told must have been said in answer to
// this very command, whole or as far as a URC in its middle let it.
func (c *conversation) check(n int, want string, refusable bool, got string, err error) {
	f, m := c.faults, c.modem
	refusal := code(err)
	if err != nil {
		got = ""
	}
	c.log = append(c.log, fmt.Sprintf("%s: %q %s", want, got, refusal))
	switch {
	case err == nil:
		c.account.answers++
		m.mu.Lock()
		fine := got == want && !refusable || m.cut[n] && m.said[n][got]
		m.mu.Unlock()
		if !fine {
			f.add(&f.misattributed, "%s was wanted, %q was told", want, got)
		}
	case refusal != "":
		c.account.refusals++
		c.checkCode(n, refusable, tagRefusal(n), refusal)
	}
}

// checkDo is for a command whose success is a bare OK. An OK says nothing of whose it is, so that such
// commands are asked only of modems that say an OK again in the same breath if at all; no engine could
// tell a later one from the answer, and the specifications forbid it (V.250, 5.2.1).
func (c *conversation) checkDo(n int, err error) {
	refusal := code(err)
	c.log = append(c.log, fmt.Sprintf("do %d: %v", n, refusal))
	switch {
	case err == nil:
		c.account.answers++
		if n%3 == 0 {
			c.faults.add(&c.faults.misattributed, "do %d was refused and told as done", n)
		}
	case refusal != "":
		c.account.refusals++
		c.checkCode(n, n%3 == 0, doResult(n), refusal)
	}
}

func (c *conversation) checkCode(n int, refused bool, want, refusal string) {
	c.modem.mu.Lock()
	cut := c.modem.cut[n]
	c.modem.mu.Unlock()
	if !refused || "+CME ERROR: "+refusal != want && !cut {
		c.faults.add(&c.faults.misattributed, "%d was refused with %s, want %s", n, refusal, want)
	}
}

// code is the code of a refusal, as the modem wrote it, and empty if the error is none. Our engine names
// refusals in the library's words, so this serves both.
func code(err error) string {
	if e, ok := errors.AsType[library.CMEError](err); ok {
		return string(e)
	}
	if e, ok := errors.AsType[library.CMSError](err); ok {
		return string(e)
	}
	return ""
}

// settle closes a line and writes down what became known late.
func (c *conversation) settle() {
	t := c.talker
	if t == nil {
		return
	}
	c.talker = nil
	t.close()
	sent, refused := t.late()
	for pdu, mr := range sent {
		if c.beliefs[pdu].fate == fateSent {
			c.faults.add(&c.faults.misattributed, "%s was sent and is told again", pdu)
		}
		c.beliefs[pdu] = belief{fate: fateSent, mr: mr}
		c.account.late++
	}
	for i := 0; i < len(refused); i += 2 {
		c.beliefs[refused[i]] = belief{fate: fateRejected, code: refused[i+1]}
		c.account.late++
	}
}

// judge compares what we believe with what the modem did.
func (c *conversation) judge() {
	m, f := c.modem, c.faults
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
	for pdu, b := range c.beliefs {
		length := len(pdu)/2 - 1
		switch b.fate {
		case fateSent:
			c.account.sent++
			if m.taken[pdu] == 0 {
				f.add(&f.phantom, "%s is sent and was never taken", pdu)
			} else if !m.gave(pdu, b.mr) {
				f.add(&f.misattributed, "%s has reference %d, not %d", pdu, m.refs[pdu], b.mr)
			}
		case fateNotSent:
			if m.taken[pdu] > 0 {
				f.add(&f.denied, "%s is not sent and was taken", pdu)
			}
		case fateUnknown:
			c.account.unknown++
		}
		if b.fate == fateRejected && m.codes[length] == 0 ||
			b.code != "" && b.code != strconv.Itoa(m.codes[length]) && !m.cut[-length] {
			f.add(&f.misattributed, "%s is refused with %q and was with %d", pdu, b.code, m.codes[length])
		}
	}
}

// gave reports whether the modem said this reference of the PDU, or what a URC in its middle left of it:
// none at all is -1.
func (m *moody) gave(pdu string, mr int) bool {
	number := -(len(pdu)/2 - 1)
	return m.refs[pdu] == mr ||
		m.cut[number] && (mr == -1 || m.said[number][fmt.Sprintf("+CMGS: %d", mr)])
}

// ours is the engine as a talker.
type ours struct {
	m       *Modem
	sent    map[string]int
	refused []string // PDU and code
	heard   chan struct{}
}

func connectOurs(modem *moody) (talker, error) {
	m := start(modem.plug(), Options{}.filled())
	if err := m.wake(context.Background()); err != nil {
		m.Close()
		return nil, err
	}
	m.engine.ready.Store(true)
	o := &ours{m: m, sent: map[string]int{}, heard: make(chan struct{})}
	go func() {
		defer close(o.heard)
		for ev := range m.Events() {
			switch ev.Kind {
			case LateSent:
				o.sent[ev.Late.PDU] = ev.Late.MR
			case LateRejected:
				o.refused = append(o.refused, ev.Late.PDU, code(ev.Late.Err))
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

func (o *ours) submit(ctx context.Context, n int) belief {
	mr, err := o.m.Submit(ctx, numbered(n))
	if err == nil {
		return belief{fateSent, mr, ""}
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		panic(err)
	}
	fates := map[Outcome]fate{Rejected: fateRejected, NotSent: fateNotSent, Unknown: fateUnknown}
	return belief{fates[e.Outcome], -1, code(err)}
}

func (o *ours) late() (map[string]int, []string) {
	<-o.heard
	return o.sent, o.refused
}

func (o *ours) lost() bool { return o.m.Err() != nil }
func (o *ours) close()     { o.m.Close() }

var (
	dialogues = flag.Int("dialogues", 0, "how many random dialogues TestRandom holds, instead of its own number")
	dialogue1 = flag.Int("dialogue", -1, "hold only this one of TestRandom's dialogues")
)

// TestRandom holds thousands of dialogues with a modem that is late, says things twice, loses words, mixes
// up its finals and rings in the middle of a word. No answer may go to the wrong question, no PDU to the
// wrong prompt, and what we say about a message must be true. That the test would see such faults is shown
// by TestRandomControl, which holds some of the dialogues with another engine, and by TestRandomPlanted,
// which puts faults into ours. SMSBRIDGE_LONG=1 holds 120,000.
func TestRandom(t *testing.T) {
	count := many(6000, 120_000)
	if *dialogues > 0 {
		count = *dialogues
	}
	if testing.Short() {
		count = min(count, 400)
	}
	first := 0
	if *dialogue1 >= 0 {
		first, count = *dialogue1, *dialogue1+1
	}
	begun := time.Now()
	f, a := holdAll(t, first, count, false, connectOurs)
	t.Logf("%v: %+v", time.Since(begun).Round(time.Millisecond), a)
	if f.total() > 0 {
		t.Errorf("%s (%+v)", f.first, f)
	}
	if count-first > 100 && (a.answers < count || a.refusals == 0 || a.sent < count || a.unknown == 0 || a.late == 0 || a.lost == 0 ||
		a.cuts == 0 || a.dropped == 0 || a.doubled == 0 || a.swapped == 0 || a.postponed == 0) {
		t.Errorf("too little happened: %+v", a)
	}
}

// holdAll holds dialogues on all processors.
func holdAll(t *testing.T, first, end int, tame bool, connect func(*moody) (talker, error)) (f faults, a account) {
	var mu sync.Mutex // guards f and a
	shards := runtime.GOMAXPROCS(0)
	t.Run("dialogues", func(t *testing.T) {
		for shard := range shards {
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				for seed := first + shard; seed < end && !t.Failed(); seed += shards {
					var g faults
					var b account
					synctest.Test(t, func(t *testing.T) { converse(uint64(seed), tame, connect, &g, &b) })
					mu.Lock()
					a.add(b)
					f.merge(seed, g)
					mu.Unlock()
				}
			})
		}
	})
	return f, a
}

func (f *faults) merge(seed int, g faults) {
	f.misattributed += g.misattributed
	f.strayed += g.strayed
	f.phantom += g.phantom
	f.denied += g.denied
	if f.first == "" && g.first != "" {
		f.first = fmt.Sprintf("dialogue %d: %s", seed, g.first)
	}
}
