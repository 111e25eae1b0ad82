package web

import (
	"reflect"

	"smsbridge/storage"
)

// An eventType is one row of the table of events, as the documents tell it: the
// name in its data and what stands under it.
type eventType struct {
	name string
	key  string
	data reflect.Type
	doc  string
}

// eventTypes is every type of event. TestEventTypes holds it against the
// constants of storage.
var eventTypes = []eventType{
	{storage.MessageQueued, "message", reflect.TypeFor[storage.Message](), "A text was accepted and will go out."},
	{storage.MessageUpdated, "message", reflect.TypeFor[storage.Message](), "The state of a message or of one of its parts changed."},
	{storage.MessageReleased, "message", reflect.TypeFor[storage.Message](), "A held text was released and will go out."},
	{storage.MessageReceived, "message", reflect.TypeFor[storage.Message](), "A text came in and is whole."},
	{storage.MessagePart, "message", reflect.TypeFor[storage.Message](), "A part of a text came in, others are missing."},
	{storage.ThreadCreated, "thread", reflect.TypeFor[storage.Thread](), "Somebody wrote or was written to for the first time."},
	{storage.ThreadUpdated, "thread", reflect.TypeFor[storage.Thread](), "A thread changed."},
	{storage.ContactSaved, "contact", reflect.TypeFor[storage.Contact](), "A contact was saved."},
	{storage.LineUpdated, "line", reflect.TypeFor[storage.Line](), "What a line can do, or what is known of it, changed."},
	{storage.LineMoved, "move", reflect.TypeFor[storage.Move](), "A line went on with another card."},
	{storage.LineBalanceLow, "line", reflect.TypeFor[storage.Line](), "The credit of a line is under its rule's limit."},
	{storage.BalanceRuleUpdated, "rule", reflect.TypeFor[storage.BalanceRule](), "How the credit is read from an operator's answer was said, or is another now."},
	{storage.BalanceRuleDeleted, "rule", reflect.TypeFor[storage.BalanceRule](), "The rule of an operator was forgotten; it tells the operator and the rev alone."},
	{storage.LineNote, "note", reflect.TypeFor[storage.Note](), "A sentence of the journal, about a line."},
	{storage.ModemNote, "note", reflect.TypeFor[storage.Note](), "A sentence of the journal, about a modem that is no line."},
	{storage.USSDUpdated, "ussd", reflect.TypeFor[storage.USSDSession](), "A USSD dialogue went on or ended."},
	{storage.SelfTestUpdated, "self_test", reflect.TypeFor[storage.SelfTest](), "A self-test began, arrived or was lost."},
	{storage.AgentUpdated, "agent", reflect.TypeFor[storage.Agent](), "An account was made or changed."},
	{storage.SendingUpdated, "stop", reflect.TypeFor[storage.Stop](), "All sending was stopped, or goes on."},
	{storage.GuardUpdated, "guard", reflect.TypeFor[storage.GuardChange](), "Limits, number rules, quiet hours or how a line sends are others now."},
	{storage.HookUpdated, "hook", reflect.TypeFor[hookNews](), "A webhook was made, changed, disabled or removed."},
	{storage.DeskUpdated, "desk", reflect.TypeFor[storage.Desk](), "How what comes in by a line reaches people is another way now."},
	{storage.OfferCreated, "offer", reflect.TypeFor[storage.Offer](), "A text asks for somebody to take it on; told to those whom it rings for."},
	{storage.OfferUpdated, "offer", reflect.TypeFor[storage.Offer](), "Somebody declined an offer, or it has more time."},
	{storage.OfferTaken, "offer", reflect.TypeFor[storage.Offer](), "Somebody took an offer on; told to all who were told of it."},
	{storage.OfferExpired, "offer", reflect.TypeFor[storage.Offer](), "An offer's time is over: it rings for others now, or, unanswered, is for everybody."},
	{storage.OfferWithdrawn, "offer", reflect.TypeFor[storage.Offer](), "What an offer was about has ended otherwise."},
	{storage.CaseOpened, "case", reflect.TypeFor[storage.Case](), "A case begins, or goes on."},
	{storage.CaseUpdated, "case", reflect.TypeFor[storage.Case](), "A case has another owner, note, outcome, or its clock began or stopped."},
	{storage.CaseClosed, "case", reflect.TypeFor[storage.Case](), "Somebody closed a case."},
	{storage.SettingUpdated, "setting", reflect.TypeFor[storage.Setting](), "Something was set on the box."},
	{storage.PreferenceUpdated, "preference", reflect.TypeFor[storage.Setting](), "A person set something about the page; told to that person alone."},
	{storage.HistoryImported, "import", reflect.TypeFor[storage.ImportResult](), "Messages of another program were imported; read the lists again."},
	{storage.RetentionUpdated, "retention", reflect.TypeFor[storage.Retention](), "Texts are kept for another time."},
	{storage.RetentionSwept, "swept", reflect.TypeFor[storage.Swept](), "Messages were kept long enough and are deleted; read the lists again."},
	{storage.AccessChanged, "access", reflect.TypeFor[storage.Access](), "What an account may is another now."},
	{storage.TemplateUpdated, "template", reflect.TypeFor[storage.Template](), "A template was kept or changed; one of a person is told to that person alone."},
	{storage.TemplateDeleted, "template", reflect.TypeFor[storage.Template](), "A template was forgotten."},
	{storage.ListUpdated, "list", reflect.TypeFor[storage.List](), "A list has another name, or other people in it."},
	{storage.ListDeleted, "list", reflect.TypeFor[storage.List](), "A list was forgotten."},
	{storage.CampaignProgress, "campaign", reflect.TypeFor[storage.Campaign](), "How far a campaign has come: at each change of its state, and about once a second while copies are made."},
	{storage.OptOutUpdated, "opt_out", reflect.TypeFor[storage.OptOut](), "Somebody wants no texts, or wants them again."},
	{storage.BlockUpdated, "block", reflect.TypeFor[storage.Block](), "An entry was put on the block list."},
	{storage.BlockDeleted, "block", reflect.TypeFor[storage.Block](), "An entry was taken off the block list."},
	{storage.AutoReplyUpdated, "auto_reply", reflect.TypeFor[storage.AutoReply](), "A rule that answers was made, changed, or switched."},
	{storage.AutoReplyDeleted, "auto_reply", reflect.TypeFor[storage.AutoReply](), "A rule that answers was forgotten."},
	{storage.ThreadMerged, "merged", reflect.TypeFor[storage.Joint](), "The messages of a thread are in another now."},
	{storage.ThreadDeleted, "deleted", reflect.TypeFor[storage.Gone](), "A thread was deleted, with all that was in it."},
	{storage.MessageDeleted, "deleted", reflect.TypeFor[storage.Gone](), "A message was deleted."},
	{storage.ViewUpdated, "view", reflect.TypeFor[storage.View](), "A person read, closed or muted a thread, or wrote a draft in it; told to that person alone."},
	{storage.ViewReadAll, "read", reflect.TypeFor[storage.ReadAll](), "A person read all threads at once, or took that back; told to that person alone."},
	{storage.ContactMerged, "merge", reflect.TypeFor[storage.Merge](), "Two contacts were made one."},
	{storage.ContactDeleted, "contact", reflect.TypeFor[contactGone](), "A contact was deleted; its threads stay, with their numbers."},
}

// contactGone is what contact.deleted tells.
type contactGone struct {
	ID  string `json:"id"`
	Rev int64  `json:"rev"`
}

// hookNews is what hook.updated tells: neither address nor secret.
type hookNews struct {
	ID         string       `json:"id"`
	Label      string       `json:"label,omitempty"`
	DisabledAt storage.Time `json:"disabled_at,omitzero"`
	Reason     string       `json:"reason,omitempty"`
	Rev        int64        `json:"rev"`
}

// bye is what the box says last when it stops.
type bye struct {
	RetryAfter int64 `json:"retry_after_ms"`
}
