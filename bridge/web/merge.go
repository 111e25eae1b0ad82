package web

import (
	"context"
	"slices"

	"smsbridge/storage"
)

// formParams ask for a text with fields to be filled.
type formParams struct {
	Text     string            `json:"text"`     // with fields such as {{first_name}}; or template
	Template string            `json:"template"` // an id or a name, in place of text
	Values   map[string]string `json:"values"`   // of fields; they go before those of the contact
	To       recipient         `json:"to"`
	Contact  string            `json:"contact"` // in place of to
	From     string            `json:"from"`    // the line, for {{line_number}}
}

// source is the text to be filled.
func (s *Server) source(ctx context.Context, who storage.Caller, text, template string) (string, error) {
	if template == "" {
		return text, nil
	}
	if text != "" {
		return "", invalidParams.say("template", "Say text or template, not both.")
	}
	t, err := s.c.Store.Template(ctx, template, agentOf(who))
	return t.Text, err
}

// filling is where the values come from of a text to a number. It chooses the
// line, if the text shows its number and nobody has chosen.
func (s *Server) filling(ctx context.Context, who storage.Caller, form storage.Form, to string, values map[string]string, from *string) (storage.Filling, error) {
	f := storage.Filling{Values: values, Agent: who.Author().Name}
	if to != "" {
		c, err := s.c.Store.ContactOf(ctx, to)
		if err == nil {
			f.Contact = &c
		} else if !isNotFound(err) {
			return f, err
		}
	}
	if _, given := values[storage.MergeLine]; given || to == "" && *from == "" || !slices.Contains(form.Fields(), storage.MergeLine) {
		return f, nil
	}
	options, err := s.c.Store.FromOptions(ctx, to, who.Lines())
	if err != nil {
		return f, err
	}
	if *from == "" {
		*from = options.From
	}
	for _, o := range options.Options {
		if o.Line == *from {
			f.Line = o.Number
		}
	}
	return f, nil
}

// fillText fills a text that is to be sent. A text without braces is taken as it
// stands.
func (s *Server) fillText(ctx context.Context, who storage.Caller, to string, p *sendParams) (string, error) {
	text, err := s.source(ctx, who, p.Text, p.Template)
	if err != nil || !storage.Merges(text) {
		return text, err
	}
	form, err := storage.ParseForm(text)
	if err != nil {
		return "", err
	}
	f, err := s.filling(ctx, who, form, to, p.Values, &p.From)
	if err != nil {
		return "", err
	}
	return f.Text(text)
}

// tryForm fills a text as far as it can be filled, and counts it.
func (s *Server) tryForm(ctx context.Context, who storage.Caller, p formParams) (rendered, error) {
	text, err := s.source(ctx, who, p.Text, p.Template)
	if err != nil {
		return rendered{}, err
	}
	missing := []string{}
	if storage.Merges(text) {
		form, err := storage.ParseForm(text)
		if err != nil {
			return rendered{}, err
		}
		f, err := s.fillingFor(ctx, who, form, p)
		if err != nil {
			return rendered{}, err
		}
		if text, missing = form.Fill(f.Value); missing == nil {
			missing = []string{}
		}
	}
	n, err := s.c.Count(text)
	return rendered{text, n, missing}, err
}

// fillingFor is filling for whoever the request names, which may be nobody yet.
func (s *Server) fillingFor(ctx context.Context, who storage.Caller, form storage.Form, p formParams) (storage.Filling, error) {
	to := ""
	var err error
	if p.To != (recipient{}) {
		if to, err = s.recipient(ctx, who, p.To, p.From); err != nil {
			return storage.Filling{}, err
		}
	}
	f, err := s.filling(ctx, who, form, to, p.Values, &p.From)
	if err == nil && p.Contact != "" {
		var c storage.Contact
		c, err = s.c.Store.Contact(ctx, p.Contact)
		f.Contact = &c
	}
	return f, err
}
