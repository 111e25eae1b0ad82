package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"smsbridge/storage"
)

var sessionMethods = []method{
	{"me.get", "GET", "/api/v1/me", known, storage.RoleViewer, 200, bind((*Server).me), nil},
}

// How long things that let people in are good.
const (
	codeAge    = 30 * time.Minute
	sessionAge = 30 * 24 * time.Hour
)

// Guessing: so many wrong codes in a minute for the whole box, and a code ends
// after so many. Of 20^8 codes nobody finds one like this.
const (
	triesPerMinute = 5
	triesPerCode   = 10
)

// codeLetters make no words and are not taken for each other.
const codeLetters = "BCDFGHJKLMNPQRSTVWXZ"

// NewCode makes a one-time code for the page, such as WDJB-MJHT, good for 30
// minutes. The one before it ends.
func (s *Server) NewCode(ctx context.Context) (string, error) {
	code, _, err := s.newCode(ctx)
	return code, err
}

func (s *Server) newCode(ctx context.Context) (code string, expires time.Time, err error) {
	code, expires = randomCode(), time.Now().Add(codeAge)
	if err := s.c.Keys.CreateCode(ctx, hashOf(plainCode(code)), expires); err != nil {
		return "", expires, err
	}
	s.tries.renew()
	return code, expires, nil
}

// randomCode is a code as people read it.
func randomCode() string {
	letters := make([]byte, 0, 8)
	for b := make([]byte, 1); len(letters) < cap(letters); {
		rand.Read(b)
		if int(b[0]) < 256-256%len(codeLetters) { // no letter is likelier than another
			letters = append(letters, codeLetters[int(b[0])%len(codeLetters)])
		}
	}
	return string(letters[:4]) + "-" + string(letters[4:])
}

// plainCode is a code as people type it, without what stands between.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(code)))
}

// tries counts wrong codes.
type tries struct {
	mu     sync.Mutex // guards what follows
	wrong  []time.Time
	ofCode int
}

func (t *tries) renew() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ofCode = 0
}

// take counts a try as wrong, before it is made, so that many at once are no
// more than the limit; right takes it back.
func (t *tries) take(now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.wrong) > 0 && now.Sub(t.wrong[0]) >= time.Minute {
		t.wrong = t.wrong[1:]
	}
	if len(t.wrong) >= triesPerMinute {
		return time.Minute - now.Sub(t.wrong[0])
	}
	t.wrong = append(t.wrong, now)
	t.ofCode++
	return 0
}

func (t *tries) right() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ofCode--
	if n := len(t.wrong); n > 0 {
		t.wrong = t.wrong[:n-1]
	}
}

// used tells whether the code has been guessed at too often.
func (t *tries) used() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ofCode >= triesPerCode
}

// cookieName carries the box: a browser sends cookies to every port of a host,
// and two boxes may share one.
func (s *Server) cookieName() string {
	name := "smsbridge"
	for _, r := range s.c.Box {
		if r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			name += string(r)
		}
	}
	return name
}

// A sessionView is what the page asks first.
type sessionView struct {
	SignedIn bool           `json:"signed_in"`
	Agent    *storage.Agent `json:"agent,omitempty"`
	Setup    bool           `json:"setup"` // there is no owner yet: the first code makes one
	Demo     bool           `json:"demo"`
	Version  string         `json:"version"`
	Box      string         `json:"box"`
	BoxName  string         `json:"box_name,omitempty"`
	Call     string         `json:"call_way,omitempty"` // how the phone button calls: none, tel, hook, modem
	Video    bool           `json:"video,omitempty"`    // colleagues can be invited to a video room
}

// ways fills in what the page shows buttons for.
func (s *Server) ways(ctx context.Context, v *sessionView) error {
	var video string
	if err := s.setting(ctx, storage.SettingVideo, &video); err != nil {
		return err
	}
	v.Video = video != ""
	return s.setting(ctx, storage.SettingCall, &v.Call)
}

func (s *Server) showSession(w http.ResponseWriter, r *http.Request, p *proof) error {
	owned, err := s.c.Keys.Owned(r.Context())
	if err != nil {
		return err
	}
	v := sessionView{Setup: !owned, Demo: s.c.Lab != nil, Version: s.c.Version, Box: s.c.Box, BoxName: s.c.BoxName}
	if p != nil {
		v.SignedIn, v.Agent = true, p.who.Agent
		if err := s.ways(r.Context(), &v); err != nil {
			return err
		}
	}
	return s.answer(w, v)
}

