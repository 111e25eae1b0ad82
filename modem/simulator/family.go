package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"smsbridge/modem/at"
)

// Family is what a make of modems does its own way, as data. A field left empty means generic's. The
// families are reconstructed from what is published about them, not recorded from devices of ours;
// families_*.go name what each line rests on.
//
// A text may hold {placeholders}, which Modem.expand replaces: {iccid} {imei} {pin} {puk} (tries left)
// {csq} {dbm} {rsrp} {celsius} and the like.
type Family struct {
	Name                    string
	Maker, Model, Revision  string // +CGMI, +CGMM, +CGMR
	USB                     USB    // as Sysfs plugs it in; a zero Vendor is a modem on a serial line
	Says                    Said   // commands that generic does not have, or answers otherwise
	Lacks                   []string
	Unknown                 string   // final result of an unknown command; default +CME ERROR: 4
	Unfinished              []string // commands whose answer has no final result
	CLAC                    string   // how a line of +CLAC ends; default CR LF
	Banner                  []Line   // after a start, the PIN's line left out
	Gone                    time.Duration
	Reset                   []string // commands that restart, besides +CFUN=1,1
	Levels                  string   // of +CFUN=?; default (0,1,4),(0,1)
	CNMI                    string   // of +CNMI=?
	RefusesCNMI             []string // tuples that =? allows and that are refused all the same
	CSMS                    string   // of +CSMS=?
	CPMS                    [3]string
	CPMSValues              int               // +CPMS takes so many at most; default 3
	Alias                   map[string]string // memories that are another one's second name
	FromZero                bool              // slots are counted from 0
	Lag                     time.Duration     // +CPMS counts a message so much later than +CMTI tells of it
	EmptyList               int               // CMS code in place of an empty +CMGL; default none, OK
	Notice                  string            // tells of a new message in place of +CMTI with its slot
	Clogs                   bool              // what came while a memory was not empty cannot be read by +CMGR, only listed
	LosesReports            bool              // <ds> 2: +CDSI names a slot of SM, where nothing is
	CSMPClearsCentre        bool              // setting +CSMP takes the service centre with it
	SIMBusy                 time.Duration     // after a start the SIM answers CME 14 so long
	USSD                    Form              // of requests
	Answers                 Form              // of answers
	PlainUSSD               string            // this command makes both plain
	CardOut, CardIn, Filled []string          // what it says when the SIM goes and comes, when no slot is left
	Voice                   Voice
	IMSDelay                time.Duration // how long it takes to say CMS 350
	ColdSIM                 bool          // a SIM put in is not seen before the next start
	CFUNBusy                time.Duration // after +CFUN=1 it answers CME 515 so long
}

// Line is something a modem says some time after its start.
type Line struct {
	After time.Duration
	Text  string
}

// Said are answers by command: "+QCCID" runs it, "+CPSI?" reads, "+X=?" tests, "+X=1" sets this value and
// "+X=" any. Lines are parted by LF; an empty answer is a mere OK. The test of a command that is
// somewhere in here is an OK too.
type Said map[string]string

// Form is how a USSD text goes over the line.
type Form string

const (
	Plain  Form = "plain"  // in the alphabet of +CSCS
	Raw    Form = "gsm"    // as text, whatever +CSCS says
	Packed Form = "packed" // hex of the packed GSM 7 bit alphabet
	UCS2   Form = "ucs2"   // hex of UCS-2
)

// Families returns the families, generic first.
func Families() []Family {
	list := make([]Family, len(families))
	for i, f := range families {
		list[i] = f.over(families[0])
	}
	return list
}

// FamilyNames lists what ModemOptions.Family may be.
func FamilyNames() []string {
	names := make([]string, len(families))
	for i, f := range families {
		names[i] = f.Name
	}
	return names
}

// FindFamily returns the family of a name, generic for an empty one.
func FindFamily(name string) (Family, error) {
	for _, f := range families {
		if f.Name == name || name == "" {
			return f.over(families[0]), nil
		}
	}
	return Family{}, fmt.Errorf("family: there is no %q; there are %s", name, strings.Join(FamilyNames(), ", "))
}

