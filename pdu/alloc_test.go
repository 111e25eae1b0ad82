package pdu

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestAllocations keeps the number of allocations where it is. The figures are those measured, not
// a wish: whoever lowers one lowers it here.
func TestAllocations(t *testing.T) {
	buffer := make([]byte, 0, 1024)
	for _, c := range []struct {
		name string
		most float64
		do   func()
	}{
		{"decode 160 septets", 2, lineDecoder(t, latin160)},
		{"decode 70 code units", 2, lineDecoder(t, cyril70)},
		{"decode a part", 3, lineDecoder(t, latin306)},
		{"encode 160 septets", 1, func() { encode(t, buffer, latin160) }},
		{"encode two parts", 4, func() { encode(t, buffer, latin306) }},
		{"measure", 1, func() { _, _ = Measure(latin306) }},
	} {
		if got := testing.AllocsPerRun(100, c.do); got > c.most {
			t.Errorf("%s: %v allocations, more than %v", c.name, got, c.most)
		}
	}
	// The control: a reader that copies its line must be counted.
	line := deliverLine(t, latin160, 0)
	if got := testing.AllocsPerRun(100, func() { decode(t, strings.Clone(line)) }); got != 3 {
		t.Errorf("one allocation more is counted as %v", got)
	}
}

func lineDecoder(t *testing.T, text string) func() {
	line := deliverLine(t, text, 0)
	return func() { decode(t, line) }
}

// TestHostileLine holds that no line makes the reader allocate more than 8 KiB.
func TestHostileLine(t *testing.T) {
	for _, line := range []string{
		strings.Repeat("F", 1<<20),
		strings.Repeat("0", 1024),
		"FF" + strings.Repeat("91", 511),
		"0004FFD0" + strings.Repeat("1B", 508),
		"00440B916407550521F3000062108251037440FFFE" + strings.Repeat("70007000", 120),
	} {
		n := bytesPerRun(100, func() {
			f, err := ParseFrame(line, MobileTerminated)
			if d, ok := f.TPDU.(*Deliver); ok && err == nil {
				d.UD.Text(d.DCS)
				d.UD.Content(d.DCS)
			}
		})
		began := time.Now()
		_, _ = ParseFrame(line, MobileTerminated)
		if took := time.Since(began); took > 10*time.Millisecond {
			t.Errorf("%.40s...: takes %v", line, took)
		}
		if n > 8<<10 {
			t.Errorf("%.40s...: %d bytes", line, n)
		}
	}
	if n := bytesPerRun(100, func() { kept = make([]byte, 16<<10) }); n <= 8<<10 {
		t.Errorf("the control: 16 KiB are counted as %d bytes", n)
	}
}

var kept []byte

func bytesPerRun(runs uint64, do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		do()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / runs
}
