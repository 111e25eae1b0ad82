package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"smsbridge/bridge/client"
	"smsbridge/bridge/hook"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.Cleanup(os.Exit)) }

// A box is a server on a real ledger, with one line.
type box struct {
	*Server
	db   *sqlite.DB
	path string
	line storage.Line
	url  string
	log  *syncBuffer

	spec func() *spec // the documents of it, which a test may have given other rows
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// newBox opens a box; change may alter what it is made from, and the server
// before it serves.
func newBox(t testing.TB, change ...any) *box {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	db, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b := &box{db: db, path: path, log: &syncBuffer{}}
	b.line = b.attach(t, "8901", "+15550190")
	c := Config{
		Store: db, Keys: db, Hooks: db, Pusher: hook.New(db, hook.Options{}), Count: countParts, Box: "bx_test", BoxName: "Test box", Version: "0.0.0",
		Modems: func() []storage.Modem { return []storage.Modem{{Port: "tty0", State: "ready"}} },
	}
	c.Log = slog.New(slog.NewTextHandler(b.log, nil))
	rows, paths := methods, routes
	for _, f := range change {
		if f, ok := f.(func(*Config)); ok {
			f(&c)
		}
		if f, ok := f.(func([]method) []method); ok {
			rows = f(append([]method(nil), rows...))
		}
	}
	b.Server = build(c.withDefaults(), rows, paths)
	for _, f := range change {
		if f, ok := f.(func(*Server)); ok {
			f(b.Server)
		}
	}
	b.spec = sync.OnceValue(func() *spec {
		s, err := newSpec("0.0.0", rows, paths)
		if err != nil {
			panic(err)
		}
		return s
	})
	ts := httptest.NewServer(b.witnessed(t))
	b.url = ts.URL
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		defer stop()
		if err := b.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		ts.CloseClientConnections()
		ts.Close()
	})
	return b
}

