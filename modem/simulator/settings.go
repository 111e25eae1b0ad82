package simulator

import (
	"slices"

	"smsbridge/modem/at"
)

// settings are what a modem forgets with its power.
type settings struct {
	echo     bool
	quiet    bool   // Q1: no final results
	numeric  bool   // V0: final results as digits
	cmee     int    // 0 ERROR, 1 code, 2 words
	charset  string // +CSCS
	function int    // +CFUN
	format   int    // of +COPS
	creg     map[string]int
	cnmi     cnmi
	phase2   bool // +CSMS=1: what is pushed must be acknowledged
	more     int  // +CMMS
	clip     int
	crc      int
	ussd     int // +CUSD
	csmp     string
	csdh     int
	enabled  map[string]bool // commands that were set to 1, if the family waits for them
	mem      [3]string       // +CPMS: read and delete, write and send, receive
}

// cnmi is +CNMI: 3GPP TS 27.005, 3.4.1.
type cnmi struct{ mode, mt, bm, ds, bfr int }

func (f *Family) factory() settings {
	return settings{
		echo:     true,
		charset:  "GSM",
		function: 1,
		creg:     make(map[string]int),
		enabled:  make(map[string]bool),
		csmp:     "17,167,0,0",
		mem:      f.firstMemories(),
		cnmi:     cnmi{bfr: f.firstBuffer()},
	}
}

// reset is ATZ and AT&F: the radio and the choice of memories stay as they are.
func (s *settings) reset(f *Family) {
	fresh := f.factory()
	fresh.function, fresh.mem = s.function, s.mem
	*s = fresh
}

// firstMemories are those in use after a start: the SIM's, where they may be.
func (f *Family) firstMemories() (mem [3]string) {
	for i := range mem {
		mem[i] = "SM"
		if names := f.places(i); len(names) > 0 && !slices.Contains(names, "SM") {
			mem[i] = names[0]
		}
	}
	return mem
}

// firstBuffer is <bfr> after a start.
func (f *Family) firstBuffer() int {
	sets := at.ParseSets(f.CNMI)
	return sets[4].Numbers()[0]
}
