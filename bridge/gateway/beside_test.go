package gateway

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"smsbridge/modem/simulator"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

// row is a radio bank of four modems that do their work, and one that may not.
type row struct {
	testing.TB
	sims     []*simulator.Modem
	phone    *simulator.Handset
	offender *simulator.Modem // on a network of its own, so that nothing but the gateway is shared
	arrived  chan time.Time
	sent     int
	p50, p99 []time.Duration // of each round
}

func newRow(b testing.TB) *row {
	b.Helper()
	db, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), "ledger.db"))
	if err != nil {
		b.Fatal(err)
	}
	good, bad := simulator.NewNetwork(simulator.Options{}), simulator.NewNetwork(simulator.Options{})
	r := &row{TB: b, phone: good.Handset(customer), arrived: make(chan time.Time, 1)}
	var ports []Port
	port := func(m *simulator.Modem) {
		ports = append(ports, Port{Name: fmt.Sprint("sim", len(ports)), Open: func(context.Context) (io.ReadWriteCloser, error) { return m.TryOpen() }})
	}
	for range 4 {
		r.sims = append(r.sims, good.AddModem(simulator.ModemOptions{}))
		port(r.sims[len(r.sims)-1])
	}
	r.offender = bad.AddModem(simulator.ModemOptions{Number: "+15550300", ICCID: "8949019999999999999", IMEI: "350000009999999"})
	port(r.offender)
	g := New(db, ports, Options{Silence: time.Second})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { g.Run(ctx) })
	<-g.Settled()
	head, err := db.Head(ctx)
	if err != nil {
		b.Fatal(err)
	}
	running.Go(func() {
		storage.Follow(ctx, db, head.Seq, 256, func(events []storage.Event) error {
			for _, e := range events {
				if e.Type == storage.MessageReceived {
					r.arrived <- time.Now()
				}
			}
			return nil
		})
	})
	b.Cleanup(func() { stop(); running.Wait(); good.Close(); bad.Close(); db.Close() })
	return r
}

// deliver texts each of the four in turn and measures from the handset to the
// event in the ledger.
func (r *row) deliver(n int) {
	r.Helper()
	took := make([]time.Duration, 0, n)
	for i := range n {
		began := time.Now()
		if err := r.phone.Send(r.sims[i%len(r.sims)].Number(), fmt.Sprint("text ", r.sent)); err != nil {
			r.Fatal(err)
		}
		took = append(took, (<-r.arrived).Sub(began))
		r.sent++
	}
	slices.Sort(took)
	r.p50, r.p99 = append(r.p50, took[n/2]), append(r.p99, took[n*99/100])
}

// storming has the offender say a line each millisecond while do is done.
func (r *row) storming(do func()) {
	over := make(chan struct{})
	var storm sync.WaitGroup
	storm.Go(func() {
		beat := time.NewTicker(time.Millisecond)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				r.offender.Fail(simulator.Fault{Name: simulator.Storm, Count: 1})
			case <-over:
				return
			}
		}
	})
	do()
	close(over)
	storm.Wait()
}

func median(d []time.Duration) float64 {
	slices.Sort(d)
	return float64(d[len(d)/2].Microseconds()) / 1000
}

// BenchmarkBeside tells what a modem that storms (1,000 indications a second,
// as many as 115,200 baud carry), and one that is silent, do to the delivery of
// the others: the medians of the rounds' own percentiles. The rounds of the three
// rows take turns, so that what else the machine does falls on each alike.
func BenchmarkBeside(b *testing.B) {
	const rounds, each = 30, 100
	alone, storm, silent := newRow(b), newRow(b), newRow(b)
	silent.offender.Fail(simulator.Fault{Name: simulator.Silence})
	for b.Loop() {
		for round := range rounds {
			order := []*row{alone, storm, silent}
			for i := range order {
				r := order[(i+round)%len(order)]
				if r == storm {
					r.storming(func() { r.deliver(each) })
				} else {
					r.deliver(each)
				}
			}
		}
	}
	base := median(alone.p99)
	for name, r := range map[string]*row{"alone": alone, "storm": storm, "silent": silent} {
		b.ReportMetric(median(r.p50), "ms-p50-"+name)
		b.ReportMetric(median(r.p99), "ms-p99-"+name)
	}
	b.ReportMetric(100*(median(storm.p99)/base-1), "%-p99-moved-by-storm")
	b.ReportMetric(100*(median(silent.p99)/base-1), "%-p99-moved-by-silence")
	b.ReportMetric(0, "ns/op")
}
