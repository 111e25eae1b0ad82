package web

import (
	"context"
	"errors"

	"smsbridge/storage"
)

var listMethods = []method{
	{"list.list", "GET", "/api/v1/lists", storage.ScopeRead, storage.RoleAgent, 200, bind((*Server).peopleLists), nil},
	{"list.create", "POST", "/api/v1/lists", storage.ScopeContacts, storage.RoleAgent, 201, bind((*Server).createList), nil},
	{"list.rename", "PATCH", "/api/v1/lists/{id}", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).renameList), nil},
	{"list.delete", "DELETE", "/api/v1/lists/{id}", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).deleteList), nil},
	{"list.rows", "GET", "/api/v1/lists/{id}/rows", storage.ScopeRead, storage.RoleAgent, 200, bind((*Server).listRows), nil},
	{"list.add", "POST", "/api/v1/lists/{id}/rows", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).addToList), nil},
	{"list.remove", "POST", "/api/v1/lists/{id}/remove", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).removeFromList), nil},
}

type listStore interface {
	PeopleLists(ctx context.Context) ([]storage.List, storage.Head, error)
	// SaveList makes a list, or, with an ID, gives it another name. A list goes by
	// its id or by its name.
	SaveList(ctx context.Context, l storage.List) (storage.List, error)
	DeleteList(ctx context.Context, ref string) (storage.List, error)
	ListRows(ctx context.Context, ref string, p storage.Page) (storage.RowPage, error)
	AddToList(ctx context.Context, ref string, rows []storage.Row) (storage.List, error)
	RemoveFromList(ctx context.Context, ref string, who []string) (storage.List, error)
}

type listsAnswer struct {
	Lists []storage.List `json:"lists"`
	Head  storage.Head   `json:"head"`
}

type listAnswer struct {
	List    storage.List `json:"list"`
	Refused []badRow     `json:"refused,omitempty"` // rows that were left out
}

// badRow is a row that cannot be taken.
type badRow struct {
	Row    int    `json:"row"` // from 1
	Detail string `json:"detail"`
}

func (s *Server) peopleLists(ctx context.Context, _ storage.Caller, _ none) (listsAnswer, error) {
	found, head, err := s.c.Store.PeopleLists(ctx)
	return listsAnswer{list(found), head}, err
}

type listNameParams struct {
	Name string `json:"name" need:"true"`
}

func (s *Server) createList(ctx context.Context, _ storage.Caller, p listNameParams) (listAnswer, error) {
	l, err := s.c.Store.SaveList(ctx, storage.List{Name: p.Name})
	return listAnswer{List: l}, err
}

type listRenameParams struct {
	ID   string `json:"id" need:"true"` // or its name
	Name string `json:"name" need:"true"`
	ifRev
}

func (s *Server) renameList(ctx context.Context, _ storage.Caller, p listRenameParams) (listAnswer, error) {
	l, err := s.c.Store.SaveList(ctx, storage.List{ID: p.ID, Name: p.Name})
	return listAnswer{List: l}, err
}

func (s *Server) deleteList(ctx context.Context, _ storage.Caller, p idRev) (listAnswer, error) {
	l, err := s.c.Store.DeleteList(ctx, p.ID)
	return listAnswer{List: l}, err
}

type listRowsParams struct {
	ID    string `json:"id" need:"true"` // or its name
	Limit int    `json:"limit"`
	After string `json:"after"`
}

func (s *Server) listRows(ctx context.Context, who storage.Caller, p listRowsParams) (storage.RowPage, error) {
	page, err := pageParams{Limit: p.Limit, After: p.After}.page(who)
	if err != nil {
		return storage.RowPage{}, err
	}
	found, err := s.c.Store.ListRows(ctx, p.ID, page)
	found.Rows = list(found.Rows)
	return found, err
}

type rowsParams struct {
	ID   string        `json:"id" need:"true"`
	Rows []storage.Row `json:"rows" need:"true"` // 1000 at most; ask again for more
	Skip bool          `json:"skip_bad"`         // leave rows out that cannot be taken, and tell them; otherwise none is taken
	ifRev
}

func (s *Server) addToList(ctx context.Context, who storage.Caller, p rowsParams) (listAnswer, error) {
	rows, bad, err := s.readRows(ctx, who, p.Rows, p.Skip, "")
	if err != nil {
		return listAnswer{}, err
	}
	l, err := s.c.Store.AddToList(ctx, p.ID, rows)
	return listAnswer{l, bad}, err
}

type removeParams struct {
	ID  string   `json:"id" need:"true"`
	Who []string `json:"who" need:"true"` // contacts by id, or numbers
	ifRev
}

func (s *Server) removeFromList(ctx context.Context, _ storage.Caller, p removeParams) (listAnswer, error) {
	for i, w := range p.Who {
		if n, err := storage.ParseNumber("who", w); err == nil {
			p.Who[i] = n
		}
	}
	l, err := s.c.Store.RemoveFromList(ctx, p.ID, p.Who)
	return listAnswer{List: l}, err
}

// readRows reads the numbers of rows, as people of the country of a line write
// them.
func (s *Server) readRows(ctx context.Context, who storage.Caller, rows []storage.Row, skip bool, from string) (good []storage.Row, bad []badRow, err error) {
	if len(rows) > storage.MostRows {
		return nil, nil, invalidParams.say("rows", "There are %d rows; one request takes %d. Send the rest in the next.", len(rows), storage.MostRows)
	}
	home, err := s.home(ctx, who, from)
	if err != nil {
		return nil, nil, err
	}
	for i, r := range rows {
		err := r.Check()
		if err == nil && r.Number != "" {
			r.Number, err = storage.ReadNumber("rows", r.Number, home)
		}
		if err == nil && r.Contact != "" {
			_, err = s.c.Store.Contact(ctx, r.Contact)
		}
		e, refused := errors.AsType[*storage.Error](err)
		switch {
		case err == nil:
			good = append(good, r)
		case !refused:
			return nil, nil, err
		case skip:
			bad = append(bad, badRow{i + 1, e.Detail})
		default:
			return nil, nil, invalidParams.say("rows", "Row %d: %s. Mend it, or leave such rows out with skip_bad.", i+1, e.Detail)
		}
	}
	return good, bad, nil
}
