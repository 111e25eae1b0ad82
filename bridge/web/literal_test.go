package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The reader takes words and nothing that has to be run to be known.
func TestLiteral(t *testing.T) {
	for text, want := range map[string]string{
		`{a: "x", "b-c": ['y"', ` + "`z`" + `,],}`: `{"a":"x","b-c":["y\"","z"]}`,
		`{a: "x" + y}`:        "",
		`{a: f("x")}`:         "",
		"{a: `x${y}`}":        "",
		`{...a}`:              "",
		`{a: "x", a: "y"}`:    "",
		`{a: "x"`:             "",
		`{a: "\u00e9\u2066"}`: "{\"a\":\"é\u2066\"}",
	} {
		read, _, err := literal(text)
		if got, _ := json.Marshal(read); err == nil && string(got) != want || err != nil && want != "" {
			t.Errorf("%s: read as %s, %v", text, got, err)
		}
	}
}

var errLiteral = errors.New("only words, lists and groups of words stand in a catalogue")

// literal reads the words, list or group that a piece of JavaScript begins with,
// as JSON would be read, and answers what follows.
func literal(text string) (value any, rest string, err error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, "", errLiteral
	case text[0] == '{':
		return literalGroup(text[1:])
	case text[0] == '[':
		return literalList(text[1:])
	}
	return literalWord(text)
}

func literalWord(text string) (any, string, error) {
	quote := text[0]
	if !strings.ContainsRune("\"'`", rune(quote)) {
		return nil, text, errLiteral
	}
	var word strings.Builder
	for rest := text[1:]; rest != ""; {
		if rest[0] == quote {
			return word.String(), strings.TrimSpace(rest[1:]), nil
		}
		if quote == '`' && strings.HasPrefix(rest, "${") {
			return nil, rest, errLiteral
		}
		char, _, tail, err := strconv.UnquoteChar(rest, quote)
		if err != nil {
			return nil, rest, err
		}
		word.WriteRune(char)
		rest = tail
	}
	return nil, "", errLiteral
}

func literalList(text string) (any, string, error) {
	list := []any{}
	for {
		text = strings.TrimSpace(text)
		if rest, done := strings.CutPrefix(text, "]"); done {
			return list, strings.TrimSpace(rest), nil
		}
		value, rest, err := literal(text)
		if err != nil {
			return nil, rest, err
		}
		list = append(list, value)
		if text, err = comma(rest, "]"); err != nil {
			return nil, rest, err
		}
	}
}

var literalName = regexp.MustCompile(`^(?:(\w+)|"([^"\\]*)")\s*:`)

func literalGroup(text string) (any, string, error) {
	group := make(map[string]any)
	for {
		text = strings.TrimSpace(text)
		if rest, done := strings.CutPrefix(text, "}"); done {
			return group, strings.TrimSpace(rest), nil
		}
		m := literalName.FindStringSubmatch(text)
		if m == nil {
			return nil, text, errLiteral
		}
		name := m[1] + m[2]
		if _, twice := group[name]; twice {
			return nil, text, fmt.Errorf("%s stands twice", name)
		}
		value, rest, err := literal(text[len(m[0]):])
		if err != nil {
			return nil, rest, err
		}
		group[name] = value
		if text, err = comma(rest, "}"); err != nil {
			return nil, rest, err
		}
	}
}

// comma goes over the comma between two values, which the last may lack.
func comma(text, end string) (string, error) {
	if rest, ok := strings.CutPrefix(text, ","); ok {
		return rest, nil
	}
	if strings.HasPrefix(text, end) {
		return text, nil
	}
	return "", errLiteral
}
