package web

import (
	"context"
	"slices"

	"smsbridge/storage"
)

var selftestMethods = []method{
	{"selftest.run", "POST", "/api/v1/self-tests", storage.ScopeAct, storage.RoleManager, 202, bind((*Server).runSelfTest), nil},
	{"selftest.list", "GET", "/api/v1/self-tests", storage.ScopeLines, storage.RoleManager, 200, bind((*Server).selfTests), nil},
}

type selfTestAnswer struct {
	SelfTest storage.SelfTest `json:"self_test"`
}

func (s *Server) runSelfTest(ctx context.Context, who storage.Caller, p lineParams) (selfTestAnswer, error) {
	radio, err := s.radioOn(who, p.Line)
	if err != nil {
		return selfTestAnswer{}, err
	}
	test, err := radio.SelfTest(ctx, p.Line)
	return selfTestAnswer{test}, err
}

type selfTestsAnswer struct {
	SelfTests []storage.SelfTest `json:"self_tests"`
	Cost      int                `json:"cost"` // texts within 24 hours
	Head      storage.Head       `json:"head"`
}

func (s *Server) selfTests(ctx context.Context, who storage.Caller, p limitParams) (selfTestsAnswer, error) {
	rows, err := p.rows()
	if err != nil {
		return selfTestsAnswer{}, err
	}
	tests, spent, err := s.c.Store.SelfTests(ctx, rows)
	tests = slices.DeleteFunc(tests, func(t storage.SelfTest) bool { return !who.Sees(t.Source) })
	return selfTestsAnswer{SelfTests: list(tests), Cost: spent}, err
}
