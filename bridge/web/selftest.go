package web

import (
	"context"

	"smsbridge/storage"
)

func (s *Server) runSelfTest(ctx context.Context, _ storage.Caller, p lineParams) (any, error) {
	radio, err := s.radio()
	if err != nil {
		return nil, err
	}
	test, err := radio.SelfTest(ctx, p.Line)
	return struct {
		SelfTest storage.SelfTest `json:"self_test"`
	}{test}, err
}

func (s *Server) selfTests(ctx context.Context, _ storage.Caller, p limitParams) (any, error) {
	rows, err := p.rows()
	if err != nil {
		return nil, err
	}
	tests, spent, err := s.c.Store.SelfTests(ctx, rows)
	return struct {
		SelfTests []storage.SelfTest `json:"self_tests"`
		Cost      int                `json:"cost"` // texts within 24 hours
	}{list(tests), spent}, err
}
