package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"smsbridge/bridge/hook"
	"smsbridge/bridge/web"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.Cleanup(os.Exit)) }

// A box is a real ledger behind the real desk bank.
type box struct {
	db     *sqlite.DB
	server *web.Server
	line   storage.Line
	url    string
	socket string
}

// newBox opens one; wrap may stand between ledger and desk bank.
func newBox(t testing.TB, wrap func(web.Store) web.Store) *box {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b := &box{db: db}
	b.line = b.attach(t, "8901", "+15550190")
	var store web.Store = db
	if wrap != nil {
		store = wrap(db)
	}
	b.server = web.New(web.Config{
		Store: store, Keys: db, Hooks: db, Pusher: hook.New(db, hook.Options{}), Box: db.Box(), BoxName: "Test", Version: "0.0.0",
		Count: func(text string) (storage.Count, error) {
			return storage.Count{Alphabet: "gsm7", Units: len(text), Parts: 1 + len(text)/161, Left: 160 - len(text)%161}, nil
		},
	})
	tcp := httptest.NewServer(b.server.Handler())
	b.url = tcp.URL
	b.socket = filepath.Join(t.TempDir(), "admin")
	l, err := net.Listen("unix", b.socket)
	if err != nil {
		t.Fatal(err)
	}
	admin := &http.Server{Handler: b.server.Admin()}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = admin.Serve(l)
	}()
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		defer stop()
		if err := b.server.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		admin.Close()
		<-served
		tcp.CloseClientConnections()
		tcp.Close()
	})
	return b
}

func (b *box) attach(t testing.TB, iccid, number string) storage.Line {
	t.Helper()
	line, err := b.db.Attach(t.Context(), storage.Facts{Port: "tty" + iccid, Number: number, ICCID: iccid, IMEI: "35" + iccid})
	if err == nil {
		err = b.db.SetLine(t.Context(), line.ID, storage.LineStatus{State: storage.LineReady})
	}
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// admin is a client on the Unix socket.
func (b *box) admin(t testing.TB) *Client {
	t.Helper()
	c, err := New(Options{Socket: b.socket})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// desk is a client on TCP with a new token.
func (b *box) desk(t testing.TB, url string, scopes ...string) *Client {
	t.Helper()
	_, secret, err := b.admin(t).CreateToken(t.Context(), "desk", scopes)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{URL: url, Token: secret})
	if err != nil {
		t.Fatal(err)
	}
	c.waits = waits{time.Millisecond, 10 * time.Millisecond}
	t.Cleanup(c.Close)
	return c
}

// refused demands an Error of a type, about a field.
func refused(t testing.TB, err error, typ, field string) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Type != typ || e.Field != field || e.Detail == "" {
		t.Errorf("refused with %#v, not by %s about %q", err, typ, field)
	}
}

