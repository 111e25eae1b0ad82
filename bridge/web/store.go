package web

import (
	"context"
	"time"

	"smsbridge/storage"
)

// Store is what desks need of the ledger.
type Store interface {
	storage.Log
	Head(ctx context.Context) (storage.Head, error)

	// Compose keeps a message to be sent; replayed tells that an earlier draft
	// with the same key was answered again.
	Compose(ctx context.Context, d storage.Draft) (m storage.Message, replayed bool, err error)
	Message(ctx context.Context, id string) (storage.Message, error)
	Threads(ctx context.Context, p storage.Page) (storage.ThreadPage, error)
	Thread(ctx context.Context, id string, p storage.Page) (storage.Thread, error)
	Messages(ctx context.Context, thread string, p storage.Page) (storage.MessagePage, error)
	Lines(ctx context.Context) ([]storage.Line, storage.Head, error)

	Search(ctx context.Context, q storage.Query, p storage.Page) (storage.HitPage, error)
	DeleteMessage(ctx context.Context, id, by string) (storage.Gone, error)
	DeleteThread(ctx context.Context, id string) (storage.Gone, error)

	views
	people
	// FoldBack folds the write-ahead log into the ledger, if it is big, and tells
	// how it stands then.
	FoldBack(ctx context.Context) (storage.WAL, error)

	// Queued is how many parts wait to be sent, by line.
	Queued(ctx context.Context) (map[string]int, error)

	Cursors
	Idems
	TalkStore
	RadioStore
	Work
	Outbox
	SendingRules
	Content
}

// views is how each agent sees the threads; lines are those that it sees.
type views interface {
	ChangeView(ctx context.Context, agent string, lines []string, thread string, c storage.ViewChange) (storage.View, error)
	ReadAll(ctx context.Context, agent string, lines []string) (storage.ReadAll, error)
	UndoReadAll(ctx context.Context, agent, id string) (storage.ReadAll, error)
	Badges(ctx context.Context, agent string, lines []string) (storage.Badges, error)
}

// people is who can be written to.
type people interface {
	Find(ctx context.Context, text string, p storage.Page) ([]storage.Found, error)
	OpenNumber(ctx context.Context, number string, p storage.Page) (storage.Opening, error)
	OpenContact(ctx context.Context, id string, p storage.Page) (storage.Opening, error)
	OpenChat(ctx context.Context, agent string, p storage.Page) (storage.Opening, error)

	Contacts(ctx context.Context, text string, p storage.Page) (storage.ContactPage, error)
	Contact(ctx context.Context, id string) (storage.Contact, error)
	ContactOf(ctx context.Context, number string) (storage.Contact, error)
	EditContact(ctx context.Context, e storage.ContactEdit) (storage.Contact, error)
	DeleteContact(ctx context.Context, id string) error
	MergeContacts(ctx context.Context, id, from string) (storage.Merge, error)
	UnmergeContacts(ctx context.Context, merge string) (stayed, went storage.Contact, err error)
}

// Keys says who is let in. Secrets reach it as SHA-256 only, passwords as
// argon2id. An account may be named by its id or by its name.
type Keys interface {
	tokens
	accounts
	sessions
	audits
}

type tokens interface {
	// CreateToken keeps a token with this label, these scopes, lines and account.
	CreateToken(ctx context.Context, t storage.Token, hash []byte) (storage.Token, error)
	Tokens(ctx context.Context) ([]storage.Token, error)
	RevokeToken(ctx context.Context, id string) (storage.Token, error)

	// TokenByHash answers CodeNotFound for an unknown token; a revoked one comes
	// back with RevokedAt.
	TokenByHash(ctx context.Context, hash []byte) (storage.Token, error)
}

type accounts interface {
	Agents(ctx context.Context) ([]storage.Agent, error)
	Agent(ctx context.Context, ref string) (storage.Agent, error)
	AddAgent(ctx context.Context, name string, role storage.Role, invite []byte, expires time.Time) (storage.Agent, error)
	ChangeAgent(ctx context.Context, ref string, c storage.AgentChange) (storage.Agent, error)
	// SetProfile changes how an account is reached.
	SetProfile(ctx context.Context, ref string, p storage.Profile) (storage.Agent, error)
	// AgentByVoice is the account whose phone this is, CodeNotFound if nobody's.
	AgentByVoice(ctx context.Context, number string) (storage.Agent, error)

	Invite(ctx context.Context, ref string, hash []byte, expires time.Time) (storage.Agent, error)

	// Password is an account's password as it is kept; empty if it has none.
	Password(ctx context.Context, agent string) (string, error)
	// SetPassword ends every session of the account but the one whose hash is keep.
	SetPassword(ctx context.Context, ref, hash string, keep []byte) (storage.Agent, error)

	Assign(ctx context.Context, line, ref string, yes bool) (storage.Agent, error)
	ChangeLine(ctx context.Context, id string, c storage.LineChange) (storage.Line, error)
	SwitchLine(ctx context.Context, id string, on bool) (storage.Line, error)

	// Owned tells whether there is an owner's account.
	Owned(ctx context.Context) (bool, error)
}

type sessions interface {
	// CreateCode keeps a one-time sign-in code of the owner's; the one before it
	// ends.
	CreateCode(ctx context.Context, hash []byte, expires time.Time) error

	// Redeem uses up a code and begins a session. An invitation signs its account
	// in; the first code ever makes the owner's account, with that name; later
	// ones sign the owner in. A wrong code is CodeDenied. password, in its kept
	// form, is set too; empty sets none.
	Redeem(ctx context.Context, code []byte, name, password string, s storage.NewSession) (storage.Agent, error)

	BeginSession(ctx context.Context, agent string, s storage.NewSession) (storage.Agent, error)

	// Session is the agent of a session; CodeNotFound when it has ended.
	Session(ctx context.Context, hash []byte) (storage.Agent, error)
	Sessions(ctx context.Context, agent string, current []byte) ([]storage.Session, error)
	EndSession(ctx context.Context, hash []byte) error
	// EndSessionOf ends a session of agent by its id, and tells its hash; an empty
	// agent stands for anybody.
	EndSessionOf(ctx context.Context, agent, id string) (hash []byte, err error)
}

type audits interface {
	// Audit writes the entry that ctx carries, with no change of the ledger.
	Audit(ctx context.Context) error
	AuditRows(ctx context.Context, before int64, limit int) ([]storage.AuditEntry, error)
	VerifyAudit(ctx context.Context, known ...storage.AuditHead) (storage.AuditVerdict, error)
}
