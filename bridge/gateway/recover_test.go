package gateway

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
	"time"

	"smsbridge/modem"
)

var (
	errSilent = fmt.Errorf("open: %w", modem.ErrSilent)
	errAway   = fmt.Errorf("open: %w", fs.ErrNotExist)
)

// story runs a ladder through endings, each after the wait of the one before.
type story struct {
	ladder
	now   time.Time
	took  []rung
	waits []time.Duration
}

func (s *story) end(e ending, may means) remedy {
	r := s.next(s.now, e, may)
	s.took, s.waits = append(s.took, r.rung), append(s.waits, r.wait)
	s.now = s.now.Add(r.wait + 5*time.Second) // and what the opening takes
	return r
}

func (s *story) count(r rung) int {
	n := 0
	for _, t := range s.took {
		if t == r {
			n++
		}
	}
	return n
}

func TestLadder(t *testing.T) {
	all := means{reset: true, power: true}
	begin := func() *story { return &story{now: time.Unix(1_800_000_000, 0)} }
	t.Run("a port that is absent is never reset, however long", func(t *testing.T) {
		s := begin()
		for range 1000 {
			s.end(ending{err: errAway}, all)
		}
		if n := s.count(reopen); n != 1000 {
			t.Errorf("%d of 1000 steps only looked", n)
		}
		if w := s.waits[999]; w != away[len(away)-1] {
			t.Errorf("waits %s between looks", w)
		}
		// Negative control: the same story of a modem that is there is reset.
		s = begin()
		for range 1000 {
			s.end(ending{err: errSilent}, all)
		}
		if s.count(reset) == 0 || s.count(power) == 0 || s.count(rest) == 0 {
			t.Errorf("a silent modem was not helped: %v", s.took[:20])
		}
	})
	t.Run("steps are climbed in order", func(t *testing.T) {
		s := begin()
		var order []rung
		for range 40 {
			r := s.end(ending{err: errSilent}, all).rung
			if len(order) == 0 || order[len(order)-1] != r && r != reopen {
				order = append(order, r)
			}
			if r == rest {
				break
			}
		}
		if fmt.Sprint(order) != fmt.Sprint([]rung{reopen, reset, power, rest}) {
			t.Errorf("%v", order)
		}
	})
	t.Run("at most four resets an hour", func(t *testing.T) {
		s := begin()
		var at []time.Time
		for range 3000 {
			now := s.now
			if r := s.end(ending{err: errSilent}, all); r.rung == reset || r.rung == power {
				at = append(at, now)
			}
		}
		if len(at) < 8 {
			t.Fatalf("only %d resets: the test shows nothing", len(at))
		}
		for i := resetsMost; i < len(at); i++ {
			if at[i].Sub(at[i-resetsMost]) < resetsSpan {
				t.Errorf("five within %s", at[i].Sub(at[i-resetsMost]))
			}
		}
	})
	t.Run("rests grow to a quarter of an hour", func(t *testing.T) {
		s := begin()
		var got []time.Duration
		for len(got) < 6 {
			if r := s.end(ending{err: errSilent}, all); r.rung == rest {
				got = append(got, r.wait)
				if !r.alarm {
					t.Error("nobody is told")
				}
			}
		}
		want := []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 15 * time.Minute, 15 * time.Minute}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v", got)
		}
	})
	for _, c := range []struct {
		name string
		may  means
	}{
		{"not while a send is unknown", means{doubt: true, reset: true, power: true}},
		{"not to a stranger", means{}},
	} {
		t.Run("no reset: "+c.name, func(t *testing.T) {
			s := begin()
			for range 30 {
				s.end(ending{err: errSilent}, c.may)
			}
			if s.count(reset)+s.count(power) != 0 {
				t.Errorf("%v", s.took)
			}
		})
	}
	t.Run("a card or a person is waited for every two seconds", func(t *testing.T) {
		for _, err := range []error{modem.ErrSIMAbsent, &modem.PINError{}, modem.ErrPUKRequired, &heldError{"taken"}, errNoCard} {
			s := begin()
			for range 50 {
				s.end(ending{err: err}, all)
			}
			if s.count(reopen) != 50 || s.waits[49] != patienceFor {
				t.Errorf("%v: %v", err, s.waits[49])
			}
		}
	})
	t.Run("a session that was well begins from the bottom", func(t *testing.T) {
		s := begin()
		for range 5 {
			s.end(ending{err: errSilent}, means{reset: true})
		}
		r := s.end(ending{err: errMute, found: true, lasted: time.Minute}, all)
		if r.rung != reopen || r.wait != again[0] {
			t.Errorf("%+v", r)
		}
		// One that dies at once each time has not become well.
		s = begin()
		for range 3 {
			s.end(ending{err: errMute, found: true, lasted: time.Second}, all)
		}
		if s.count(reset) != 1 {
			t.Errorf("%v", s.took)
		}
	})
	t.Run("a modem that has started again is opened at once", func(t *testing.T) {
		if r := begin().end(ending{err: errRestarted, found: true, lasted: time.Second}, all); r.wait != 0 || r.rung != reopen {
			t.Errorf("%+v", r)
		}
	})
	for _, err := range []error{errGone, modem.ErrUnplugged, syscall.EIO, syscall.ENODEV, modem.ErrPortBusy} {
		if troubleOf(fmt.Errorf("%w: write: %w", modem.ErrLost, err)) != absence {
			t.Errorf("%v may lead to a reset", err)
		}
	}
	if troubleOf(errors.New("anything else")) != sick {
		t.Error("what nobody knows is not taken for sickness")
	}
}
