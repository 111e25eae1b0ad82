package storage

import (
	"slices"
	"strings"
	"time"
)

// AutoReply is a rule that answers a text by itself, once a person has switched
// it on. It never answers what no person can have written, and never twice
// within its hours, so that two machines do not talk to each other.
type AutoReply struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"` // shown as the author of what it writes
	On      bool     `json:"on"`
	Text    string   `json:"text"`              // with fields (see Form)
	Line    string   `json:"line,omitempty"`    // only what comes by it; empty: by any
	First   bool     `json:"first,omitempty"`   // only the first text of somebody
	Keyword string   `json:"keyword,omitempty"` // only if these words are in it
	From    string   `json:"from,omitempty"`    // only from this hour, such as 18:00
	To      string   `json:"to,omitempty"`      // until this one; earlier than From: of the next day
	Days    []string `json:"days,omitempty"`    // only on these, by From: mon tue wed thu fri sat sun
	Zone    string   `json:"zone,omitempty"`    // of the hours, such as Europe/Berlin
	Every   int      `json:"every_hours"`       // at most once in so many hours for each thread
	Rev     int64    `json:"rev"`
}

// Hours of a rule, and how often it answers when nobody says.
const (
	everyUsual = 24
	everyMost  = 24 * 366
)

// RepliesADay is the most that all rules together answer in one thread within
// 24 hours.
const RepliesADay = 3

// weekdays by time.Weekday.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Tidy writes a rule the way it is kept, and refuses one that means nothing.
func (a *AutoReply) Tidy() (err error) {
	if a.Name, err = tidyName(a.Name); err != nil {
		return err
	}
	if _, err := tidyText(a.Text); err != nil {
		return err
	}
	a.Keyword = strings.TrimSpace(a.Keyword)
	switch {
	case a.Every == 0:
		a.Every = everyUsual
	case a.Every < 1 || a.Every > everyMost:
		return Refuse(CodeInvalid, "every_hours", "every_hours is %d; it goes from 1 to %d", a.Every, everyMost)
	}
	if a.Keyword != "" && len(Words(a.Keyword)) == 0 || len(a.Keyword) > maxField {
		return Refuse(CodeInvalid, "keyword", "%q are no words", a.Keyword)
	}
	for i, d := range a.Days {
		if a.Days[i] = strings.ToLower(d); !slices.Contains(weekdays, a.Days[i]) {
			return Refuse(CodeInvalid, "days", "%q is no day; they are %s", d, strings.Join(weekdays, ", "))
		}
	}
	if len(a.Days) > 0 && a.From == "" && a.To == "" {
		a.From, a.To = "00:00", "00:00"
	}
	return a.tidyHours()
}

func (a *AutoReply) tidyHours() error {
	if a.From == "" && a.To == "" {
		return nil
	}
	for field, s := range map[string]string{"from": a.From, "to": a.To} {
		if _, err := time.Parse("15:04", s); err != nil || len(s) != 5 {
			return Refuse(CodeInvalid, field, "%s is %q; write hours and minutes, such as 18:00", field, s)
		}
	}
	if _, err := time.LoadLocation(a.Zone); err != nil || a.Zone == "" || a.Zone == "Local" {
		return Refuse(CodeInvalid, "zone", "zone is %q; write a time zone such as Europe/Berlin, or UTC", a.Zone)
	}
	return nil
}

// Answers tells whether the rule is about a text that came by a line: the
// first one of somebody or not, at a moment.
func (a AutoReply) Answers(line, text string, first bool, now time.Time) bool {
	return a.On &&
		(a.Line == "" || a.Line == line) &&
		(!a.First || first) &&
		(a.Keyword == "" || hasWords(Words(text), Words(a.Keyword))) &&
		a.within(now)
}

// within tells whether a moment lies in the rule's hours: from From of one of
// its days to To, which is next day's if it is not later. A zone that this
// machine no longer knows is taken as UTC.
func (a AutoReply) within(now time.Time) bool {
	if a.From == "" {
		return true
	}
	zone, err := time.LoadLocation(a.Zone)
	if err != nil {
		zone = time.UTC
	}
	from, _ := time.Parse("15:04", a.From)
	to, _ := time.Parse("15:04", a.To)
	now = now.In(zone)
	for _, back := range []int{1, 0} {
		begin := time.Date(now.Year(), now.Month(), now.Day()-back, from.Hour(), from.Minute(), 0, 0, zone)
		end := time.Date(now.Year(), now.Month(), now.Day()-back, to.Hour(), to.Minute(), 0, 0, zone)
		if !end.After(begin) {
			end = time.Date(now.Year(), now.Month(), now.Day()-back+1, to.Hour(), to.Minute(), 0, 0, zone)
		}
		on := len(a.Days) == 0 || slices.Contains(a.Days, weekdays[begin.Weekday()])
		if on && !now.Before(begin) && now.Before(end) {
			return true
		}
	}
	return false
}

// Reply is an answer that a rule wants to give. It was written down with the
// text that it answers, and waits to be filled and counted.
type Reply struct {
	ID      string
	To      string
	Line    string
	Text    string // with fields
	Rule    string // its name
	Confirm bool   // that an opt-out was kept: what may still reach who opted out
	Contact *Contact
	Number  string // ours
}
