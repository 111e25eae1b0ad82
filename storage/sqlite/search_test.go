package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smsbridge/storage"
)

// searched is a ledger with two lines, and an agent who works on the first.
type searched struct {
	*DB
	lines []string
	ana   storage.Agent
	boss  storage.Agent
	pdus  int
}

func newSearched(t *testing.T) *searched {
	t.Helper()
	m := newModel(t, 1)
	return &searched{DB: m.db, lines: m.lines, ana: m.agents[0], boss: m.agents[1]}
}

// come files a text and gives its message.
func (d *searched) come(t *testing.T, line, from, words string) storage.Message {
	t.Helper()
	d.pdus++
	k := keep(t, d.DB, line, fmt.Sprint("pdu", d.pdus))
	if err := d.Receive(context.Background(), line, []storage.Arrival{text(k[0], from, words)}, assemble); err != nil {
		t.Fatal(err)
	}
	page, err := d.Threads(context.Background(), storage.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return *page.Threads[0].Last
}

// hits are the texts that a search finds, as an agent.
func (d *searched) hits(t *testing.T, a storage.Agent, query string) []string {
	t.Helper()
	q, err := storage.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{}
	p := storage.Page{Agent: a.ID, Lines: seen(a), Limit: 2}
	for {
		page, err := d.Search(context.Background(), q, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Hits {
			texts = append(texts, h.Message.Text)
		}
		if p.Before = page.Next; page.Next == "" {
			return texts
		}
	}
}

// indexed puts every word into the index now.
func (d *searched) indexed(t *testing.T) {
	t.Helper()
	if err := d.update(context.Background(), func(t *tx) error { t.speak(speakMost); return t.err }); err != nil {
		t.Fatal(err)
	}
}

func TestSearch_S45_C4(t *testing.T) {
	d := newSearched(t)
	ctx := context.Background()
	one, two := d.lines[0], d.lines[1]
	if _, err := d.SaveContact(ctx, storage.Contact{Name: "Zoë Łukasz", Numbers: []string{"+15550100"}}); err != nil {
		t.Fatal(err)
	}
	d.come(t, one, "+15550100", "Is the van ready?")
	d.come(t, two, "+15550100", "The VAN is late")
	d.come(t, one, "+15550101", "vanilla at Café Łódź")
	d.come(t, one, "+15550102", "東京で会う")
	plantChat(t, d, "secret van", d.boss.ID)
	for _, where := range []string{"while words wait", "from the index"} {
		t.Run(where, func(t *testing.T) {
			for _, c := range []struct {
				query     string
				ana, boss []string
			}{
				{"van", []string{"vanilla at Café Łódź", "Is the van ready?"}, []string{"secret van", "vanilla at Café Łódź", "The VAN is late", "Is the van ready?"}},
				{`"van ready"`, []string{"Is the van ready?"}, []string{"Is the van ready?"}},
				{`"ready van"`, []string{}, []string{}},
				{"cafe lodz", []string{"vanilla at Café Łódź"}, []string{"vanilla at Café Łódź"}},
				{"東京", []string{"東京で会う"}, []string{"東京で会う"}},
				{"京東", []string{}, []string{}},
				{"late", []string{}, []string{"The VAN is late"}},
				{"secret", []string{}, []string{"secret van"}},
				{"from:zoe", []string{"Is the van ready?"}, []string{"The VAN is late", "Is the van ready?"}},
				{"from:Mia", []string{}, []string{"secret van"}},
				{"from:me van", []string{}, []string{"secret van"}},
				{`van number:"555 0101"`, []string{"vanilla at Café Łódź"}, []string{"vanilla at Café Łódź"}},
				{"van line:" + two, []string{}, []string{"The VAN is late"}},
				{"van is:unread", []string{"vanilla at Café Łódź", "Is the van ready?"}, []string{"vanilla at Café Łódź", "The VAN is late", "Is the van ready?"}},
				{"van before:2000-01-01", []string{}, []string{}},
				{"vanilla after:2000-01-01", []string{"vanilla at Café Łódź"}, []string{"vanilla at Café Łódź"}},
				{"th", []string{}, []string{}},
			} {
				for _, who := range []struct {
					storage.Agent
					want []string
				}{{d.ana, c.ana}, {d.boss, c.boss}} {
					if got := d.hits(t, who.Agent, c.query); !slices.Equal(got, who.want) {
						t.Errorf("%s finds %q with %s, not %q", who.Name, got, c.query, who.want)
					}
				}
			}
		})
		d.indexed(t)
	}
}

// plantChat plants a message between colleagues; the verbs of chats are elsewhere.
func plantChat(t *testing.T, d *searched, words string, members ...string) string {
	t.Helper()
	var thread string
	err := d.update(context.Background(), func(t *tx) error {
		thread = t.db.write.ids.next("th")
		id := t.db.write.ids.next("ms")
		t.exec(`INSERT INTO thread (id, channel, peer) VALUES (?, 'chat', ?)`, thread, strings.Join(members, " "))
		for _, m := range members {
			t.exec(`INSERT INTO member (thread, agent) VALUES (?, ?)`, thread, m)
		}
		t.exec(`INSERT INTO message (id, thread, line, dir, channel, peer, text, state, total, sender, created_at, rev)
			VALUES (?, ?, '', 'out', 'chat', ?, ?, 'sent', 1, ?, ?, 1)`, id, thread, thread, words, members[0], t.now.Milli())
		t.touch(thread, "", id)
		return t.err
	})
	if err != nil {
		t.Fatal(err)
	}
	return thread
}

func TestSearchMarks(t *testing.T) {
	q, err := storage.ParseQuery("van")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("before 👍 ", 30) + "the Van, a vanilla" + strings.Repeat(" after", 60)
	found, ok := q.Find(text)
	snippet, marks := storage.Snip(text, found)
	if !ok || len(marks) != 2 || len(snippet) > 250 {
		t.Fatalf("%v %q %v", ok, snippet, marks)
	}
	units := []rune{}
	for _, r := range snippet {
		if units = append(units, r); r > 0xffff {
			units = append(units, 0)
		}
	}
	for i, want := range []string{"Van", "vanilla"} {
		if got := string(units[marks[i][0]:marks[i][1]]); got != want {
			t.Errorf("mark %d is %q", i, got)
		}
	}
}

// TestSearchCatchesUp is a ledger from before there was an index: its words are
// found after the next start. The control takes the index away again.
func TestSearchCatchesUp(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "ledger.db")
	db, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	attach(t, db)
	for range speakAfter + 10 {
		compose(t, db, "+15550100", 1)
	}
	if _, err := db.write.conn.ExecContext(ctx, `UPDATE meta SET value = '' WHERE key = 'spoken'; DELETE FROM spoken`); err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		if err := db.write.conn.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT docid FROM spoken WHERE spoken MATCH 'hello')`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 0 {
		t.Fatalf("%d are in an index that was emptied", n)
	}
	db.Close()
	if db, err = Open(ctx, path); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if n := count(); n != speakAfter+10 {
		t.Errorf("%d are in the index", n)
	}
}

func TestFind_S1_S4_S5_S45_S56_S74_S75_S91(t *testing.T) {
	d := newSearched(t)
	ctx := context.Background()
	_, err := d.SaveContact(ctx, storage.Contact{Name: "Ángel Ruiz", Organisation: "Acme", Numbers: []string{"+15550100", "+15550101"}, Types: map[string]string{"+15550101": storage.NumberWork}})
	if err != nil {
		t.Fatal(err)
	}
	closed := d.come(t, d.lines[0], "+15550100", "hi")
	d.come(t, d.lines[1], "+15550777", "hidden from Ana")
	yes := true
	if _, err := d.ChangeView(ctx, d.ana.ID, seen(d.ana), closed.Thread, storage.ViewChange{Closed: &yes}); err != nil {
		t.Fatal(err)
	}
	say := func(f storage.Found) string {
		return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s thread=%v closed=%v", f.Kind, f.Name, f.Number, f.Type, f.Channel, f.Thread != "", f.Closed)), " ")
	}
	both := []string{"contact Ángel Ruiz +15550100 sms thread=true closed=true", "contact Ángel Ruiz +15550101 work sms thread=true closed=true"}
	for query, want := range map[string][]string{
		"ang":          both,
		"RUIZ an":      both,
		"acm":          both,
		"gel":          {},
		"0555 0101":    both[1:],
		"+1 555-0101":  both[1:],
		"mi":           {"agent Mia chat thread=false closed=false"},
		"+15559999":    {"number +15559999 sms thread=false closed=false"},
		"+15550777":    {"number +15550777 sms thread=false closed=false"}, // as typed: nothing of the other line shows
		"not a number": {},
	} {
		found, err := d.Find(ctx, query, storage.Page{Agent: d.ana.ID, Lines: seen(d.ana)})
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, f := range found {
			if f.Kind == storage.FoundNumber && query == "0555 0101" {
				continue // eight digits may be a number by themselves
			}
			got = append(got, say(f))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q", query, got, want)
		}
	}
}

func TestDelete_S84_S110_C9(t *testing.T) {
	d := newSearched(t)
	ctx := context.Background()
	const pdu = "0011223344"
	in := storage.Kept{Memory: "SM", Index: 3, PDU: pdu}
	kept, err := d.Keep(ctx, d.lines[0], nil, []storage.Kept{in})
	if err == nil {
		err = d.Receive(ctx, d.lines[0], []storage.Arrival{text(kept[0], "+15550100", "canary words")}, assemble)
	}
	if err != nil {
		t.Fatal(err)
	}
	page, err := d.Threads(ctx, storage.Page{})
	if err != nil {
		t.Fatal(err)
	}
	m := page.Threads[0].Last
	d.indexed(t)
	if got := d.hits(t, d.boss, "canary"); len(got) != 1 {
		t.Fatalf("%q", got)
	}
	if _, err := d.DeleteMessage(ctx, m.ID, "somebody else"); code(err) != storage.CodeDenied {
		t.Errorf("another's message: %v", err)
	}
	queued, _, err := d.Compose(ctx, storage.Draft{To: "+15550101", Line: d.lines[0], Text: "out", Count: storage.Count{Alphabet: "gsm7", Parts: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.DeleteMessage(ctx, queued.ID, ""); code(err) != storage.CodeConflict {
		t.Errorf("a message on its way: %v", err)
	}
	head, _ := d.Head(ctx)
	if _, err := d.DeleteMessage(ctx, m.ID, ""); err != nil {
		t.Fatal(err)
	}
	if got := d.hits(t, d.boss, "canary"); len(got) != 0 {
		t.Errorf("still found: %q", got)
	}
	events, err := d.Events(ctx, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	told := false
	for _, e := range events {
		told = told || e.Type == storage.MessageDeleted && e.Seq > head.Seq
		if strings.Contains(string(e.Data), "canary") {
			t.Errorf("event %d still says %s", e.Seq, e.Data)
		}
	}
	if !told {
		t.Error("nobody was told")
	}
	var left int
	err = d.write.conn.QueryRowContext(ctx, `SELECT count(*) FROM kept WHERE pdu = ?`, pdu).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("the PDU is kept %d times %v", left, err)
	}
	// The SIM still has it: the next sweep finds it known and filed.
	again, err := d.Keep(ctx, d.lines[0], []string{"SM"}, []storage.Kept{in})
	if err != nil || !again[0].Known || !again[0].Filed {
		t.Errorf("in the SIM still: %+v %v", again, err)
	}
	// The network delivers it again: nothing new, and nothing kept of it.
	repeated := keep(t, d.DB, d.lines[0], pdu)
	if err := d.Receive(ctx, d.lines[0], []storage.Arrival{text(repeated[0], "+15550100", "canary words")}, assemble); err != nil {
		t.Fatal(err)
	}
	if got := d.hits(t, d.boss, "canary"); len(got) != 0 {
		t.Errorf("back as new: %q", got)
	}
	// Control: without the digest the sweep would take it for another one.
	if _, err := d.write.conn.ExecContext(ctx, `UPDATE kept SET pdu = 'x' WHERE pdu LIKE 'sha256:%'`); err != nil {
		t.Fatal(err)
	}
	if again, err := d.Keep(ctx, d.lines[0], []string{"SM"}, []storage.Kept{in}); err != nil || again[0].Known {
		t.Errorf("the control was not seen: %+v %v", again, err)
	}
}

func TestDraftsKeepBoth_S58(t *testing.T) {
	d := newSearched(t)
	ctx := context.Background()
	m := d.come(t, d.lines[0], "+15550100", "hi")
	write := func(text string, from int64) storage.View {
		w, err := d.ChangeView(ctx, d.ana.ID, seen(d.ana), m.Thread, storage.ViewChange{Draft: &text, DraftRev: &from})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	first := write("from the phone", 0)
	second := write("from the desk", 0)
	if !second.Both || second.Draft != "from the phone\nfrom the desk" {
		t.Errorf("%+v", second)
	}
	third := write("sent, so empty", second.DraftRev)
	if third.Both || third.Draft != "sent, so empty" || first.DraftRev == third.DraftRev {
		t.Errorf("%+v", third)
	}
	if _, err := d.ChangeView(ctx, d.boss.ID, nil, m.Thread, storage.ViewChange{Draft: new(string)}); err != nil {
		t.Fatal(err)
	}
	if th, err := d.Thread(ctx, m.Thread, storage.Page{Agent: d.ana.ID}); err != nil || th.View.Draft != "sent, so empty" {
		t.Errorf("another's draft was touched: %+v %v", th.View, err)
	}
}

func TestPagesOfAThread_S88_C17(t *testing.T) {
	d := newSearched(t)
	ctx := context.Background()
	var all []string
	for i := range 9 {
		all = append(all, d.come(t, d.lines[0], "+15550100", fmt.Sprint(i)).ID)
	}
	ids := func(p storage.Page) (ids []string, page storage.MessagePage) {
		page, err := d.Messages(ctx, d.threadOfFirst(t), p)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			ids = append(ids, m.ID)
		}
		return ids, page
	}
	got, page := ids(storage.Page{Around: all[4], Limit: 4})
	if !slices.Equal(got, all[2:6]) || page.Prev != all[2] || page.Next != all[5] {
		t.Errorf("around: %v %v %v", got, page.Prev, page.Next)
	}
	got, page = ids(storage.Page{At: storage.FromMilli(1), Limit: 3})
	if !slices.Equal(got, all[:3]) || page.Next != all[2] {
		t.Errorf("from the first day on: %v", got)
	}
	if got, _ = ids(storage.Page{At: storage.At(storage.Now().AddDate(0, 0, 1))}); len(got) != 0 {
		t.Errorf("from tomorrow on: %v", got)
	}
}

func (d *searched) threadOfFirst(t *testing.T) string {
	t.Helper()
	page, err := d.Threads(context.Background(), storage.Page{})
	if err != nil || len(page.Threads) == 0 {
		t.Fatal(err)
	}
	return page.Threads[0].ID
}
