package pdu

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMutations reads spoilt copies of every vector, both ways, and holds each to what checkFrame
// demands: no panic, and what strict reading takes is written back octet for octet. SMSBRIDGE_LONG=1
// makes it 10^8 readings; FuzzParseFrame, which is led by coverage, goes further into fewer.
func TestMutations(t *testing.T) {
	seeds := seedOctets(t)
	total := many(20_000, 100_000_000)
	workers := runtime.GOMAXPROCS(0)
	var running sync.WaitGroup
	for w := range workers {
		running.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), uint64(time.Now().UnixNano())))
			m := mutator{r, seeds, make([]byte, 0, 512)}
			for range total / workers {
				line, d := m.next()
				if err := checkMutation(line, d); err != nil {
					t.Errorf("%s: %v", line, err)
					return
				}
			}
		})
	}
	running.Wait()
	t.Logf("%d readings", total/workers*workers)
}

// checkMutation is checkFrame, with the panic it may find, and with a limit on time. A reading that took
// long is done again, since the machine may have been elsewhere.
func checkMutation(line string, d Direction) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	for range 3 {
		began := time.Now()
		err = checkFrame(line, d, ParseFrame)
		if took := time.Since(began); err != nil || took < 10*time.Millisecond {
			return err
		}
	}
	return fmt.Errorf("reading it takes 10 ms")
}

// TestMutations_memory holds that no spoilt line makes the reader allocate more than 8 KiB.
func TestMutations_memory(t *testing.T) {
	m := mutator{rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano()))), seedOctets(t), make([]byte, 0, 512)}
	for range many(2_000, 200_000) {
		line, d := m.next()
		if n := bytesPerRun(1, func() { readAll(line, d) }); n > 8<<10 {
			t.Fatalf("%s: %d octets", line, n)
		}
	}
}

func readAll(line string, d Direction) {
	f, err := ParseFrame(line, d)
	if m, ok := f.TPDU.(*Deliver); ok && err == nil {
		m.UD.Text(m.DCS)
		m.UD.Content(m.DCS)
	}
}

func seedOctets(t *testing.T) [][]byte {
	t.Helper()
	var seeds [][]byte
	for _, file := range vectorFiles(t) {
		if file == encodeFile {
			continue
		}
		var vectors []vector
		loadVectors(t, file, &vectors)
		for _, v := range vectors {
			if octets, err := hex.DecodeString(strings.TrimSpace(v.Line)); err == nil {
				seeds = append(seeds, octets)
			}
		}
	}
	if len(seeds) < 300 {
		t.Fatalf("only %d vectors can be spoilt", len(seeds))
	}
	return seeds
}

// mutator spoils octets.
type mutator struct {
	*rand.Rand
	seeds [][]byte
	b     []byte
}

// next returns a line that is a vector with up to eight faults.
func (m *mutator) next() (line string, d Direction) {
	m.b = append(m.b[:0], m.seeds[m.IntN(len(m.seeds))]...)
	for range 1 + m.IntN(8) {
		if len(m.b) == 0 || len(m.b) > 400 {
			break
		}
		i := m.IntN(len(m.b))
		switch m.IntN(7) {
		case 0:
			m.b[i] ^= 1 << m.IntN(8)
		case 1:
			m.b[i] = byte(m.Uint32())
		case 2:
			m.b[i] = []byte{0, 1, 0x7F, 0x80, 0xFF, 0x1B, 0xD8, 0xA0}[m.IntN(8)]
		case 3:
			m.b = append(m.b[:i], m.b[i+1:]...)
		case 4:
			m.b = append(m.b[:i+1], m.b[i:]...)
		case 5:
			m.b = m.b[:i]
		case 6:
			other := m.seeds[m.IntN(len(m.seeds))]
			m.b = append(m.b[:i], other[m.IntN(len(other)):]...)
		}
	}
	return strings.ToUpper(hex.EncodeToString(m.b)), Direction(m.IntN(2))
}

// The control: a reader that loses the last octet of what it read strictly is found by the mutations.
func TestMutations_control(t *testing.T) {
	m := mutator{rand.New(rand.NewPCG(2, 3)), seedOctets(t), make([]byte, 0, 512)}
	for range 2_000 {
		line, d := m.next()
		if checkFrame(line, d, careless) != nil {
			return
		}
	}
	t.Fatal("the planted bug was not found")
}

func careless(line string, d Direction) (Frame, error) {
	f, err := ParseFrame(line, d)
	if err == nil && len(f.Raw) > 20 {
		f.Raw = f.Raw[:len(f.Raw)-1]
	}
	return f, err
}
