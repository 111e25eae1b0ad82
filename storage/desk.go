package storage

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Desk says how what comes in by a line reaches people: whether offers are made
// at all, to whom, for how long, and what a text means after its case was
// closed.
type Desk struct {
	Line       string   `json:"line"`
	Cases      Switch   `json:"cases"`
	Strategy   Strategy `json:"strategy"`
	Wait       int      `json:"wait_s"`           // an offer rings for so long
	AfterClose Sequel   `json:"after_close"`      //
	Pop        string   `json:"pop,omitempty"`    // address of an outside CRM, with {number}, {name}, {reference}, {case}, {thread}
	Lookup     string   `json:"lookup,omitempty"` // address that is asked who a number is, with {number}
	Active     bool     `json:"active"`           // offers are made now
	Rev        int64    `json:"rev,omitempty"`
}

// Switch turns cases on for a line.
type Switch string

// The switch. CasesAuto is the default: a shop of one or two people who share
// one phone's worth of texts wants no Answer button, so cases begin with the
// second agent who is assigned to the line.
const (
	CasesAuto Switch = "auto" // when more than one agent is assigned
	CasesOn   Switch = "on"
	CasesOff  Switch = "off"
)

// Sequel says what a text means that comes after its case was closed.
type Sequel string

// The policies.
const (
	SequelAsk      Sequel = "ask"      // whoever answers says whether it goes on or is new
	SequelContinue Sequel = "continue" // the case goes on
	SequelNew      Sequel = "new"      // it begins a new case
)

// Limits of the time that an offer rings, and may be made to ring.
const (
	ShortestWait = 5
	LongestWait  = 3600
	usualWait    = 60
)

// NewDesk is how a line is until somebody says otherwise.
func NewDesk(line string) Desk {
	return Desk{Line: line, Cases: CasesAuto, Strategy: RingAll, Wait: usualWait, AfterClose: SequelAsk}
}

// On tells whether offers are made with so many agents who could take them.
func (d Desk) On(agents int) bool {
	return d.Cases == CasesOn || d.Cases == CasesAuto && agents > 1
}

// Check refuses a desk that cannot work.
func (d Desk) Check() error {
	switch {
	case !slices.Contains([]Switch{CasesAuto, CasesOn, CasesOff}, d.Cases):
		return Refuse(CodeInvalid, "cases", "there is no %q; choose auto, on or off", d.Cases)
	case !slices.Contains(Strategies, d.Strategy):
		return Refuse(CodeInvalid, "strategy", "there is no strategy %q; choose all, round_robin, least_busy or last_owner", d.Strategy)
	case d.Wait < ShortestWait || d.Wait > LongestWait:
		return Refuse(CodeInvalid, "wait_s", "an offer rings for %d to %d seconds, not %d", ShortestWait, LongestWait, d.Wait)
	case !slices.Contains([]Sequel{SequelAsk, SequelContinue, SequelNew}, d.AfterClose):
		return Refuse(CodeInvalid, "after_close", "there is no policy %q; choose ask, continue or new", d.AfterClose)
	}
	if err := checkTemplate("pop", d.Pop); err != nil {
		return err
	}
	return checkTemplate("lookup", d.Lookup)
}

// checkTemplate demands an address of the web whose host no number can change.
func checkTemplate(field, template string) error {
	if template == "" {
		return nil
	}
	u, err := url.Parse(fillTemplate(template, Case{Number: "+15550100"}))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return Refuse(CodeInvalid, field, "write it as https://HOST/PATH?number={number}")
	}
	scheme, rest, _ := strings.Cut(template, "://")
	host, _, _ := strings.Cut(rest, "/")
	if strings.Contains(scheme+host, "{") {
		return Refuse(CodeInvalid, field, "what stands in { } belongs after the host, such as https://crm.example/find?number={number}")
	}
	return nil
}

// PopURL is where an outside CRM shows c; empty if there is none.
func (d Desk) PopURL(c Case) string { return fillTemplate(d.Pop, c) }

// LookupURL is where to ask who c is with; empty if nowhere.
func (d Desk) LookupURL(c Case) string { return fillTemplate(d.Lookup, c) }

func fillTemplate(template string, c Case) string {
	name := ""
	if c.Contact != nil {
		name = c.Contact.Name
	}
	return strings.NewReplacer("{number}", url.QueryEscape(c.Number), "{name}", url.QueryEscape(name),
		"{reference}", url.QueryEscape(c.Reference), "{case}", url.QueryEscape(c.ID), "{thread}", url.QueryEscape(c.Thread)).Replace(template)
}

// DeskChange is what is to be another way about a desk; nil stays as it is.
type DeskChange struct {
	Cases      *Switch   `json:"cases,omitempty"`
	Strategy   *Strategy `json:"strategy,omitempty"`
	Wait       *int      `json:"wait_s,omitempty"`
	AfterClose *Sequel   `json:"after_close,omitempty"`
	Pop        *string   `json:"pop,omitempty"`
	Lookup     *string   `json:"lookup,omitempty"`
}

// Apply is d with the change made.
func (c DeskChange) Apply(d Desk) Desk {
	set(&d.Cases, c.Cases)
	set(&d.Strategy, c.Strategy)
	set(&d.Wait, c.Wait)
	set(&d.AfterClose, c.AfterClose)
	set(&d.Pop, c.Pop)
	set(&d.Lookup, c.Lookup)
	return d
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// LookupTime is how long an answered case waits to hear who the number is.
const LookupTime = 2 * time.Second

// Lookup is who a number is said to be, as the case keeps it.
type Lookup struct {
	Source  string            `json:"source"` // contacts, http
	Name    string            `json:"name,omitempty"`
	Address string            `json:"address,omitempty"`
	Fields  map[string]string `json:"fields,omitempty"` // what else was told
	Error   string            `json:"error,omitempty"`  // why nothing was
	At      Time              `json:"at"`
}
