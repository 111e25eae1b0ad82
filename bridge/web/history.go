package web

import (
	"context"

	"smsbridge/storage"
)

var historyMethods = []method{
	{"history.import", "POST", "/api/v1/history", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).importHistory), nil},
	{"contact.import", "POST", "/api/v1/contacts/import", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).importContacts), nil},
}

type historyStore interface {
	// Import keeps messages of another program, those that it has not.
	Import(ctx context.Context, i storage.Import) (storage.ImportResult, error)
}

type importParams struct {
	Line     string             `json:"line" need:"true"` // that they went over
	Source   string             `json:"source"`           // the program that had them, such as gammu
	Messages []storage.Imported `json:"messages" need:"true"`
	Preview  bool               `json:"preview"` // only tell what would be
}

type importAnswer struct {
	Import storage.ImportResult `json:"import"`
}

// maxSource is the longest name of a program, in bytes.
const maxSource = 40

// importHistory keeps what another program sent and got.
func (s *Server) importHistory(ctx context.Context, who storage.Caller, p importParams) (importAnswer, error) {
	if !who.Sees(p.Line) {
		return importAnswer{}, notFound.say("line", "there is no line %s; ask for the list of lines", p.Line)
	}
	if len(p.Source) > maxSource {
		return importAnswer{}, invalidParams.say("source", "source has %d bytes; %d are the most", len(p.Source), maxSource)
	}
	r, err := s.c.Store.Import(ctx, storage.Import{Line: p.Line, Source: p.Source, Messages: p.Messages, Preview: p.Preview})
	return importAnswer{r}, err
}
