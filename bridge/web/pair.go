package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"smsbridge/storage"
)

var pairMethods = []method{
	{"pair.show", "GET", "/api/v1/pair", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).showPair), nil},
	{"pair.approve", "POST", "/api/v1/pair/approve", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).approvePair), nil},
	{"pair.deny", "POST", "/api/v1/pair/deny", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).denyPair), nil},
}

// Pairing gives a program its token without anybody copying one, in the shape
// of the OAuth device grant (RFC 8628): the program begins and shows a short
// code with four pictures; a person who is signed in types the code, compares
// the pictures, and approves; the program, which asks again and again, gets its
// token. Pairings under way are held in memory: a restart of the box ends them,
// and the program begins again.
const (
	pairAge      = 10 * time.Minute
	pairInterval = 2 * time.Second
	pairSlower   = 5 * time.Second // RFC 8628, 3.5: added by each slow_down
	pairsOpen    = 32
	pairsFrom    = 4 // of them, from one address
)

// A pairing is one program that waits.
type pairing struct {
	id, code, name, from string
	pictures             []string
	scopes               []string
	expires              time.Time

	interval time.Duration
	next     time.Time // it may ask again from then on
	verdict  verdict
	token    storage.Token // to be made when it asks next
	author   storage.Author
}

type verdict int

const (
	undecided verdict = iota
	approved
	denied
)

// pairings are those under way, by the hash of the secret that the program
// asks with.
type pairings struct {
	mu  sync.Mutex // guards what follows
	all map[string]*pairing
}

// begin lets a program wait, if there is room.
func (l *pairings) begin(now time.Time, secret string, p *pairing) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = make(map[string]*pairing)
	}
	same := 0
	for hash, other := range l.all {
		if !now.Before(other.expires) {
			delete(l.all, hash)
		} else if other.from == p.from {
			same++
		}
	}
	if len(l.all) >= pairsOpen || same >= pairsFrom {
		return tooMany.say("", "%d pairings are under way already. Finish one of them, or wait ten minutes.", len(l.all))
	}
	p.expires, p.interval, p.next = now.Add(pairAge), pairInterval, now
	l.all[string(hashOf(secret))] = p
	return nil
}

// ask is what a program is told that asks for its token. A pairing that was
// decided is handed out once.
func (l *pairings) ask(now time.Time, secret string) (*pairing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	hash := string(hashOf(secret))
	p := l.all[hash]
	switch {
	case p == nil || !now.Before(p.expires):
		delete(l.all, hash)
		return nil, pairExpired.say("device_code", "This pairing is over, or never was. Begin a new one.")
	case now.Before(p.next):
		p.interval += pairSlower
		p.next = now.Add(p.interval)
		r := pairSlow.say("", "Ask again in %d seconds, and not sooner.", int(p.interval/time.Second))
		r.After = p.interval
		return nil, r
	case p.verdict == undecided:
		p.next = now.Add(p.interval)
		r := pairPending.say("", "Nobody has approved the code %s yet.", p.code)
		r.After = p.interval
		return nil, r
	}
	delete(l.all, hash)
	if p.verdict == denied {
		return nil, pairDenied.say("", "The pairing was refused.")
	}
	return p, nil
}

// decide settles the pairing that shows a code; of is nil to look only.
func (l *pairings) decide(now time.Time, code string, of func(*pairing)) (pairing, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.all {
		if plainCode(p.code) == plainCode(code) && p.verdict == undecided && now.Before(p.expires) {
			if of != nil {
				of(p)
			}
			return *p, true
		}
	}
	return pairing{}, false
}

// pictures that differ at a glance, 32 of them; four make a million.
var pictures = strings.Fields("🦊 🌵 ⚓ 🍋 🐝 🎈 🔔 🚲 🐙 🌙 🍄 🎲 🐢 🔑 🚀 🌻 🦉 🍒 ⛵ 🎩 🐘 🌈 🧲 🍞 🐧 🎸 🏠 ❄️ 🦋 🥕 🕯️ 🐳")

func fourPictures() []string {
	var b [4]byte
	rand.Read(b[:])
	four := make([]string, len(b))
	for i := range b {
		four[i] = pictures[int(b[i])%len(pictures)]
	}
	return four
}

// pairable are the scopes that a program can get by pairing; the administrator's
// is made by hand.
var pairable = []string{storage.ScopeSend, storage.ScopeRead, storage.ScopeLines, storage.ScopeContacts}

type pairBegin struct {
	Name   string   `json:"name" need:"true"`
	Scopes []string `json:"scopes"` // default: all that can be had so
}

type pairBegun struct {
	Pair     string   `json:"pair"`
	Device   string   `json:"device_code"`
	Code     string   `json:"user_code"`
	Pictures []string `json:"emoji"`
	Expires  int      `json:"expires_in"`
	Interval int      `json:"interval"`
	Approve  []string `json:"approve_at"`
	Key      string   `json:"box_key,omitempty"` // what the program pins from now on
}

