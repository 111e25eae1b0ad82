package sqlite

import (
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/storage"
)

// Where texts go in these tests: to Germany, to Japan, and to a country with
// several clocks, where that of the line counts.
const german, japanese, american = "+4915112345678", "+819012345678", "+12025550100"

// TestQuietWhereItGoes holds a text while it is night for its recipient, and
// lets others pass, over a night and over the change to summer time. The clock
// begins on 2000-01-01 at 00:00 UTC: it is 1 in Berlin and 9 in Tokyo.
func TestQuietWhereItGoes_H6(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		db := open(t)
		line := attach(t, db).ID
		if err := db.SetLine(ctx, line, storage.LineStatus{State: storage.LineReady}); err != nil {
			t.Fatal(err)
		}
		night := storage.Quiet{From: "20:00", To: "08:00", Zone: "UTC", Policy: storage.QuietHold, Recipient: true}
		set := func() {
			t.Helper()
			if err := db.SetQuiet(ctx, night); err != nil {
				t.Fatal(err)
			}
		}
		// leaves marks what goes out next, and gives its recipient.
		leaves := func() (to string, wait storage.Time) {
			t.Helper()
			due, wait, ok, err := db.Next(ctx, line)
			if err != nil || !ok {
				return "", wait
			}
			mark(t, db, storage.Change{Line: line, Message: due.Message, N: 1, From: storage.Queued, To: storage.Sending, PDU: "00", Length: 1})
			return due.To, wait
		}
		want := func(recipient, until string) {
			t.Helper()
			to, wait := leaves()
			if to != recipient || until != "" && wait.Format("2006-01-02T15:04") != until {
				t.Errorf("at %s a text to %q leaves, not to %q; the next at %v, not %s", storage.Now(), to, recipient, wait, until)
			}
		}
		set()
		for _, to := range []string{german, american, japanese} {
			compose(t, db, to, 1)
		}
		want(japanese, "")
		want("", "2000-01-01T07:00") // 8 in Berlin
		q, err := db.Queue(ctx, nil, 10)
		if err != nil || len(q.Messages) != 3 {
			t.Fatal(q, err)
		}
		for _, w := range q.Messages {
			wakes := map[string]string{german: "07:00", american: "08:00", japanese: "00:00"}[w.Message.To]
			if (w.Why == storage.WhyQuiet) != (w.Message.To != japanese) || w.Why == storage.WhyQuiet && w.Until.Format("15:04") != wakes {
				t.Errorf("the text to %s waits: %s until %v, %s", w.Message.To, w.Why, w.Until, w.Words)
			}
		}
		time.Sleep(7 * time.Hour)
		want(german, "")
		want("", "2000-01-01T08:00") // 8 by the line's clock
		time.Sleep(time.Hour)
		want(american, "")

		// The night in which Berlin's clock goes forward ends an hour earlier for us.
		time.Sleep(time.Until(time.Date(2000, 3, 25, 21, 0, 0, 0, time.UTC)))
		compose(t, db, german, 1)
		want("", "2000-03-26T06:00")
		night.Recipient = false
		set()
		want("", "2000-03-26T08:00") // control: by the line's clock it lasts longer
		night.Recipient = true
		set()
		time.Sleep(time.Until(time.Date(2000, 3, 26, 6, 0, 0, 0, time.UTC)))

		// What was chosen in time and is too late by now stays.
		due, _, ok, err := db.Next(ctx, line)
		if !ok || err != nil || due.To != german {
			t.Fatal(due, ok, err)
		}
		time.Sleep(12 * time.Hour) // it is 20:00 in Berlin
		err = db.Mark(ctx, storage.Change{Line: line, Message: due.Message, N: 1, From: storage.Queued, To: storage.Sending, PDU: "00", Length: 1})
		if code(err) != storage.CodeConflict {
			t.Errorf("it left at night: %v", err)
		}

		night.Policy = storage.QuietRefuse
		set()
		draft := storage.Draft{To: german, Text: "x", Count: storage.Count{Parts: 1}}
		if _, _, err := db.Compose(ctx, draft); code(err) != storage.CodeQuiet {
			t.Errorf("a text to Berlin is taken at 20:00: %v", err)
		}
		draft.To = american // it is 18:00 by the line's clock
		if _, _, err := db.Compose(ctx, draft); err != nil {
			t.Errorf("a text to others is not: %v", err)
		}
	})
}
