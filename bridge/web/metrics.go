package web

import (
	"fmt"
	"net/http"
	"strings"

	"smsbridge/storage"
)

// metricsPath is where Prometheus looks.
const metricsPath = "/metrics"

// metrics writes the figures in Prometheus' text format, version 0.0.4.
//
// Usage is a gauge and no counter: a message that was unconfirmed and then
// turns out to be sent moves from one to the other.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request, p *proof) error {
	ctx, lines := r.Context(), p.who.Lines()
	usage, err := s.c.Store.UsageOf(ctx, storage.StatsFilter{Lines: lines, By: []string{"line"}})
	if err != nil {
		return err
	}
	latency, err := s.c.Store.LatencyOf(ctx, lines)
	if err != nil {
		return err
	}
	_, waiting, err := s.c.Store.WaitingNow(ctx, lines, 0)
	if err != nil {
		return err
	}
	offers, _, err := s.c.Store.Offers(ctx, lines)
	if err != nil {
		return err
	}
	all, _, err := s.linesOf(ctx, p.who)
	if err != nil {
		return err
	}
	var b exposition
	b.head("smsbridge_messages", "Messages by line and by what became of them.")
	for _, u := range usage {
		for _, c := range []struct {
			state string
			n     int64
		}{{"received", u.Received}, {"sent", u.Sent}, {"delivered", u.Delivered}, {"undelivered", u.Undelivered}, {"failed", u.Failed}, {"unconfirmed", u.Unconfirmed}} {
			b.value("smsbridge_messages", float64(c.n), "line", u.Line, "state", c.state)
		}
	}
	b.head("smsbridge_parts", "Parts that left, or may have.")
	for _, u := range usage {
		b.value("smsbridge_parts", float64(u.Parts), "line", u.Line)
	}
	b.head("smsbridge_inbound_latency_ms", "From the modem's notice to the ledger, over the newest messages.")
	for _, l := range latency {
		b.value("smsbridge_inbound_latency_ms", l.P50, "line", l.Line, "quantile", "0.5")
		b.value("smsbridge_inbound_latency_ms", l.P99, "line", l.Line, "quantile", "0.99")
	}
	b.head("smsbridge_line_ready", "Whether a line sends and receives.")
	for _, l := range all {
		ready := 0.0
		if l.State == storage.LineReady {
			ready = 1
		}
		b.value("smsbridge_line_ready", ready, "line", l.ID)
	}
	b.head("smsbridge_waiting", "Numbers that wait for an answer.")
	b.value("smsbridge_waiting", float64(waiting))
	b.head("smsbridge_offers", "Offers that stand open.")
	b.value("smsbridge_offers", float64(len(offers)))
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(b.String()))
	return nil
}

// exposition is figures in that format.
type exposition struct{ strings.Builder }

func (b *exposition) head(name, help string) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// value writes a sample; labels are names and values in turn.
func (b *exposition) value(name string, v float64, labels ...string) {
	b.WriteString(name)
	for i := 0; i < len(labels); i += 2 {
		mark := ","
		if i == 0 {
			mark = "{"
		}
		fmt.Fprintf(b, `%s%s="%s"`, mark, labels[i], labelEscapes.Replace(labels[i+1]))
	}
	if len(labels) > 0 {
		b.WriteByte('}')
	}
	fmt.Fprintf(b, " %g\n", v)
}
