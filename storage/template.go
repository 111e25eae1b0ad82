package storage

import (
	"strings"
	"unicode/utf8"
)

// Template is a text that is kept to be sent again and again: the office's, or
// one person's own. Its text may have fields (see Form).
type Template struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Text     string   `json:"text"`
	Language string   `json:"language,omitempty"` // BCP 47, such as pt-BR
	Owner    string   `json:"owner,omitempty"`    // the agent whose alone it is; empty: everybody's
	Fields   []string `json:"fields"`             // that the text asks for
	Rev      int64    `json:"rev"`
}

// TemplateChange says what to change; nil leaves it as it is.
type TemplateChange struct {
	Name     *string `json:"name,omitempty"`
	Text     *string `json:"text,omitempty"`
	Language *string `json:"language,omitempty"`
}

// Apply changes t.
func (c TemplateChange) Apply(t *Template) {
	for from, to := range map[*string]*string{c.Name: &t.Name, c.Text: &t.Text, c.Language: &t.Language} {
		if from != nil {
			*to = *from
		}
	}
}

// Longest of what is kept to be sent.
const (
	maxName = 120  // characters of a name
	maxForm = 2000 // characters of a text
)

// Tidy takes blanks off, reads the fields, and refuses what cannot be kept.
func (t *Template) Tidy() (err error) {
	t.Language = strings.TrimSpace(t.Language)
	if t.Name, err = tidyName(t.Name); err != nil {
		return err
	}
	if t.Language != "" && !isLanguage(t.Language) {
		return Refuse(CodeInvalid, "language", "%q is no language; write it as en or pt-BR", t.Language)
	}
	m, err := tidyText(t.Text)
	t.Fields = m.Fields()
	return err
}

func tidyName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", Refuse(CodeInvalid, "name", "it needs a name")
	}
	if n := utf8.RuneCountInString(name); n > maxName {
		return "", Refuse(CodeInvalid, "name", "the name has %d characters; %d are the most", n, maxName)
	}
	return name, nil
}

func tidyText(text string) (Form, error) {
	if strings.TrimSpace(text) == "" {
		return Form{}, Refuse(CodeInvalid, "text", "it needs a text")
	}
	if n := utf8.RuneCountInString(text); n > maxForm {
		return Form{}, Refuse(CodeInvalid, "text", "the text has %d characters; %d are the most", n, maxForm)
	}
	return ParseForm(text)
}
