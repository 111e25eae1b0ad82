package hook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"smsbridge/storage"
)

// mostLookup is the longest answer of a lookup.
const mostLookup = 16 << 10

// mostFields is how many things a lookup may tell beside name and address.
const mostFields = 20

// Lookup asks an address who a number is, by GET: the answer is a JSON object
// with name, address and what else there is to show. The Guard of deliveries
// looks at this connection too. The time limit is that of ctx.
func (p *Pusher) Lookup(ctx context.Context, url string) (storage.Lookup, error) {
	l := storage.Lookup{Source: "http", At: storage.Now()}
	if err := p.o.Guard.Check(url); err != nil {
		return l, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return l, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "smsbridge/"+p.o.Version)
	answer, err := p.client.Do(r)
	if err != nil {
		if e, ok := errors.AsType[*Refused](err); ok {
			err = e
		}
		return l, err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNotFound {
		return l, nil // nobody knows the number
	}
	if answer.StatusCode != http.StatusOK {
		return l, fmt.Errorf("the lookup answers %s", answer.Status)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, mostLookup+1))
	if err != nil {
		return l, err
	}
	var told map[string]any
	if len(text) > mostLookup || json.Unmarshal(text, &told) != nil {
		return l, fmt.Errorf("the lookup's answer is no JSON object of at most %d bytes", mostLookup)
	}
	for name, value := range told {
		text, ok := value.(string)
		switch {
		case !ok || text == "":
		case name == "name":
			l.Name = text
		case name == "address":
			l.Address = text
		case len(l.Fields) < mostFields:
			if l.Fields == nil {
				l.Fields = make(map[string]string)
			}
			l.Fields[name] = text
		}
	}
	return l, nil
}
