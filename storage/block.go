package storage

import (
	"slices"
	"strings"
)

// Block is one entry of the block list: what comes from such a number, or has
// such words in it, is kept, but calls nobody.
type Block struct {
	ID    string    `json:"id"`
	Kind  BlockKind `json:"kind"`
	Value string    `json:"value"`
	Note  string    `json:"note,omitempty"`
	By    Author    `json:"by"`
	At    Time      `json:"at"`
	Rev   int64     `json:"rev"`
}

// BlockKind is what an entry of the block list looks at.
type BlockKind string

// The kinds.
const (
	BlockNumber  BlockKind = "number"  // one number, short code, or name of a sender
	BlockBegins  BlockKind = "begins"  // numbers that begin so, such as +4990
	BlockKeyword BlockKind = "keyword" // words in the text
)

// BlockKinds lists them all.
var BlockKinds = []BlockKind{BlockNumber, BlockBegins, BlockKeyword}

// Tidy writes an entry the way it is kept, and refuses what would block nothing
// or everything.
func (b *Block) Tidy() error {
	b.Value, b.Note = strings.TrimSpace(b.Value), strings.TrimSpace(b.Note)
	if len(b.Value) > maxField || len(b.Note) > maxField {
		return Refuse(CodeInvalid, "value", "it has more than %d bytes", maxField)
	}
	switch b.Kind {
	case BlockNumber:
		if n, err := ParseNumber("value", b.Value); err == nil {
			b.Value = n
		}
		if b.Value == "" {
			return Refuse(CodeInvalid, "value", "say which number, or the name of a sender")
		}
	case BlockBegins:
		b.Value = strings.TrimSuffix(b.Value, "*")
		if digits := strings.TrimPrefix(b.Value, "+"); digits == "" || strings.Trim(digits, "0123456789") != "" {
			return Refuse(CodeInvalid, "value", "%q is no beginning of numbers; write it as +4990", b.Value)
		}
	case BlockKeyword:
		if len(Words(b.Value)) == 0 {
			return Refuse(CodeInvalid, "value", "say which words")
		}
	default:
		return Refuse(CodeInvalid, "kind", "kind is %q; it takes number, begins or keyword", b.Kind)
	}
	return nil
}

// Hits tells whether an entry is about a text from a number.
func (b Block) Hits(number, text string) bool {
	switch b.Kind {
	case BlockNumber:
		return strings.EqualFold(number, b.Value)
	case BlockBegins:
		return strings.HasPrefix(number, b.Value)
	case BlockKeyword:
		return hasWords(Words(text), Words(b.Value))
	}
	return false
}

// hasWords tells whether some words stand in others, one after the other.
func hasWords(in, words []string) bool {
	for i := 0; len(words) > 0 && i+len(words) <= len(in); i++ {
		if slices.Equal(in[i:i+len(words)], words) {
			return true
		}
	}
	return false
}
