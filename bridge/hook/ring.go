package hook

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"smsbridge/storage"
)

// Ringer asks telephone systems to call. It goes by the same guard and the same
// limits as deliveries, but once: a person waits beside it, and a call that
// comes a minute later would surprise everybody.
type Ringer struct{ client *http.Client }

// NewRinger makes a Ringer; without a guard it has the strictest one.
func NewRinger(g *Guard) *Ringer {
	if g == nil {
		g = &Guard{}
	}
	return &Ringer{newClient(g.dial)}
}

// Ring posts what is asked for to an address, and waits until it is taken.
func (r *Ringer) Ring(ctx context.Context, url string, words storage.CallWords) error {
	text, err := json.Marshal(words)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, tryTime)
	defer stop()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(text))
	if err != nil {
		return plain(err)
	}
	q.Header.Set("Content-Type", "application/json")
	answer, err := r.client.Do(q)
	if err != nil {
		return plain(err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, answerMost)
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("it answered %s", answer.Status)
	}
	return nil
}

// Close frees the connections that are kept for the next call.
func (r *Ringer) Close() { r.client.CloseIdleConnections() }
