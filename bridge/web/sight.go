package web

import (
	"encoding/json"
	"path"
	"slices"

	"smsbridge/storage"
)

// sights says who is told of events that belong to no line, by their type; the
// first pattern that fits counts. What belongs to a line is told to whoever
// sees that line, whatever its type; and a type that nobody has put here, to
// those who see everything.
var sights = []struct {
	types string
	seen  func(storage.Caller) bool
}{
	{"contact.*", everybody}, // the address book is the office's
	{"agent.*", supervisors},
	{"access.*", supervisors},
	{"sending.updated", everybody}, // that nothing leaves concerns all
	{"hint.presence", everybody},   // who is there is the office's business
	{"setting.*", everybody},       // what others must not know is not in it
	{"list.*", everybody},
	{"template.*", everybody}, // one's own is told to that person alone
	{"opt_out.*", everybody},  // who wants no texts is the office's business
	{"block.*", everybody},
	{"auto_reply.*", everybody},
	{"history.*", everybody},   // how many came, and not what they say
	{"retention.*", everybody}, // lists are to be read again
	{"*", wholeBox},
}

func everybody(storage.Caller) bool { return true }

// supervisors look after accounts.
func supervisors(who storage.Caller) bool {
	return who.May(storage.ScopeAdmin, storage.RoleManager)
}

// about tells whether an event of accounts is about this one.
func about(agent string, e storage.Event) bool {
	var data struct{ Agent struct{ ID string } }
	return json.Unmarshal(e.Data, &data) == nil && data.Agent.ID == agent
}

// wholeBox is for who is limited neither by role nor by lines.
func wholeBox(who storage.Caller) bool {
	return who.InRole(storage.RoleManager) && who.Lines() == nil
}

// sees tells whether a caller is told of an event.
func sees(who storage.Caller, e storage.Event) bool {
	if e.For != nil {
		return who.Person() != nil && slices.Contains(e.For, who.Person().ID)
	}
	if e.Line != "" {
		return who.Sees(e.Line)
	}
	if me := who.Person(); me != nil && e.Type == storage.AgentUpdated && about(me.ID, e) {
		return true // a change made on one screen shows on the person's others
	}
	for _, s := range sights {
		if ok, _ := path.Match(s.types, e.Type); ok {
			return s.seen(who)
		}
	}
	return false
}

// accessOf tells why a stream ends at an event which says that the caller's own
// rights are others now; nil for any other event. The log may tell it before the
// one who changed them does, so both have the same causes.
func accessOf(who storage.Caller, e storage.Event) error {
	if e.Type != storage.AccessChanged || who.Person() == nil {
		return nil
	}
	var data struct{ Access storage.Access }
	if json.Unmarshal(e.Data, &data) == nil && data.Access.Agent != who.Person().ID {
		return nil
	}
	return accessCause(who, data.Access.Disabled)
}

// accessCause is how what an account holds open ends when its rights change:
// for good if it may no longer come in, else to come again as what it is now.
func accessCause(who storage.Caller, disabled bool) closing {
	switch {
	case disabled && who.Token != nil:
		return errRevoked
	case disabled:
		return errSignedOut
	}
	return errAccess
}

// blind tells whether a stream that goes on after an event would leave out what
// the caller has come to see since.
func blind(who storage.Caller, after int64) bool {
	a := who.Person()
	return a != nil && after > 0 && after < a.Widened
}
