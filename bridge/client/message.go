package client

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"smsbridge/storage"
)

// Draft is a text to be sent. To or Thread says to whom.
type Draft struct {
	To     string // a number
	Thread string // or the other end of a thread
	From   string // a line; empty: the thread's last one, or the only one
	Text   string // with fields such as {{first_name}}, if it goes to a contact

	Template string            // an id or a name, in place of Text
	Values   map[string]string // of fields; they go before those of the contact

	// Key makes a repeated Send the same message; default: a new one for each
	// Send. With it Send itself asks again when an answer was lost.
	Key      string
	MaxParts int  // refuse a longer text; default: what the box allows
	FailFast bool // refuse when nothing could leave now

	Priority storage.Priority
	Flash    bool          // shown at once and not kept
	At       time.Time     // not before; zero: now
	Undo     time.Duration // in whole seconds, at most 10: it can be taken back so long
	Expires  time.Duration // in whole seconds: after that it is not sent any more
	Age      time.Duration // that it has waited here without a connection

	// Wait holds the answer until the message is sent or delivered, or has
	// failed, for at most Timeout (default 30 s).
	Wait    storage.MessageState
	Timeout time.Duration
}

// Sent is the answer to a Draft.
type Sent struct {
	Message  storage.Message `json:"message"`
	Seq      int64           `json:"seq"`
	Replayed bool            `json:"replayed"` // an earlier Send with this Key was answered again
}

// draftIn is a draft as it is asked for.
type draftIn struct {
	To       recipient `json:"to"`
	From     string    `json:"from,omitempty"`
	Text     string    `json:"text,omitempty"`
	Key      string    `json:"idem,omitempty"`
	MaxParts int       `json:"max_parts,omitempty"`
	FailFast bool      `json:"fail_fast,omitempty"`

	Priority storage.Priority `json:"priority,omitempty"`
	Flash    bool             `json:"flash,omitempty"`
	At       string           `json:"at,omitempty"`
	Undo     int              `json:"undo_s,omitempty"`
	Expires  int              `json:"expires_in_s,omitempty"`
	Age      int              `json:"offline_age_s,omitempty"`

	Template string            `json:"template,omitempty"`
	Values   map[string]string `json:"values,omitempty"`
}

type recipient struct {
	Number string `json:"number,omitempty"`
	Thread string `json:"thread,omitempty"`
}

func (d Draft) in() draftIn {
	in := draftIn{recipient{d.To, d.Thread}, d.From, d.Text, d.Key, d.MaxParts, d.FailFast,
		d.Priority, d.Flash, "", seconds(d.Undo), seconds(d.Expires), seconds(d.Age), d.Template, d.Values}
	if !d.At.IsZero() {
		in.At = d.At.UTC().Format(time.RFC3339Nano)
	}
	return in
}

// Send hands a text to the box. When it returns, the message is kept and will
// go out; Sent.Message.State says how far it has come.
func (c *Client) Send(ctx context.Context, d Draft) (Sent, error) {
	in := d.in()
	query := url.Values{}
	if d.Wait != "" {
		if d.Timeout <= 0 {
			d.Timeout = 30 * time.Second
		}
		query.Set("wait", string(d.Wait))
		query.Set("timeout", strconv.Itoa(int((d.Timeout+time.Second-1)/time.Second)))
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, d.Timeout+c.timeout)
		defer stop()
	}
	if in.Key == "" {
		in.Key = newKey()
	}
	var out Sent
	err := c.persist(ctx, func(ctx context.Context) error { return c.call(ctx, "POST", "/messages", query, in, &out) })
	return out, err
}

// Message asks for one message.
func (c *Client) Message(ctx context.Context, id string) (storage.Message, error) {
	var out struct{ Message storage.Message }
	err := c.call(ctx, "GET", "/messages/"+url.PathEscape(id), nil, nil, &out)
	return out.Message, err
}

// Count asks what a text would cost.
func (c *Client) Count(ctx context.Context, text string) (storage.Count, error) {
	var out struct{ Count storage.Count }
	err := c.call(ctx, "POST", "/messages/count", nil, map[string]string{"text": text}, &out)
	return out.Count, err
}

// Try asks how a draft would read, and what it would cost then, without sending
// it.
func (c *Client) Try(ctx context.Context, d Draft) (Rendered, error) {
	in := map[string]any{"from": d.From, "text": d.Text, "template": d.Template, "values": d.Values}
	if d.To != "" || d.Thread != "" {
		in["to"] = map[string]string{"number": d.To, "thread": d.Thread}
	}
	var out Rendered
	err := c.call(ctx, "POST", "/messages/count", nil, in, &out)
	if out.Text == "" {
		out.Text = d.Text
	}
	return out, err
}

func seconds(d time.Duration) int { return int(d / time.Second) }
