package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

// office is a ledger with a line, an agent, and a modem that takes what it is
// given.
type office struct {
	*sqlite.DB
	t     testing.TB
	file  string
	line  storage.Line
	agent storage.Agent
	texts int
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{t: t, file: filepath.Join(t.TempDir(), "ledger.db")}
	o.reopen()
	t.Cleanup(func() { o.Close() })
	var err error
	if o.line, err = o.Attach(t.Context(), storage.Facts{Port: "p", Number: "+15550191", ICCID: "8901", IMEI: "35"}); err != nil {
		t.Fatal(err)
	}
	if o.agent, err = o.AddAgent(t.Context(), "Ana", storage.RoleManager, []byte("x"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	return o
}

// reopen closes the ledger, as a restart would find it.
func (o *office) reopen() {
	o.t.Helper()
	if o.DB != nil {
		o.Close()
	}
	var err error
	if o.DB, err = sqlite.Open(context.Background(), o.file); err != nil {
		o.t.Fatal(err)
	}
}

func count(text string) (storage.Count, error) {
	return storage.Count{Alphabet: "gsm7", Units: len(text), Parts: 1 + len(text)/161}, nil
}

func number(i int) string { return fmt.Sprintf("+1555010%04d", i) }

// people are n rows, each with a value of its own.
func people(n int) (rows []storage.Row) {
	for i := range n {
		rows = append(rows, storage.Row{Number: number(i), Values: map[string]string{"code": fmt.Sprint(i)}})
	}
	return rows
}

// start makes a campaign of rows and starts it.
func (o *office) start(text string, rows []storage.Row) storage.Campaign {
	o.t.Helper()
	c := o.draft(text, rows)
	by := storage.Draft{Author: storage.Author{Kind: "agent", ID: o.agent.ID, Name: o.agent.Name}, Person: o.agent.ID}
	c, err := o.StartCampaign(context.Background(), c.ID, by)
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

func (o *office) draft(text string, rows []storage.Row) storage.Campaign {
	o.t.Helper()
	c, err := o.CreateCampaign(context.Background(), storage.Campaign{Name: "spring", Text: text, Owner: o.agent.ID}, "", rows)
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

func (o *office) sweep(store Store) error {
	_, err := Sweep(context.Background(), store, count)
	return err
}

// carry lets the modem take all that waits, and tells how many parts it took.
func (o *office) carry() (taken int) {
	for {
		due, _, ok, err := o.Next(context.Background(), o.line.ID)
		if err != nil {
			o.t.Error(err)
		}
		if !ok || err != nil {
			return taken
		}
		c := storage.Change{Line: o.line.ID, Message: due.Message, N: due.N, From: storage.Queued, To: storage.Sending, PDU: "00", Length: 1}
		if o.Mark(context.Background(), c) != nil {
			continue // it was called back meanwhile
		}
		c.From, c.To, c.Ref = storage.Sending, storage.Sent, taken%256
		if err := o.Mark(context.Background(), c); err != nil {
			o.t.Error(err)
		}
		taken++
	}
}

// all sweeps and carries until the campaign has ended.
func (o *office) all(id string) storage.Campaign {
	o.t.Helper()
	for range 200 {
		if err := o.sweep(o.DB); err != nil {
			o.t.Fatal(err)
		}
		o.carry()
		if c := o.campaign(id); c.State == storage.CampaignDone {
			return c
		}
	}
	o.t.Fatalf("the campaign does not end: %+v", o.campaign(id))
	return storage.Campaign{}
}

func (o *office) campaign(id string) storage.Campaign {
	o.t.Helper()
	c, err := o.Campaign(context.Background(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

// hears lets the line receive a text.
func (o *office) hears(from, text string) {
	o.texts++
	pdu := fmt.Sprintf("%08X", o.texts)
	kept, err := o.Keep(context.Background(), o.line.ID, nil, []storage.Kept{{PDU: pdu, Index: -1}})
	if err == nil {
		err = o.Receive(context.Background(), o.line.ID, []storage.Arrival{{Kept: kept[0], Identity: pdu, From: from, Text: text}}, nil)
	}
	if err != nil {
		o.t.Error(err)
	}
}

// told are all events.
func (o *office) told() (all []storage.Event) {
	o.t.Helper()
	for after := int64(0); ; {
		some, err := o.Events(context.Background(), after, 500)
		if err != nil {
			o.t.Fatal(err)
		}
		if len(some) == 0 {
			return all
		}
		all, after = append(all, some...), some[len(some)-1].Seq
	}
}

// messages are the texts of ours by number, as the log tells of their beginning.
func (o *office) messages() map[string][]storage.Message {
	o.t.Helper()
	found := make(map[string][]storage.Message)
	for _, e := range o.told() {
		var data struct{ Message storage.Message }
		if e.Type != storage.MessageQueued {
			continue
		}
		if err := json.Unmarshal(e.Data, &data); err != nil {
			o.t.Fatal(err)
		}
		found[data.Message.To] = append(found[data.Message.To], data.Message)
	}
	return found
}

var errKilled = errors.New("killed")

// mortal ends after so many copies: before the commit, or after it, when the
// answer is lost.
type mortal struct {
	*sqlite.DB
	left  int
	after bool
	plant bool // the copy and who got it are two commits
}

func (m *mortal) MakeCopy(ctx context.Context, c storage.Copy, text string, n storage.Count) (storage.Message, error) {
	if m.left--; m.left < 0 && !m.after {
		return storage.Message{}, errKilled
	}
	var sent storage.Message
	var err error
	if m.plant {
		sent, _, err = m.Compose(ctx, storage.Draft{To: c.Number, Text: text, Count: n, Campaign: c.Campaign})
		if m.left < 0 {
			return sent, errKilled
		}
		if err == nil {
			err = m.SkipCopy(ctx, c, "", "")
		}
		return sent, err
	}
	if sent, err = m.DB.MakeCopy(ctx, c, text, n); m.left < 0 {
		return sent, errKilled
	}
	return sent, err
}

// wrongs says who got no copy, or more than one, or a wrong one.
func wrongs(o *office, people int) (list []string) {
	found := o.messages()
	for i := range people {
		got := found[number(i)]
		if len(got) != 1 || got[0].Text != fmt.Sprintf("code %d", i) {
			list = append(list, fmt.Sprintf("%s got %d copies", number(i), len(got)))
		}
	}
	if len(found) != people {
		list = append(list, fmt.Sprintf("%d numbers were written to, of %d", len(found), people))
	}
	return list
}

// A campaign that is killed between any two steps, and found again by the next
// start, gives everybody one copy. The control keeps the copy and who has it in
// two commits, and is caught.
func TestCampaignSurvivesKills_S65(t *testing.T) {
	const folk = 25
	run := func(t *testing.T, seed uint64, plant bool) []string {
		r := rand.New(rand.NewPCG(seed, 1))
		o := newOffice(t)
		c := o.start("code {{code}}", people(folk))
		for o.campaign(c.ID).State == storage.CampaignRunning {
			m := &mortal{o.DB, r.IntN(8), r.IntN(2) == 0, plant}
			if err := o.sweep(m); err != nil && !errors.Is(err, errKilled) {
				t.Fatal(err)
			}
			o.reopen()
			o.carry()
		}
		return wrongs(o, folk)
	}
	for seed := range uint64(6) {
		if wrong := run(t, seed, false); len(wrong) > 0 {
			t.Errorf("seed %d: %s", seed, strings.Join(wrong, "; "))
		}
	}
	t.Run("negative control", func(t *testing.T) {
		caught := 0
		for seed := range uint64(6) {
			caught += len(run(t, seed, true))
		}
		if caught == 0 {
			t.Error("copies that are made twice go unseen")
		}
	})
}

// What one person answers is in that person's thread, and in no other; nobody
// else of the campaign hears of it.
func TestCampaignReplyIsPrivate_S66(t *testing.T) {
	o := newOffice(t)
	c := o.start("code {{code}}", people(5))
	if c = o.all(c.ID); c.Copied != 5 {
		t.Fatalf("%+v", c)
	}
	threads := make(map[string]bool)
	for i, got := range o.messages() {
		if len(got) != 1 || threads[got[0].Thread] || got[0].Campaign != c.ID || got[0].Priority != storage.PriorityLow {
			t.Errorf("%s: %+v", i, got)
		}
		threads[got[0].Thread] = true
	}
	before := len(o.messages())
	o.hears(number(2), "yes, please")
	replied := o.messages()[number(2)][0].Thread
	for thread := range threads {
		page, err := o.Messages(t.Context(), thread, storage.Page{})
		if err != nil {
			t.Fatal(err)
		}
		want := 1
		if thread == replied {
			want = 2
		}
		if len(page.Messages) != want {
			t.Errorf("thread %s has %d messages, not %d", thread, len(page.Messages), want)
		}
	}
	if err := o.sweep(o.DB); err != nil || len(o.messages()) != before {
		t.Errorf("the reply has let something out: %v", err)
	}
}

// Every copy names the person who started the campaign, and when that account
// may text no longer, no more leave.
func TestCampaignAuthor_S31(t *testing.T) {
	o := newOffice(t)
	c := o.start("code {{code}}", people(30))
	if err := o.sweep(o.DB); err != nil {
		t.Fatal(err)
	}
	made := o.messages()
	for _, got := range made {
		if a := got[0].Author; a == nil || a.Kind != "agent" || a.ID != o.agent.ID {
			t.Fatalf("%+v", got[0])
		}
	}
	no := false
	if _, err := o.ChangeAgent(t.Context(), o.agent.ID, storage.AgentChange{SMS: &no}); err != nil {
		t.Fatal(err)
	}
	o.carry()
	if err := o.sweep(o.DB); err != nil {
		t.Fatal(err)
	}
	if c = o.campaign(c.ID); c.State != storage.CampaignPaused || !strings.Contains(c.Reason, "Ana") || len(o.messages()) != len(made) {
		t.Errorf("%+v", c)
	}
}

// A draft sends nothing, whatever is asked of it.
func TestCampaignDraftSendsNothing_S31(t *testing.T) {
	o := newOffice(t)
	c := o.draft("code {{code}}", people(3))
	if page, err := o.Copies(t.Context(), c.ID, "", storage.Page{}); err != nil || len(page.Copies) != 3 {
		t.Fatalf("%+v %v", page, err)
	}
	if err := o.sweep(o.DB); err != nil || len(o.messages()) != 0 {
		t.Errorf("%v %v", o.messages(), err)
	}
}

// Who is left out, and why: as said before it is started and as done after.
func TestCampaignLeavesOut_S65(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	bob, err := o.SaveContact(ctx, storage.Contact{Name: "Bob", First: "Bob", Numbers: []string{number(1)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.SetOptOut(ctx, storage.OptOut{Number: number(2), Out: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.AddBlock(ctx, storage.Block{Kind: storage.BlockNumber, Value: number(3)}); err != nil {
		t.Fatal(err)
	}
	rows := []storage.Row{
		{Contact: bob.ID},
		{Number: number(1)},
		{Number: number(2), Values: map[string]string{"first_name": "Out"}},
		{Number: number(3), Values: map[string]string{"first_name": "Blocked"}},
		{Number: number(4)},
		{Number: number(5), Values: map[string]string{"first_name": "Eva"}},
	}
	want := []storage.SkipReason{"", storage.SkipDuplicate, storage.SkipOptedOut, storage.SkipBlocked, storage.SkipMissing, ""}
	c := o.all(o.start("Dear {{first_name}}", rows).ID)
	page, err := o.Copies(ctx, c.ID, "", storage.Page{})
	if err != nil || len(page.Copies) != len(rows) {
		t.Fatal(page, err)
	}
	for i, got := range page.Copies {
		if got.Skip != want[i] || (got.Skip == "") != (got.Message != "") || (got.Skip == "") == (got.Reason != "") {
			t.Errorf("row %d: %+v, want %q", i+1, got, want[i])
		}
	}
	if c.Copied != 2 || c.Skipped != 4 || c.States[storage.Sent] != 2 {
		t.Errorf("%+v", c)
	}
	if got := o.messages()[number(1)]; len(got) != 1 || got[0].Text != "Dear Bob" {
		t.Errorf("%+v", got)
	}
}

func TestCampaignPauseAndCancel(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	by := storage.Author{Kind: "agent", Name: "Ben"}
	c := o.start("code {{code}}", people(50))
	if err := o.sweep(o.DB); err != nil {
		t.Fatal(err)
	}
	if c = o.campaign(c.ID); c.Copied == 0 || c.Copied >= 50 || c.States[storage.Queued] != c.Copied {
		t.Fatalf("copies are not made as the line sends them: %+v", c)
	}
	made := c.Copied
	if c, _ = o.PauseCampaign(ctx, c.ID, by); c.State != storage.CampaignPaused || !strings.Contains(c.Reason, "Ben") {
		t.Fatalf("%+v", c)
	}
	if n := o.carry(); n != 0 {
		t.Errorf("%d parts left while it was paused", n)
	}
	if err := o.sweep(o.DB); err != nil || o.campaign(c.ID).Copied != made {
		t.Errorf("copies were made while it was paused: %v", err)
	}
	if _, err := o.ResumeCampaign(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	if n := o.carry(); n != made {
		t.Errorf("%d parts left after it was resumed, not %d", n, made)
	}
	if err := o.sweep(o.DB); err != nil {
		t.Fatal(err)
	}
	if _, err := o.CancelCampaign(ctx, c.ID, by); err != nil {
		t.Fatal(err)
	}
	if n := o.carry(); n != 0 {
		t.Errorf("%d parts left after it was canceled", n)
	}
	if c = o.campaign(c.ID); c.States[storage.Sent] != made || c.States[storage.Canceled] == 0 {
		t.Errorf("%+v", c)
	}
	if _, err := o.ResumeCampaign(ctx, c.ID); err == nil {
		t.Error("a canceled campaign was resumed")
	}
}

// A limit that is used up lets a campaign wait and say so; nobody is skipped.
func TestCampaignWaitsForLimits(t *testing.T) {
	o := newOffice(t)
	if err := o.SetLimit(t.Context(), storage.Limit{Subject: storage.OfLine, Window: storage.PerHour, Parts: 3}); err != nil {
		t.Fatal(err)
	}
	c := o.start("code {{code}}", people(5))
	if err := o.sweep(o.DB); err != nil {
		t.Fatal(err)
	}
	if c = o.campaign(c.ID); c.State != storage.CampaignRunning || c.Copied != 3 || c.Skipped != 0 || c.Reason == "" {
		t.Errorf("%+v", c)
	}
}

// reaching is what the log says against us: a copy that was made, or let out,
// after the number had said STOP and before it said START.
func reaching(events []storage.Event) (wrong []string) {
	out := make(map[string]bool)
	for _, e := range events {
		var data struct {
			Message storage.Message
			OptOut  storage.OptOut `json:"opt_out"`
		}
		if json.Unmarshal(e.Data, &data) != nil {
			continue
		}
		m := data.Message
		switch {
		case e.Type == storage.OptOutUpdated:
			out[data.OptOut.Number] = data.OptOut.Out
		case e.Type == storage.MessageQueued && out[m.To], m.Dir == storage.Outbound && m.State == storage.Sending && out[m.To]:
			wrong = append(wrong, fmt.Sprintf("%s is %s at %d", m.To, m.State, e.Seq))
		}
	}
	return wrong
}

// deaf does not hear that somebody opted out.
type deaf struct{ *sqlite.DB }

func (d deaf) MakeCopy(ctx context.Context, c storage.Copy, text string, n storage.Count) (storage.Message, error) {
	m, _, err := d.Compose(ctx, storage.Draft{To: c.Number, Text: text, Count: n, Campaign: c.Campaign, Confirm: true})
	if err == nil {
		err = d.SkipCopy(ctx, c, "x", "x")
	}
	return m, err
}

func (d deaf) DueCopies(ctx context.Context, most int) ([]storage.Copy, map[string]storage.Campaign, storage.Time, error) {
	due, of, next, err := d.DB.DueCopies(ctx, most)
	for i := range due {
		due[i].Against = ""
	}
	return due, of, next, err
}

// People say STOP and START while campaigns run and the modem sends: in no
// interleaving is anybody reached who has said STOP. The control does not ask,
// and is caught.
func TestOptedOutIsNeverReached_S31(t *testing.T) {
	const folk = 12
	race := func(t *testing.T, store func(*office) Store) []string {
		o := newOffice(t)
		for range 3 {
			o.start("code {{code}}", people(folk))
		}
		var all sync.WaitGroup
		all.Go(func() {
			r := rand.New(rand.NewPCG(7, 7))
			for range 60 {
				o.hears(number(r.IntN(folk)), []string{"STOP", "Stop.", "START"}[r.IntN(3)])
			}
		})
		all.Go(func() {
			for range 40 {
				if err := o.sweep(store(o)); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range 40 {
				o.carry()
			}
		})
		all.Wait()
		events := o.told()
		stops := 0
		for _, e := range events {
			if e.Type == storage.OptOutUpdated {
				stops++
			}
		}
		if stops < 10 {
			t.Errorf("only %d wishes were heard: the test proves nothing", stops)
		}
		return reaching(events)
	}
	if wrong := race(t, func(o *office) Store { return o.DB }); len(wrong) > 0 {
		t.Error(strings.Join(wrong, "; "))
	}
	t.Run("negative control", func(t *testing.T) {
		for range 5 {
			if len(race(t, func(o *office) Store { return deaf{o.DB} })) > 0 {
				return
			}
		}
		t.Error("texts to who has said STOP go unseen")
	})
}