func (s *Server) answer(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, v)
	return nil
}

// signIn is a one-time code, with a password to be set if one likes, or a name
// and its password.
type signIn struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Password string `json:"password"`
}

// openSession takes a one-time code, or name and password, and answers with a
// cookie.
func (s *Server) openSession(w http.ResponseWriter, r *http.Request, _ *proof) error {
	params, err := restParams(w, r, "", types{})
	if err != nil {
		return err
	}
	var in signIn
	if err := decode(params, &in); err != nil {
		return err
	}
	secret := newSecret("")
	begin := storage.NewSession{
		Hash: hashOf(secret), Expires: storage.At(time.Now().Add(sessionAge)),
		Address: address(r), Device: cut(r.UserAgent(), 200),
	}
	agent, err := s.enter(r.Context(), in, begin)
	if err != nil {
		name, rights := s.kindOf(err)
		if rights || name == rateLimited.Type {
			s.note(r.Context(), storage.AuditEntry{Author: storage.Author{Kind: "stranger"}, Method: auditSignIn, Object: begin.Address, Outcome: name})
		}
		return err
	}
	http.SetCookie(w, s.cookie(r, secret, int(sessionAge/time.Second)))
	return s.answer(w, sessionView{SignedIn: true, Agent: &agent, Demo: s.c.Lab != nil,
		Version: s.c.Version, Box: s.c.Box, BoxName: s.c.BoxName})
}

// What the audit calls the comings and goings of people.
const (
	auditSignIn  = "session.begin"
	auditSignOut = "session.leave"
)

func (s *Server) enter(ctx context.Context, in signIn, begin storage.NewSession) (storage.Agent, error) {
	switch {
	case plainCode(in.Code) != "":
		return s.redeem(ctx, in, begin)
	case in.Name != "" && in.Password != "":
		return s.login(ctx, in, begin)
	}
	return storage.Agent{}, invalidParams.say("code", "The code is missing. `smsbridge setup` on the box prints a new one; who has a password sends name and password.")
}

// login checks a name and its password. Whether it is the name or the password
// that is wrong cannot be told from the answer, nor from the time it takes.
func (s *Server) login(ctx context.Context, in signIn, begin storage.NewSession) (storage.Agent, error) {
	name := strings.TrimSpace(in.Name)
	keys := []string{"account " + strings.ToLower(cut(name, 200)), "address " + begin.Address}
	if wait := s.wrong.take(time.Now(), keys...); wait > 0 {
		return storage.Agent{}, tooManyTries("password", wait)
	}
	agent, err := s.c.Keys.Agent(ctx, name)
	if err != nil && !isNotFound(err) {
		return agent, err
	}
	same, err := s.checkPassword(ctx, agent.ID, in.Password)
	if err != nil {
		return agent, err
	}
	if !same {
		return agent, unauthenticated.say("password", "The name or the password is wrong. Who has forgotten it gets a new code from the owner: `smsbridge agent invite NAME`.")
	}
	s.wrong.right(keys...)
	return s.c.Keys.BeginSession(signInAudit(ctx, storage.Caller{Agent: &agent}.Author()), agent.ID, begin)
}

// checkPassword tells whether this is the account's password; without an
// account it takes as long, and it is not.
func (s *Server) checkPassword(ctx context.Context, agent, password string) (bool, error) {
	kept, err := s.c.Keys.Password(ctx, agent)
	if err != nil {
		return false, err
	}
	return samePassword(ctx, kept, password)
}

func tooManyTries(field string, wait time.Duration) error {
	r := rateLimited.say(field, "Too many wrong tries. Wait %d seconds and try again.", int(wait/time.Second)+1)
	r.After = wait
	return r
}

func signInAudit(ctx context.Context, author storage.Author) context.Context {
	return storage.WithAudit(ctx, &storage.Audit{AuditEntry: storage.AuditEntry{Author: author, Method: auditSignIn}})
}

// cut keeps the beginning of what a stranger says of himself.
func cut(text string, most int) string { return strings.ToValidUTF8(text[:min(len(text), most)], "") }

