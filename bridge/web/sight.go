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
	{"setting.*", everybody},       // what others must not know is not in it
	{"*", wholeBox},
}

func everybody(storage.Caller) bool { return true }

// supervisors look after accounts.
func supervisors(who storage.Caller) bool {
	return who.May(storage.ScopeAdmin, storage.RoleManager)
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
	for _, s := range sights {
		if ok, _ := path.Match(s.types, e.Type); ok {
			return s.seen(who)
		}
	}
	return false
}

// accessOf tells whether an event says that the caller's own rights are others
// now.
func accessOf(who storage.Caller, e storage.Event) bool {
	if e.Type != storage.AccessChanged || who.Person() == nil {
		return false
	}
	var data struct{ Access storage.Access }
	return json.Unmarshal(e.Data, &data) != nil || data.Access.Agent == who.Person().ID
}

// blind tells whether a stream that goes on after an event would leave out what
// the caller has come to see since.
func blind(who storage.Caller, after int64) bool {
	a := who.Person()
	return a != nil && after > 0 && after < a.Widened
}
