package web

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"smsbridge/bridge/exchange"
	"smsbridge/storage"
)

// exportParams are what a form of a thread is asked with.
type exportParams struct {
	Thread string          `json:"thread" need:"true"`
	Format exchange.Format `json:"format"` // default: text
	Zone   string          `json:"zone"`   // of the times of text and page, such as Europe/Berlin; default: the box's
}

// exportThread gives a thread as a file: all that the caller sees of it.
func (s *Server) exportThread(w http.ResponseWriter, r *http.Request, p *proof) error {
	format := exchange.Format(cmp.Or(r.URL.Query().Get("format"), string(exchange.Text)))
	if !slices.Contains(exchange.Formats, format) {
		return invalidParams.say("format", "format is %q; it is one of %v", format, exchange.Formats)
	}
	zone, err := time.LoadLocation(cmp.Or(r.URL.Query().Get("zone"), "Local"))
	if err != nil {
		return invalidParams.say("zone", "zone is %q; it takes a name such as Europe/Berlin", r.URL.Query().Get("zone"))
	}
	thread, err := s.c.Store.Thread(r.Context(), r.URL.Query().Get("thread"), sight(p.who))
	if err != nil {
		return err
	}
	attach(w, "thread-"+fileName(exchange.Title(thread))+"."+format.Suffix(), format.MediaType())
	if format == exchange.HTML {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	}
	out, err := exchange.NewWriter(format, w, thread, zone)
	if err == nil {
		err = s.eachMessage(r.Context(), p.who, thread.ID, out.Message)
	}
	if err == nil {
		err = out.Close()
	}
	return s.broken(w, err)
}

// broken ends an answer that has begun: who takes it must not think it whole.
func (s *Server) broken(w http.ResponseWriter, err error) error {
	if err != nil {
		s.c.Log.Debug("an export broke off", "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

func attach(w http.ResponseWriter, name, media string) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	w.Header().Set("Cache-Control", "no-store")
}

// fileName is a title as a part of the name of a file.
func fileName(title string) string {
	name := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, title)
	return strings.Trim(name[:min(len(name), 60)], "-")
}

// eachMessage gives what a caller sees of a thread, the oldest first.
func (s *Server) eachMessage(ctx context.Context, who storage.Caller, thread string, do func(storage.Message) error) error {
	page := sight(who)
	for page.After = "ms_"; page.After != ""; {
		found, err := s.c.Store.Messages(ctx, thread, page)
		if err != nil {
			return err
		}
		for _, m := range found.Messages {
			if err := do(m); err != nil {
				return err
			}
		}
		if page.After = ""; len(found.Messages) == page.Rows() {
			page.After = found.Messages[len(found.Messages)-1].ID
		}
	}
	return nil
}

// exportAll gives all texts as JSON lines, thread by thread, and before them the
// contacts. What colleagues wrote to each other is theirs and not in it.
func (s *Server) exportAll(w http.ResponseWriter, r *http.Request, p *proof) error {
	attach(w, "smsbridge.jsonl", exchange.JSONL.MediaType())
	lines := json.NewEncoder(w)
	err := s.eachContact(r.Context(), func(c storage.Contact) error { return lines.Encode(contactAnswer{c}) })
	page := sight(p.who)
	page.Filter.Channel = storage.ChannelSMS
	for more := true; more && err == nil; {
		var found storage.ThreadPage
		found, err = s.c.Store.Threads(r.Context(), page)
		for _, t := range found.Threads {
			if err == nil {
				err = s.eachMessage(r.Context(), p.who, t.ID, func(m storage.Message) error {
					return lines.Encode(struct {
						Message storage.Message `json:"message"`
					}{m})
				})
			}
		}
		page.Before, more = found.Next, found.Next != ""
	}
	return s.broken(w, err)
}

type contactFile struct {
	Format string `json:"format"` // vcard, csv; default: vcard
}

// exportContacts gives the contacts as vCard 4.0, or as a table.
func (s *Server) exportContacts(w http.ResponseWriter, r *http.Request, _ *proof) error {
	switch format := cmp.Or(r.URL.Query().Get("format"), "vcard"); format {
	case "vcard":
		attach(w, "contacts.vcf", "text/vcard; charset=utf-8")
		return s.broken(w, s.eachContact(r.Context(), func(c storage.Contact) error { return exchange.WriteVCard(w, c) }))
	case "csv":
		attach(w, "contacts.csv", exchange.CSV.MediaType())
		table := exchange.NewContactWriter(w)
		err := s.eachContact(r.Context(), table.Contact)
		if err == nil {
			err = table.Close()
		}
		return s.broken(w, err)
	default:
		return invalidParams.say("format", "format is %q; it is vcard or csv", format)
	}
}

func (s *Server) eachContact(ctx context.Context, do func(storage.Contact) error) error {
	page := storage.Page{}
	for more := true; more; {
		found, err := s.c.Store.Contacts(ctx, "", page)
		if err != nil {
			return err
		}
		for _, c := range found.Contacts {
			if err := do(c); err != nil {
				return err
			}
		}
		page.After, more = found.Next, found.Next != ""
	}
	return nil
}
