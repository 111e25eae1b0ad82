package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"

	"smsbridge/storage"
)

// usageTable is every row of usage_day that counts something; recount is the
// same, counted from the messages.
const (
	usageTable = `SELECT day || line || agent || ' ' || received || ' ' || sent || ' ' || delivered || ' ' || undelivered || ' ' || failed || ' ' || unconfirmed || ' ' || parts
		FROM usage_day WHERE received + sent + delivered + undelivered + failed + unconfirmed + parts <> 0 ORDER BY 1`
	recount = `SELECT date(created_at / 1000, 'unixepoch', 'localtime') || line || agent || ' ' || sum(received) || ' ' || sum(sent) || ' ' || sum(delivered) || ' ' || sum(undelivered) || ' ' || sum(failed) || ' ' || sum(unconfirmed) || ' ' ||
		sum((SELECT count(*) FROM part WHERE part.message = usage_of.id AND part.state IN ('sent', 'delivered', 'undelivered', 'unconfirmed')))
		FROM usage_of GROUP BY date(created_at / 1000, 'unixepoch', 'localtime'), line, agent
		HAVING sum(received) + sum(sent) + sum(failed) + sum(unconfirmed) + sum((SELECT count(*) FROM part WHERE part.message = usage_of.id AND part.state IN ('sent', 'delivered', 'undelivered', 'unconfirmed'))) <> 0
		ORDER BY 1`
)

func (o *office) column(query string) (all []string) {
	o.t.Helper()
	err := o.look(context.Background(), func(v *view) error {
		return v.rows(query, nil, func(r *sql.Rows) error {
			var s string
			err := r.Scan(&s)
			all = append(all, s)
			return err
		})
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

// The figures are kept as messages change; counted anew from the messages they
// are the same, whatever happened in between.
func TestUsage_S120(t *testing.T) {
	o := newOffice(t, 2)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 150 {
		o.text(fmt.Sprintf("+1555010%04d", rnd.IntN(9)))
		d := storage.Draft{To: fmt.Sprintf("+1555010%04d", rnd.IntN(9)), Text: "x", Count: storage.Count{Parts: 1 + i%3}}
		if i%4 > 0 {
			d.Author = as(o.agents[i%2]).Author()
		}
		m, _, err := o.Compose(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		for n := range m.Total {
			from := storage.Queued
			for range rnd.IntN(30) {
				to := []storage.MessageState{storage.Queued, storage.Sending, storage.Sent, storage.Failed, storage.Unconfirmed, storage.Delivered, storage.Undelivered}[rnd.IntN(7)]
				c := storage.Change{Line: o.line.ID, Message: m.ID, N: n + 1, From: from, To: to, Ref: -1}
				if o.Mark(t.Context(), c) == nil {
					from = to
				}
			}
		}
	}
	got, want := o.column(usageTable), o.column(recount)
	if fmt.Sprint(got) != fmt.Sprint(want) || len(want) < 3 {
		t.Errorf("kept\n%q\ncounted\n%q", got, want)
	}
	total, err := o.UsageOf(t.Context(), storage.StatsFilter{})
	if err != nil || total[0].Received != 150 || total[0].Sent == 0 || total[0].Failed == 0 || total[0].Unconfirmed == 0 || total[0].Parts < total[0].Sent {
		t.Errorf("%+v %v", total, err)
	}
	mine, err := o.UsageOf(t.Context(), storage.StatsFilter{Agent: o.agents[0].ID, By: []string{"day", "line", "agent"}})
	if err != nil || len(mine) != 1 || mine[0].Agent != o.agents[0].ID || mine[0].Received != 0 || mine[0].Sent == 0 || mine[0].Sent >= total[0].Sent {
		t.Errorf("%+v %v", mine, err)
	}
	if none, _ := o.UsageOf(t.Context(), storage.StatsFilter{Lines: []string{}}); none[0] != (storage.Usage{}) {
		t.Errorf("over no line: %+v", none)
	}
	t.Run("negative control", func(t *testing.T) {
		if err := o.update(t.Context(), func(t *tx) error {
			t.exec(`DROP TRIGGER usage_state`)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		m := compose(t, o.DB, customer, 1)
		mark(t, o.DB, storage.Change{Line: o.line.ID, Message: m.ID, N: 1, From: storage.Queued, To: storage.Failed})
		if fmt.Sprint(o.column(usageTable)) == fmt.Sprint(o.column(recount)) {
			t.Error("a change that was not counted was not found")
		}
	})
}

func TestLatency(t *testing.T) {
	o := newOffice(t, 1)
	for i := range 100 {
		o.text(customer)
		if err := o.update(t.Context(), func(t *tx) error {
			t.exec(`UPDATE message SET trace = ? WHERE id = (SELECT max(id) FROM message)`, fmt.Sprintf(`{"urc_to_pdu":%d,"pdu_to_stored":1}`, i))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	l, err := o.LatencyOf(t.Context(), nil)
	if err != nil || len(l) != 1 || l[0] != (storage.Latency{Line: o.line.ID, Count: 100, P50: 50, P99: 99, Worst: 100}) {
		t.Errorf("%+v %v", l, err)
	}
}

// A year of a million messages over four lines by eight agents.
func BenchmarkUsage(b *testing.B) {
	o := newOffice(b, 1)
	err := o.update(b.Context(), func(t *tx) error {
		t.exec(`INSERT INTO thread (id, channel, peer) VALUES ('th_1', 'sms', '+1')`)
		t.exec(`
			WITH RECURSIVE i(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM i WHERE n < 999999)
			INSERT INTO message (id, thread, line, dir, peer, text, state, total, author, created_at, rev, trace)
			SELECT printf('ms_%09d', n), 'th_1', 'ln_' || (n % 4), iif(n % 2, 'in', 'out'), '+1', 'x', iif(n % 2, 'received', 'delivered'), 1,
				iif(n % 2, '', '{"kind":"agent","id":"ag_' || (n % 8) || '"}'), 1000 * (1700000000 + n * 31), 0, iif(n % 2, '{"urc_to_pdu":6,"pdu_to_stored":4}', '')
			FROM i`)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, by := range [][]string{nil, {"day"}, {"day", "line", "agent"}} {
		b.Run(fmt.Sprint("usage by ", by), func(b *testing.B) {
			for b.Loop() {
				if found, err := o.UsageOf(b.Context(), storage.StatsFilter{By: by}); err != nil || len(found) == 0 {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("latency", func(b *testing.B) {
		for b.Loop() {
			if _, err := o.LatencyOf(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
