package sqlite

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"smsbridge/storage"
)

// How a report finds its part: by line, TP-MR and the end of the recipient's
// number, which may come back in national form. TP-MR is one octet and wraps,
// so the newest such part within the window is meant.
const (
	reportWindow = 48 * time.Hour
	suffixDigits = 8 // compared, or all of the shorter number
	fewestDigits = 6 // a number shorter than this must be the very same
)

// report files a status report: with its part if there is one, else it waits,
// since the modem's +CMGS may be written down after it.
func (t *tx) report(line string, a storage.Arrival) {
	message, n := t.reported(line, a)
	kind, waiting := "report", ""
	if message == "" {
		kind = "unmatched"
		a.Kept.PDU = ""
		b, _ := json.Marshal(a)
		waiting = string(b)
	}
	t.exec(`UPDATE kept SET kind = ?, message = ?, seq = ?, ref = ?, report = ? WHERE id = ?`,
		kind, message, n, a.Ref, waiting, a.Kept.ID)
	if message != "" {
		t.settle(message, n, a)
	}
}

// reported finds the part that a report is about.
func (t *tx) reported(line string, a storage.Arrival) (message string, n int) {
	since := t.now.Add(-reportWindow).UnixMilli()
	t.rows(`
		SELECT message, n, peer FROM part
		WHERE line = ? AND ref = ? AND ref >= 0 AND state IN ('sent', 'unconfirmed') AND sent_at > ?
		ORDER BY message DESC, n DESC`, []any{line, a.Ref, since}, take(a.From, &message, &n))
	if message != "" {
		return message, n
	}
	// An unconfirmed part has no TP-MR of its own: the report is about it if
	// it carries the one that had to come next.
	t.rows(`
		SELECT message, n, peer FROM part
		WHERE line = ? AND expect_ref = ? AND state = 'unconfirmed' AND sent_at > ?
		ORDER BY message DESC, n DESC`, []any{line, a.Ref, since}, take(a.From, &message, &n))
	return message, n
}

// take scans the first part whose peer is the same subscriber as recipient.
func take(recipient string, message *string, n *int) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var m, peer string
		var k int
		if err := r.Scan(&m, &k, &peer); err != nil {
			return err
		}
		if *message == "" && samePeer(peer, recipient) {
			*message, *n = m, k
		}
		return nil
	}
}

func samePeer(a, b string) bool {
	a, b = strings.TrimPrefix(a, "+"), strings.TrimPrefix(b, "+")
	n := min(suffixDigits, len(a), len(b))
	if n < fewestDigits {
		return a == b
	}
	return a[len(a)-n:] == b[len(b)-n:]
}

// settle writes what a report says of a part. A report that only says that the
// service centre still tries changes nothing but the number shown.
func (t *tx) settle(message string, n int, a storage.Arrival) {
	t.exec(`UPDATE part SET report = ? WHERE message = ? AND n = ?`, a.Report, message, n)
	if a.Outcome == storage.Delivered || a.Outcome == storage.Undelivered {
		reason := ""
		if a.Outcome == storage.Undelivered {
			reason = a.Text
		}
		t.exec(`
			UPDATE part SET state = ?, code = ?, reason = ?, ref = ?
			WHERE message = ? AND n = ? AND state IN ('sent', 'unconfirmed')`,
			a.Outcome, a.Report, reason, a.Ref, message, n)
	}
	if a.Outcome == storage.Delivered {
		t.exec(`UPDATE message SET delivered_at = ? WHERE id = ?`, max(a.DeliveredAt.Milli(), 1), message)
	}
	t.derive(message)
}

// rematch looks for a report that came before its part was marked sent.
func (t *tx) rematch(line string, ref int) {
	type waiting struct {
		id     int64
		report string
	}
	var found []waiting
	t.rows(`SELECT id, report FROM kept WHERE line = ? AND ref = ? AND kind = 'unmatched' AND kept_at > ? ORDER BY id`,
		[]any{line, ref, t.now.Add(-identityAge).UnixMilli()}, func(r *sql.Rows) error {
			var w waiting
			err := r.Scan(&w.id, &w.report)
			found = append(found, w)
			return err
		})
	for _, w := range found {
		var a storage.Arrival
		if err := json.Unmarshal([]byte(w.report), &a); err != nil {
			t.err = fmt.Errorf("report %d: %w", w.id, err)
			return
		}
		if message, n := t.reported(line, a); message != "" {
			t.exec(`UPDATE kept SET kind = 'report', message = ?, seq = ?, report = '' WHERE id = ?`, message, n, w.id)
			t.settle(message, n, a)
		}
	}
}

func traceJSON(k storage.Kept) string {
	b, _ := json.Marshal(storage.Trace{
		URCToPDU:    milliseconds(k.Read.Sub(k.Heard.Time)),
		PDUToStored: milliseconds(time.Since(k.Read.Time)),
	})
	return string(b)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
