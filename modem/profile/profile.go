// Package profile is what is known about modem families, as data: which interface of a USB device
// speaks AT, what a family says when it is up, what it wants before the start, which forms it takes and
// which faults it has. Every row names its source, and says so where the source is thin.
//
// It talks to no modem and finds no port. The conversation is in modem, which asks a Profile what to
// try and then believes only what the modem answers: nothing here makes a modem unusable that behaves
// better than its family.
//
// Start with ByUSB before a port is open, and with ByName once the modem has told its maker and model.
package profile

import (
	"slices"
	"strings"
	"time"
)

// Profile is what a family of modems does. Those the functions of this package return are complete: what
// a family does not say is generic's, and what they share with the tables is not to be written to.
type Profile struct {
	Name   string // short and stable: huawei, quectel-m
	Title  string // for people
	Source string
	Doubt  string // what in it rests on thin ground; empty: nothing

	Makers []string // parts of the answer to +CGMI, lower case
	Models []string // parts of the answer to +CGMM, lower case; none: all of the maker's

	Ready  []string      // how lines begin that say it is up
	First  []string      // sent before the rest of the start; refusals do not matter
	Settle time.Duration // of quiet, after a PIN and after +CFUN=1
	Lag    time.Duration // how long a message told by +CMTI may not be readable yet, and counters lag

	Modes, Reports, Buffer []int // <mode>, <ds> and <bfr> of +CNMI, best first: TS 27.005, 3.4.1

	Memories []string // of those the modem has, the first that can receive is chosen
	SlotBase int      // the lowest place in a memory

	USSD         []USSDForm // to try, first first
	NoUSSDCancel bool       // +CUSD=2 must not be used

	Signal      []string // questions; the first answered with something known wins
	ICCID       []string // likewise
	Temperature string   // question; empty: it has none
	Tries       Tries    // beside +CPINR of TS 27.007, 8.65, which few know

	Reset      string        // restarts the modem by a command; empty: nothing does
	ResetTime  time.Duration // that it may be away then
	NoRadioOff bool          // +CFUN=0 must not be used: it does not come back

	Result time.Duration // for the result of +CMGS; 0: the usual
	Store  time.Duration // for listing and selecting memories; 0: the usual
	BareOK bool          // OK without +CMGS is a success
	NoOK   []string      // questions answered without OK

	Voice bool // it can dial
	DTMF  bool // it sends tones by +VTS during a call

	Quirks []Quirk
}

// Tries is how a family tells the tries that are left for a SIM's codes.
type Tries struct {
	Text     string // question; empty: there is none
	PIN, PUK int    // the fields of its answer, from 0
}

// Quirk is a fault a person may meet, in words.
type Quirk struct {
	Sign   string // what is seen
	Words  string // what it means and what helps
	Source string
	Doubt  string
}

// USSDForm is how the text of +CUSD is written.
type USSDForm uint8

const (
	USSDPlain  USSDForm = iota // *100#
	USSDPacked                 // hexadecimal of the septets, packed: TS 23.038, 6.1.2.3.1
	USSDUCS2                   // hexadecimal of UCS2
)

func (f USSDForm) String() string {
	return [...]string{"plain", "packed", "UCS2"}[min(f, USSDUCS2)]
}

// none stands in a family's table where generic has something and the family has nothing.
const none = "none"

// Generic is the profile of a modem nobody knows.
func Generic() Profile { return generic }

// All returns the families, in the order in which ByName tries them, each laid over Generic.
func All() []Profile {
	list := make([]Profile, len(families))
	for i, f := range families {
		list[i] = f.over(generic)
	}
	return list
}

// ByName returns the profile of a modem that gives these answers to +CGMI and +CGMM, Generic if no
// family fits.
func ByName(maker, model string) Profile {
	maker, model = strings.ToLower(maker), strings.ToLower(model)
	for _, f := range families {
		if contains(maker, f.Makers) && (len(f.Models) == 0 || contains(model, f.Models)) {
			return f.over(generic)
		}
	}
	return generic
}

// Named returns the profile of that name.
func Named(name string) (Profile, bool) {
	if name == generic.Name {
		return generic, true
	}
	i := slices.IndexFunc(families, func(f Profile) bool { return f.Name == name })
	if i < 0 {
		return Profile{}, false
	}
	return families[i].over(generic), true
}

func contains(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// over fills what a family leaves open from the profile below. Its numbers and yes or no are its own: 0
// and false say something.
func (p Profile) over(below Profile) Profile {
	p.Modes = filled(p.Modes, below.Modes)
	p.Reports = filled(p.Reports, below.Reports)
	p.Buffer = filled(p.Buffer, below.Buffer)
	p.Memories = filled(p.Memories, below.Memories)
	p.USSD = filled(p.USSD, below.USSD)
	p.Signal = filled(p.Signal, below.Signal)
	p.ICCID = filled(p.ICCID, below.ICCID)
	if p.Reset == "" {
		p.Reset = below.Reset
	}
	if p.ResetTime == 0 {
		p.ResetTime = below.ResetTime
	}
	if p.Reset == none {
		p.Reset, p.ResetTime = "", 0
	}
	return p
}

func filled[T any](own, below []T) []T {
	if own == nil {
		return below
	}
	return own
}