// attach makes a line that is ready.
func (b *box) attach(t testing.TB, iccid, number string) storage.Line {
	t.Helper()
	line, err := b.db.Attach(context.Background(), storage.Facts{Port: "tty" + iccid, Number: number, ICCID: iccid, IMEI: "35" + iccid})
	if err == nil {
		err = b.db.SetLine(context.Background(), line.ID, storage.LineStatus{State: storage.LineReady})
	}
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// countParts knows only texts that need no alphabet.
func countParts(text string) (storage.Count, error) {
	c := storage.Count{Alphabet: "gsm7", Units: len(text), Parts: 1, Left: 160 - len(text)}
	if len(text) > 160 {
		c.Parts = (len(text) + 152) / 153
		c.Left = c.Parts*153 - len(text)
	}
	return c, nil
}

// token makes a token and gives its secret.
func (b *box) token(t testing.TB, scopes ...string) (storage.Token, string) {
	t.Helper()
	secret := newSecret(tokenPrefix)
	token, err := b.db.CreateToken(context.Background(), storage.Token{Label: "test", Scopes: scopes}, hashOf(secret))
	if err != nil {
		t.Fatal(err)
	}
	return token, secret
}

// owner signs the owner in and gives the session's cookie.
func (b *box) owner(t testing.TB) string {
	t.Helper()
	code, err := b.NewCode(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	begin, cookie := b.begin()
	if _, err := b.db.Redeem(context.Background(), hashOf(plainCode(code)), "Olga", "", begin); err != nil {
		t.Fatal(err)
	}
	return cookie
}

// begin is a session that begins, and its cookie.
func (b *box) begin() (storage.NewSession, string) {
	secret := newSecret("")
	return storage.NewSession{Hash: hashOf(secret), Expires: storage.At(time.Now().Add(time.Hour))}, b.cookieName() + "=" + secret
}

// person makes an account that works on lines, signs it in, and gives the
// session's cookie.
func (b *box) person(t testing.TB, name string, role storage.Role, lines ...string) (storage.Agent, string) {
	t.Helper()
	ctx := context.Background()
	a, err := b.db.AddAgent(ctx, name, role, hashOf(name), time.Now().Add(time.Hour))
	for _, line := range lines {
		if err == nil {
			a, err = b.db.Assign(ctx, line, a.ID, true)
		}
	}
	begin, cookie := b.begin()
	if err == nil && role != storage.RoleService {
		a, err = b.db.BeginSession(ctx, a.ID, begin)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a, cookie
}

// client is a client with a token of these scopes.
func (b *box) client(t testing.TB, scopes ...string) *client.Client {
	t.Helper()
	_, secret := b.token(t, scopes...)
	c, err := client.New(client.Options{URL: b.url, Token: secret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// ask is one request, by hand.
func (b *box) ask(t testing.TB, verb, path, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(verb, b.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	setHeaders(r.Header, header)
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer, string(text)
}

func setHeaders(h http.Header, pairs []string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
}

func bearer(secret string) string { return "Bearer " + secret }

// dial opens a socket by hand.
func (b *box) dial(t testing.TB, header ...string) *wire {
	t.Helper()
	w, answer, err := b.tryDial(t, header...)
	if err != nil {
		t.Fatalf("dial: %v (%v)", err, answer)
	}
	return w
}

func (b *box) tryDial(t testing.TB, header ...string) (*wire, *http.Response, error) {
	t.Helper()
	return b.tryDialAt(t, socketPath, header...)
}

func (b *box) tryDialAt(t testing.TB, path string, header ...string) (*wire, *http.Response, error) {
	t.Helper()
	h := http.Header{}
	setHeaders(h, header)
	d := websocket.Dialer{Subprotocols: []string{Protocol}}
	if said := h.Get("Sec-WebSocket-Protocol"); said != "" {
		d.Subprotocols = []string{said}
		h.Del("Sec-WebSocket-Protocol")
	}
	conn, answer, err := d.Dial("ws"+strings.TrimPrefix(b.url, "http")+path, h)
	if err != nil {
		return nil, answer, err
	}
	t.Cleanup(func() { conn.Close() })
	return &wire{TB: t, Conn: conn, box: b, asked: make(map[string]string)}, answer, nil
}

// A wire is the desk's end of a socket.
type wire struct {
	testing.TB
	*websocket.Conn
	box   *box
	asked map[string]string // the method of each request, by its id
}

func (w *wire) say(text string) {
	w.Helper()
	w.remember(text)
	if err := w.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		w.Fatal(err)
	}
}

// hear is the next frame.
func (w *wire) hear() map[string]any {
	w.Helper()
	text, err := w.next()
	if err != nil {
		w.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		w.Fatalf("frame %s: %v", text, err)
	}
	return v
}

func (w *wire) next() ([]byte, error) {
	_ = w.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, text, err := w.ReadMessage()
	if err == nil {
		w.witness(text)
	}
	return text, err
}

// ends reads until the socket closes and gives the code.
func (w *wire) ends() int {
	w.Helper()
	for {
		_, err := w.next()
		if c, ok := errors.AsType[*websocket.CloseError](err); ok {
			return c.Code
		}
		if err != nil {
			w.Fatalf("the socket ended without a word: %v", err)
		}
	}
}

// open opens the session and hears its answer.
func (w *wire) open(params string) map[string]any {
	w.Helper()
	if hello := w.hear(); hello["method"] != "hello" {
		w.Fatalf("first frame: %v", hello)
	}
	w.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":"o","method":"session.open","params":%s}`, params))
	return w.hear()
}

// signals changes the line so many times, an event each.
func (b *box) signals(t testing.TB, from, n int) {
	t.Helper()
	for i := range n {
		if err := b.db.SetLine(context.Background(), b.line.ID, storage.LineStatus{State: storage.LineReady, Signal: -from - i}); err != nil {
			t.Fatal(err)
		}
	}
}

// problemOf reads a refusal of REST.
func problemOf(t testing.TB, text string) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatalf("%q is no problem: %v", text, err)
	}
	return p
}
