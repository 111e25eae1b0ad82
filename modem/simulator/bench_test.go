package simulator

import (
	"bytes"
	"io"
	"os"
	"testing"
)

// exchange sends and reads until the answer ends as it should.
func exchange(b *testing.B, p io.ReadWriter, say []byte, end string, buf []byte) {
	if _, err := p.Write(say); err != nil {
		b.Fatal(err)
	}
	n := 0
	for !bytes.HasSuffix(buf[:n], []byte(end)) {
		got, err := p.Read(buf[n:])
		if err != nil {
			b.Fatal(err)
		}
		n += got
	}
}

func benchmarkCMGS(b *testing.B, p io.ReadWriter, hex string) {
	buf := make([]byte, 1<<16)
	exchange(b, p, []byte("ATE0\r"), ok, buf)
	line, text := []byte(cmgs(hex)+"\r"), []byte(hex+"\x1a")
	b.ReportAllocs()
	for b.Loop() {
		exchange(b, p, line, "> ", buf)
		exchange(b, p, text, ok, buf)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sms/s")
}

func BenchmarkCMGS(b *testing.B) {
	run := func(b *testing.B, o Options, open func(m *Modem) io.ReadWriteCloser) {
		n := NewNetwork(o)
		defer n.Close()
		m := n.AddModem(ModemOptions{})
		h := n.Handset("+15550100")
		p := open(m)
		defer p.Close()
		benchmarkCMGS(b, p, compose(b, h.Number(), "what a bridge sends all day long", false)[0])
	}
	pipe := func(m *Modem) io.ReadWriteCloser { return m.Open() }
	b.Run("pipe", func(b *testing.B) { run(b, Options{}, pipe) })
	b.Run("pipe_recorded", func(b *testing.B) {
		f, err := os.Create(b.TempDir() + "/air.jsonl")
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		run(b, Options{Record: f}, pipe)
	})
	b.Run("pty", func(b *testing.B) {
		run(b, Options{}, func(m *Modem) io.ReadWriteCloser {
			name, err := m.ServePTY("")
			if err != nil {
				b.Skip(err)
			}
			f, err := os.OpenFile(name, os.O_RDWR, 0)
			if err != nil {
				b.Fatal(err)
			}
			return f
		})
	})
}

// BenchmarkReceive is a handset's text on its way into a slot, read and deleted.
func BenchmarkReceive(b *testing.B) {
	n := NewNetwork(Options{})
	defer n.Close()
	m := n.AddModem(ModemOptions{})
	h := n.Handset("+15550100")
	p := m.Open()
	defer p.Close()
	buf := make([]byte, 1<<16)
	exchange(b, p, []byte("ATE0\r"), ok, buf)
	exchange(b, p, []byte("AT+CNMI=2,1\r"), ok, buf)
	b.ReportAllocs()
	for b.Loop() {
		if err := h.Send(m.Number(), "what a customer writes"); err != nil {
			b.Fatal(err)
		}
		exchange(b, p, nil, "\"SM\",1\r\n", buf)
		exchange(b, p, []byte("AT+CMGR=1\r"), ok, buf)
		exchange(b, p, []byte("AT+CMGD=1\r"), ok, buf)
	}
}
