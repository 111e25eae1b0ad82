package storage

import "strings"

// View is a thread as one agent sees it. Nobody else's is touched by it.
type View struct {
	Thread   string `json:"thread"`
	Agent    string `json:"agent"`
	ReadTo   string `json:"read_to,omitempty"` // the newest message that was read
	Unread   int    `json:"unread"`            // messages that came after it
	ClosedAt Time   `json:"closed_at,omitzero"`
	Muted    bool   `json:"muted,omitempty"`
	Draft    string `json:"draft,omitempty"`
	DraftRev int64  `json:"draft_rev,omitempty"` // to say which draft a new one replaces
	Both     bool   `json:"both,omitempty"`      // Draft was made of two that were written at once
	Rev      int64  `json:"rev,omitempty"`
}

// ViewChange is what is to be another way; nil stays as it is.
type ViewChange struct {
	ReadTo   *string `json:"read_to"` // the newest message that was read; "" for none
	Unread   *bool   `json:"unread"`  // true: the newest one that came is unread again; false: all is read
	Closed   *bool   `json:"closed"`
	Muted    *bool   `json:"muted"`
	Draft    *string `json:"draft"`
	DraftRev *int64  `json:"draft_rev"` // that Draft was made from; left out, it replaces any
}

// None tells whether nothing is to change.
func (c ViewChange) None() bool {
	return c.ReadTo == nil && c.Unread == nil && c.Closed == nil && c.Muted == nil && c.Draft == nil
}

// MaxDraft is the most bytes that a draft may have: more than can be sent.
const MaxDraft = 40_000

// BothDrafts is a draft that loses nothing of two that were written at once.
func BothDrafts(kept, mine string) (text string, both bool) {
	switch {
	case kept == "" || strings.Contains(mine, kept):
		return mine, false
	case mine == "" || strings.Contains(kept, mine):
		return kept, false
	}
	return kept + "\n" + mine, true
}

// ReadAll tells of all threads being read at once. Undo takes it back.
type ReadAll struct {
	Threads int    `json:"threads"`
	Undo    string `json:"undo,omitempty"`
}

// Badges count what is unread for one agent, in threads that are not closed.
type Badges struct {
	Threads  int `json:"threads"`
	Messages int `json:"messages"`
}
