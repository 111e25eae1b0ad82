package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"smsbridge/storage"
)

// A kind is one row of the table of errors: what a program goes by.
type kind struct {
	Code      int
	Type      string
	Title     string
	Status    int
	Retryable bool
}

// The table. The JSON-RPC numbers are those of its specification, section 5.1.
var (
	parseError     = kind{-32700, "parse_error", "This is not JSON", 400, false}
	invalidRequest = kind{-32600, "invalid_request", "This is not a request", 400, false}
	methodNotFound = kind{-32601, "method_not_found", "There is no such method", 404, false}
	wrongVerb      = kind{-32601, "method_not_allowed", "This path does not take this method", 405, false}
	invalidParams  = kind{-32602, "invalid_params", "A value cannot be taken", 400, false}
	tooLarge       = kind{-32600, "too_large", "The request is too large", 413, false}
	upgradeNeeded  = kind{-32600, "upgrade_required", "This address speaks WebSocket", 426, false}
	misdirected    = kind{-32600, "misdirected", "This box does not answer to that name", 421, false}

	unauthenticated = kind{1001, "unauthenticated", "Sign in first", 401, false}
	tokenExpired    = kind{1002, "token_expired", "This token is no longer valid", 401, false}
	forbidden       = kind{1003, "forbidden", "This is not allowed", 403, false}

	// RFC 8628, 3.5, by its own names.
	pairPending = kind{1010, "authorization_pending", "Nobody has approved this yet", 400, true}
	pairSlow    = kind{1011, "slow_down", "This asks too often", 400, true}
	pairDenied  = kind{1012, "access_denied", "The pairing was refused", 400, false}
	pairExpired = kind{1013, "expired_token", "The pairing is over", 400, false}

	fromRequired     = kind{2001, "from_required", "Choose the number to send from", 422, false}
	recipientInvalid = kind{2002, "recipient_invalid", "This recipient cannot be texted", 422, false}
	textEmpty        = kind{2003, "text_empty", "There is no text to send", 422, false}
	mergeMissing     = kind{2005, "merge_value_missing", "A value of the text is missing", 422, false}
	channelNot       = kind{2006, "channel_not_allowed", "They are not reached this way", 422, false}
	tooManyParts     = kind{2004, "too_many_parts", "The text is too long", 422, false}

	smsOff      = kind{3001, "sms_disabled_system", "Texting is switched off on this box", 403, false}
	smsOffLine  = kind{3001, "sms_disabled_system", "This number is switched off for texts", 403, false}
	smsOffUser  = kind{3002, "sms_disabled_user", "Texting is switched off for your account", 403, false}
	notAssigned = kind{3003, "line_not_assigned", "This number is not assigned to you", 403, false}
	noLine      = kind{3004, "no_line_available", "There is no number to send from", 403, false}
	optedOut    = kind{3005, "opted_out", "They do not want texts", 403, false}
	quotaUsed   = kind{3006, "quota_exceeded", "A limit of texts is used up", 429, true}
	quietHours  = kind{3007, "quiet_hours", "This number is quiet at this hour", 403, true}
	notSetUp    = kind{3010, "not_set_up", "This is not set up", 403, false}
	rateLimited = kind{3008, "rate_limited", "Too many requests", 429, true}
	tooMany     = kind{3009, "too_many_open", "Too many are open", 429, true}

	claimed      = kind{4001, "already_claimed", "Somebody else was first", 409, false}
	caseClosed   = kind{4002, "case_closed", "The case is closed", 409, false}
	numberRule   = kind{3011, "number_rule", "The rules of this box do not let this number be texted", 403, false}
	conflict     = kind{4003, "conflict", "It has changed meanwhile", 409, false}
	idemMismatch = kind{4004, "idem_mismatch", "This key was used for something else", 422, false}
	tooOld       = kind{4006, "too_old_to_send", "It has waited too long to be sent unasked", 409, false}
	idemRunning  = kind{4005, "idem_in_progress", "The first request with this key is not done yet", 409, true}
	notFound     = kind{4007, "not_found", "There is no such object", 404, false}
	cursorLost   = kind{4020, "cursor_lost", "The log no longer reaches back that far", 410, false}

	modemAbsent   = kind{5001, "modem_absent", "The modem is not there", 503, true}
	notRegistered = kind{5002, "not_registered", "The network does not take this number now", 503, true}

	phoneRefused = kind{5010, "phone_refused", "The telephone system did not take it", 502, true}

	storageFull  = kind{9001, "storage_full", "The disk is full", 507, false}
	internal     = kind{9002, "internal", "Something is broken in the box", 500, false}
	shuttingDown = kind{9003, "shutting_down", "The box is stopping", 503, true}
)

