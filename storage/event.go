package storage

import (
	"context"
	"encoding/json"
)

// Event is one row of the log. It was written in the same transaction as the
// change that it tells of, and carries the whole changed object.
type Event struct {
	Seq    int64           `json:"seq"`
	At     Time            `json:"at"`
	Type   string          `json:"type"`
	Thread string          `json:"thread,omitempty"`
	Line   string          `json:"line,omitempty"`
	Data   json.RawMessage `json:"data"` // {"message":{...}}, {"thread":{...}}, ...

	// For names the agents whom alone it is told, whatever their role; nil: all
	// who see its line.
	For []string `json:"-"`
}

// The types of events.
const (
	MessageQueued      = "message.queued"   // an outbound message was accepted
	MessageUpdated     = "message.updated"  // the state of a message or of a part changed
	MessageReceived    = "message.received" // an inbound message is whole
	MessagePart        = "message.part"     // a part of an inbound message came, others are missing
	ThreadCreated      = "thread.created"
	ThreadUpdated      = "thread.updated"
	ContactSaved       = "contact.saved"
	LineUpdated        = "line.updated"
	LineMoved          = "line.moved" // a line went on with another card
	LineBalanceLow     = "line.balance_low"
	LineNote           = "line.note" // a sentence of the journal
	ModemNote          = "modem.note"
	USSDUpdated        = "ussd.updated"
	SelfTestUpdated    = "selftest.updated"
	AgentUpdated       = "agent.updated"
	HookUpdated        = "hook.updated"       // a hook was made, changed, disabled or removed
	SettingUpdated     = "setting.updated"    // of the box
	PreferenceUpdated  = "preference.updated" // of one person
	AccessChanged      = "access.changed"     // what an account may is another now
	OfferCreated       = "offer.created"      // told to those whom it rings for
	OfferUpdated       = "offer.updated"      // somebody declined, or it has more time
	OfferTaken         = "offer.taken"        // told to all who were told of it
	OfferExpired       = "offer.expired"      // its time is over: to whom it rang for, or, unanswered, to all
	OfferWithdrawn     = "offer.withdrawn"
	CaseOpened         = "case.opened" // also one that goes on
	CaseUpdated        = "case.updated"
	CaseClosed         = "case.closed"
	DeskUpdated        = "desk.updated"
	TemplateUpdated    = "template.updated"
	TemplateDeleted    = "template.deleted"
	ListUpdated        = "list.updated" // its name, or who is in it
	ListDeleted        = "list.deleted"
	CampaignProgress   = "campaign.progress" // how far it has come, a few times a second at most
	OptOutUpdated      = "opt_out.updated"   // somebody wants no texts, or wants them again
	BlockUpdated       = "block.updated"
	BlockDeleted       = "block.deleted"
	AutoReplyUpdated   = "auto_reply.updated"
	AutoReplyDeleted   = "auto_reply.deleted"
	BalanceRuleUpdated = "balance_rule.updated" // how an operator's answer is read
	BalanceRuleDeleted = "balance_rule.deleted"
	RetentionUpdated   = "retention.updated"
	RetentionSwept     = "retention.swept"  // tells once of a whole batch that was deleted; lists are to be read again
	HistoryImported    = "history.imported" // tells once of a whole batch; lists are to be read again
	ThreadMerged       = "thread.merged"    // the messages of one are in another now
	ThreadDeleted      = "thread.deleted"
	MessageDeleted     = "message.deleted"
	ViewUpdated        = "view.updated"  // of one agent: read, closed, muted, draft
	ViewReadAll        = "view.read_all" // of one agent: many threads at once
	ContactMerged      = "contact.merged"
	ContactDeleted     = "contact.deleted"
	MessageReleased    = "message.released" // a held message may go out now
	SendingUpdated     = "sending.updated"  // all sending was stopped, or goes on
	GuardUpdated       = "guard.updated"    // limits, rules or quiet hours are others now
)

// Log is what following needs of the ledger.
type Log interface {
	// Events reads at most limit events after seq, in order.
	Events(ctx context.Context, after int64, limit int) ([]Event, error)
	// Changed is closed at the next commit that wrote an event.
	Changed() <-chan struct{}
}

// Follow hands every event after seq to do, in order and in pieces of at most
// limit, then waits for more, until ctx ends or do answers an error. The
// change channel is taken before the log is read, so nothing is missed.
func Follow(ctx context.Context, log Log, after int64, limit int, do func([]Event) error) error {
	for {
		changed := log.Changed()
		for {
			events, err := log.Events(ctx, after, limit)
			if err != nil {
				return err
			}
			if len(events) == 0 {
				break
			}
			if err := do(events); err != nil {
				return err
			}
			after = events[len(events)-1].Seq
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
