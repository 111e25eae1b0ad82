package client

import (
	"context"

	"smsbridge/storage"
)

// Outcome is what became of one of several texts: a message, or why there is
// none.
type Outcome struct {
	Row      int              `json:"row"` // from 1
	Message  *storage.Message `json:"message,omitempty"`
	Seq      int64            `json:"seq,omitempty"`
	Replayed bool             `json:"replayed,omitempty"`
	Error    *RowError        `json:"error,omitempty"`
}

// RowError is a refusal as it stands in an answer that tells other things too.
type RowError struct {
	Code    int    `json:"code"`
	Message string `json:"message"` // the kind of refusal, for people
	Data    struct {
		Type      string       `json:"type"`
		Retryable bool         `json:"retryable"`
		Gate      string       `json:"gate,omitempty"`
		Field     string       `json:"field,omitempty"`
		Detail    string       `json:"detail"`
		Options   []string     `json:"options,omitempty"`
		Reason    string       `json:"reason,omitempty"`
		By        storage.Role `json:"fix_by,omitempty"`
		After     int64        `json:"retry_after_ms,omitempty"`
		Trace     string       `json:"trace"`
	} `json:"data"`
}

// Err is the refusal as Send would have returned it.
func (e *RowError) Err() *Error {
	d := e.Data
	return &Error{Code: e.Code, Type: d.Type, Title: e.Message, Field: d.Field, Detail: d.Detail, Options: d.Options,
		Retryable: d.Retryable, After: d.After, Trace: d.Trace}
}

// SendMany hands up to storage.MostSent texts to the box, each as if Send did
// it: one that is refused holds up no other, and the error is about the request
// as a whole. There is one Outcome for each draft, in their order. A repeated
// SendMany with the same key, and the same drafts in the same places, makes the
// same messages; drafts with a Key of their own go by that. An empty key is a
// new one. Wait and Timeout of a draft are not looked at: nobody can wait for
// many in one answer.
func (c *Client) SendMany(ctx context.Context, drafts []Draft, key string) ([]Outcome, error) {
	in := struct {
		Rows []draftIn `json:"rows"`
		Key  string    `json:"idem"`
	}{Key: key}
	for _, d := range drafts {
		in.Rows = append(in.Rows, d.in())
	}
	if in.Key == "" {
		in.Key = newKey()
	}
	var out struct{ Rows []Outcome }
	err := c.persist(ctx, func(ctx context.Context) error { return c.call(ctx, "POST", "/messages/many", nil, in, &out) })
	return out.Rows, err
}
