package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"smsbridge/storage"
)

// Idems keeps what was asked for with a key.
type Idems interface {
	Idem(ctx context.Context, i *storage.Idem) (known bool, err error)
	SaveIdem(ctx context.Context, i *storage.Idem) error
}

// maxKey is the longest idempotency key.
const maxKey = 200

// keyless are the methods that take no idempotency key, though they are asked
// for by POST: what they make ends by itself within minutes, or must not leave
// even a digest of its body behind.
var keyless = map[string]bool{
	"agent.password": true, "setup.code": true, "ticket.create": true, "pair.approve": true, "pair.deny": true,
}

// takesKey tells whether a repeated request of the method may be answered again
// instead of being done again.
func (m *method) takesKey() bool {
	return m.changes() && m.verb == http.MethodPost && !keyless[m.name]
}

// ownKey are the methods that look after their key themselves.
var ownKey = map[string]bool{"message.send": true, "message.send_many": true, "message.retry": true, "message.resend": true, "chat.send": true, "chat.video": true}

// once knows which keys are in use now. Its zero value is ready.
type once struct {
	mu   sync.Mutex // guards what follows
	busy map[string]bool
}

func (o *once) begin(what string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.busy[what] {
		return false
	}
	if o.busy == nil {
		o.busy = make(map[string]bool)
	}
	o.busy[what] = true
	return true
}

func (o *once) end(what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.busy, what)
}

// idempotent does what was asked for, or, when it was asked for with the same
// key before, answers as then, with replayed. The scope of a key is its author
// and the method, for seven days. A key that comes again with another body is
// idem_mismatch, one whose first request is not done is idem_in_progress. What
// was refused may be asked for again with the same key.
func (s *Server) idempotent(ctx context.Context, m *method, p *proof, params json.RawMessage, do func(context.Context) (any, error)) (any, error) {
	key, digest, err := keyOf(params)
	if err != nil || key == "" || !m.takesKey() {
		if err == nil {
			return do(ctx)
		}
		return nil, err
	}
	i := &storage.Idem{Author: p.who.Author(), Method: m.name, Key: key, Digest: digest}
	what := strings.Join([]string{i.Author.Kind, i.Author.ID, m.name, key}, "\x00")
	if !s.once.begin(what) {
		r := idemRunning.say("idem", "The first request with this key is being done. Ask again in a moment, with the same key.")
		r.After = time.Second
		return nil, r
	}
	defer s.once.end(what)
	if ownKey[m.name] {
		return do(ctx)
	}
	known, err := s.c.Store.Idem(ctx, i)
	if err != nil {
		return nil, err
	}
	if known {
		return replayed(i)
	}
	result, err := do(storage.WithIdem(ctx, i))
	if err != nil {
		return nil, err
	}
	i.Answer = withoutSecrets(encode(result), m.name)
	if err := s.c.Store.SaveIdem(context.WithoutCancel(ctx), i); err != nil {
		s.log.Warn("an answer could not be kept for its key", "method", m.name, "err", err)
	}
	return result, nil
}

// replayed is the answer to a request that was done before.
func replayed(i *storage.Idem) (any, error) {
	if i.Answer == nil {
		r := conflict.say("idem", "This was done when the key came first, and its answer was lost in a restart. Read what there is now; a new key would do it once more.")
		if i.Object != "" {
			r.Current = map[string]string{"id": i.Object}
		}
		return nil, r
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(i.Answer, &fields); err != nil {
		return nil, err
	}
	fields["replayed"] = json.RawMessage("true")
	return fields, nil
}

// keyOf is a request's key and the digest of the rest of it, in which neither
// order nor spaces count.
func keyOf(params json.RawMessage) (key, digest string, err error) {
	if !bytes.Contains(params, []byte(`"idem"`)) {
		return "", "", nil
	}
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(params))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil || fields["idem"] == nil {
		return "", "", nil // what is wrong with it the method says
	}
	key, ok := fields["idem"].(string)
	if !ok {
		return "", "", invalidParams.say("idem", "idem must be a string.")
	}
	if len(key) > maxKey {
		return "", "", invalidParams.say("idem", "The key has %d bytes; %d are the most.", len(key), maxKey)
	}
	delete(fields, "idem")
	text, err := json.Marshal(fields)
	if err != nil {
		return "", "", err
	}
	sum := sha256.Sum256(text)
	return key, hex.EncodeToString(sum[:]), nil
}

// secretFields are the names under which answers carry what nobody may see
// again.
var secretFields = []string{"secret", "code", "user_code", "ticket"}

// plainCodes are the methods whose code is none of those: it is a service code
// such as *100#.
var plainCodes = map[string]bool{"ussd.send": true, "ussd.answer": true, "ussd.cancel": true, "line.balance": true, "balance.save": true}

// withoutSecrets is an answer as it may be kept: who lost it makes another
// secret.
func withoutSecrets(answer []byte, method string) []byte {
	var v any
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil
	}
	secret := slices.DeleteFunc(slices.Clone(secretFields), func(name string) bool { return name == "code" && plainCodes[method] })
	blank(v, secret)
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return text
}

func blank(v any, secret []string) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if _, text := value.(string); text && slices.Contains(secret, name) {
				delete(v, name)
				continue
			}
			blank(value, secret)
		}
	case []any:
		for _, value := range v {
			blank(value, secret)
		}
	}
}

// headed gives the answer of a list the position of the log at which it was
// asked for: a stream that begins there misses nothing of it. Answers that have
// read their own keep that.
func (s *Server) headed(ctx context.Context, m *method, do func() (any, error)) (any, error) {
	if !strings.HasSuffix(m.name, ".list") {
		return do()
	}
	head, err := s.c.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	result, err := do()
	if err != nil {
		return nil, err
	}
	with := reflect.New(reflect.TypeOf(result)).Elem()
	with.Set(reflect.ValueOf(result))
	if at := with.FieldByName("Head"); at.IsValid() && at.IsZero() {
		at.Set(reflect.ValueOf(head))
	}
	return with.Interface(), nil
}
