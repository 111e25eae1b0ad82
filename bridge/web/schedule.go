package web

import (
	"context"
	"slices"

	"smsbridge/storage"
)

var scheduleMethods = []method{
	{"balance.schedules", "GET", "/api/v1/balance-schedules", storage.ScopeLines, storage.RoleManager, 200, bind((*Server).balanceSchedules), nil},
	{"balance.schedule", "PUT", "/api/v1/lines/{line}/balance-schedule", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).scheduleBalance), nil},
}

type schedulesAnswer struct {
	Schedules []storage.BalanceSchedule `json:"schedules"`
}

type scheduleAnswer struct {
	Schedule storage.BalanceSchedule `json:"schedule"`
}

func (s *Server) balanceSchedules(ctx context.Context, who storage.Caller, _ none) (schedulesAnswer, error) {
	all, err := s.c.Store.BalanceSchedules(ctx)
	all = slices.DeleteFunc(all, func(x storage.BalanceSchedule) bool { return !who.Sees(x.Line) })
	return schedulesAnswer{list(all)}, err
}

// scheduleBalance has the credit of a line asked for every so many hours; 0
// hours end it.
func (s *Server) scheduleBalance(ctx context.Context, _ storage.Caller, p storage.BalanceSchedule) (scheduleAnswer, error) {
	if err := p.Check(); err != nil { // and the default
		return scheduleAnswer{}, err
	}
	return scheduleAnswer{p}, s.c.Store.SaveBalanceSchedule(ctx, p)
}
