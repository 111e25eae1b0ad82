package modem

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"smsbridge/modem/at"
	"smsbridge/modem/profile"
)

// spoken are the lines that modems say in the recorded conversations.
func spoken(t testing.TB) (lines [][]byte) {
	for _, d := range loadDialogues(t) {
		for _, text := range d.modem {
			mark, rest, _ := strings.Cut(text, " ")
			switch mark {
			case "<":
				lines = append(lines, []byte("\r\n"+rest+"\r\n"))
			case "<<":
				raw, err := strconv.Unquote(`"` + strings.ReplaceAll(rest, `"`, `\"`) + `"`)
				if err != nil {
					t.Fatal(err)
				}
				lines = append(lines, []byte(raw))
			}
		}
	}
	return lines
}

// mutant spoils lines as a bad cable, a confused modem or an enemy would.
type mutant struct {
	*rand.Rand
	corpus [][]byte
}

func (m *mutant) line() []byte {
	text := bytes.Clone(m.corpus[m.IntN(len(m.corpus))])
	for range m.IntN(4) {
		i := m.IntN(len(text) + 1)
		switch m.IntN(8) {
		case 0: // another octet
			if i < len(text) {
				text[i] = byte(m.Uint32())
			}
		case 1: // fewer
			text = append(text[:i], text[min(len(text), i+1+m.IntN(4)):]...)
		case 2: // one that matters
			text = append(text[:i], append([]byte{`:=,;"()<> +^$#%*!-09AaFf`[m.IntN(24)]}, text[i:]...)...)
		case 3: // one that ends things
			text = append(text[:i], append([]byte{"\r\n\x00\x1a\x1b>"[m.IntN(6)]}, text[i:]...)...)
		case 4: // the tail of another
			other := m.corpus[m.IntN(len(m.corpus))]
			text = append(text[:i], other[m.IntN(len(other)+1):]...)
		case 5: // a number out of all proportion
			text = append(text[:i], append(strconv.AppendInt(nil, int64(m.Uint64()), 10), text[i:]...)...)
		case 6: // twice
			text = append(text, text...)
		case 7:
			if m.IntN(200) == 0 { // without end
				text = append(text[:i], bytes.Repeat([]byte{byte(m.Uint32())}, 20_000)...)
			}
		}
	}
	return text
}

// TestMutation lets engines in all states, and the parsers, hear spoiled lines of real modems: 100,000, or ten
// million with SMSBRIDGE_LONG=1.
func TestMutation(t *testing.T) {
	const perEngine = 10
	corpus := spoken(t)
	if len(corpus) < 400 {
		t.Fatalf("%d lines in the corpus", len(corpus))
	}
	count, shards := int64(many(100_000, 10_000_000)), runtime.GOMAXPROCS(0)
	var lines, octets, parcels, endless atomic.Int64
	begun := time.Now()
	t.Run("lines", func(t *testing.T) {
		for shard := range shards {
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				m := &mutant{rand.New(rand.NewPCG(27005, uint64(shard))), corpus}
				for lines.Load() < count && !t.Failed() {
					var said []byte
					for range perEngine {
						text := m.line()
						parse(t, strings.Trim(string(text), "\r\n"))
						said = append(said, text...)
						if len(text) > lineMax {
							endless.Add(1)
						}
					}
					state := uint8(m.Uint32())
					parcels.Add(int64(listen(t, state, said)))
					if t.Failed() {
						t.Logf("state %d: %q", state, said)
					}
					lines.Add(perEngine)
					octets.Add(int64(len(said)))
				}
			})
		}
	})
	took := time.Since(begun)
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	t.Logf("%d lines, %d without end, %d MB in %v; %d PDUs went out, %d kB in use afterwards",
		lines.Load(), endless.Load(), octets.Load()>>20, took.Round(time.Millisecond), parcels.Load(), memory.HeapAlloc>>10)
	if parcels.Load() == 0 || endless.Load() == 0 {
		t.Error("too little happened")
	}
	if memory.HeapAlloc > 64<<20 {
		t.Errorf("%d MB in use afterwards", memory.HeapAlloc>>20)
	}
}

// parse gives a line to every parser of the package.
func parse(t *testing.T, text string) {
	p := at.ParseParams(payload(text))
	if s := parseRegistration(p); int(s) >= len(registrationNames) {
		t.Errorf("%q: registration %d", text, s)
	}
	if s := iccid(text); s != "" && !digits(s, 18, 20) {
		t.Errorf("%q: ICCID %s", text, s)
	}
	if n := dBm(number(p, 0, 99)); n > 0 || n < -120 {
		t.Errorf("%q: %d dBm", text, n)
	}
	for _, tuple := range indications(profile.Generic(), at.ParseSets(payload(text))) {
		if len(tuple) < 3 {
			t.Errorf("%q: indications %q", text, tuple)
		}
	}
	if names := at.ParseSets(payload(text)); len(names) > 0 && len(names[0].Names()) > 0 && len(readable(names[0].Names(), sought(profile.Generic().Memories))) == 0 {
		t.Errorf("%q: no memory", text)
	}
	if isHex(text) {
		s := stow("SM", 0, p, text)
		if s.Length < 0 || s.Length > len(text)/2 {
			t.Errorf("%q: %d octets", text, s.Length)
		}
	}
	inTextMode(p, 0)
	_ = shorten{text}.LogValue()
}

// TestAnswerWithoutEnd: a modem that never stops answering fills no memory, and its answer is none.
func TestAnswerWithoutEnd(t *testing.T) {
	for _, c := range []struct {
		shape shape
		line  string
	}{
		{shape{prefix: "+CSQ", need: true}, "+CSQ: 11,99\r\n"},
		{shape{bare: isName}, "Example\r\n"},
		{shape{prefix: "+CMGL", pdus: true}, "+CMGL: 1,0,,8\r\n000000000000000001\r\n"},
	} {
		e := newEngine(still{}, Options{}.filled())
		call := newCall(t.Context(), "+X", c.shape, time.Hour)
		e.begin(call)
		said := []byte(strings.Repeat(c.line, 1000))
		for range 1000 {
			e.hear(chunk{data: said})
		}
		kept := 0
		for _, text := range call.info {
			kept += len(text)
		}
		for _, p := range call.pairs {
			kept += len(p.pdu)
		}
		if kept > infoMax {
			t.Errorf("%q: %d octets kept", c.line, kept)
		}
		e.hear(chunk{data: []byte("OK\r\n")})
		if a := <-call.reply; a.err == nil {
			t.Errorf("%q: an answer of %d lines", c.line, len(a.info))
		}
		e.timer.Stop()
		e.stuck.Stop()
	}
}
