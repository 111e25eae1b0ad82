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
	took     []time.Duration // of each text, from the handset to the event in the ledger
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
	for i := range n {
		began := time.Now()
		if err := r.phone.Send(r.sims[i%len(r.sims)].Number(), fmt.Sprint("text ", r.sent)); err != nil {
			r.Fatal(err)
		}
		r.took = append(r.took, (<-r.arrived).Sub(began))
		r.sent++
	}
}

// at is the time in ms that the given share of all texts kept to.
func (r *row) at(share float64) float64 {
	slices.Sort(r.took)
	return float64(r.took[int(share*float64(len(r.took)))].Microseconds()) / 1000
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

// BenchmarkBeside tells what a modem that storms (1,000 indications a second,
// as many as 115,200 baud carry), and one that is silent, do to the delivery of
// the others, over all texts of a row. The rounds of the three rows take turns, so
// that what else the machine does falls on each alike.
func BenchmarkBeside(b *testing.B) {
	const rounds, each = 200, 50
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
	base := alone.at(0.99)
	for name, r := range map[string]*row{"alone": alone, "storm": storm, "silent": silent} {
		b.ReportMetric(r.at(0.5), "ms-p50-"+name)
		b.ReportMetric(r.at(0.99), "ms-p99-"+name)
	}
	b.ReportMetric(100*(storm.at(0.99)/base-1), "%-p99-moved-by-storm")
	b.ReportMetric(100*(silent.at(0.99)/base-1), "%-p99-moved-by-silence")
	b.ReportMetric(0, "ns/op")
}
