package history

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"smsbridge/storage"
)

// piece is one part of a message, as programs keep them apart.
type piece struct {
	storage.Imported
	set     string // of which it is a part; empty: it stands alone
	seq, of int
}

// joiner puts the parts of messages together again. What stays open comes with
// its gaps at the end.
type joiner struct {
	open  map[string][]piece
	order []string
}

// add gives a message when the piece makes it whole.
func (j *joiner) add(p piece) (m storage.Imported, whole bool) {
	if p.set == "" || p.of < 2 {
		return p.Imported, true
	}
	if j.open == nil {
		j.open = make(map[string][]piece)
	}
	parts := j.open[p.set]
	if slices.ContainsFunc(parts, func(o piece) bool { return o.seq == p.seq }) {
		// The reference came round again: the old one will not grow any more.
		j.open[p.set] = []piece{p}
		return join(parts), true
	}
	if parts == nil {
		j.order = append(j.order, p.set)
	}
	if parts = append(parts, p); len(parts) < p.of {
		j.open[p.set] = parts
		return m, false
	}
	j.forget(p.set)
	return join(parts), true
}

func (j *joiner) forget(set string) {
	delete(j.open, set)
	j.order = slices.DeleteFunc(j.order, func(s string) bool { return s == set })
}

// full tells that a message must be given up before another begins.
func (j *joiner) full() bool { return len(j.order) >= maxOpen }

// oldest takes out the message that has waited longest.
func (j *joiner) oldest() (m storage.Imported, ok bool) {
	if len(j.order) == 0 {
		return m, false
	}
	parts := j.open[j.order[0]]
	j.forget(j.order[0])
	return join(parts), true
}

func join(parts []piece) storage.Imported {
	slices.SortStableFunc(parts, func(a, b piece) int { return a.seq - b.seq })
	m := parts[0].Imported
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
		if p.At.Before(m.At.Time) {
			m.At = p.At
		}
		if p.State == storage.Failed || p.State == storage.Undelivered {
			m.State = p.State
		}
	}
	m.Text = b.String()
	return m
}

// concat reads the place of a part from its user data header as hex (3GPP TS
// 23.040, 9.2.3.24.1 and 9.2.3.24.8).
func concat(udh string) (ref string, of, seq int) {
	octets, err := hex.DecodeString(strings.TrimSpace(udh))
	if err != nil || len(octets) < 1 {
		return "", 0, 0
	}
	for rest := octets[1:]; len(rest) >= 2 && len(rest) >= 2+int(rest[1]); rest = rest[2+int(rest[1]):] {
		data := rest[2 : 2+int(rest[1])]
		switch {
		case rest[0] == 0x00 && len(data) == 3:
			return fmt.Sprintf("8-%x", data[:1]), int(data[1]), int(data[2])
		case rest[0] == 0x08 && len(data) == 4:
			return fmt.Sprintf("16-%x", data[:2]), int(data[2]), int(data[3])
		}
	}
	return "", 0, 0
}

// pieces joins what read gives.
func pieces(read func(yield func(piece, error) bool)) Records {
	return func(yield func(storage.Imported, error) bool) {
		var j joiner
		for p, err := range read {
			if err != nil {
				if !yield(storage.Imported{}, err) {
					return
				}
				continue
			}
			if j.full() {
				if m, _ := j.oldest(); !yield(m, nil) {
					return
				}
			}
			if m, whole := j.add(p); whole && !yield(m, nil) {
				return
			}
		}
		for m, ok := j.oldest(); ok; m, ok = j.oldest() {
			if !yield(m, nil) {
				return
			}
		}
	}
}
