package storage

import (
	"slices"
	"time"
)

// Campaign is one text to many people, each of whom gets a copy in a thread of
// their own. Nothing leaves before somebody starts it.
type Campaign struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Text   string        `json:"text"`           // with fields (see Form)
	Line   string        `json:"from,omitempty"` // empty: for each person as for a single text
	At     Time          `json:"at,omitzero"`    // not before
	Pace   int           `json:"pace"`           // copies a minute; 0: as the lines send them
	State  CampaignState `json:"state"`
	Reason string        `json:"reason,omitempty"` // why it waits or was paused, for people

	Author    *Author `json:"author,omitempty"` // who started it; every copy says so
	MadeBy    Author  `json:"made_by"`
	CreatedAt Time    `json:"created_at"`
	StartedAt Time    `json:"started_at,omitzero"`
	EndedAt   Time    `json:"ended_at,omitzero"`

	People  int                  `json:"people"`
	Waiting int                  `json:"waiting"` // no copy was made yet
	Copied  int                  `json:"copied"`  // their text was accepted
	Skipped int                  `json:"skipped"`
	States  map[MessageState]int `json:"states,omitempty"`  // of the copies; in answers only
	Replies int                  `json:"replies,omitempty"` // people who wrote since they got theirs; in answers only
	Rev     int64                `json:"rev"`

	Owner  string   `json:"-"` // the account behind who made it
	Person string   `json:"-"` // the account behind who started it
	Among  []string `json:"-"` // the lines that who started it may send from
	NextAt Time     `json:"-"` // of the next copy
}

// CampaignState is how far a campaign has come.
type CampaignState string

// The states of a campaign.
const (
	CampaignDraft    CampaignState = "draft"
	CampaignRunning  CampaignState = "running"
	CampaignPaused   CampaignState = "paused"
	CampaignDone     CampaignState = "done" // everybody has a copy or was skipped
	CampaignCanceled CampaignState = "canceled"
)

// CampaignAct is something that is done with a campaign.
type CampaignAct string

// What can be done with a campaign.
const (
	CampaignAdd    CampaignAct = "add" // people
	CampaignStart  CampaignAct = "start"
	CampaignPause  CampaignAct = "pause"
	CampaignResume CampaignAct = "resume"
	CampaignCancel CampaignAct = "cancel"
	CampaignCopy   CampaignAct = "copy" // for the next person
	CampaignFinish CampaignAct = "finish"
)

// campaignMoves is the whole of it: what is not here cannot happen.
var campaignMoves = map[CampaignState]map[CampaignAct]CampaignState{
	CampaignDraft: {
		CampaignAdd:    CampaignDraft,
		CampaignStart:  CampaignRunning,
		CampaignCancel: CampaignCanceled,
	},
	CampaignRunning: {
		CampaignCopy:   CampaignRunning,
		CampaignPause:  CampaignPaused,
		CampaignCancel: CampaignCanceled,
		CampaignFinish: CampaignDone,
	},
	CampaignPaused: {
		CampaignResume: CampaignRunning,
		CampaignCancel: CampaignCanceled,
	},
}

// After is the state that act leads to; false if it cannot happen.
func (s CampaignState) After(act CampaignAct) (CampaignState, bool) {
	next, ok := campaignMoves[s][act]
	return next, ok
}

// maxPace is the highest pace of a campaign, in copies a minute.
const maxPace = 600

// Tidy takes blanks off, and refuses what cannot be kept.
func (c *Campaign) Tidy() (err error) {
	if c.Name, err = tidyName(c.Name); err != nil {
		return err
	}
	if c.Pace < 0 || c.Pace > maxPace {
		return Refuse(CodeInvalid, "pace", "pace is %d; it goes from 1 to %d copies a minute, and 0 is as fast as the lines send", c.Pace, maxPace)
	}
	_, err = tidyText(c.Text)
	return err
}

// Copy is one person of a campaign, and what became of it.
type Copy struct {
	Campaign string            `json:"campaign"`
	N        int               `json:"n"` // place in the campaign, from 1
	Number   string            `json:"number"`
	Contact  *Contact          `json:"contact,omitempty"`
	Values   map[string]string `json:"values,omitempty"`
	State    CopyState         `json:"state"`
	Skip     SkipReason        `json:"skip,omitempty"`   // why there is no text
	Reason   string            `json:"reason,omitempty"` // the same, for people
	Message  string            `json:"message,omitempty"`
	Thread   string            `json:"thread,omitempty"`
	Sent     MessageState      `json:"message_state,omitempty"`
	Reply    string            `json:"reply,omitempty"` // the first text that came in their thread after it

	Against SkipReason `json:"-"` // what the ledger knows against it before it is filled
}

// CopyState is whether somebody of a campaign was served.
type CopyState string

// The states of a copy.
const (
	CopyWaiting CopyState = "waiting"
	CopyMade    CopyState = "copied"
	CopySkipped CopyState = "skipped"
)

// SkipReason is why somebody of a campaign gets no copy.
type SkipReason string

// The reasons.
const (
	SkipNobody    SkipReason = "no_number" // the contact has none, or is gone
	SkipInvalid   SkipReason = "recipient_invalid"
	SkipDuplicate SkipReason = "duplicate" // another row has the number
	SkipOptedOut  SkipReason = "opted_out"
	SkipBlocked   SkipReason = "blocked"
	SkipMissing   SkipReason = "merge_value_missing"
	SkipTooLong   SkipReason = "too_many_parts"
	SkipRefused   SkipReason = "refused" // by a rule of the box
)

