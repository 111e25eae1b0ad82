package storage

import (
	"math/rand/v2"
	"slices"
	"testing"
)

var offerStates = []OfferState{OfferRinging, OfferUnanswered, OfferStateTaken, OfferStateDropped}

// What ends is over, and what is open can always be answered.
func TestOfferMoves_S23_S35(t *testing.T) {
	acts := []OfferAct{OfferAnswer, OfferPass, OfferExhaust, OfferExtend, OfferDecline, OfferWithdraw}
	for range 2000 {
		s, taken := OfferRinging, 0
		for range 20 {
			act := acts[rand.IntN(len(acts))]
			next, ok := s.After(act)
			if ok && act == OfferAnswer {
				taken++
			}
			if ok && !s.Open() {
				t.Fatalf("%s went on to %s by %s", s, next, act)
			}
			if ok {
				s = next
			}
		}
		if taken > 1 {
			t.Fatalf("taken %d times", taken)
		}
		if !slices.Contains(offerStates, s) {
			t.Fatalf("ended in %q", s)
		}
	}
	for _, s := range offerStates {
		_, answer := s.After(OfferAnswer)
		_, withdraw := s.After(OfferWithdraw)
		if answer != withdraw || answer != s.Open() {
			t.Errorf("%s: answer %v, withdraw %v, open %v", s, answer, withdraw, s.Open())
		}
	}
}

func TestCaseMoves_S32(t *testing.T) {
	for act, next := range caseMoves[CaseOpen] {
		if (next == CaseEnded) != (act == CaseClose) {
			t.Errorf("%s leads from open to %s: only an explicit close may end a case", act, next)
		}
	}
	for _, act := range []CaseAct{CaseJoin, CaseTake, CaseTransfer, CaseRelease, CaseClose} {
		if next, ok := CaseEnded.After(act); ok {
			t.Errorf("%s leads from closed to %s", act, next)
		}
	}
}

func TestStrategy_S35(t *testing.T) {
	all := []Candidate{{"a", 3, 10}, {"b", 1, 30}, {"c", 1, 20}}
	for _, c := range []struct {
		s     Strategy
		tried []string
		last  string
		want  []string
	}{
		{RingAll, nil, "", []string{"a", "b", "c"}},
		{RingAll, []string{"b"}, "", []string{"a", "c"}},
		{RingAll, []string{"a", "b", "c"}, "", nil},
		{RingRound, nil, "", []string{"a"}},
		{RingRound, []string{"a"}, "", []string{"c"}},
		{RingRound, []string{"a", "c"}, "", []string{"b"}},
		{RingRound, []string{"a", "b", "c"}, "", nil},
		{RingLeastBusy, nil, "", []string{"c"}},
		{RingLeastBusy, []string{"c"}, "", []string{"b"}},
		{RingLastOwner, nil, "b", []string{"b"}},
		{RingLastOwner, []string{"b"}, "b", []string{"a", "c"}},
		{RingLastOwner, nil, "gone", []string{"a", "b", "c"}},
		{RingLastOwner, nil, "", []string{"a", "b", "c"}},
	} {
		if got := c.s.Next(all, c.tried, c.last); !slices.Equal(got, c.want) {
			t.Errorf("%s after %v, last %q: %v, not %v", c.s, c.tried, c.last, got, c.want)
		}
	}
	// Whatever is declined: each strategy rings for everybody once, then ends.
	for _, s := range Strategies {
		var tried []string
		for range len(all) {
			next := s.Next(all, tried, "b")
			if len(next) == 0 {
				break
			}
			tried = append(tried, next...)
		}
		slices.Sort(tried)
		if !slices.Equal(tried, []string{"a", "b", "c"}) || s.Next(all, tried, "b") != nil {
			t.Errorf("%s rang for %v", s, tried)
		}
	}
}

func TestChoice_S33_S35(t *testing.T) {
	last := &Case{Reference: "SMS+15550100"}
	for _, c := range []struct {
		name string
		o    Offer
		said Sequel
		want Sequel
		fail bool
	}{
		{"a stranger", Offer{Policy: SequelNew}, "", SequelNew, false},
		{"a stranger cannot go on", Offer{Policy: SequelNew}, SequelContinue, "", true},
		{"ask and nothing said", Offer{Policy: SequelAsk, LastCase: last}, "", "", true},
		{"ask and continue", Offer{Policy: SequelAsk, LastCase: last}, SequelContinue, SequelContinue, false},
		{"ask and new", Offer{Policy: SequelAsk, LastCase: last}, SequelNew, SequelNew, false},
		{"by policy", Offer{Policy: SequelContinue, LastCase: last}, "", SequelContinue, false},
		{"unanswered in time", Offer{Policy: SequelNew, LastCase: last}, "", SequelNew, false},
		{"nonsense", Offer{Policy: SequelNew}, "perhaps", "", true},
	} {
		got, err := c.o.Choice(c.said)
		if got != c.want || (err != nil) != c.fail {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

func TestReference_S22(t *testing.T) {
	if got := Reference("+15550100", 1); got != "SMS+15550100" {
		t.Error(got)
	}
	if got := Reference("+15550100", 3); got != "SMS+15550100-3" {
		t.Error(got)
	}
}

func TestDesk(t *testing.T) {
	for _, c := range []struct {
		cases  Switch
		agents int
		on     bool
	}{{CasesAuto, 0, false}, {CasesAuto, 1, false}, {CasesAuto, 2, true}, {CasesOn, 0, true}, {CasesOff, 9, false}} {
		if got := (Desk{Cases: c.cases}).On(c.agents); got != c.on {
			t.Errorf("%s with %d agents: %v", c.cases, c.agents, got)
		}
	}
	for template, good := range map[string]bool{
		"": true, "https://crm.example/find?n={number}": true, "http://crm.example/{reference}": true,
		"javascript:alert(1)": false, "https://{number}/": false, "{name}://x/": false, "https://u:p@crm.example/": false, "crm": false,
	} {
		d := NewDesk("ln")
		d.Pop = template
		if err := d.Check(); (err == nil) != good {
			t.Errorf("%q: %v", template, err)
		}
	}
	d := Desk{Pop: "https://crm.example/?n={number}&name={name}"}
	got := d.PopURL(Case{Number: "+15550100", Contact: &Contact{Name: "A & B?"}})
	if got != "https://crm.example/?n=%2B15550100&name=A+%26+B%3F" {
		t.Error(got)
	}
}
