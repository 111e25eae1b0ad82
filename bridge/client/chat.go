package client

import (
	"context"

	"smsbridge/storage"
)

// Word is what is said to a colleague. To or Thread says to whom.
type Word struct {
	To     string // an account, by id or name
	Thread string
	Text   string
	Key    string // as in Draft
}

// Chat writes to a colleague, within the box.
func (c *Client) Chat(ctx context.Context, w Word) (Sent, error) {
	in := struct {
		To   colleague `json:"to"`
		Text string    `json:"text"`
		Key  string    `json:"idem,omitempty"`
	}{colleague{w.To, w.Thread}, w.Text, w.Key}
	var out Sent
	err := c.call(ctx, "POST", "/chat", nil, in, &out)
	return out, err
}

type colleague struct {
	Agent  string `json:"agent,omitempty"`
	Thread string `json:"thread,omitempty"`
}

// Video invites a colleague into a room of the video service that the box knows.
func (c *Client) Video(ctx context.Context, w Word) (Sent, error) {
	in := struct {
		To  colleague `json:"to"`
		Key string    `json:"idem,omitempty"`
	}{colleague{w.To, w.Thread}, w.Key}
	var out Sent
	err := c.call(ctx, "POST", "/chat/video", nil, in, &out)
	return out, err
}

// Colleagues lists whom one can write to within the box, and who is there.
func (c *Client) Colleagues(ctx context.Context) ([]storage.Colleague, error) {
	var out struct{ Colleagues []storage.Colleague }
	err := c.call(ctx, "GET", "/directory", nil, nil, &out)
	return out.Colleagues, err
}

// SetPhone tells what somebody's phone does, for so many seconds; an empty state
// that it is not known.
func (c *Client) SetPhone(ctx context.Context, agent string, state storage.PhoneState, seconds int) (storage.Presence, error) {
	in := struct {
		Agent string             `json:"agent,omitempty"`
		State storage.PhoneState `json:"state"`
		For   int                `json:"for_s,omitempty"`
	}{agent, state, seconds}
	var out struct{ Presence storage.Presence }
	err := c.call(ctx, "POST", "/presence/phone", nil, in, &out)
	return out.Presence, err
}