func TestDesk(t *testing.T) {
	b := newBox(t, nil)
	c := b.desk(t, b.url, storage.ScopeSend, storage.ScopeRead, storage.ScopeLines, storage.ScopeContacts)

	lines, head, err := c.Lines(t.Context())
	if err != nil || len(lines) != 1 || lines[0].Number != "+15550190" || head.Seq == 0 {
		t.Fatalf("lines: %v %v %v", lines, head, err)
	}
	sent, err := c.Send(t.Context(), Draft{To: "+1 555 0100", Text: "Is the van ready?", Key: "k1"})
	if err != nil || sent.Message.State != storage.Queued || sent.Message.To != "+15550100" || sent.Seq == 0 || sent.Replayed {
		t.Fatalf("send: %+v %v", sent, err)
	}
	if a := sent.Message.Author; a == nil || a.Kind != "token" || a.Name != "desk" {
		t.Errorf("author: %v", a)
	}
	again, err := c.Send(t.Context(), Draft{To: "+15550100", Text: "Is the van ready?", Key: "k1"})
	if err != nil || !again.Replayed || again.Message.ID != sent.Message.ID {
		t.Errorf("again: %+v %v", again, err)
	}
	_, err = c.Send(t.Context(), Draft{To: "+15550100", Text: "Other text", Key: "k1"})
	refused(t, err, "idem_mismatch", "idem")

	reply, err := c.Send(t.Context(), Draft{Thread: sent.Message.Thread, Text: "At three?"})
	if err != nil || reply.Message.Thread != sent.Message.Thread || reply.Message.To != "+15550100" {
		t.Errorf("by thread: %+v %v", reply, err)
	}
	_, err = c.Send(t.Context(), Draft{Thread: "th_0", Text: "x"})
	refused(t, err, "not_found", "to.thread")

	contact, err := c.SaveContact(t.Context(), storage.Contact{Name: "Ana", Numbers: []string{"+1 (555) 0100"}})
	if err != nil || contact.ID == "" || !slices.Equal(contact.Numbers, []string{"+15550100"}) {
		t.Errorf("contact: %v %v", contact, err)
	}
	_, err = c.SaveContact(t.Context(), storage.Contact{Name: "Ana", Numbers: []string{"+15550100", "letters"}})
	refused(t, err, "invalid_params", "numbers[1]")

	threads, err := c.Threads(t.Context(), storage.Page{Limit: 5})
	if err != nil || len(threads.Threads) != 1 || threads.Threads[0].Contact == nil || threads.Threads[0].Contact.Name != "Ana" {
		t.Errorf("threads: %+v %v", threads, err)
	}
	page, err := c.Messages(t.Context(), sent.Message.Thread, storage.Page{Limit: 1})
	if err != nil || len(page.Messages) != 1 || page.Messages[0].ID != reply.Message.ID || page.Prev == "" {
		t.Fatalf("messages: %+v %v", page, err)
	}
	page, err = c.Messages(t.Context(), sent.Message.Thread, storage.Page{Before: page.Prev})
	if err != nil || len(page.Messages) != 1 || page.Messages[0].ID != sent.Message.ID {
		t.Errorf("older messages: %+v %v", page, err)
	}
	_, err = c.Messages(t.Context(), sent.Message.Thread, storage.Page{Limit: 9999})
	refused(t, err, "invalid_params", "limit")

	m, err := c.Message(t.Context(), sent.Message.ID)
	if err != nil || m.Text != "Is the van ready?" {
		t.Errorf("message: %+v %v", m, err)
	}
	_, err = c.Message(t.Context(), "ms_0")
	refused(t, err, "not_found", "id")
	if n, err := c.Count(t.Context(), "four"); err != nil || n.Units != 4 || n.Parts != 1 {
		t.Errorf("count: %v %v", n, err)
	}
	if s, err := c.Snapshot(t.Context()); err != nil || len(s.Threads) != 1 || len(s.Lines) != 1 || s.Head.Seq == 0 {
		t.Errorf("snapshot: %+v %v", s, err)
	}
	if m, err := c.Modems(t.Context()); err != nil || len(m) != 0 {
		t.Errorf("modems: %v %v", m, err)
	}
	_, err = c.Tokens(t.Context())
	refused(t, err, "forbidden", "")

	b.attach(t, "8902", "+15550191")
	_, err = c.Send(t.Context(), Draft{To: "+15550101", Text: "x"})
	refused(t, err, "from_required", "from")
	if e, _ := errors.AsType[*Error](err); e == nil || len(e.Options) != 2 {
		t.Errorf("options: %v", err)
	}
}

