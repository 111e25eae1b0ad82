package storage

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Limit is the most parts that may be accepted within a window. It counts for
// the box as a whole, or for each line, agent or token; one with an ID counts
// for that one in place of the general one.
type Limit struct {
	Subject Subject `json:"subject"`
	ID      string  `json:"id,omitempty"`
	Window  Window  `json:"window"`
	Parts   int     `json:"parts"` // Unlimited: no limit
	Rev     int64   `json:"rev,omitempty"`
}

// Unlimited as a number of parts is no limit.
const Unlimited = -1

// Subject is whose parts are counted.
type Subject string

// The subjects.
const (
	OfBox   Subject = "box"
	OfLine  Subject = "line"
	OfAgent Subject = "agent"
	OfToken Subject = "token"
)

// Subjects lists them all.
var Subjects = []Subject{OfBox, OfLine, OfAgent, OfToken}

// Window is how long parts are counted together. A window opens with the first
// part that is counted after the one before has closed, and closes after its
// length: not at midnight, and not at the first of a month. So it is the same
// on the day when the clocks change, and nobody gets two months' worth around
// one midnight.
//
// What passes is counted as the time that the machine was up, which nobody can
// set: the clock on the wall is not asked. The hours in which the machine was off
// do not count, since how many they were only that clock could say. So no clock
// and no restart refills anything before its time; at worst it is refilled late.
type Window string

// The windows.
const (
	PerMinute Window = "minute"
	PerHour   Window = "hour"
	PerDay    Window = "day"
	PerMonth  Window = "month" // 30 days
)

// Windows lists them all, the shortest first; Spent goes by it.
var Windows = []Window{PerMinute, PerHour, PerDay, PerMonth}

// Length is how long a window is open.
func (w Window) Length() time.Duration {
	switch w {
	case PerMinute:
		return time.Minute
	case PerHour:
		return time.Hour
	case PerDay:
		return 24 * time.Hour
	}
	return 30 * 24 * time.Hour
}

// DefaultLimits hold from the first start: what a busy office does not notice,
// and what bounds the bill of a night in which a program goes wild.
func DefaultLimits() []Limit {
	return []Limit{
		{Subject: OfBox, Window: PerDay, Parts: 5000},
		{Subject: OfBox, Window: PerMonth, Parts: 50_000},
		{Subject: OfLine, Window: PerHour, Parts: 500},
		{Subject: OfLine, Window: PerDay, Parts: 2000},
		{Subject: OfLine, Window: PerMonth, Parts: 20_000},
		{Subject: OfAgent, Window: PerHour, Parts: 300},
		{Subject: OfToken, Window: PerHour, Parts: 300},
		{Subject: OfToken, Window: PerDay, Parts: 1000},
	}
}

// Check refuses a limit that means nothing.
func (l Limit) Check() error {
	switch {
	case !slices.Contains(Subjects, l.Subject):
		return Refuse(CodeInvalid, "subject", "subject is %q; it takes box, line, agent or token", l.Subject)
	case !slices.Contains(Windows, l.Window):
		return Refuse(CodeInvalid, "window", "window is %q; it takes minute, hour, day or month", l.Window)
	case l.Subject == OfBox && l.ID != "":
		return Refuse(CodeInvalid, "id", "there is one box; leave id out")
	case l.Parts < Unlimited:
		return Refuse(CodeInvalid, "parts", "parts is %d; it takes 0 and more, or %d for no limit", l.Parts, Unlimited)
	}
	return nil
}

// Limits are all that were set.
type Limits []Limit

// Of is the limit that counts for one subject: its own, or as many parts as the
// general one lets it, which has no rev of its own.
func (ls Limits) Of(s Subject, id string, w Window) (l Limit, limited bool) {
	l = Limit{Subject: s, ID: id, Window: w, Parts: Unlimited}
	for _, set := range ls {
		switch {
		case set.Subject != s || set.Window != w:
		case set.ID == id:
			return set, set.Parts != Unlimited
		case set.ID == "":
			l.Parts = set.Parts
		}
	}
	return l, l.Parts != Unlimited
}

// Spent is what one subject has spent in its windows, in the order of Windows.
// Opened is in milliseconds of the ledger's own count of time.
type Spent [4]struct{ Opened, Parts int64 }

// Roll closes the windows whose time is over.
func (s *Spent) Roll(now int64) {
	for i, w := range Windows {
		if s[i].Parts == 0 || now-s[i].Opened >= w.Length().Milliseconds() {
			s[i].Opened, s[i].Parts = now, 0
		}
	}
}

// LimitStatus is how a limit stands for one subject.
type LimitStatus struct {
	Limit
	Used      int  `json:"used"`
	Left      int  `json:"left"`
	RefillsAt Time `json:"refills_at,omitzero"` // when the window closes
}

// Spending is one subject and what it has spent, at a moment of the ledger's
// own count of time, which is Wall on the clock.
type Spending struct {
	Subject Subject
	ID      string
	Spent   Spent
	Now     int64
	Wall    Time
}

// Status says how every limit of the subject stands.
func (s Spending) Status(limits Limits) []LimitStatus {
	var list []LimitStatus
	s.Spent.Roll(s.Now)
	for i, w := range Windows {
		l, limited := limits.Of(s.Subject, s.ID, w)
		if !limited {
			continue
		}
		used := int(s.Spent[i].Parts)
		st := LimitStatus{Limit: l, Used: used, Left: max(l.Parts-used, 0)}
		if used > 0 {
			st.RefillsAt = At(s.Wall.Add(w.Length() - time.Duration(s.Now-s.Spent[i].Opened)*time.Millisecond))
		}
		list = append(list, st)
	}
	return list
}

// Count adds parts, or refuses: it names the limit that will be shut for
// longest.
func (s *Spending) Count(limits Limits, parts int) (err *Error) {
	for _, st := range s.Status(limits) {
		if parts <= st.Left {
			continue
		}
		r := st.refuse(parts, s.Wall)
		if err == nil || r.After == 0 || err.After != 0 && r.After > err.After { // zero is never
			err = r
		}
	}
	s.Spent.Roll(s.Now)
	for i := range s.Spent {
		s.Spent[i].Parts += int64(parts)
	}
	return err
}

func (st LimitStatus) refuse(parts int, now Time) *Error {
	which := "this box"
	if st.Subject != OfBox {
		which = "the " + string(st.Subject) + " " + st.ID
	}
	e := Refuse(CodeQuota, "text", "this text has %s, and %s has %d of %d a %s left", plural(parts), which, st.Left, st.Parts, st.Window)
	if parts > st.Parts {
		e.Detail += "; it can never be sent under this limit, which whoever looks after the box can change with `smsbridge limit set`"
		return e
	}
	e.After = max(st.RefillsAt.Sub(now.Time), time.Millisecond)
	e.Detail += fmt.Sprintf("; there are %d again at %s", st.Parts, st.RefillsAt.UTC().Format("2006-01-02 15:04:05 UTC"))
	return e
}

func plural(parts int) string {
	return fmt.Sprintf("%d %s", parts, cmp.Or(map[int]string{1: "part"}[parts], "parts"))
}

// Stand puts how limits stand for one subject into a list: in place of the
// general row where that is the very same limit, behind it otherwise.
func Stand(list, of []LimitStatus) []LimitStatus {
	for _, s := range of {
		i := slices.IndexFunc(list, func(l LimitStatus) bool {
			return l.Subject == s.Subject && l.ID == s.ID && l.Window == s.Window
		})
		switch {
		case i >= 0:
			list[i] = s
		case s.Used > 0:
			list = append(list, s)
		}
	}
	return list
}