// kinds says which kind the ledger's refusals are.
var kinds = map[storage.Code]kind{
	storage.CodeInvalid:      invalidParams,
	storage.CodeNotFound:     notFound,
	storage.CodeConflict:     conflict,
	storage.CodeDenied:       forbidden,
	storage.CodeAbsent:       modemAbsent,
	storage.CodeSMSOff:       smsOff,
	storage.CodeChannel:      channelNot,
	storage.CodeLineOff:      smsOffLine,
	storage.CodeNotAssigned:  notAssigned,
	storage.CodeNoLine:       noLine,
	storage.CodeFromRequired: fromRequired,
	storage.CodeIdemMismatch: idemMismatch,
	storage.CodeQuota:        quotaUsed,
	storage.CodeQuiet:        quietHours,
	storage.CodeRule:         numberRule,
	storage.CodeTooLong:      tooManyParts,
	storage.CodeStorageFull:  storageFull,
	storage.CodeClaimed:      claimed,
	storage.CodeCaseClosed:   caseClosed,
	storage.CodeMissing:      mergeMissing,
	storage.CodeOptedOut:     optedOut,
}

// A refusal is an error that a desk is told: its kind, the field it is about,
// and a sentence that says the way out.
type refusal struct {
	kind
	Gate    string // which of the gates is shut; empty: it is not about rights
	Field   string
	Detail  string
	Options []string
	Current any           // the object as it stands, when the caller knew an older one
	Reason  string        // why, in a word that programs go by
	By      storage.Role  // who can mend it
	After   time.Duration // try again after so long
}

func (r *refusal) Error() string { return r.Type + ": " + r.Detail }

// The gates that stand before what a caller asks for.
const (
	gateScope  = "scope"  // of the token
	gateRole   = "role"   // of the person
	gateLine   = "line"   // assigned, or switched on
	gateSMS    = "sms"    // the account's switch
	gateSystem = "system" // the box's switch
)

// gates are those that a kind of refusal is always about.
var gates = map[kind]string{smsOff: gateSystem, smsOffUser: gateSMS, notAssigned: gateLine, smsOffLine: gateLine}

// say makes a refusal of kind k.
func (k kind) say(field, format string, args ...any) *refusal {
	return &refusal{kind: k, Gate: gates[k], Field: field, Detail: fmt.Sprintf(format, args...)}
}

// refuse turns any error into what the desk is told. What is our own fault or
// the machine's is logged here, with the trace that the desk sees.
func (s *Server) refuse(ctx context.Context, err error) (r *refusal, trace string) {
	trace = newTrace()
	if found, ok := errors.AsType[*refusal](err); ok {
		return found, trace
	}
	if e, ok := errors.AsType[*storage.Error](err); ok {
		k, known := kinds[e.Code]
		if known && e.Code == storage.CodeInvalid && strings.HasPrefix(e.Field, "to.") {
			k = recipientInvalid
		}
		if known {
			return &refusal{kind: k, Gate: gates[k], Field: e.Field, Detail: e.Detail, Options: e.Options, Reason: e.Reason, By: e.By, Current: e.Current, After: e.After}, trace
		}
	}
	if ctx.Err() == nil {
		s.log.Error("request failed", "trace", trace, "err", err)
	}
	return internal.say("", "The box could not do this; its log says why, under %s.", trace), trace
}

func newTrace() string {
	var b [4]byte
	rand.Read(b[:])
	return "tr_" + hex.EncodeToString(b[:])
}

