package pdu

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
)

// partsOf returns Delivers of the parts of a text, each sent a second after the one before.
func partsOf(t testing.TB, from, text string, ref uint16, wide bool, sent time.Time) []*Deliver {
	t.Helper()
	dcs, uds, err := Segments(text, ref, wide)
	if err != nil {
		t.Fatal(err)
	}
	oa, err := ParseAddress(from)
	if err != nil {
		t.Fatal(err)
	}
	var all []*Deliver
	for i, ud := range uds {
		all = append(all, &Deliver{OA: oa, DCS: dcs, SCTS: TimestampOf(sent.Add(time.Duration(i) * time.Second)), UD: ud})
	}
	return all
}

// hear adds a message and says what came of it: "A" for a whole text, by its first character and
// that of each part, "+" for one more part, "=" for a repeat; then the texts given up.
func hear(t testing.TB, a *Assembler, d TPDU, read time.Time) string {
	t.Helper()
	r, err := a.Add(d, read)
	if err != nil {
		t.Fatal(err)
	}
	said := map[Outcome]string{Incomplete: "+", Duplicate: "="}[r.Outcome]
	if r.Outcome == Complete {
		said = short(r.Text)
	}
	for _, s := range r.Ended {
		text, _ := s.Text()
		said += " !" + short(text)
	}
	return said
}

