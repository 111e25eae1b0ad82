package web

import (
	"context"

	"smsbridge/storage"
)

var blockMethods = []method{
	{"block.list", "GET", "/api/v1/blocks", storage.ScopeRead, storage.RoleAgent, 200, bind((*Server).blocks), nil},
	{"block.add", "POST", "/api/v1/blocks", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).addBlock), nil},
	{"block.remove", "DELETE", "/api/v1/blocks/{id}", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).removeBlock), nil},
}

type blockStore interface {
	Blocks(ctx context.Context) ([]storage.Block, storage.Head, error)
	// AddBlock answers an entry that is there already as it is.
	AddBlock(ctx context.Context, b storage.Block) (storage.Block, error)
	DeleteBlock(ctx context.Context, ref string) (storage.Block, error)
}

type blocksAnswer struct {
	Blocks []storage.Block `json:"blocks"`
	Head   storage.Head    `json:"head"`
}

type blockAnswer struct {
	Block storage.Block `json:"block"`
}

func (s *Server) blocks(ctx context.Context, _ storage.Caller, _ none) (blocksAnswer, error) {
	found, head, err := s.c.Store.Blocks(ctx)
	return blocksAnswer{list(found), head}, err
}

type newBlock struct {
	Kind  storage.BlockKind `json:"kind"` // empty: number
	Value string            `json:"value" need:"true"`
	Note  string            `json:"note"`
}

func (s *Server) addBlock(ctx context.Context, who storage.Caller, p newBlock) (blockAnswer, error) {
	if p.Kind == "" {
		p.Kind = storage.BlockNumber
	}
	b, err := s.c.Store.AddBlock(ctx, storage.Block{Kind: p.Kind, Value: p.Value, Note: p.Note, By: who.Author()})
	return blockAnswer{b}, err
}

func (s *Server) removeBlock(ctx context.Context, _ storage.Caller, p idRev) (blockAnswer, error) {
	b, err := s.c.Store.DeleteBlock(ctx, p.ID)
	return blockAnswer{b}, err
}