func TestAdministrator(t *testing.T) {
	b := newBox(t, nil)
	c := b.admin(t)
	if me, err := c.Me(t.Context()); err != nil || me.Kind != "admin" || len(me.Scopes) != len(storage.Scopes) {
		t.Errorf("me: %v %v", me, err)
	}
	code, expires, err := c.SetupCode(t.Context())
	if err != nil || len(code) != 9 || time.Until(expires.Time) < 29*time.Minute {
		t.Errorf("code: %q %v %v", code, expires, err)
	}
	token, secret, err := c.CreateToken(t.Context(), "till", []string{storage.ScopeSend})
	if err != nil || secret[:4] != "scp_" || len(secret) != 68 {
		t.Fatalf("token: %v %v", token, err)
	}
	_, _, err = c.CreateToken(t.Context(), "till", []string{"everything"})
	refused(t, err, "invalid_params", "scopes")
	if all, err := c.Tokens(t.Context()); err != nil || len(all) != 1 || all[0].Label != "till" {
		t.Errorf("tokens: %v %v", all, err)
	}
	if gone, err := c.RevokeToken(t.Context(), token.ID); err != nil || gone.RevokedAt.IsZero() {
		t.Errorf("revoke: %v %v", gone, err)
	}
	desk, _ := New(Options{URL: b.url, Token: secret})
	defer desk.Close()
	_, err = desk.Me(t.Context())
	refused(t, err, "token_expired", "")
	if err := desk.Follow(t.Context(), FollowOptions{}, nil); err == nil {
		t.Error("a revoked token may follow")
	} else {
		refused(t, err, "token_expired", "")
	}
}

func TestSend_waits(t *testing.T) {
	b := newBox(t, nil)
	c := b.desk(t, b.url, storage.ScopeSend, storage.ScopeRead)
	ctx, stop := context.WithCancel(t.Context())
	done, live := make(chan struct{}), make(chan struct{}, 1)
	go func() { // the radio bank
		defer close(done)
		_ = c.Follow(ctx, FollowOptions{Events: []string{"message.queued"}, Live: func(storage.Head) { live <- struct{}{} }}, func(Event) error {
			due, _, ok, err := b.db.Next(ctx, b.line.ID)
			if err != nil || !ok {
				return err
			}
			change := storage.Change{Line: b.line.ID, Message: due.Message, N: due.N, From: storage.Queued, To: storage.Sending, PDU: "00"}
			if err := b.db.Mark(ctx, change); err != nil {
				return err
			}
			change.From, change.To, change.Ref = storage.Sending, storage.Sent, 7
			return b.db.Mark(ctx, change)
		})
	}()
	defer func() { stop(); <-done }()
	<-live
	sent, err := c.Send(t.Context(), Draft{To: "+15550100", Text: "x", Wait: storage.Sent, Timeout: 10 * time.Second})
	if err != nil || sent.Message.State != storage.Sent {
		t.Errorf("waited for sent: %v %v", sent.Message.State, err)
	}
	start := time.Now()
	sent, err = c.Send(t.Context(), Draft{To: "+15550100", Text: "y", Wait: storage.Delivered, Timeout: time.Second})
	if err != nil || sent.Message.State != storage.Sent || time.Since(start) < 900*time.Millisecond {
		t.Errorf("waited for delivered: %v %v after %v", sent.Message.State, err, time.Since(start))
	}
	_, err = c.Send(t.Context(), Draft{To: "+15550100", Text: "z", Wait: "eventually"})
	refused(t, err, "invalid_params", "wait")
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c, _ := New(Options{URL: "http://" + l.Addr().String()})
	defer c.Close()
	if _, err := c.Me(t.Context()); err == nil {
		t.Error("a box that is not there has answered")
	}
	for _, url := range []string{"localhost:80", "ws://localhost", "http://", "%"} {
		if _, err := New(Options{URL: url}); err == nil {
			t.Errorf("%q was taken as an address", url)
		}
	}
}

// ExampleClient_Follow prints each text that comes in.
func ExampleClient_Follow() {
	c, err := New(Options{URL: "http://127.0.0.1:8780", Token: os.Getenv("SMSBRIDGE_TOKEN")})
	if err != nil {
		return
	}
	defer c.Close()
	_ = c.Follow(context.Background(), FollowOptions{Events: []string{"message.received"}}, func(e Event) error {
		os.Stdout.Write(append(e.Data, '\n'))
		return nil
	})
}
