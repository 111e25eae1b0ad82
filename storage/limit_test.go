package storage

import (
	"testing"
	"time"
)

func TestLimitsOf(t *testing.T) {
	set := Limits{
		{Subject: OfLine, Window: PerHour, Parts: 5, Rev: 3},
		{Subject: OfLine, ID: "ln_1", Window: PerHour, Parts: 9, Rev: 7},
		{Subject: OfLine, ID: "ln_2", Window: PerHour, Parts: Unlimited, Rev: 8},
		{Subject: OfBox, Window: PerHour, Parts: 1},
	}
	for id, want := range map[string]Limit{
		"ln_1": set[1],
		"ln_2": set[2],
		"ln_3": {Subject: OfLine, ID: "ln_3", Window: PerHour, Parts: 5}, // by the general one, and there is none of its own to change
	} {
		l, limited := set.Of(OfLine, id, PerHour)
		if l != want || limited != (want.Parts != Unlimited) {
			t.Errorf("%s has %+v, not %+v", id, l, want)
		}
	}
	if _, limited := set.Of(OfLine, "ln_1", PerDay); limited {
		t.Error("a limit counts in a window that it was not set for")
	}
}

func TestCount(t *testing.T) {
	limits := Limits{{Subject: OfBox, Window: PerMinute, Parts: 3}, {Subject: OfBox, Window: PerDay, Parts: 5}}
	minute, day := time.Minute.Milliseconds(), (24 * time.Hour).Milliseconds()
	s := Spending{Subject: OfBox, Wall: Now()}
	for i, c := range []struct {
		at    int64
		parts int
		after time.Duration // of the refusal; negative: it is taken
	}{
		{0, 2, -1},
		{1000, 2, 59 * time.Second}, // 1 left this minute
		{2000, 1, -1},
		{minute - 1, 1, time.Millisecond},
		{minute, 2, -1}, // the next minute
		{2 * minute, 1, time.Duration(day-2*minute) * time.Millisecond}, // the day is used up
		{0, 1, 24 * time.Hour}, // time that runs back refills nothing
		{9 * day, 3, -1},       // a leap opens one window
		{9 * day, 1, time.Minute},
		{9*day + minute, 4, 0}, // more than the limit itself: never
	} {
		before := s
		s.Now = c.at
		err := s.Count(limits, c.parts)
		switch {
		case (err == nil) != (c.after < 0):
			t.Errorf("step %d: %d parts: %v", i, c.parts, err)
		case err != nil && (err.After != c.after || err.Code != CodeQuota):
			t.Errorf("step %d: refused for %s, not %s (%v)", i, err.After, c.after, err)
		}
		if err != nil {
			s = before // as the ledger's transaction does
		}
	}
}

func TestQuiet(t *testing.T) {
	night := Quiet{Line: "ln_1", From: "20:00", To: "08:00", Zone: "Europe/Berlin", Policy: QuietHold}
	noon := Quiet{Line: "ln_1", From: "12:00", To: "13:00", Zone: "UTC", Policy: QuietHold}
	for _, c := range []struct {
		q         Quiet
		now, want string
	}{
		{night, "2026-01-10T18:59:59Z", ""},
		{night, "2026-01-10T19:00:00Z", "2026-01-11T07:00:00Z"},
		{night, "2026-01-11T06:59:59Z", "2026-01-11T07:00:00Z"},
		{night, "2026-01-11T07:00:00Z", ""},
		{night, "2026-03-28T22:00:00Z", "2026-03-29T06:00:00Z"}, // the clock goes forward that night
		{night, "2026-10-24T22:00:00Z", "2026-10-25T07:00:00Z"}, // and back
		{noon, "2026-01-10T12:30:00Z", "2026-01-10T13:00:00Z"},
		{noon, "2026-01-10T13:00:00Z", ""},
	} {
		if err := c.q.Check(); err != nil {
			t.Fatal(err)
		}
		now, _ := time.Parse(time.RFC3339, c.now)
		end, quiet := c.q.Until(now)
		got := ""
		if quiet {
			got = end.UTC().Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s-%s %s at %s ends %q, not %q", c.q.From, c.q.To, c.q.Zone, c.now, got, c.want)
		}
	}
	for _, q := range []Quiet{{From: "8", To: "09:00", Zone: "UTC", Policy: QuietHold}, {From: "08:00", To: "08:00", Zone: "UTC", Policy: QuietHold},
		{From: "08:00", To: "09:00", Zone: "Nowhere", Policy: QuietHold}, {From: "08:00", To: "09:00", Zone: "UTC"}} {
		if q.Check() == nil {
			t.Errorf("%+v was taken", q)
		}
	}
}
