package hook

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"smsbridge/storage"
)

// BenchmarkDeliveries is how many events a second go out to one endpoint on
// loopback, log and rows on the disk, from a backlog.
func BenchmarkDeliveries(b *testing.B) {
	for _, order := range []string{storage.HookFree, storage.HookStrict} {
		b.Run(order, func(b *testing.B) {
			db := openLedger(b)
			came := make(chan struct{}, 1024)
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came <- struct{}{} }))
			defer server.Close()
			if _, _, err := db.CreateHook(context.Background(), storage.Hook{URL: server.URL, Order: order, Events: []string{"contact.saved"}}); err != nil {
				b.Fatal(err)
			}
			write(b, db, b.N)
			b.ResetTimer()
			stop := start(b, db, Options{Guard: anywhere(b)})
			for range b.N {
				<-came
			}
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
			stop()
		})
	}
}

// BenchmarkLatency is the time from the commit of an event to its POST.
func BenchmarkLatency(b *testing.B) {
	db := openLedger(b)
	came := make(chan time.Time, 1)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came <- time.Now() }))
	defer server.Close()
	if _, _, err := db.CreateHook(context.Background(), storage.Hook{URL: server.URL, Events: []string{"contact.saved"}}); err != nil {
		b.Fatal(err)
	}
	stop := start(b, db, Options{Guard: anywhere(b)})
	var sum, worst time.Duration
	for range b.N {
		if _, err := db.SaveContact(context.Background(), storage.Contact{Name: "C", Numbers: []string{"+15550100"}}); err != nil {
			b.Fatal(err)
		}
		committed := time.Now()
		took := (<-came).Sub(committed)
		sum, worst = sum+took, max(worst, took)
	}
	b.ReportMetric(float64(sum.Microseconds())/float64(b.N), "µs/event")
	b.ReportMetric(float64(worst.Microseconds()), "µs-worst")
	stop()
}
