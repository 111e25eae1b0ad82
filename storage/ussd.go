package storage

import (
	"regexp"
	"strings"
)

// USSDSession is a dialogue with the network (3GPP TS 22.090), such as the menu
// behind *100#, kept with all that was said.
type USSDSession struct {
	ID        string     `json:"id"`
	Line      string     `json:"line"`
	State     USSDState  `json:"state"`
	Reason    string     `json:"reason,omitempty"` // why it failed, for people
	Turns     []USSDTurn `json:"turns"`
	Author    *Author    `json:"author,omitempty"`
	StartedAt Time       `json:"started_at"`
	EndedAt   Time       `json:"ended_at,omitzero"`
	Rev       int64      `json:"rev"`
}

// USSDTurn is what one side said.
type USSDTurn struct {
	Dir     Direction    `json:"dir"` // out: we, in: the network
	Text    string       `json:"text"`
	At      Time         `json:"at"`
	Choices []USSDChoice `json:"choices,omitempty"` // of a menu: what can be answered
}

// USSDChoice is a row of a menu: what to answer, and what it says.
type USSDChoice struct {
	Answer string `json:"answer"`
	Label  string `json:"label"`
}

// USSDState is whose turn it is.
type USSDState string

// The states of a session. The last three are ends.
const (
	USSDWaiting  USSDState = "waiting" // for the network
	USSDAsking   USSDState = "asking"  // the network waits for an answer
	USSDDone     USSDState = "done"
	USSDCanceled USSDState = "canceled"
	USSDFailed   USSDState = "failed"
)

// Over tells that nothing follows any more.
func (s USSDState) Over() bool { return s != USSDWaiting && s != USSDAsking }

// USSDStep is what happens next in a session.
type USSDStep struct {
	Session string
	From    USSDState // the session must be in it
	To      USSDState
	Dir     Direction // of Text, if there is one
	Text    string
	Reason  string
}

// choice is a row of a menu as operators write them: "1. Balance", "2) Top up",
// "0: Back", "3 Data", "*. More".
var choice = regexp.MustCompile(`(?m)^[ \t]*([0-9]{1,2}|[*#])(?:[ \t]*[.):=>-]+[ \t]*|[ \t]+)(\S.*?)[ \t]*$`)

// ParseMenu finds the choices of a network's text; a text that has only one row
// of that look is no menu.
func ParseMenu(text string) []USSDChoice {
	var choices []USSDChoice
	for _, m := range choice.FindAllStringSubmatch(strings.ReplaceAll(text, "\r", "\n"), -1) {
		choices = append(choices, USSDChoice{Answer: m[1], Label: m[2]})
	}
	if len(choices) < 2 {
		return nil
	}
	return choices
}
