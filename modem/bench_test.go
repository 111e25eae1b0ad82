//go:build linux

package modem

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// benchPorts are a modem's end and ours, as a pipe and as a pseudo terminal.
var benchPorts = []struct {
	name string
	open func(testing.TB) (ours, theirs io.ReadWriteCloser)
}{
	{"pipe", func(testing.TB) (ours, theirs io.ReadWriteCloser) { return net.Pipe() }},
	{"pty", ptyPort},
}

// BenchmarkSubmit is goal G3: at least 1000 a second on a pty.
func BenchmarkSubmit(b *testing.B) {
	for _, p := range benchPorts {
		b.Run(p.name, func(b *testing.B) {
			ours, theirs := p.open(b)
			go newPeer(theirs).run()
			m := start(ours, Options{}.filled())
			defer theirs.Close()
			defer m.Close()
			s := submission(1)
			s.Length, s.PDU = 158, "00"+strings.Repeat("5A", 158)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Submit(b.Context(), s); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sms/s")
		})
	}
}

// BenchmarkURC is goal G2: from the octets to the event, 1 ms at most in the middle, 10 ms for 99 of 100.
func BenchmarkURC(b *testing.B) {
	for _, p := range benchPorts {
		b.Run(p.name, func(b *testing.B) {
			ours, theirs := p.open(b)
			go newPeer(struct {
				io.Reader
				io.Writer
				io.Closer
			}{theirs, io.Discard, theirs}).run()
			m := start(ours, Options{}.filled())
			defer theirs.Close()
			defer m.Close()
			var took []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				begun := time.Now()
				if _, err := io.WriteString(theirs, "\r\n+CMTI: \"SM\",3\r\n"); err != nil {
					b.Fatal(err)
				}
				if ev := <-m.Events(); ev.Kind != Arrived {
					b.Fatal(tell(ev))
				}
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
		})
	}
}

// BenchmarkURCsDuringCommand is goal G6: a thousand URCs in the middle of an answer, 100 ms at most.
func BenchmarkURCsDuringCommand(b *testing.B) {
	for _, p := range benchPorts {
		b.Run(p.name, func(b *testing.B) {
			ours, theirs := p.open(b)
			m := start(ours, Options{}.filled())
			defer theirs.Close()
			defer m.Close()
			said := urcStorm()
			longest := time.Duration(0)
			for b.Loop() {
				begun := time.Now()
				storm(b, m, theirs, said)
				longest = max(longest, time.Since(begun))
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/storm")
			b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest")
		})
	}
}

// BenchmarkOpen is goal G1.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		ours, theirs := net.Pipe()
		go newPeer(theirs).run()
		m, err := Open(b.Context(), ours, Options{})
		if err != nil {
			b.Fatal(err)
		}
		m.Close()
		theirs.Close()
	}
}
