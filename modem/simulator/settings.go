package simulator

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
	mem      [3]string // +CPMS: read and delete, write and send, receive
}

// cnmi is +CNMI: 3GPP TS 27.005, 3.4.1.
type cnmi struct{ mode, mt, bm, ds, bfr int }

func factory() settings {
	return settings{
		echo:     true,
		charset:  "GSM",
		function: 1,
		creg:     make(map[string]int),
		csmp:     "17,167,0,0",
		mem:      [3]string{"SM", "SM", "SM"},
	}
}

// reset is ATZ and AT&F: the radio and the choice of memories stay as they are.
func (s *settings) reset() {
	fresh := factory()
	fresh.function, fresh.mem = s.function, s.mem
	*s = fresh
}