var skipWords = map[SkipReason]string{
	SkipNobody:    "there is no number to write to",
	SkipInvalid:   "this is no number that can be texted",
	SkipDuplicate: "another row of the campaign has this number",
	SkipOptedOut:  "this number does not want texts",
	SkipBlocked:   "this number is on the block list",
}

// Words says a reason for people.
func (s SkipReason) Words() string { return skipWords[s] }

// skips says which refusals of one copy concern that person only; any other one
// concerns the whole campaign, which waits until it is mended.
var skips = map[Code]SkipReason{
	CodeOptedOut: SkipOptedOut,
	CodeMissing:  SkipMissing,
	CodeTooLong:  SkipTooLong,
	CodeRule:     SkipRefused,
	CodeInvalid:  SkipInvalid,
	CodeChannel:  SkipRefused,
}

// Skips is why a refusal skips one person; empty if the campaign waits instead.
func (e *Error) Skips() SkipReason { return skips[e.Code] }

// Fill makes the text of a copy, and counts it with the codec that sends it. It
// is what previews and what sends, so the two cannot differ.
func (c Campaign) Fill(to Copy, f Filling, count func(string) (Count, error)) (string, Count, error) {
	f.Contact, f.Values = to.Contact, to.Values
	text, err := f.Text(c.Text)
	if err != nil {
		return "", Count{}, err
	}
	n, err := count(text)
	return text, n, err
}

// Plan is what a campaign would do if it were started now. Nothing is sent by
// making one.
type Plan struct {
	People  int                `json:"people"` // in all
	Copies  int                `json:"copies"` // that would be sent
	Parts   int                `json:"parts"`
	Skipped int                `json:"skipped"`
	Reasons map[SkipReason]int `json:"reasons,omitempty"`
	Skips   []Copy             `json:"skips,omitempty"`   // the first of them
	Samples []Sample           `json:"samples,omitempty"` // the first texts
	Pace    int                `json:"pace"`              // copies a minute, by the campaign's pace and the line's; 0: unknown
	Seconds int64              `json:"seconds"`           // that it takes at that pace
	EndsAt  Time               `json:"ends_at,omitzero"`

	// Short are the limits under which not all its parts can be accepted now.
	Short []LimitStatus `json:"short,omitempty"`
}

// Sample is how a copy reads.
type Sample struct {
	Number string `json:"number"`
	Name   string `json:"name,omitempty"`
	Text   string `json:"text"`
	Count  Count  `json:"count"`
}

// Most of what a plan shows of a kind.
const (
	planSkips   = 100
	planSamples = 3
)

// Add counts one person. err is why there is no text.
func (p *Plan) Add(to Copy, text string, count Count, err *Error) {
	p.People++
	if to.Against != "" || err != nil {
		to.State, to.Skip, to.Reason = CopySkipped, to.Against, to.Against.Words()
		if to.Skip == "" {
			to.Skip, to.Reason = err.Skips(), err.Error()
		}
		p.skip(to)
		return
	}
	p.Copies++
	p.Parts += count.Parts
	if len(p.Samples) < planSamples {
		s := Sample{Number: to.Number, Text: text, Count: count}
		if to.Contact != nil {
			s.Name = to.Contact.Name
		}
		p.Samples = append(p.Samples, s)
	}
}

func (p *Plan) skip(to Copy) {
	if p.Reasons == nil {
		p.Reasons = make(map[SkipReason]int)
	}
	p.Skipped++
	p.Reasons[to.Skip]++
	if len(p.Skips) < planSkips {
		p.Skips = append(p.Skips, to)
	}
}

// End works out how long it takes: pace is the campaign's, in copies a minute;
// line is that of the lines, in parts a minute; 0 is none. begin is when it
// starts.
func (p *Plan) End(pace, line int, begin Time) {
	minutes := 0.0
	if pace > 0 {
		minutes = float64(p.Copies) / float64(pace)
	}
	if line > 0 {
		minutes = max(minutes, float64(p.Parts)/float64(line))
	}
	if minutes == 0 {
		return
	}
	p.Pace = max(int(float64(p.Copies)/minutes), 1)
	p.Seconds = int64(minutes*60 + 0.5)
	p.EndsAt = At(begin.Add(time.Duration(p.Seconds) * time.Second))
}

// Limit keeps the limits under which the parts do not fit now, of those that
// fall on this line and account.
func (p *Plan) Limit(all []LimitStatus, line, agent string) {
	p.Short = slices.DeleteFunc(slices.Clone(all), func(s LimitStatus) bool {
		mine := s.Subject == OfBox || s.ID == "" || s.Subject == OfLine && (line == "" || s.ID == line) || s.Subject == OfAgent && s.ID == agent
		return !mine || s.Parts == Unlimited || p.Parts <= s.Left
	})
}

// CopyPage is one answer of the report of a campaign, in the order of its
// people. Next asks for those after.
type CopyPage struct {
	Campaign Campaign `json:"campaign"`
	Copies   []Copy   `json:"copies"`
	Next     string   `json:"next,omitempty"`
	Head     Head     `json:"head"`
}

// CampaignPage is one answer of a list of campaigns, the newest first.
type CampaignPage struct {
	Campaigns []Campaign `json:"campaigns"`
	Next      string     `json:"next,omitempty"`
	Head      Head       `json:"head"`
}