// beginPair is where a program begins that has nothing yet.
func (s *Server) beginPair(w http.ResponseWriter, r *http.Request, _ *proof) error {
	params, err := restParams(w, r, "", types{})
	if err != nil {
		return err
	}
	var in pairBegin
	if err := decode(params, &in); err != nil {
		return err
	}
	name := strings.TrimSpace(in.Name)
	if name == "" || len(name) > 80 {
		return invalidParams.say("name", "Say in 1 to 80 bytes what the program is called; the person who approves it reads that.")
	}
	if len(in.Scopes) == 0 {
		in.Scopes = pairable
	}
	for _, scope := range in.Scopes {
		if !slices.Contains(pairable, scope) {
			return invalidParams.say("scopes", "The scope %q cannot be had by pairing; these can: %s.", scope, strings.Join(pairable, ", "))
		}
	}
	secret := newSecret("dvc_")
	p := &pairing{id: "pr_" + hex.EncodeToString(hashOf(secret)[:6]), code: randomCode(), name: name, from: address(r),
		pictures: fourPictures(), scopes: in.Scopes}
	if err := s.pairs.begin(time.Now(), secret, p); err != nil {
		return err
	}
	return s.answer(w, pairBegun{p.id, secret, p.code, p.pictures, int(pairAge / time.Second), int(pairInterval / time.Second),
		[]string{"smsbridge agent pair approve " + p.code}, s.c.BoxKey})
}

type pairAsk struct {
	Device string `json:"device_code" need:"true"` // as the begin of the pairing told it
}

// endPair answers a program that asks for its token, which is made now, so that
// nobody ever keeps its secret.
func (s *Server) endPair(w http.ResponseWriter, r *http.Request, _ *proof) error {
	params, err := restParams(w, r, "", types{})
	if err != nil {
		return err
	}
	var in pairAsk
	if err := decode(params, &in); err != nil {
		return err
	}
	p, err := s.pairs.ask(time.Now(), in.Device)
	if err != nil {
		return err
	}
	secret := newSecret(tokenPrefix)
	ctx := storage.WithAudit(r.Context(), &storage.Audit{AuditEntry: storage.AuditEntry{Author: p.author, Method: "pair.token"}})
	token, err := s.c.Keys.CreateToken(ctx, p.token, hashOf(secret))
	if err != nil {
		return err
	}
	return s.answer(w, madeToken{token, secret})
}

type pairParams struct {
	Code  string   `json:"code" need:"true"`
	Lines []string `json:"lines"` // default: those of the account
	Agent string   `json:"agent"` // for the administrator: whose the token is
}

// pairView is what a person compares before approving.
type pairView struct {
	Pair     string       `json:"pair"`
	Name     string       `json:"name"`
	Pictures []string     `json:"emoji"`
	Scopes   []string     `json:"scopes"`
	From     string       `json:"from"`
	Expires  storage.Time `json:"expires_at"`
}

func (s *Server) showPair(_ context.Context, who storage.Caller, p pairParams) (pairAnswer, error) {
	return s.settle(who, p.Code, nil)
}

// approvePair lets the program have a token that belongs to the approver's
// account: it may no more than that, and ends with it.
func (s *Server) approvePair(ctx context.Context, who storage.Caller, p pairParams) (pairAnswer, error) {
	account := ""
	switch {
	case who.Account != nil:
		return pairAnswer{}, errNotByProgram()
	case who.Agent != nil:
		account = who.Agent.ID
	case p.Agent != "":
		a, err := s.c.Keys.Agent(ctx, p.Agent)
		if err != nil {
			return pairAnswer{}, err
		}
		account = a.ID
	default:
		return pairAnswer{}, invalidParams.say("agent", "Say whose program it is: the id or the name of an account.")
	}
	return s.settle(who, p.Code, func(w *pairing) {
		w.verdict, w.author = approved, who.Author()
		w.token = storage.Token{Label: w.name, Scopes: w.scopes, Lines: p.Lines, Agent: account}
	})
}

func (s *Server) denyPair(_ context.Context, who storage.Caller, p pairParams) (pairAnswer, error) {
	return s.settle(who, p.Code, func(w *pairing) { w.verdict = denied })
}

func errNotByProgram() error {
	return forbidden.say("", "A program may not approve another one. The person does it on the page, or the owner with `smsbridge agent pair approve`.")
}

type pairAnswer struct {
	Pairing pairView `json:"pairing"`
}

// settle finds the pairing of a code. Codes are guessed at no faster than
// passwords.
func (s *Server) settle(who storage.Caller, code string, of func(*pairing)) (pairAnswer, error) {
	author := who.Author()
	if who.Account != nil {
		return pairAnswer{}, errNotByProgram()
	}
	key := "pair " + author.Kind + author.ID
	if wait := s.wrong.take(time.Now(), key); wait > 0 {
		return pairAnswer{}, tooManyTries("code", wait)
	}
	p, found := s.pairs.decide(time.Now(), code, of)
	if !found {
		return pairAnswer{}, notFound.say("code", "No program waits with this code. It is shown by the program, and lasts ten minutes.")
	}
	s.wrong.right(key)
	return pairAnswer{pairView{p.id, p.name, p.pictures, p.scopes, p.from, storage.At(p.expires)}}, nil
}
