package history

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"smsbridge/bridge/exchange"
	"smsbridge/storage"
)

// csvHeads are the heads that a column is found by, in lower case, when nobody
// says which it is.
var csvHeads = map[string][]string{
	"peer":  {"peer", "number", "phone", "address", "contact", "phone number", "msisdn"},
	"from":  {"from", "sender", "origin"},
	"to":    {"to", "recipient", "destination"},
	"own":   {"own", "line_number", "own_number"},
	"dir":   {"dir", "direction", "type", "folder"},
	"text":  {"text", "body", "message", "content"},
	"at":    {"at", "time", "date", "timestamp", "datetime", "created_at", "sent_at"},
	"state": {"state", "status"},
}

// directions are the words for both.
var directions = map[string]storage.Direction{
	"in": storage.Inbound, "inbound": storage.Inbound, "incoming": storage.Inbound, "received": storage.Inbound, "inbox": storage.Inbound, "1": storage.Inbound,
	"out": storage.Outbound, "outbound": storage.Outbound, "outgoing": storage.Outbound, "sent": storage.Outbound, "outbox": storage.Outbound, "2": storage.Outbound,
}

// ReadCSV reads a table with a row of heads; o.Columns says which is which
// where the heads do not. It reads what the export writes.
func ReadCSV(r io.Reader, name string, o Options) Records {
	return func(yield func(storage.Imported, error) bool) {
		var place map[string]int
		for n, fields := range csvRecords(bufio.NewReader(r)) {
			if n.err == nil && place == nil {
				if place, n.err = csvPlaces(fields, o.Columns); n.err != nil {
					yield(storage.Imported{}, fmt.Errorf("%s: %w", name, n.err))
					return
				}
				continue
			}
			var m storage.Imported
			err := n.err
			if err == nil {
				m, err = o.csvRow(place, fields)
			}
			if err != nil && !errors.Is(err, errSkip) {
				err = &Fault{name, n.row, err}
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

// csvPlaces finds the columns.
func csvPlaces(heads []string, named map[string]string) (map[string]int, error) {
	place := make(map[string]int)
	for what, known := range csvHeads {
		if name, ok := named[what]; ok {
			known = []string{strings.ToLower(name)}
		}
		i := slices.IndexFunc(heads, func(h string) bool { return slices.Contains(known, strings.ToLower(strings.TrimSpace(h))) })
		if i >= 0 {
			place[what] = i
		} else if named[what] != "" {
			return nil, fmt.Errorf("there is no column %q; there are %s", named[what], strings.Join(heads, ", "))
		}
	}
	for what := range named {
		if _, ok := csvHeads[what]; !ok {
			return nil, fmt.Errorf("%q is no column that is wanted; peer, from, to, own, dir, text, at and state are", what)
		}
	}
	_, peer := place["peer"]
	_, from := place["from"]
	_, to := place["to"]
	for _, what := range []string{"dir", "text", "at"} {
		if _, ok := place[what]; !ok {
			return nil, fmt.Errorf("no column is %s; there are %s. Say which it is with --column %s=HEAD", what, strings.Join(heads, ", "), what)
		}
	}
	if !peer && !(from && to) {
		return nil, fmt.Errorf("no column is peer; there are %s. Say which it is with --column peer=HEAD", strings.Join(heads, ", "))
	}
	return place, nil
}

func (o Options) csvRow(place map[string]int, fields []string) (m storage.Imported, err error) {
	get := func(what string) string {
		if i, ok := place[what]; ok && i < len(fields) {
			return fields[i]
		}
		return ""
	}
	dir, ok := directions[strings.ToLower(strings.TrimSpace(get("dir")))]
	if !ok {
		return m, fmt.Errorf("the direction is %q; it is in or out", clip(get("dir")))
	}
	peer, own := get("from"), get("to")
	if dir == storage.Outbound {
		peer, own = own, peer
	}
	if _, ok := place["peer"]; ok {
		peer, own = get("peer"), get("own")
	}
	m = storage.Imported{Dir: dir, Own: own, Text: get("text"), State: storage.MessageState(get("state"))}
	if m.State != "" && m.Tidy(storage.Now()) != nil {
		if e, ok := errors.AsType[*storage.Error](m.Tidy(storage.Now())); ok && e.Field == "state" {
			m.State = "" // of another program's words
		}
	}
	if m.Peer, err = o.peer(peer); err != nil {
		return m, err
	}
	m.At, err = o.stamp(get("at"))
	return m, err
}

// stamp reads a moment, or seconds or milliseconds since 1970.
func (o Options) stamp(text string) (storage.Time, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	switch {
	case err != nil || n <= 0:
		return o.moment(text)
	case n > 1e11:
		return storage.FromMilli(n), nil
	}
	return storage.At(time.Unix(n, 0)), nil
}

// place is where a record stands, and why it cannot be read.
type csvPlace struct {
	row int
	err error
}

// csvRecords reads the rows of a table whose fields are kept apart by a comma, a
// semicolon or a tab, whichever the first row has most of.
func csvRecords(in *bufio.Reader) func(yield func(csvPlace, []string) bool) {
	return func(yield func(csvPlace, []string) bool) {
		limited := &allowance{r: in, left: maxRecord}
		head, _ := in.Peek(4096)
		if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
			in.Discard(3)
			head = head[3:]
		}
		first, _, _ := bytes.Cut(head, []byte("\n"))
		c := csv.NewReader(limited)
		c.FieldsPerRecord, c.LazyQuotes, c.ReuseRecord = -1, true, false
		for _, mark := range []rune{';', '\t'} {
			if bytes.Count(first, []byte(string(mark))) > bytes.Count(first, []byte(string(c.Comma))) {
				c.Comma = mark
			}
		}
		for n := 1; ; n++ {
			limited.left = maxRecord
			fields, err := c.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			for i := range fields {
				fields[i] = exchange.Unguard(strings.ToValidUTF8(fields[i], "\uFFFD"))
			}
			if !yield(csvPlace{n, err}, fields) || errors.Is(err, errTooLong) {
				return
			}
		}
	}
}

// allowance reads on until one record has had its share.
type allowance struct {
	r    io.Reader
	left int
}

var errTooLong = fmt.Errorf("one record has more than %d bytes; is a quote missing?", maxRecord)

func (a *allowance) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, errTooLong
	}
	n, err := a.r.Read(p)
	a.left -= n
	return n, err
}