// over fills what is empty from the family below.
func (f Family) over(below Family) Family {
	text := func(p *string, other string) {
		if *p == "" {
			*p = other
		}
	}
	list := func(p *[]string, other []string) {
		if *p == nil {
			*p = other
		}
	}
	text(&f.Maker, below.Maker)
	text(&f.Model, below.Model)
	text(&f.Revision, below.Revision)
	text(&f.CNMI, below.CNMI)
	text(&f.CSMS, below.CSMS)
	text(&f.CLAC, below.CLAC)
	text(&f.Levels, below.Levels)
	text((*string)(&f.USSD), string(below.USSD))
	text((*string)(&f.Answers), string(below.Answers))
	list(&f.CardOut, below.CardOut)
	list(&f.CardIn, below.CardIn)
	if f.Says == nil {
		f.Says = below.Says
	}
	if f.CPMS == [3]string{} {
		f.CPMS = below.CPMS
	}
	if f.CPMSValues == 0 {
		f.CPMSValues = below.CPMSValues
	}
	f.Voice = f.Voice.over(below.Voice)
	return f
}

// onUSB reports whether a restart takes the modem off its bus.
func (f *Family) onUSB() bool { return f.USB.Vendor != "" }

// answer looks a command up.
func (s Said) answer(c at.Command) (text string, ok bool) {
	switch c.Op {
	case at.Execute:
		text, ok = s[c.Name]
	case at.Read:
		text, ok = s[c.Name+"?"]
	case at.Assign:
		if text, ok = s[c.Name+"="+c.Args]; !ok {
			text, ok = s[c.Name+"="]
		}
	case at.Test:
		if text, ok = s[c.Name+"=?"]; !ok {
			ok = s.has(c.Name)
		}
	}
	return text, ok
}

func (s Said) has(name string) bool {
	for _, suffix := range []string{"", "?", "="} {
		if _, ok := s[name+suffix]; ok {
			return true
		}
	}
	return false
}

// handler returns what runs a command on this modem, nil if nothing does.
func (m *Modem) handler(c at.Command) handler {
	f := &m.family
	if slices.Contains(f.Reset, c.String()) {
		return reboot
	}
	if text, ok := f.Says.answer(c); ok {
		return m.sayer(c, text)
	}
	if slices.Contains(f.Lacks, c.Name) {
		return nil
	}
	return commands[c.Name]
}

// sayer makes the handler of a command that only tells something.
func (m *Modem) sayer(c at.Command, text string) handler {
	return func(m *Modem, _ at.Command) reply {
		if strings.Contains(text, "{iccid}") && m.cardless {
			return cme(10)
		}
		if c.Op == at.Assign {
			m.enabled[c.Name] = c.Args == "1"
		}
		if c.String() == m.family.PlainUSSD {
			m.plainUSSD = true
		}
		if text == "" {
			return reply{}
		}
		return tell(strings.Split(m.expand(text), "\n")...)
	}
}

// unknown is the answer to a command the modem does not have.
func (m *Modem) unknown() reply {
	if m.family.Unknown != "" {
		return reply{failed: &at.Result{Kind: at.Unsupported, Code: -1, Text: m.family.Unknown}}
	}
	return cme(4)
}

// expand replaces the placeholders of a text.
func (m *Modem) expand(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	csq := m.signal()
	dbm, rxlev, level := -113+2*csq, 2*csq-2, 2*csq+20
	if csq > 31 {
		dbm, rxlev, level = -113, 99, 255
	}
	service := func(name string) string { return fmt.Sprintf(`"%s",%d,%d,132,-10`, name, dbm, dbm-27) }
	if csq > 31 {
		service = func(string) string { return `"NOSERVICE"` }
	}
	return strings.NewReplacer(
		"{lte}", service("LTE"), "{emtc}", service("eMTC"),
		"{cpin}", m.cpin(), "{iccid}", m.options.ICCID, "{imei}", m.options.IMEI, "{imsi}", m.options.IMSI,
		"{number}", m.options.Number, "{toa}", fmt.Sprint(toa(m.options.Number)),
		"{model}", m.options.Model, "{revision}", m.options.Revision,
		"{pin}", fmt.Sprint(max(0, m.pinTries)), "{puk}", fmt.Sprint(max(0, m.pukTries)), "{wants}", m.wants(),
		"{csq}", fmt.Sprint(csq), "{dbm}", fmt.Sprint(dbm), "{rxlev}", fmt.Sprint(rxlev),
		"{rsrp}", fmt.Sprint(dbm-27), "{rsrplevel}", fmt.Sprint(min(level, 255)), "{plmn}", plmn,
		"{celsius}", fmt.Sprint(m.celsius), "{decicelsius}", fmt.Sprint(10*m.celsius),
		"{stat}", fmt.Sprint(m.stat("+CREG")),
	).Replace(text)
}
