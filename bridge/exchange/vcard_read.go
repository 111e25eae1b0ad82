package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"smsbridge/storage"
)

// cardReader gathers one contact.
type cardReader struct {
	c     storage.Contact
	lines int
	tels  []tel
}

// tel is a number and whether the card prefers it.
type tel struct {
	number, kind string
	preferred    bool
}

// take reads one property; what is not ours is passed over.
func (r *cardReader) take(p property) {
	if r.lines++; r.lines > maxLines {
		return
	}
	f := fields(p.value)
	switch p.name {
	case "FN":
		r.c.Name = strings.Join(f, ";")
	case "N":
		r.c.Last = f[0]
		if len(f) > 1 {
			r.c.First = f[1]
		}
	case "ORG":
		r.c.Organisation = strings.TrimRight(strings.Join(f, ", "), ", ")
	case "NOTE":
		r.c.Notes = strings.TrimSpace(r.c.Notes + "\n" + strings.Join(f, ";"))
	case "LANG":
		r.c.Language = f[0]
	case "TEL":
		r.tel(p, f)
	case "EMAIL":
		e := storage.Email{Address: strings.Join(f, ";")}
		for _, kind := range []string{storage.NumberWork, storage.NumberHome} {
			if p.has("TYPE", kind) {
				e.Type = kind
			}
		}
		r.c.Emails = append(r.c.Emails, e)
	case "ADR":
		f = slices.DeleteFunc(f, func(s string) bool { return s == "" })
		if r.c.Address == "" {
			r.c.Address = strings.Join(f, "\n")
		}
	case "X-SMSBRIDGE-FIELD":
		if len(f) == 2 {
			if r.c.Custom == nil {
				r.c.Custom = make(map[string]string)
			}
			r.c.Custom[f[0]] = f[1]
		}
	}
}

func (r *cardReader) tel(p property, f []string) {
	number := f[0]
	if len(number) > 4 && strings.EqualFold(number[:4], "tel:") {
		number = number[4:]
	}
	t := tel{number: number, preferred: p.has("TYPE", "PREF") || len(p.params["PREF"]) > 0}
	for kind, word := range telType {
		if p.has("TYPE", word) && t.kind != storage.NumberMobile {
			t.kind = kind
		}
	}
	if !p.has("TYPE", "FAX") && !p.has("TYPE", "PAGER") && number != "" {
		r.tels = append(r.tels, t)
	}
}

// done is the contact, its preferred numbers first.
func (r *cardReader) done() (storage.Contact, error) {
	if r.lines > maxLines {
		return r.c, fmt.Errorf("it has more than %d lines", maxLines)
	}
	slices.SortStableFunc(r.tels, func(a, b tel) int {
		switch {
		case a.preferred == b.preferred:
			return 0
		case a.preferred:
			return -1
		}
		return 1
	})
	r.c.Numbers = []string{}
	for _, t := range r.tels {
		r.c.Numbers = append(r.c.Numbers, t.number)
		if t.kind != "" {
			if r.c.Types == nil {
				r.c.Types = make(map[string]string)
			}
			r.c.Types[t.number] = t.kind
		}
	}
	if r.c.Name == "" && r.c.First+r.c.Last+r.c.Organisation == "" {
		return r.c, errors.New("it has no name")
	}
	return r.c, nil
}
