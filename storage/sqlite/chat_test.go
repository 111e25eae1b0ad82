package sqlite

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

func person(t testing.TB, db *DB, name string) storage.Agent {
	t.Helper()
	a, err := db.AddAgent(t.Context(), name, storage.RoleAgent, []byte(name), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func chat(t testing.TB, db *DB, from, to storage.Agent, text string) storage.Message {
	t.Helper()
	m, _, err := db.Chat(t.Context(), storage.ChatDraft{From: from.ID, To: to.ID, Text: text, Author: storage.Author{Kind: "agent", ID: from.ID}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// drain takes everything that a modem of line would be handed.
func drain(t testing.TB, db *DB, line string) (messages []string) {
	t.Helper()
	for {
		due, _, ok, err := db.Next(t.Context(), line)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return messages
		}
		messages = append(messages, due.Message)
		for _, c := range []storage.Change{{From: storage.Queued, To: storage.Sending}, {From: storage.Sending, To: storage.Sent, Ref: len(messages) % 256}} {
			c.Message, c.N, c.Line = due.Message, due.N, line
			mark(t, db, c)
		}
	}
}

// TestChatNeverReachesAModem_S6 writes texts and words between colleagues in any
// order, in threads old and new, and takes what modems would be handed: the
// texts, all of them, and nothing else.
func TestChatNeverReachesAModem_S6(t *testing.T) {
	db := open(t)
	line := attach(t, db)
	people := []storage.Agent{person(t, db, "Ana"), person(t, db, "Ben"), person(t, db, "Cem")}
	for seed := range uint64(15) {
		r := rand.New(rand.NewPCG(seed, 6))
		var texts, handed []string
		for range 25 {
			if r.IntN(2) == 0 {
				texts = append(texts, compose(t, db, "+1555010"+string('0'+rune(r.IntN(10))), 1).ID)
			} else if a, b := r.IntN(3), r.IntN(3); a != b {
				chat(t, db, people[a], people[b], "at three?")
			}
			if r.IntN(4) == 0 {
				handed = append(handed, drain(t, db, line.ID)...)
			}
		}
		handed = append(handed, drain(t, db, line.ID)...)
		slices.Sort(handed) // recipients take turns
		if !slices.Equal(handed, texts) {
			t.Fatalf("seed %d: handed over %v, texts are %v", seed, handed, texts)
		}
		if stray := drain(t, db, ""); stray != nil {
			t.Fatalf("seed %d: without a line: %v", seed, stray)
		}
	}
}

// TestChatNeverReachesAModem_planted_S6 does by hand what a mistake in the code
// above the tables would do. The tables refuse each; and without their refusal
// the modem is handed the word, so that the property above could fail.
func TestChatNeverReachesAModem_planted_S6(t *testing.T) {
	db := open(t)
	line := attach(t, db)
	ana, ben := person(t, db, "Ana"), person(t, db, "Ben")
	word, text := chat(t, db, ana, ben, "between us"), compose(t, db, "+15550100", 1)
	plant := func(query string, args ...any) error {
		return db.update(t.Context(), func(x *tx) error { x.exec(query, args...); return x.err })
	}
	const part = `INSERT INTO part (message, n, line, peer, state) VALUES (?, 1, ?, '+15550100', 'queued')`
	for _, c := range []struct {
		name, query string
		args        []any
	}{
		{"a word with a line", `INSERT INTO message (id, thread, line, dir, channel, peer, text, state, total, created_at, rev)
			VALUES ('ms_x', ?, ?, 'out', 'chat', '+15550100', 'x', 'queued', 1, 1, 1)`, []any{word.Thread, line.ID}},
		{"a word that gets a line", `UPDATE message SET line = ? WHERE id = ?`, []any{line.ID, word.ID}},
		{"a word that becomes a text", `UPDATE message SET channel = 'sms' WHERE id = ?`, []any{word.ID}},
		{"a text that becomes a word", `UPDATE message SET channel = 'chat' WHERE id = ?`, []any{text.ID}},
		{"a part of a word", part, []any{word.ID, line.ID}},
		{"a part that goes over to a word", `UPDATE part SET message = ? WHERE message = ?`, []any{word.ID, text.ID}},
	} {
		if err := plant(c.query, c.args...); err == nil {
			t.Errorf("%s was kept", c.name)
		}
	}
	if err := plant(`DROP TRIGGER part_of_text`); err != nil {
		t.Fatal(err)
	}
	if err := plant(part, word.ID, line.ID); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(drain(t, db, line.ID), word.ID) {
		t.Error("control: a planted part is not handed over, so the property proves nothing")
	}
}

// TestChatIsPrivate_S6 has a third colleague, a manager and the box itself look
// for what two have said.
func TestChatIsPrivate_S6(t *testing.T) {
	db := open(t)
	line := attach(t, db)
	ana, ben, cem := person(t, db, "Ana"), person(t, db, "Ben"), person(t, db, "Cem")
	text := compose(t, db, "+15550100", 1)
	m := chat(t, db, ana, ben, "between us")
	if back := chat(t, db, ben, ana, "yes"); back.Thread != m.Thread {
		t.Error("two colleagues have two threads")
	}
	for _, lines := range [][]string{nil, {line.ID}, {}} {
		for agent, member := range map[string]bool{ana.ID: true, ben.ID: true, cem.ID: false, "": false} {
			p := storage.Page{Lines: lines, Agent: agent}
			list, err := db.Threads(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			seen := slices.ContainsFunc(list.Threads, func(x storage.Thread) bool { return x.ID == m.Thread })
			if seen != member {
				t.Errorf("%q over %v: listed is %v", agent, lines, seen)
			}
			if over := lines == nil || len(lines) > 0; over != slices.ContainsFunc(list.Threads, func(x storage.Thread) bool { return x.ID == text.Thread }) {
				t.Errorf("%q over %v: the text's thread is not as before", agent, lines)
			}
			page, err := db.Messages(t.Context(), m.Thread, p)
			if member && (err != nil || len(page.Messages) != 2) || !member && code(err) != storage.CodeNotFound {
				t.Errorf("%q over %v: messages %v, %v", agent, lines, page.Messages, err)
			}
		}
	}
	list, _ := db.Threads(t.Context(), storage.Page{Agent: ana.ID, Limit: 1})
	if x := list.Threads[0]; x.Channel != storage.ChannelChat || x.Peer != "" || len(x.Members) != 2 || x.Members[1].Name != "Ben" || x.Last.Sender != ben.ID {
		t.Errorf("the thread as Ana sees it: %+v", x)
	}
	events, _ := db.Events(t.Context(), 0, 1000)
	for _, e := range events {
		if e.Thread == m.Thread && !slices.Equal(e.For, []string{ana.ID, ben.ID}) {
			t.Errorf("%s is for %v", e.Type, e.For)
		}
	}
	if _, _, err := db.Chat(t.Context(), storage.ChatDraft{From: cem.ID, Thread: m.Thread, Text: "me too"}); code(err) != storage.CodeNotFound {
		t.Errorf("a third one writes there: %v", err)
	}
	if _, _, err := db.Chat(t.Context(), storage.ChatDraft{From: cem.ID, Thread: text.Thread, Text: "x"}); code(err) != storage.CodeChannel {
		t.Errorf("a colleague's word in a text's thread: %v", err)
	}
	if _, _, err := db.Chat(t.Context(), storage.ChatDraft{From: ana.ID, To: "ana", Text: "x"}); code(err) != storage.CodeInvalid {
		t.Errorf("to oneself: %v", err)
	}
}

func TestChatIdem_S6(t *testing.T) {
	db := open(t)
	ana, ben := person(t, db, "Ana"), person(t, db, "Ben")
	d := storage.ChatDraft{From: ana.ID, To: ben.ID, Text: "one", Author: storage.Author{Kind: "agent", ID: ana.ID}, Key: "k", Digest: "1"}
	first, replayed, err := db.Chat(t.Context(), d)
	if err != nil || replayed {
		t.Fatal(replayed, err)
	}
	again, replayed, err := db.Chat(t.Context(), d)
	if err != nil || !replayed || again.ID != first.ID {
		t.Errorf("again: %s %v %v", again.ID, replayed, err)
	}
	d.Digest = "2"
	if _, _, err = db.Chat(t.Context(), d); code(err) != storage.CodeIdemMismatch {
		t.Errorf("another body: %v", err)
	}
}

// TestSettingParse_S39_S71_S77_S99_S123 gives each kind of setting what it takes
// and what it must not take.
func TestSettingParse_S39_S71_S77_S99_S123(t *testing.T) {
	db := open(t)
	ana, ben := person(t, db, "Ana"), person(t, db, "Ben")
	for _, c := range []struct {
		agent, key, value string
		kept              string // empty: refused
	}{
		{"", "sms_enabled", `false`, `false`}, {"", "sms_enabled", `"no"`, ""}, {"", "sms_enabled", `null`, `true`},
		{"", "call_way", `"hook"`, `"hook"`}, {"", "call_way", `"pigeon"`, ""},
		{"", "call_hook_url", `"https://pbx.example/call"`, `"https://pbx.example/call"`}, {"", "call_hook_url", `"file:///etc/passwd"`, ""},
		{"", "video_url_template", `"https://meet.example/{room}"`, `"https://meet.example/{room}"`},
		{"", "video_url_template", `"https://meet.example/"`, ""}, {"", "video_url_template", `"javascript:alert('{room}')"`, ""},
		{"", "embed_origins", `["https://crm.example","http://10.0.0.7:8080"]`, `["https://crm.example","http://10.0.0.7:8080"]`},
		{"", "embed_origins", `["https://crm.example; script-src *"]`, ""}, {"", "embed_origins", `["*"]`, ""}, {"", "embed_origins", `["https://crm.example/path"]`, ""},
		{"", "theme", `"dark"`, ""}, {"", "nothing", `1`, ""},
		{ana.ID, "phone_button", `"sms"`, `"sms"`}, {ana.ID, "phone_button", `"fax"`, ""},
		{ana.ID, "notify_sound", `false`, `false`}, {ana.ID, "language", `"pt-BR"`, `"pt-BR"`}, {ana.ID, "language", `"<b>"`, ""},
		{ana.ID, "sms_enabled", `false`, ""}, {ana.ID, "theme", `"` + strings.Repeat("x", 5000) + `"`, ""},
	} {
		s, err := db.SaveSetting(t.Context(), c.agent, c.key, []byte(c.value))
		if c.kept == "" && code(err) != storage.CodeInvalid || c.kept != "" && (err != nil || string(s.Value) != c.kept) {
			t.Errorf("%s %s = %.60s: %s, %v", c.agent, c.key, c.value, s.Value, err)
		}
	}
	of := func(agent, key string) storage.Setting {
		all, err := db.Settings(t.Context(), agent)
		if err != nil {
			t.Fatal(err)
		}
		return all[slices.IndexFunc(all, func(s storage.Setting) bool { return s.Key == key })]
	}
	if s := of(ana.ID, "phone_button"); string(s.Value) != `"sms"` || s.Default {
		t.Errorf("Ana's button: %+v", s)
	}
	if s := of(ben.ID, "phone_button"); string(s.Value) != `"ask"` || !s.Default {
		t.Errorf("Ben's button is not his own: %+v", s)
	}
	events, _ := db.Events(t.Context(), 0, 1000)
	for _, e := range events {
		if e.Type == storage.SettingUpdated && strings.Contains(string(e.Data), "pbx.example") {
			t.Errorf("the telephone system's address is told to all: %s", e.Data)
		}
		if e.Type == storage.PreferenceUpdated && !slices.Equal(e.For, []string{ana.ID}) {
			t.Errorf("Ana's preference is for %v", e.For)
		}
	}
}
