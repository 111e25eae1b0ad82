package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

// Chat keeps what one colleague writes to another, and tells the members of the
// thread and nobody else. Who is not there finds it later.
func (db *DB) Chat(ctx context.Context, d storage.ChatDraft) (m storage.Message, replayed bool, err error) {
	err = db.update(ctx, func(t *tx) error {
		id, known, err := t.seen(chatting, d.Author, d.Key, d.Digest)
		if err != nil {
			return err
		}
		if replayed = known; !known {
			if id, err = t.chat(d); err != nil {
				return err
			}
			if d.Key != "" {
				t.idem(&storage.Idem{Author: d.Author, Method: chatting, Key: d.Key, Digest: d.Digest, Object: id})
			}
		}
		if found := t.message(id); found != nil {
			m = *found
		}
		t.object(m.Thread)
		if !known {
			t.eventFor(t.memberIDs(m.Thread), storage.MessageReceived, m.Thread, "", "message", m)
		}
		return t.err
	})
	return m, replayed, err
}

// chatting is the method that the keys of what colleagues write belong to.
const chatting = "chat.send"

// chat inserts the row, and begins the thread where there is none.
func (t *tx) chat(d storage.ChatDraft) (string, error) {
	thread, other, err := t.chatThread(d)
	if err != nil {
		return "", err
	}
	id := t.db.write.ids.next("ms")
	who, _ := json.Marshal(d.Author)
	t.exec(`
		INSERT INTO message (id, thread, line, dir, channel, peer, own, text, state, total, author, sender, created_at, sent_at, rev)
		VALUES (?, ?, '', 'out', ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
		id, thread, storage.ChannelChat, other, d.From, d.Text, storage.Sent, string(who), d.From,
		t.now.Milli(), t.now.Milli(), t.next())
	t.touch(thread, "", id)
	return id, t.err
}

// chatThread is the thread that a draft goes to, and the other one in it.
func (t *tx) chatThread(d storage.ChatDraft) (thread, other string, err error) {
	if d.Thread != "" {
		return t.ownChat(d)
	}
	to, err := t.agent("to.agent", d.To)
	switch {
	case err != nil:
		return "", "", err
	case to.ID == d.From:
		return "", "", storage.Refuse(storage.CodeInvalid, "to.agent", "this is you; choose a colleague")
	case to.Disabled:
		return "", "", storage.Refuse(storage.CodeInvalid, "to.agent", "the account of %s is switched off; nobody would read it", to.Name)
	}
	key := pair(d.From, to.ID)
	if t.get(`SELECT id FROM thread WHERE channel = ? AND peer = ?`, []any{storage.ChannelChat, key}, &thread) || t.err != nil {
		return thread, to.ID, t.err
	}
	thread = t.db.write.ids.next("th")
	t.exec(`INSERT INTO thread (id, channel, peer, rev) VALUES (?, ?, ?, ?)`, thread, storage.ChannelChat, key, t.next())
	for _, member := range []string{d.From, to.ID} {
		t.exec(`INSERT INTO member (thread, agent) VALUES (?, ?)`, thread, member)
	}
	if made, ok := t.thread(thread); ok {
		t.eventFor(t.memberIDs(thread), storage.ThreadCreated, thread, "", "thread", made)
	}
	return thread, to.ID, t.err
}

// ownChat is a thread that the author named. One that is not his is not there.
func (t *tx) ownChat(d storage.ChatDraft) (thread, other string, err error) {
	var channel string
	var mine bool
	known := t.get(`SELECT channel, `+ofMember+` FROM thread WHERE id = ?`, []any{d.From, d.Thread}, &channel, &mine)
	switch {
	case t.err != nil:
		return "", "", t.err
	case known && channel != storage.ChannelChat:
		return "", "", storage.Refuse(storage.CodeChannel, "to.thread", "the other end of this thread is a phone; write to it with message.send")
	case !mine:
		return "", "", storage.Refuse(storage.CodeNotFound, "to.thread", "there is no thread %s", d.Thread)
	}
	t.get(`SELECT agent FROM member WHERE thread = ? AND agent <> ?`, []any{d.Thread, d.From}, &other)
	return d.Thread, other, t.err
}

// pair is what the one thread of two colleagues is found by.
func pair(a, b string) string { return min(a, b) + " " + max(a, b) }

// ofMember asks of a row of thread whether an agent talks there.
const ofMember = `EXISTS (SELECT 1 FROM member WHERE member.thread = thread.id AND member.agent = ?)`

const membersOf = `
	SELECT agent.id, agent.name, agent.role
	FROM member
	JOIN agent ON agent.id = member.agent
	WHERE member.thread = ?
	ORDER BY agent.id`

func scanMembers(into *[]storage.Member) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var m storage.Member
		err := r.Scan(&m.ID, &m.Name, &m.Role)
		*into = append(*into, m)
		return err
	}
}

func (t *tx) members(thread string) (found []storage.Member) {
	t.rows(membersOf, []any{thread}, scanMembers(&found))
	return found
}

// memberIDs is who is told of what happens in a thread. It is never nil: that
// would be everybody.
func (t *tx) memberIDs(thread string) []string {
	ids := []string{}
	for _, m := range t.members(thread) {
		ids = append(ids, m.ID)
	}
	return ids
}

func (v *view) isMember(thread, agent string) (bool, error) {
	var one int
	return v.get(`SELECT 1 FROM member WHERE thread = ? AND agent = ?`, []any{thread, agent}, &one)
}

// Member tells whether an agent talks in a thread that stays in the box.
func (db *DB) Member(ctx context.Context, thread, agent string) (is bool, err error) {
	err = db.look(ctx, func(v *view) (err error) {
		is, err = v.isMember(thread, agent)
		return err
	})
	return is, err
}
