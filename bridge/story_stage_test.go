package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"smsbridge/bridge/client"
	"smsbridge/modem/simulator"
	"smsbridge/storage"
)

// patience is for what must come: nothing is measured by it.
const patience = 20 * time.Second

// stage is where a story is played: a network, a box, and the people at both
// ends.
type stage struct {
	t       *testing.T
	network *simulator.Network
	modems  map[string]*simulator.Modem
	phones  map[string]*phone
	people  map[string]*seat
	order   []string          // of the people, as they were named
	ids     map[string]string // what $NAME stands for
	names   map[string]string // what is called so in logs: the other way round, and more

	url   string
	admin *client.Client // nil: the box is not open yet
	begun storage.Head   // where everybody's log begins
	last  any            // the last answer
}

type phone struct {
	*simulator.Handset
	read int
}

func newStage(t *testing.T) *stage {
	s := &stage{
		t: t, network: simulator.NewNetwork(simulator.Options{}), modems: make(map[string]*simulator.Modem),
		phones: make(map[string]*phone), people: make(map[string]*seat), ids: make(map[string]string), names: make(map[string]string),
	}
	t.Cleanup(func() { s.network.Close() })
	return s
}

// play plays all sentences, until one is not so.
func (s *stage) play(lines []string) error {
	for _, line := range lines {
		n, line, _ := strings.Cut(line, "\t")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := s.sentence(line); err != nil {
			return fmt.Errorf("%s: %s: %w", n, line, err)
		}
	}
	return s.end()
}

func (s *stage) sentence(line string) error {
	words := strings.Fields(line)
	if line[0] == ' ' {
		return s.about(words[0], words[1], strings.TrimSpace(line))
	}
	switch words[0] {
	case "line":
		m := s.network.AddModem(simulator.ModemOptions{Number: words[2]})
		s.modems[words[1]] = m
		return nil
	case "phone":
		s.phones[words[1]] = &phone{Handset: s.network.Handset(words[2])}
		s.call(words[1], words[2])
		return nil
	case "person":
		return s.account(words[1], words[2], words[3:])
	}
	if p := s.phones[words[0]]; p != nil {
		return s.customer(p, words[1], words[2:], line)
	}
	if p := s.people[words[0]]; p != nil {
		return s.agent(p, words[1], words[2:], line)
	}
	return fmt.Errorf("nobody is called %s", words[0])
}

// call gives an id or a number a name.
func (s *stage) call(name, id string) { s.ids[name], s.names[id] = id, name }

// account makes an account and signs it in. The box is opened for the first one,
// when all modems are there.
func (s *stage) account(name, role string, lines []string) error {
	if s.admin == nil {
		if err := s.open(); err != nil {
			return err
		}
	}
	ctx := s.t.Context()
	in, err := s.admin.AddAgent(ctx, name, storage.Role(role))
	if err != nil {
		return err
	}
	for _, line := range lines {
		if _, err := s.admin.Assign(ctx, s.ids[line], in.Agent.ID); err != nil {
			return err
		}
	}
	s.call(name, in.Agent.ID)
	cookie, err := s.signIn(in.Code)
	s.people[name] = &seat{stage: s, name: name, cookie: cookie}
	s.order = append(s.order, name)
	if err == nil {
		_, s.begun, err = s.admin.Lines(ctx)
	}
	return err
}

// open starts the box on the modems, in the order of their numbers.
func (s *stage) open() error {
	names := slices.SortedFunc(maps.Keys(s.modems), func(a, b string) int {
		return strings.Compare(s.modems[a].Number(), s.modems[b].Number())
	})
	var sims []*simulator.Modem
	for _, name := range names {
		sims = append(sims, s.modems[name])
	}
	var socket string
	s.url, socket = start(s.t, sims...)
	var err error
	if s.admin, err = client.New(client.Options{Socket: socket}); err != nil {
		return err
	}
	s.t.Cleanup(s.admin.Close)
	lines, _, err := s.admin.Lines(s.t.Context())
	for _, l := range lines {
		for _, name := range names {
			if s.modems[name].Number() == l.Number {
				s.call(name, l.ID)
				s.names[l.Number] = name
			}
		}
	}
	return err
}

