package web

import (
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"smsbridge/storage"
)

var statsMethods = []method{
	{"stats.usage", "GET", "/api/v1/stats/usage", storage.ScopeRead, storage.RoleAgent, 200, bind((*Server).usage), nil},
	{"stats.answer", "GET", "/api/v1/stats/answer", storage.ScopeRead, storage.RoleAgent, 200, bind((*Server).answerTimes), nil},
	{"stats.latency", "GET", "/api/v1/stats/latency", storage.ScopeRead, storage.RoleManager, 200, bind((*Server).latency), nil},
	{"stats.delivery", "GET", "/api/v1/stats/delivery", storage.ScopeRead, storage.RoleManager, 200, bind((*Server).delivery), nil},
}

type statsStore interface {
	UsageOf(ctx context.Context, f storage.StatsFilter) ([]storage.Usage, error)
	AnswersOf(ctx context.Context, f storage.StatsFilter) ([]storage.Answers, error)
	WaitingNow(ctx context.Context, lines []string, limit int) ([]storage.Waits, int64, error)
	LatencyOf(ctx context.Context, lines []string) ([]storage.Latency, error)
}

type statsParams struct {
	From  string `json:"from"` // a day, such as 2026-11-01
	To    string `json:"to"`
	Agent string `json:"agent"` // an account's id
	Line  string `json:"line"`
	By    string `json:"by"` // day, line, agent; several with commas
}

// filter is what the caller may see of what it asks for: managers, and the box's
// own tokens, what everybody did; agents, what they did themselves.
func (p statsParams) filter(who storage.Caller) (storage.StatsFilter, error) {
	f := storage.StatsFilter{From: p.From, To: p.To, Lines: who.Lines(), Agent: p.Agent}
	for field, day := range map[string]string{"from": p.From, "to": p.To} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return f, invalidParams.say(field, "%s is %q; it takes a day, such as 2026-11-21.", field, day)
		}
	}
	if p.By != "" {
		f.By = strings.Split(p.By, ",")
	}
	for _, by := range f.By {
		if !slices.Contains([]string{"day", "line", "agent"}, by) {
			return f, invalidParams.say("by", "Figures are told apart by day, line and agent, not by %q.", by)
		}
	}
	if p.Line != "" {
		if !who.Sees(p.Line) {
			return f, notFound.say("line", "there is no line %s; ask for the list of lines", p.Line)
		}
		f.Lines = []string{p.Line}
	}
	if a := who.Person(); a != nil && !who.InRole(storage.RoleManager) {
		if p.Agent != "" && p.Agent != myself && p.Agent != a.ID {
			return f, roleGate(who, storage.RoleManager)
		}
		f.Agent = a.ID
	} else if p.Agent == myself && a != nil {
		f.Agent = a.ID
	}
	return f, nil
}

type usageAnswer struct {
	Usage   []storage.Usage `json:"usage"`
	Enabled bool            `json:"sms_enabled"` // somebody could text from some line
}

// usage tells what went over the lines. A page shows it only where texting is
// switched on for a line and for somebody.
func (s *Server) usage(ctx context.Context, who storage.Caller, p statsParams) (usageAnswer, error) {
	f, err := p.filter(who)
	if err != nil {
		return usageAnswer{}, err
	}
	found, err := s.c.Store.UsageOf(ctx, f)
	if err != nil {
		return usageAnswer{}, err
	}
	enabled, err := s.texting(ctx)
	return usageAnswer{list(found), enabled}, err
}

// texting tells whether anybody could text from any line: the box, a line and
// somebody may.
func (s *Server) texting(ctx context.Context) (bool, error) {
	var on bool
	if err := s.setting(ctx, storage.SettingSMS, &on); err != nil || !on {
		return false, err
	}
	lines, _, err := s.c.Store.Lines(ctx)
	if err != nil {
		return false, err
	}
	agents, err := s.c.Keys.Agents(ctx)
	return slices.ContainsFunc(lines, func(l storage.Line) bool { return !l.SMSDisabled }) &&
		slices.ContainsFunc(agents, func(a storage.Agent) bool { return a.SMS && !a.Disabled && a.Role.AtLeast(storage.RoleAgent) }), err
}

// waitingMost is how many of those who wait are named.
const waitingMost = 100

type answerTimes struct {
	Answers []storage.Answers `json:"answers"`
	Waiting []storage.Waits   `json:"waiting"` // the longest first, so many at most
	Count   int64             `json:"waiting_count"`
}

// answerTimes tells how long people waited for their answers, and who waits
// now.
func (s *Server) answerTimes(ctx context.Context, who storage.Caller, p statsParams) (answerTimes, error) {
	f, err := p.filter(who)
	if err != nil {
		return answerTimes{}, err
	}
	found, err := s.c.Store.AnswersOf(ctx, f)
	if err != nil {
		return answerTimes{}, err
	}
	waiting, count, err := s.c.Store.WaitingNow(ctx, f.Lines, waitingMost)
	return answerTimes{list(found), list(waiting), count}, err
}

type latencyAnswer struct {
	Latency []storage.Latency `json:"latency"`
}

func (s *Server) latency(ctx context.Context, who storage.Caller, _ none) (latencyAnswer, error) {
	found, err := s.c.Store.LatencyOf(ctx, who.Lines())
	return latencyAnswer{list(found)}, err
}

// delivered is how much of what was sent is known to have come.
type delivered struct {
	Day         string  `json:"day"`
	Line        string  `json:"line,omitempty"`
	Sent        int64   `json:"sent"`
	Delivered   int64   `json:"delivered"`
	Undelivered int64   `json:"undelivered"`
	Rate        float64 `json:"rate"` // of those that a report was had of
}

type deliveryRates struct {
	Delivery []delivered `json:"delivery"`
}

func (s *Server) delivery(ctx context.Context, who storage.Caller, p statsParams) (deliveryRates, error) {
	if p.By == "" {
		p.By = "day,line"
	}
	f, err := p.filter(who)
	if err != nil {
		return deliveryRates{}, err
	}
	usage, err := s.c.Store.UsageOf(ctx, f)
	found := make([]delivered, len(usage))
	for i, u := range usage {
		found[i] = delivered{u.Day, u.Line, u.Sent, u.Delivered, u.Undelivered, u.Rate()}
	}
	return deliveryRates{found}, err
}

// usageCSV is stats.usage as a table for other programs.
func (s *Server) usageCSV(w http.ResponseWriter, r *http.Request, p *proof) error {
	q := r.URL.Query()
	params := statsParams{From: q.Get("from"), To: q.Get("to"), Agent: q.Get("agent"), Line: q.Get("line"), By: "day,line,agent"}
	if by := q.Get("by"); by != "" {
		params.By = by
	}
	f, err := params.filter(p.who)
	if err != nil {
		return err
	}
	found, err := s.c.Store.UsageOf(r.Context(), f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="usage.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	t := csv.NewWriter(w)
	t.Write([]string{"day", "line", "agent", "received", "sent", "delivered", "undelivered", "failed", "unconfirmed", "parts"})
	for _, u := range found {
		row := []string{u.Day, u.Line, u.Agent}
		for _, n := range []int64{u.Received, u.Sent, u.Delivered, u.Undelivered, u.Failed, u.Unconfirmed, u.Parts} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		t.Write(row)
	}
	t.Flush()
	return nil // who has gone away does not hear it
}
