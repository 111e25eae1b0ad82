package hook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"smsbridge/storage"
)

// event is what an endpoint is told: the same object as a desk's socket tells.
// Prev is the event told before it, so that an endpoint sees a gap.
type event struct {
	Epoch string `json:"epoch"`
	storage.Event
	Prev int64 `json:"prev"`
}

// bodyMost bounds what a template may make.
const bodyMost = 256 << 10

// body writes e as the hook wants it, and says what kind of text that is. A
// template sees the event under its JSON names; with it, a hook speaks to what
// takes plain text (an ntfy topic) or a JSON of its own.
func body(t *template.Template, e event) (text []byte, kind string, err error) {
	if text, err = json.Marshal(e); err != nil || t == nil {
		return text, "application/json", err
	}
	var values map[string]any
	numbers := json.NewDecoder(bytes.NewReader(text))
	numbers.UseNumber()
	if err := numbers.Decode(&values); err != nil {
		return nil, "", err
	}
	var b bounded
	if err := t.Execute(&b, values); err != nil {
		return nil, "", fmt.Errorf("template: %w", err)
	}
	if json.Valid(b.Bytes()) {
		return b.Bytes(), "application/json", nil
	}
	return b.Bytes(), "text/plain; charset=utf-8", nil
}

// parseTemplate reads a hook's template; the empty one is nil. Beside Go's own
// functions there is json, which quotes a value.
func parseTemplate(text string) (*template.Template, error) {
	if text == "" {
		return nil, nil
	}
	t, err := template.New("hook").Funcs(template.FuncMap{"json": quote}).Parse(text)
	if err != nil {
		return nil, storage.Refuse(storage.CodeInvalid, "template", "%s; write {{.data.message.text}} for a value, {{json .data}} for it as JSON", strings.TrimPrefix(err.Error(), "template: "))
	}
	return t, nil
}

func quote(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > bodyMost {
		return 0, fmt.Errorf("the body is longer than %d bytes", bodyMost)
	}
	return b.Buffer.Write(p)
}