// problem is a refusal in HTTP (RFC 9457).
type problem struct {
	Type      string       `json:"type"`
	Title     string       `json:"title"`
	Status    int          `json:"status"`
	Detail    string       `json:"detail"`
	Code      int          `json:"code"`
	Retryable bool         `json:"retryable"`
	Gate      string       `json:"gate,omitempty"` // scope, role, system, sms or line: what is shut
	Field     string       `json:"field,omitempty"`
	Options   []string     `json:"options,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	By        storage.Role `json:"fix_by,omitempty"` // who can mend it
	Current   any          `json:"current,omitempty"`
	After     int64        `json:"retry_after_ms,omitempty"`
	Trace     string       `json:"trace"`
}

// writeProblem answers with err.
func (s *Server) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p, trace := s.refuse(r.Context(), err)
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Del("Location")
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="smsbridge"`)
	}
	if p.After > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.After+time.Second-1)/time.Second)))
	}
	w.WriteHeader(p.Status)
	writeJSON(w, problem{"/problems/" + p.Type, p.Title, p.Status, p.Detail, p.Code, p.Retryable,
		p.Gate, p.Field, p.Options, p.Reason, p.By, p.Current, p.After.Milliseconds(), trace})
}

// rpcError is the same refusal in a JSON-RPC answer.
type rpcError struct {
	Code    int     `json:"code"`
	Message string  `json:"message"`
	Data    rpcData `json:"data"`
}

type rpcData struct {
	Type      string       `json:"type"`
	Retryable bool         `json:"retryable"`
	Gate      string       `json:"gate,omitempty"` // scope, role, system, sms or line: what is shut
	Field     string       `json:"field,omitempty"`
	Detail    string       `json:"detail"`
	Options   []string     `json:"options,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	By        storage.Role `json:"fix_by,omitempty"` // who can mend it
	Current   any          `json:"current,omitempty"`
	After     int64        `json:"retry_after_ms,omitempty"`
	Trace     string       `json:"trace"`
}

func (s *Server) rpcError(ctx context.Context, err error) *rpcError {
	p, trace := s.refuse(ctx, err)
	return &rpcError{p.Code, p.Title, rpcData{p.Type, p.Retryable, p.Gate, p.Field, p.Detail, p.Options, p.Reason, p.By, p.Current,
		p.After.Milliseconds(), trace}}
}

// decode reads params into a value. A value of the wrong type is refused by
// the name of its field; a field that nobody knows is passed over, as the
// protocol says.
func decode(params json.RawMessage, into any) error {
	err := json.Unmarshal(params, into)
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := asWritten(reflect.TypeOf(into), e.Field)
		return invalidParams.say(field, "%s must be %s, not %s.", named(field), wanted(e.Type), article(e.Value))
	}
	if err != nil {
		return parseProblem(params, err)
	}
	return nil
}

// asWritten is the path of a field as the caller wrote it: encoding/json names
// the embedded structs on the way too.
func asWritten(t reflect.Type, path string) string {
	var kept []string
	for piece := range strings.SplitSeq(path, ".") {
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t != nil && t.Kind() == reflect.Struct {
			if f, ok := t.FieldByName(piece); ok && f.Anonymous && f.Tag.Get("json") == "" {
				t = f.Type
				continue
			}
			t = nil // below a field of JSON no parameter embeds anything
		}
		kept = append(kept, piece)
	}
	return strings.Join(kept, ".")
}

// parseProblem says where text stops being JSON.
func parseProblem(text []byte, err error) *refusal {
	at := int64(len(text))
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = e.Offset
	}
	return parseError.say("", "It stops being JSON at byte %d: %s.", at, strings.TrimPrefix(err.Error(), "json: "))
}

func named(field string) string {
	if field == "" {
		return "The whole"
	}
	return field
}

func article(what string) string {
	switch what {
	case "object", "array":
		return "an " + what
	case "bool":
		return "true or false"
	}
	return "a " + what
}

// wanted says in JSON's words what Go's type takes.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a whole number"
}