// short keeps the letters of a text that are not the one before.
func short(text string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range text {
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// twoParts is a text whose first part is all of one letter and the second of another.
func twoParts(first, second string) string {
	return strings.Repeat(first, 153) + strings.Repeat(second, 60)
}

func TestAssembler(t *testing.T) {
	const bob, eve = "+46705550123", "+46705550124"
	at := func(minutes int) time.Time { return at2026.Add(time.Duration(minutes) * time.Minute) }
	a := partsOf(t, bob, twoParts("a", "A"), 1, false, at(0))
	b := partsOf(t, bob, twoParts("b", "B"), 1, false, at(10))
	w := partsOf(t, bob, strings.Repeat("w", 152)+strings.Repeat("W", 60), 1, true, at(0))
	e := partsOf(t, eve, twoParts("e", "E"), 1, false, at(0))
	late := partsOf(t, bob, twoParts("l", "L"), 1, false, at(300))
	single := &Deliver{OA: a[0].OA, UD: septetsOf('s')}
	odd := &Deliver{OA: a[0].OA, UD: septetsOf('o')}
	odd.UD.UDH = UDH{Concat{Ref: 1, Total: 2, Seq: 3}.IE()}
	again := partsOf(t, bob, twoParts("a", "A"), 1, false, at(20))
	for _, c := range []struct {
		name string
		in   []*Deliver
		want string
	}{
		{"in order", []*Deliver{a[0], a[1]}, "+ aA"},
		{"out of order", []*Deliver{a[1], a[0]}, "+ aA"},
		{"K01: the second part is lost, and the next message has the same reference", []*Deliver{a[0], b[0], b[1]}, "+ + bB"},
		{"K01: the lost part comes after all", []*Deliver{a[0], b[0], a[1], b[1]}, "+ + aA bB"},
		{"K01: the lost part comes last", []*Deliver{a[0], b[0], b[1], a[1]}, "+ + bB aA"},
		{"K01: first parts lost, only times tell", []*Deliver{a[1], late[0], late[1]}, "+ + lL"},
		{"K02: a reference of 8 bits and the same of 16", []*Deliver{a[0], w[0], a[1], w[1]}, "+ + aA wW"},
		{"K03: part 3 of 2 is a message of its own", []*Deliver{a[0], odd, a[1]}, "+ o aA"},
		{"K04: two senders", []*Deliver{a[1], e[0], a[0], e[1]}, "+ + aA eE"},
		{"a repeat", []*Deliver{a[0], a[0], a[1]}, "+ = aA"},
		{"a repeat of a whole message", []*Deliver{a[0], a[1], a[1], a[0]}, "+ aA = ="},
		{"the same text sent again", []*Deliver{a[0], a[1], again[0], again[1]}, "+ aA + aA"},
		{"no concatenation", []*Deliver{single, single}, "s s"},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			asm := Assembler{Store: &MemoryStore{}}
			var got []string
			for i, d := range c.in {
				got = append(got, hear(t, &asm, d, at(301).Add(time.Duration(i)*time.Second)))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestAssemblerCutCharacters is C15: what the sender cut in two comes out whole.
func TestAssemblerCutCharacters(t *testing.T) {
	asm := Assembler{Store: &MemoryStore{}}
	parts := []UserData{septetsOf('1', '0', escape), septetsOf(0x65, '!')}
	addConcat(parts, 7, false)
	hear(t, &asm, &Deliver{UD: parts[1]}, at2026)
	if got := hear(t, &asm, &Deliver{UD: parts[0]}, at2026); got != "10€!" {
		t.Errorf("got %q", got)
	}
}

// TestAssemblerReports is K05: a status report does not get in.
func TestAssemblerReports(t *testing.T) {
	asm := Assembler{Store: &MemoryStore{}}
	for _, other := range []TPDU{&StatusReport{}, &SubmitReport{}, &DeliverReport{}, &Command{}} {
		if _, err := asm.Add(other, at2026); err == nil {
			t.Errorf("%s is taken for a message", other.MessageType())
		}
	}
	if r, err := asm.Add(&Submit{UD: septetsOf('s')}, at2026); err != nil || r.Text != "s" {
		t.Errorf("a submit: %+v, %v", r, err)
	}
}

// TestAssemblerDirections holds that what was sent and what arrived do not mix.
func TestAssemblerDirections(t *testing.T) {
	asm := Assembler{Store: &MemoryStore{}}
	d := partsOf(t, "+46705550123", twoParts("d", "D"), 1, false, at2026)
	_, uds, _ := Segments(twoParts("s", "S"), 1, false)
	hear(t, &asm, d[0], at2026)
	got := hear(t, &asm, &Submit{DA: d[0].OA, UD: uds[1]}, at2026)
	got += hear(t, &asm, d[1], at2026)
	got += hear(t, &asm, &Submit{DA: d[0].OA, UD: uds[0]}, at2026)
	if got != "+dDsS" {
		t.Errorf("got %q", got)
	}
}

func TestAssemblerExpires(t *testing.T) {
	asm := Assembler{Store: &MemoryStore{}, TTL: time.Hour}
	a := partsOf(t, "+46705550123", twoParts("a", "A"), 1, false, at2026)
	hear(t, &asm, a[1], at2026)
	if ended, err := asm.Expire(at2026.Add(59 * time.Minute)); err != nil || ended != nil {
		t.Errorf("too early: %v, %v", ended, err)
	}
	ended, err := asm.Expire(at2026.Add(61 * time.Minute))
	if err != nil || len(ended) != 1 {
		t.Fatalf("%v, %v", ended, err)
	}
	if text, w := ended[0].Text(); short(text) != "…A" || w != 0 {
		t.Errorf("what is given up reads %q, %v", text, w)
	}
	if text, _ := (Set{}).Text(); text != "" {
		t.Error("an empty set has a text")
	}
	if got := hear(t, &asm, a[0], at2026.Add(62*time.Minute)); got != "+" {
		t.Errorf("the other part afterwards: %q", got)
	}
}

// TestAssemblerOrphans is K06: parts without end do not fill the memory, and none gets lost unseen.
func TestAssemblerOrphans(t *testing.T) {
	store := &MemoryStore{}
	asm := Assembler{Store: store}
	line := deliverLine(t, latin306, 0)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const n = 65_000
	ended := 0
	for i := range n {
		f, err := ParseFrame(line, MobileTerminated)
		if err != nil {
			t.Fatal(err)
		}
		d := f.TPDU.(*Deliver)
		d.UD.UDH = UDH{Concat{Ref: uint16(i), Total: 2, Seq: 1, Wide: true}.IE()}
		r, err := asm.Add(d, at2026.Add(time.Duration(i)*time.Millisecond))
		if err != nil || r.Outcome != Incomplete {
			t.Fatal(r.Outcome, err)
		}
		ended += len(r.Ended)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	held := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d orphans: %d sets held, %d KiB", n, len(store.sets), held>>10)
	if held > 2<<20 || len(store.sets)+ended != n {
		t.Errorf("%d KiB are held; %d sets and %d given up of %d", held>>10, len(store.sets), ended, n)
	}
	runtime.KeepAlive(store)
}

// TestAssemblerRestarts is the promise of the store: a new Assembler goes on where another ended.
func TestAssemblerRestarts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		store := &MemoryStore{}
		text := strings.Repeat("0123456789 ", 1+r.IntN(200))
		parts := partsOf(t, "+46705550123", text, uint16(r.Uint32()), r.IntN(2) == 0, at2026)
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		for i, p := range parts {
			asm := Assembler{Store: store}
			got, err := asm.Add(p, at2026)
			if err != nil || (got.Outcome == Complete) != (i == len(parts)-1) {
				t.Fatalf("part %d of %d: %v, %v", i, len(parts), got.Outcome, err)
			}
			if got.Outcome == Complete && got.Text != text {
				t.Fatalf("%q came back as %q", text, got.Text)
			}
		}
	}
}

// brokenStore fails at one of its verbs.
type brokenStore struct {
	MemoryStore
	verb string
}

func (b *brokenStore) fail(verb string) error {
	if b.verb == verb {
		return fmt.Errorf("no %s today", verb)
	}
	return nil
}

func (b *brokenStore) Sets(k SetKey) ([]Set, error) {
	s, _ := b.MemoryStore.Sets(k)
	return s, b.fail("sets")
}

func (b *brokenStore) Keep(s Set) (int64, error) {
	if err := b.fail("keep"); err != nil {
		return 0, err
	}
	return b.MemoryStore.Keep(s)
}

func (b *brokenStore) Remove(ids ...int64) error {
	if err := b.fail("remove"); err != nil {
		return err
	}
	return b.MemoryStore.Remove(ids...)
}

func (b *brokenStore) Oldest() (Set, int, int, error) {
	s, n, o, _ := b.MemoryStore.Oldest()
	return s, n, o, b.fail("oldest")
}

func TestAssemblerTellsOfTheStore(t *testing.T) {
	for _, verb := range []string{"sets", "keep", "remove", "oldest"} {
		asm := Assembler{Store: &brokenStore{verb: verb}, MaxSets: 1}
		var err error
		for i := range 2 {
			p := partsOf(t, "+46705550123", twoParts("a", "A"), uint16(i), false, at2026)
			if _, e := asm.Add(p[0], at2026); e != nil {
				err = e
			}
		}
		if err == nil {
			t.Errorf("that the store fails at %s goes unnoticed", verb)
		}
	}
	if err := (&MemoryStore{}).Remove(7); err != nil {
		t.Errorf("removing what is not there: %v", err)
	}
}
