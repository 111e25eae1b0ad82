package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"smsbridge/storage"
)

var auditMethods = []method{
	{"audit.list", "GET", "/api/v1/audit", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).audit), nil},
	{"audit.verify", "GET", "/api/v1/audit/verify", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).verifyAudit), nil},
}

// unaudited are the methods that change nothing though their verb says so.
var unaudited = map[string]bool{"message.count": true, "from.options": true, "campaign.preview": true, "campaign.plan": true, "typing": true, "events.ack": true}

// changes tells whether the method is written down in the audit.
func (m *method) changes() bool { return m.verb != http.MethodGet && !unaudited[m.name] }

// idShape is what ids look like. What is not one does not get into the audit:
// a secret could have been put where an id belongs.
var idShape = regexp.MustCompile(`^[a-z]{2}_[0-9A-Z]{1,24}$`)

// idIn is the id that a request is about.
func idIn(params json.RawMessage) string {
	var p struct{ ID, Thread, From, Agent string }
	_ = json.Unmarshal(params, &p) // what does not fit is refused elsewhere
	for _, id := range []string{p.ID, p.Thread, p.From, p.Agent} {
		if idShape.MatchString(id) {
			return id
		}
	}
	return ""
}

// audited ends the entry of a changing method: what the ledger has not written
// with the change itself is written now.
func (s *Server) audited(ctx context.Context, a *storage.Audit, err error) {
	if a.Written {
		return
	}
	if err != nil {
		r, _ := s.kindOf(err)
		a.Outcome = r
	}
	ctx = storage.WithAudit(storage.WithIdem(context.WithoutCancel(ctx), nil), a)
	if err := s.c.Keys.Audit(ctx); err != nil {
		s.log.Error("audit could not be written", "method", a.Method, "err", err)
	}
}

// kindOf is the type of a refusal, and whether it is about rights.
func (s *Server) kindOf(err error) (name string, rights bool) {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.Type, r.Code > 1000 && r.Code < 2000
	}
	if e, ok := errors.AsType[*storage.Error](err); ok {
		return string(e.Code), e.Code == storage.CodeDenied
	}
	return internal.Type, false
}

// Refusals are easy to make and each is a write, so no more than so many are
// written down at once, then one for each pause; the next one that is tells how
// many were not.
const (
	refusalsAtOnce = 60
	refusalsPause  = time.Second
)

type skipped struct {
	mu    sync.Mutex // guards what follows
	until time.Time
	n     int
}

func (k *skipped) take(now time.Time) (n int, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.until.Before(now) {
		k.until = now
	}
	if k.until.Sub(now) >= refusalsAtOnce*refusalsPause {
		k.n++
		return 0, false
	}
	k.until = k.until.Add(refusalsPause)
	n, k.n = k.n, 0
	return n, true
}

// refused writes down that a caller was not let in.
func (s *Server) refused(ctx context.Context, p *proof, method string, err error) {
	name, rights := s.kindOf(err)
	if !rights {
		return
	}
	e := storage.AuditEntry{Author: storage.Author{Kind: "stranger"}, Method: method, Outcome: name}
	if p != nil {
		e.Author = p.who.Author()
	}
	s.note(ctx, e)
}

// note writes an entry that belongs to no change, if there is room.
func (s *Server) note(ctx context.Context, e storage.AuditEntry) {
	n, ok := s.skipped.take(time.Now())
	if !ok {
		return
	}
	if n > 0 {
		e.Object = strings.TrimSpace(fmt.Sprintf("%s (and %d refusals before it)", e.Object, n))
	}
	s.audited(ctx, &storage.Audit{AuditEntry: e}, nil)
}

type auditParams struct {
	Limit  int    `json:"limit"`
	Before string `json:"before"` // a row's number
}

type auditAnswer struct {
	Rows []storage.AuditEntry `json:"rows"`
	Head storage.Head         `json:"head"`
}

// audit lists rows, the newest first.
func (s *Server) audit(ctx context.Context, _ storage.Caller, p auditParams) (auditAnswer, error) {
	page, err := pageParams{Limit: p.Limit}.page(storage.Caller{Admin: true})
	if err != nil {
		return auditAnswer{}, err
	}
	before := int64(0)
	if p.Before != "" {
		if before, err = strconv.ParseInt(p.Before, 10, 64); err != nil || before < 1 {
			return auditAnswer{}, invalidParams.say("before", "before is %q; it takes the number of a row.", p.Before)
		}
	}
	rows, err := s.c.Keys.AuditRows(ctx, before, page.Rows())
	return auditAnswer{Rows: list(rows)}, err
}

type verifyParams struct {
	Head string `json:"head"` // SEQ:HASH of an earlier verification
}

type auditVerdictAnswer struct {
	Verdict storage.AuditVerdict `json:"verdict"`
}

// verifyAudit reads the whole chain.
func (s *Server) verifyAudit(ctx context.Context, _ storage.Caller, p verifyParams) (auditVerdictAnswer, error) {
	var known []storage.AuditHead
	if p.Head != "" {
		text, hash, _ := strings.Cut(p.Head, ":")
		seq, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seq < 1 || len(hash) != len(storage.AuditStart) {
			return auditVerdictAnswer{}, invalidParams.say("head", "head is %q; it takes NUMBER:HASH, as an earlier verification printed it.", p.Head)
		}
		known = append(known, storage.AuditHead{Seq: seq, Hash: strings.ToLower(hash)})
	}
	v, err := s.c.Keys.VerifyAudit(ctx, known...)
	return auditVerdictAnswer{v}, err
}
