package modem

import (
	"context"
	"slices"
	"strings"
	"sync"

	"smsbridge/modem/at"
)

// kept are the settings that the engine relies on and that somebody at the console may change.
var kept = []string{"E", "V", "+CMEE", "+CMGF", "+CPMS", "+CNMI", "+CREG", "+CEREG", "+CGREG", "+CLIP", "+CUSD"}

// settings remembers the lines that init set with success, so that they can be set again.
type settings struct {
	lines []string // the last of each name, in the order of the first; not written to after init
	names []string
}

func (s *settings) note(text string) {
	list, err := at.ParseCommand("AT" + text)
	if err != nil || len(list) != 1 || list[0].Op != at.Assign || !slices.Contains(kept, list[0].Name) {
		return
	}
	if i := slices.Index(s.names, list[0].Name); i >= 0 {
		s.lines[i] = text
		return
	}
	s.names, s.lines = append(s.names, list[0].Name), append(s.lines, text)
}

// restore sets again what init had set.
func (m *Modem) restore(ctx context.Context) error {
	for _, text := range m.settings.lines {
		_, err := m.ask(ctx, text, shape{prefix: asked(text)})
		if gone(ctx, err) {
			return err
		}
		if err != nil {
			m.options.Log.Warn("a setting could not be set again", "line", text, "err", err)
		}
	}
	return nil
}

// refusals remembers which questions a modem does not know, so that it is not asked every time.
type refusals struct {
	mu   sync.Mutex // guards list
	list map[string]bool
}

func (r *refusals) has(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list[text]
}

// note takes ERROR and its kin for good; codes that speak of the moment are not.
func (r *refusals) note(text string, err error) {
	if !unsupported(err) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.list == nil {
		r.list = map[string]bool{}
	}
	r.list[text] = true
}

// unsupported reports whether the modem does not know the command: a bare refusal, or CME 3, 4, 50 or 100.
func unsupported(err error) bool {
	if is(err, CME, 3) || is(err, CME, 4) || is(err, CME, 50) || is(err, CME, 100) {
		return true
	}
	return is(err, Plain, -1) && strings.Contains(err.Error(), "the modem said")
}

// perhaps asks a question the modem need not know, and returns the fields of its first line, nil if there are none.
func (m *Modem) perhaps(ctx context.Context, text string, s shape) (at.Params, error) {
	if m.unknown.has(text) {
		return nil, nil
	}
	lines, err := m.ask(ctx, text, s)
	if gone(ctx, err) {
		return nil, err
	}
	m.unknown.note(text, err)
	if err != nil || len(lines) == 0 {
		return nil, nil
	}
	return at.ParseParams(payload(lines[0])), nil
}