// redeem uses up a one-time code.
func (s *Server) redeem(ctx context.Context, in signIn, begin storage.NewSession) (storage.Agent, error) {
	if wait := s.tries.take(time.Now()); wait > 0 {
		r := rateLimited.say("code", "Too many wrong codes. Wait %d seconds and try again.", int(wait/time.Second)+1)
		r.After = wait
		return storage.Agent{}, r
	}
	password := ""
	if in.Password != "" {
		var err error
		if password, err = hashPassword(ctx, in.Password); err != nil {
			s.tries.right()
			return storage.Agent{}, err
		}
	}
	agent, err := s.c.Keys.Redeem(signInAudit(ctx, storage.Author{Kind: "code"}), hashOf(plainCode(in.Code)), in.Name, password, begin)
	e, _ := errors.AsType[*storage.Error](err)
	if e == nil || e.Code != storage.CodeDenied && e.Code != storage.CodeNotFound {
		s.tries.right()
		return agent, err
	}
	if s.tries.used() {
		// A code that nobody can type takes the place of the one guessed at.
		if err := s.c.Keys.CreateCode(ctx, hashOf(newSecret("")), time.Now()); err != nil {
			return storage.Agent{}, err
		}
		s.log.Warn("sign-in code ended after too many wrong tries")
		s.tries.renew()
	}
	return storage.Agent{}, unauthenticated.say("code", "This code is wrong, used or older than 30 minutes. `smsbridge setup` on the box prints a new one.")
}

// endSession signs out: the session ends, and its sockets with it.
func (s *Server) endSession(w http.ResponseWriter, r *http.Request, p *proof) error {
	if p.who.Agent != nil {
		ctx := storage.WithAudit(r.Context(), &storage.Audit{AuditEntry: storage.AuditEntry{
			Author: p.who.Author(), Method: auditSignOut, Object: p.who.Agent.ID}})
		if err := s.c.Keys.EndSession(ctx, p.hash); err != nil {
			return err
		}
		s.visits.end(func(o *proof) bool { return o.bySession(p.hash) }, errSignedOut)
	}
	http.SetCookie(w, s.cookie(r, "", -1))
	return s.answer(w, sessionView{Demo: s.c.Lab != nil, Version: s.c.Version, Box: s.c.Box, BoxName: s.c.BoxName})
}

func (s *Server) cookie(r *http.Request, value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: s.cookieName(), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	}
}

// newSecret is 256 random bits behind a prefix that tells what they are for.
func newSecret(prefix string) string {
	var b [32]byte
	rand.Read(b[:])
	return prefix + hex.EncodeToString(b[:])
}

// Me is who the caller is and what he may.
type me struct {
	Kind    string          `json:"kind"` // agent, token, admin
	Agent   *storage.Agent  `json:"agent,omitempty"`
	Token   *storage.Token  `json:"token,omitempty"`
	Account *storage.Agent  `json:"account,omitempty"` // that the token belongs to
	Scopes  []string        `json:"scopes"`
	Missed  *storage.Missed `json:"missed,omitempty"` // an account's
	Offers  *offers         `json:"offers,omitempty"` // what this box can do for an account
}

func (s *Server) me(ctx context.Context, who storage.Caller, _ none) (me, error) {
	head, err := s.c.Store.Head(ctx)
	if err != nil {
		return me{}, err
	}
	return s.whole(ctx, who, head.Seq)
}

func meOf(who storage.Caller) me {
	m := me{Kind: who.Author().Kind, Agent: who.Agent, Token: who.Token, Account: who.Account, Scopes: []string{}}
	for _, scope := range storage.Scopes {
		if who.May(scope, scopeRoles[scope]) {
			m.Scopes = append(m.Scopes, scope)
		}
	}
	return m
}

// scopeRoles says from which role on a person has what a scope stands for.
var scopeRoles = map[string]storage.Role{
	storage.ScopeSend:     storage.RoleAgent,
	storage.ScopeRead:     storage.RoleViewer,
	storage.ScopeLines:    storage.RoleViewer,
	storage.ScopeContacts: storage.RoleAgent,
	storage.ScopeAdmin:    storage.RoleOwner,
}

func isNotFound(err error) bool {
	e, ok := errors.AsType[*storage.Error](err)
	return ok && e.Code == storage.CodeNotFound
}
