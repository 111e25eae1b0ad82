package storage

import "time"

// Waiting is an outbound message that has not gone out, and what it waits for.
type Waiting struct {
	Message  Message `json:"message"`
	Position int     `json:"position,omitempty"` // in the queue of its line, from 1; 0: it has no place, being held
	Why      Why     `json:"why"`
	Until    Time    `json:"until,omitzero"` // when that is over; zero: when somebody acts, or the line gets to it
	Words    string  `json:"words"`
}

// Queue is one answer of the list of what waits. Total counts all, of which
// Messages are the first.
type Queue struct {
	Messages []Waiting `json:"messages"`
	Total    int       `json:"total"`
	Stop     Stop      `json:"stop"`
	Head     Head      `json:"head"`
}

// Why is what a message waits for.
type Why string

// The reasons, the strongest first.
const (
	WhyHeld    Why = "held"     // for a person to release it
	WhyOnWay   Why = "sending"  // for the modem, which has it
	WhyStopped Why = "stopped"  // for all sending to be resumed
	WhyLineOff Why = "line_off" // for its line to be switched on
	WhyLine    Why = "line"     // for its line to have a modem and the network
	WhyUndo    Why = "undo"     // its author may still take it back
	WhyAt      Why = "scheduled"
	WhyRetry   Why = "retry" // for another try
	WhyQuiet   Why = "quiet_hours"
	WhyPace    Why = "pace"
	WhyTurn    Why = "turn" // for those before it
)

// Gate is what keeps a line from sending anything at all now.
type Gate struct {
	Stop    Stop
	Off     bool   // switched off for texts
	Quiet   Time   // the end of its quiet hours; zero: it is not quiet
	Hours   *Quiet // quiet hours by the recipients' clocks; nil: there are none
	Paced   Time   // the earliest moment of its next part; zero: now
	Line    LineState
	Trouble string // of the line, for people
}

// Shut tells whether nothing leaves now, and until when; zero is until
// somebody acts.
func (g Gate) Shut() (shut bool, until Time) {
	switch {
	case g.Stop.Stopped, g.Off:
		return true, Time{}
	case g.Quiet.After(g.Paced.Time):
		return true, g.Quiet
	}
	return !g.Paced.IsZero(), g.Paced
}

// For is the gate as it stands for one recipient, whose clock may say that it
// is quiet while others are written to.
func (g Gate) For(to string, now Time) Gate {
	if g.Hours != nil {
		if until, quiet := g.Hours.In(ZoneOf(to)).Until(now.Time); quiet {
			g.Quiet = At(until)
		}
	}
	return g
}

// UndoMost is the longest that a text waits for its author to take it back.
const UndoMost = 10 * time.Second

// Explain says what a message waits for that is at a place of its line's queue.
// next is the moment of its next try, zero for at once.
func (g Gate) Explain(m Message, position int, next, now Time) Waiting {
	w := Waiting{Message: m, Position: position}
	say := func(why Why, until Time, words string) Waiting {
		w.Why, w.Until, w.Words = why, until, words
		return w
	}
	switch later := next.After(now.Time); {
	case m.State == Held:
		w.Position = 0
		return say(WhyHeld, Time{}, "It waits until somebody releases it: "+m.Reason+".")
	case position == 0:
		return say(WhyOnWay, Time{}, "The modem has it.")
	case g.Stop.Stopped:
		return say(WhyStopped, Time{}, "All sending is stopped.")
	case g.Off:
		return say(WhyLineOff, Time{}, "Its line is switched off for texts.")
	case later && next == m.DueAt && m.DueAt.Sub(m.CreatedAt.Time) <= UndoMost:
		return say(WhyUndo, next, "It can still be taken back.")
	case later && next == m.DueAt:
		return say(WhyAt, next, "It is meant for later.")
	case g.Line != LineReady:
		return say(WhyLine, Time{}, "Its line cannot send: "+g.Trouble+".")
	case later:
		return say(WhyRetry, next, "It is tried again later: "+m.Reason+".")
	case !g.Quiet.IsZero():
		if g.Hours != nil {
			return say(WhyQuiet, g.Quiet, "It is quiet at this hour where it goes.")
		}
		return say(WhyQuiet, g.Quiet, "Its line is quiet at this hour.")
	case position > 1:
		return say(WhyTurn, Time{}, "Others are before it.")
	case !g.Paced.IsZero():
		return say(WhyPace, g.Paced, "Its line sends no faster.")
	}
	return say(WhyTurn, Time{}, "It is next.")
}
