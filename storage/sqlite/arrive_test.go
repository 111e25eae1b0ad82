package sqlite

import (
	"slices"
	"testing"
	"time"

	"smsbridge/storage"
)

// arriveFrom keeps and reads a text as the radio bank does.
func arriveFrom(t *testing.T, db *DB, line, from, words string, at time.Time) {
	t.Helper()
	k, err := db.Keep(t.Context(), line, nil, []storage.Kept{{Memory: "SM", Index: 1, PDU: from + words}})
	if err != nil {
		t.Fatal(err)
	}
	a := text(k[0], from, words)
	a.SentAt = storage.Time{Time: at}
	if err := db.Receive(t.Context(), line, []storage.Arrival{a}, assemble); err != nil {
		t.Fatal(err)
	}
	if err := db.Removed(t.Context(), []int64{k[0].ID}); err != nil {
		t.Fatal(err)
	}
}

// A short code and a named sender have threads like anybody else.
func TestShortCodesAndNames_S19(t *testing.T) {
	db := open(t)
	line := attach(t, db).ID
	for _, from := range []string{"72345", "BANK", "+15550100"} {
		arriveFrom(t, db, line, from, "hello from "+from, time.Now())
	}
	page, err := db.Threads(t.Context(), storage.Page{})
	var peers []string
	for _, th := range page.Threads {
		peers = append(peers, th.Peer)
	}
	if err != nil || !slices.Equal(peers, []string{"+15550100", "BANK", "72345"}) {
		t.Fatalf("threads of %q, %v", peers, err)
	}
}

// A thread is in the order in which the box had the texts, whatever time the
// network wrote on them: a text that was an hour on its way does not slip in
// above an answer that was given before it came.
func TestOrderOfArrival_S69(t *testing.T) {
	db := open(t)
	line := attach(t, db).ID
	arriveFrom(t, db, line, "+15550100", "first", time.Now())
	compose(t, db, "+15550100", 1)
	arriveFrom(t, db, line, "+15550100", "late", time.Now().Add(-time.Hour))
	page, _ := db.Threads(t.Context(), storage.Page{})
	found, err := db.Messages(t.Context(), page.Threads[0].ID, storage.Page{})
	var texts []string
	for _, m := range found.Messages {
		texts = append(texts, m.Text)
	}
	if err != nil || !slices.Equal(texts, []string{"first", "hello", "late"}) {
		t.Fatalf("in the order %q, %v", texts, err)
	}
	byStamp := slices.SortedStableFunc(slices.Values(found.Messages), func(a, b storage.Message) int { return a.SentAt.Compare(b.SentAt.Time) })
	if byStamp[2].Text == "late" { // control: the network's time stamps would have told another order
		t.Fatal("the time stamps do not tell another order, so this test shows nothing")
	}
}