// signIn is done once, with the code that the owner hands out.
func (s *stage) signIn(code string) (cookie string, err error) {
	body, _ := json.Marshal(map[string]string{"code": code})
	r, err := http.NewRequestWithContext(s.t.Context(), "POST", s.url+"/api/v1/session", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", s.url)
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if len(answer.Cookies()) != 1 {
		return "", fmt.Errorf("signing in: %s", answer.Status)
	}
	c := answer.Cookies()[0]
	return c.Name + "=" + c.Value, nil
}

// customer is a sentence about somebody with a phone.
func (s *stage) customer(p *phone, verb string, rest []string, line string) error {
	switch verb {
	case "texts":
		return p.Send(s.modems[rest[0]].Number(), after(line, rest[0]))
	case "reads":
		got, err := p.next(s.t.Context())
		if want := after(line, rest[0]); err == nil && (got.Text != want || got.From != s.modems[rest[0]].Number()) {
			return fmt.Errorf("read %q from %s", got.Text, s.names[got.From])
		}
		return err
	case "has":
		if n := len(p.Messages()); strconv.Itoa(n) != rest[1] {
			return fmt.Errorf("has read %d", n)
		}
		return nil
	}
	return fmt.Errorf("a customer does not know how to %q", verb)
}

// next is the next text on a phone.
func (p *phone) next(ctx context.Context) (simulator.Received, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for {
		changed := p.Changed()
		if all := p.Messages(); len(all) > p.read {
			p.read++
			return all[p.read-1], nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return simulator.Received{}, fmt.Errorf("no text came: %w", ctx.Err())
		}
	}
}

// agent is a sentence about somebody with an account.
func (s *stage) agent(p *seat, verb string, rest []string, line string) (err error) {
	switch verb {
	case "comes":
		return p.comes()
	case "leaves":
		return p.leaves()
	case "asks":
		s.last, err = p.ask(rest[0], s.fill(after(line, rest[0])))
		return err
	case "is":
		_, err = p.ask(rest[2], s.fill(after(line, rest[2])))
		if err == nil {
			return fmt.Errorf("was not refused")
		}
		if no, ok := err.(*refused); !ok || no.Data.Type != rest[1] {
			return err
		}
		s.last = nil
		return nil
	case "forgets":
		return p.forgets(after(line, "forgets"))
	case "hears":
		return p.hears(after(line, "hears"))
	}
	return fmt.Errorf("an agent does not know how to %q", verb)
}

// about is a sentence about the last answer.
func (s *stage) about(verb, path, line string) error {
	found, ok := within(s.last, strings.Split(path, "."))
	if !ok {
		return fmt.Errorf("the answer has none: %v", s.last)
	}
	rest := after(line, path)
	switch verb {
	case "counts":
		if list, _ := found.([]any); strconv.Itoa(len(list)) != rest {
			return fmt.Errorf("there are %d: %v", len(list), found)
		}
	case "is":
		var want any
		if err := json.Unmarshal([]byte(s.fill(rest)), &want); err != nil {
			return err
		}
		if !reflect.DeepEqual(found, want) {
			return fmt.Errorf("it is %v", found)
		}
	case "names":
		s.ids[rest], _ = found.(string)
	default:
		return fmt.Errorf("of an answer nobody can say %q", verb)
	}
	return nil
}

// within goes down an answer by names and numbers.
func within(v any, path []string) (any, bool) {
	for _, step := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(in) {
				return nil, false
			}
			v = in[n]
		}
	}
	return v, v != nil
}

var dollar = regexp.MustCompile(`\$\w+`)

// fill puts ids and numbers where names stand.
func (s *stage) fill(text string) string {
	return dollar.ReplaceAllStringFunc(text, func(name string) string {
		if id := s.ids[name[1:]]; id != "" {
			return id
		}
		return name
	})
}

// after is what follows a word in a line.
func after(line, word string) string {
	_, rest, _ := strings.Cut(line+" ", " "+word+" ")
	return strings.TrimSpace(rest)
}
