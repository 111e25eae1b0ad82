package web

import (
	"context"
	"slices"

	"smsbridge/storage"
)

var ussdMethods = []method{
	{"line.balance", "POST", "/api/v1/lines/{line}/balance", storage.ScopeAct, storage.RoleAgent, 202, bind((*Server).balance), nil},
	{"ussd.send", "POST", "/api/v1/ussd", storage.ScopeAct, storage.RoleAgent, 202, bind((*Server).sendUSSD), nil},
	{"ussd.answer", "POST", "/api/v1/ussd/{id}/answer", storage.ScopeAct, storage.RoleAgent, 202, bind((*Server).answerUSSD), nil},
	{"ussd.cancel", "POST", "/api/v1/ussd/{id}/cancel", storage.ScopeAct, storage.RoleAgent, 200, bind((*Server).cancelUSSD), nil},
	{"ussd.get", "GET", "/api/v1/ussd/{id}", storage.ScopeLines, storage.RoleAgent, 200, bind((*Server).ussd), nil},
	{"ussd.list", "GET", "/api/v1/ussd", storage.ScopeLines, storage.RoleAgent, 200, bind((*Server).ussdSessions), nil},
	{"balance.rules", "GET", "/api/v1/balance-rules", storage.ScopeLines, storage.RoleManager, 200, bind((*Server).balanceRules), nil},
	{"balance.save", "POST", "/api/v1/balance-rules", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).saveBalanceRule), nil},
	{"balance.delete", "DELETE", "/api/v1/balance-rules", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).deleteBalanceRule), nil},
}

type ussdAnswer struct {
	USSD storage.USSDSession `json:"ussd"`
}

type ussdParams struct {
	Line string `json:"line" need:"true"`
	Text string `json:"text" need:"true"`
}

func (s *Server) sendUSSD(ctx context.Context, who storage.Caller, p ussdParams) (ussdAnswer, error) {
	radio, err := s.radioOn(who, p.Line)
	if err != nil {
		return ussdAnswer{}, err
	}
	d, err := radio.USSD(ctx, p.Line, p.Text, who.Author())
	return ussdAnswer{d}, err
}

type ussdReply struct {
	ID   string `json:"id"`
	Text string `json:"text" need:"true"`
}

func (s *Server) answerUSSD(ctx context.Context, who storage.Caller, p ussdReply) (ussdAnswer, error) {
	radio, err := s.radio()
	if err != nil {
		return ussdAnswer{}, err
	}
	if p.Text == "" {
		return ussdAnswer{}, invalidParams.say("text", "An answer is missing, such as 1.")
	}
	if _, err := s.dialogue(ctx, who, p.ID); err != nil {
		return ussdAnswer{}, err
	}
	d, err := radio.AnswerUSSD(ctx, p.ID, p.Text)
	return ussdAnswer{d}, err
}

func (s *Server) cancelUSSD(ctx context.Context, who storage.Caller, p idParams) (ussdAnswer, error) {
	radio, err := s.radio()
	if err != nil {
		return ussdAnswer{}, err
	}
	if _, err := s.dialogue(ctx, who, p.ID); err != nil {
		return ussdAnswer{}, err
	}
	d, err := radio.CancelUSSD(ctx, p.ID)
	return ussdAnswer{d}, err
}

func (s *Server) ussd(ctx context.Context, who storage.Caller, p idParams) (ussdAnswer, error) {
	d, err := s.dialogue(ctx, who, p.ID)
	return ussdAnswer{d}, err
}

// dialogue is a USSD session of a line that the caller may see.
func (s *Server) dialogue(ctx context.Context, who storage.Caller, id string) (storage.USSDSession, error) {
	d, err := s.c.Store.USSD(ctx, id)
	if err == nil {
		err = assigned(who, d.Line)
	}
	if err != nil {
		return storage.USSDSession{}, err
	}
	return d, nil
}

type ussdsParams struct {
	lineParams
	limitParams
}

type ussdsAnswer struct {
	Sessions []storage.USSDSession `json:"sessions"`
	Head     storage.Head          `json:"head"`
}

func (s *Server) ussdSessions(ctx context.Context, who storage.Caller, p ussdsParams) (ussdsAnswer, error) {
	rows, err := p.rows()
	if err != nil {
		return ussdsAnswer{}, err
	}
	found, err := s.c.Store.USSDSessions(ctx, p.Line, rows)
	found = slices.DeleteFunc(found, func(d storage.USSDSession) bool { return !who.Sees(d.Line) })
	return ussdsAnswer{Sessions: list(found)}, err
}

// balance asks the network for the credit of a line, by the rule of its
// operator.
func (s *Server) balance(ctx context.Context, who storage.Caller, p lineParams) (ussdAnswer, error) {
	radio, err := s.radioOn(who, p.Line)
	if err != nil {
		return ussdAnswer{}, err
	}
	d, err := radio.Balance(ctx, p.Line, who.Author())
	return ussdAnswer{d}, err
}

type balanceRulesAnswer struct {
	Rules []storage.BalanceRule `json:"rules"`
}

func (s *Server) balanceRules(ctx context.Context, _ storage.Caller, _ none) (balanceRulesAnswer, error) {
	rules, err := s.c.Store.BalanceRules(ctx)
	return balanceRulesAnswer{list(rules)}, err
}

type balanceRuleAnswer struct {
	Rule storage.BalanceRule `json:"rule"`
}

type balanceRuleParams struct {
	Operator string  `json:"operator" need:"true"` // MCC and MNC such as 26201, or the name that the line shows
	Code     string  `json:"code" need:"true"`     // such as *100#
	Pattern  string  `json:"pattern" need:"true"`  // regular expression (RE2) with a group named amount, and perhaps currency and expiry
	Low      float64 `json:"low"`                  // warn below; 0: never
	ifRev
}

func (s *Server) saveBalanceRule(ctx context.Context, _ storage.Caller, p balanceRuleParams) (balanceRuleAnswer, error) {
	r, err := s.c.Store.SaveBalanceRule(ctx, storage.BalanceRule{Operator: p.Operator, Code: p.Code, Pattern: p.Pattern, Low: p.Low})
	return balanceRuleAnswer{r}, err
}

type operatorParams struct {
	Operator string `json:"operator" need:"true"` // as its rule names it
	ifRev
}

func (s *Server) deleteBalanceRule(ctx context.Context, who storage.Caller, p operatorParams) (balanceRulesAnswer, error) {
	if err := s.c.Store.DeleteBalanceRule(ctx, p.Operator); err != nil {
		return balanceRulesAnswer{}, err
	}
	return s.balanceRules(ctx, who, none{})
}
