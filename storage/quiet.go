package storage

import (
	"strings"
	"time"

	"smsbridge/storage/plan"
)

// Quiet are the hours in which no text leaves by a line: from From to To, each
// day, on the clock of Zone. If To is not later than From, it is next day's.
type Quiet struct {
	Line   string `json:"line"`
	From   string `json:"from"` // 20:00
	To     string `json:"to"`   // 08:00
	Zone   string `json:"zone"` // Europe/Berlin
	Policy string `json:"policy"`

	// On the clock of the country that a number belongs to, where that has one;
	// on that of Zone for the others, such as numbers of the United States.
	Recipient bool  `json:"recipient,omitempty"`
	Rev       int64 `json:"rev,omitempty"`
}

// ZoneOf is the time zone that a number tells; empty if it tells none.
func ZoneOf(number string) string {
	digits, ok := strings.CutPrefix(number, "+")
	if !ok {
		return ""
	}
	n, _ := plan.Read(digits, true, "")
	return plan.Zone(n.Country)
}

// In is q as it holds for whoever lives in a zone; empty: nobody knows where.
func (q Quiet) In(zone string) Quiet {
	if q.Recipient && zone != "" {
		q.Zone = zone
	}
	return q
}

// The policies: a text is accepted and waits, or is refused.
const (
	QuietHold   = "hold"
	QuietRefuse = "refuse"
)

// Check refuses hours that mean nothing.
func (q Quiet) Check() error {
	for field, s := range map[string]string{"from": q.From, "to": q.To} {
		if _, err := time.Parse("15:04", s); err != nil || len(s) != 5 {
			return Refuse(CodeInvalid, field, "%s is %q; write hours and minutes, such as 20:00", field, s)
		}
	}
	if _, err := time.LoadLocation(q.Zone); err != nil || q.Zone == "" || q.Zone == "Local" {
		return Refuse(CodeInvalid, "zone", "zone is %q; write a time zone such as Europe/Berlin, or UTC", q.Zone)
	}
	if q.From == q.To {
		return Refuse(CodeInvalid, "to", "the hours are from %s to %s; to stop a line for good, switch it off", q.From, q.To)
	}
	if q.Policy != QuietHold && q.Policy != QuietRefuse {
		return Refuse(CodeInvalid, "policy", "policy is %q; it takes hold or refuse", q.Policy)
	}
	return nil
}

// Until is the end of the quiet hours, if now is in them. A zone that this
// machine no longer knows is taken as UTC.
func (q Quiet) Until(now time.Time) (end time.Time, quiet bool) {
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		zone = time.UTC
	}
	from, _ := time.Parse("15:04", q.From)
	to, _ := time.Parse("15:04", q.To)
	today := now.In(zone)
	for _, back := range []int{1, 0} {
		day := func(clock time.Time, later int) time.Time {
			return time.Date(today.Year(), today.Month(), today.Day()-back+later, clock.Hour(), clock.Minute(), 0, 0, zone)
		}
		begin, end := day(from, 0), day(to, 0)
		if !to.After(from) {
			end = day(to, 1)
		}
		if !now.Before(begin) && now.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}
