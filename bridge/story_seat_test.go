package bridge

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"smsbridge/storage"
)

// seat is an agent's place: a socket while he is there, and his log, which goes
// on where it was when he comes back.
type seat struct {
	stage  *stage
	name   string
	cookie string
	conn   *websocket.Conn
	log    []heard
	asked  int
}

// heard is an event as it came.
type heard struct {
	storage.Event
	Epoch string
	Prev  int64
	text  string
	met   bool // a sentence has waited for it
}

// refused is the box's word in place of an answer.
type refused struct {
	Code int
	Data struct{ Type, Detail string }
}

func (r *refused) Error() string { return r.Data.Type + ": " + r.Data.Detail }

// comes opens the socket; its first answer is the one that the story sees.
func (p *seat) comes() error {
	after := p.stage.begun.Seq
	if n := len(p.log); n > 0 {
		after = p.log[n-1].Seq
	}
	var err error
	if p.conn, err = p.dial(); err != nil {
		return err
	}
	p.stage.last, err = p.ask("session.open", fmt.Sprintf(`{"subscribe":{},"resume":{"epoch":%q,"after":%d}}`, p.stage.begun.Epoch, after))
	return err
}

func (p *seat) dial() (*websocket.Conn, error) {
	d := websocket.Dialer{Subprotocols: []string{"smsbridge.v1"}}
	conn, _, err := d.Dial("ws"+strings.TrimPrefix(p.stage.url, "http")+"/api/v1/ws", http.Header{"Cookie": {p.cookie}, "Origin": {p.stage.url}})
	if err == nil {
		p.stage.t.Cleanup(func() { conn.Close() })
	}
	return conn, err
}

// leaves closes the socket, and waits until the box knows.
func (p *seat) leaves() error {
	p.conn.Close()
	p.conn = nil
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		all, err := p.stage.admin.Colleagues(p.stage.t.Context())
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(c storage.Colleague) bool { return c.Name == p.name && c.Presence.Here }) {
			return nil
		}
	}
	return errors.New("the box does not know that the desk was left")
}

// ask asks, and keeps the events that come before the answer.
func (p *seat) ask(method, params string) (any, error) {
	if p.conn == nil {
		return nil, errors.New("is not there")
	}
	p.asked++
	id := fmt.Sprint("q", p.asked)
	frame := fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"method":%q,"params":%s}`, id, method, cmp.Or(params, "{}"))
	if err := p.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		return nil, err
	}
	for {
		f, err := p.frame()
		switch {
		case err != nil:
			return nil, err
		case f.ID != id:
		case f.Error != nil:
			return nil, f.Error
		default:
			return f.Result, nil
		}
	}
}

type wireFrame struct {
	ID     string
	Method string
	Params json.RawMessage
	Result any
	Error  *refused
}

// frame reads one frame; an event goes to the log.
func (p *seat) frame() (f wireFrame, err error) {
	_ = p.conn.SetReadDeadline(time.Now().Add(patience))
	_, text, err := p.conn.ReadMessage()
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	if err != nil || f.Method != "event" {
		return f, err
	}
	var e heard
	if err := json.Unmarshal(f.Params, &e); err != nil {
		return f, err
	}
	if n := len(p.log); n > 0 && (e.Seq <= p.log[n-1].Seq || e.Prev != p.log[n-1].Seq) {
		return f, fmt.Errorf("event %d, said to follow %d, came after %d", e.Seq, e.Prev, p.log[n-1].Seq)
	}
	e.text, err = p.stage.words(e.Event)
	p.log = append(p.log, e)
	return f, err
}

// hears reads on until there is an event that nobody waited for yet, and whose
// line begins so.
func (p *seat) hears(words string) error {
	for seen := 0; ; {
		for ; seen < len(p.log); seen++ {
			if e := &p.log[seen]; !e.met && strings.HasPrefix(e.text, words) {
				e.met = true
				return nil
			}
		}
		if _, err := p.frame(); err != nil {
			return fmt.Errorf("never heard it: %w", err)
		}
	}
}

// anew is the log as it is told now, from its beginning.
func (p *seat) anew() ([]heard, error) {
	second := &seat{stage: p.stage, name: p.name, cookie: p.cookie}
	if err := second.comes(); err != nil {
		return nil, err
	}
	defer second.conn.Close()
	for {
		if f, err := second.frame(); err != nil || f.Method == "live" {
			return second.log, err
		}
	}
}

// forgets finds that a text stands nowhere in the log any more.
func (p *seat) forgets(text string) error {
	log, err := p.anew()
	for _, e := range log {
		if strings.Contains(string(e.Data), text) {
			return fmt.Errorf("event %d tells it still: %s", e.Seq, e.text)
		}
	}
	return err
}

const curtain = "The end"

// end closes the story. What everybody is told marks the end of each log; then
// each log is asked for once more, and must be what was heard.
func (s *stage) end() error {
	for _, name := range s.order {
		if p := s.people[name]; p.conn == nil {
			if err := p.comes(); err != nil {
				return err
			}
		}
	}
	if _, err := s.admin.SaveContact(s.t.Context(), storage.Contact{Name: curtain, Numbers: []string{"+15559999"}}); err != nil {
		return err
	}
	for _, name := range s.order {
		p := s.people[name]
		if err := p.hears("contact.saved " + curtain); err != nil {
			return err
		}
		log, err := p.anew()
		if err != nil {
			return err
		}
		same := func(a, b heard) bool { return a.Seq == b.Seq && a.Type == b.Type }
		if !slices.EqualFunc(p.log, log, same) {
			return fmt.Errorf("%s heard %d events, and is told %d when asking for them again", name, len(p.log), len(log))
		}
	}
	return nil
}
