package simulator

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// The names of the faults, as the CLI and HTTP spell them.
const (
	LoseFinal   = "lose-final"   // the command is done, its final result never comes
	LateFinal   = "late-final"   // it comes after Delay
	CMSError    = "cms-error"    // the PDU is not sent: +CMS ERROR: Code, default 500
	CMEError    = "cme-error"    // Command is not done: +CME ERROR: Code, default 100
	NoPrompt    = "no-prompt"    // the command line is passed over in silence
	LatePrompt  = "late-prompt"  // the prompt comes after Delay
	StoreFull   = "store-full"   // no memory takes anything, for Delay or until cleared
	Unplug      = "unplug"       // now, or Octets later; back again after Delay if there is one
	Replug      = "replug"       // puts the modem back
	Silence     = "silence"      // hears nothing and says nothing, for Delay or until cleared
	SplitWrites = "split-writes" // the terminal reads octet by octet, Delay apart, until cleared
	Duplicate   = "duplicate"    // inbound parts arrive twice, the same TPDU in two slots
	Storm       = "storm"        // Count URCs at once, default 100, or Delay apart; with Command: inside its answer
	Garbage     = "garbage"      // Count octets of noise, default 64
	Restart     = "restart"      // forgets its settings, is dumb for Delay, then says RDY
	Deregister  = "deregister"   // loses the network, for Delay or until cleared
	Stuck       = "stuck"        // after Count more commands it answers none but the one that restarts it
	Dead        = "dead"         // after Count more commands it answers none until it is unplugged
	LoseReport  = "lose-report"  // delivery reports are lost; with Delay: come that much later
	Clear       = "clear"        // undoes what lasts and forgets what was ordered, but not unplug
)

// FaultNames lists them all.
func FaultNames() []string {
	return []string{LoseFinal, LateFinal, CMSError, CMEError, NoPrompt, LatePrompt, StoreFull, Unplug, Replug,
		Silence, SplitWrites, Duplicate, Storm, Garbage, Restart, Deregister, Stuck, Dead, LoseReport, Clear}
}

// Fault is an order for trouble.
type Fault struct {
	Name    string
	Count   int           // how many times, one after the other; default once
	Delay   time.Duration // see the names
	Code    int           // of cms-error and cme-error
	Octets  int           // of unplug: counted on the wire, both ways together
	Command string        // of the faults about answers: default +CMGS; "*" is any
}

// FaultCount tells of one kind of fault how often it is still to happen and how often it has happened.
type FaultCount struct {
	Name string `json:"fault"`
	Left int    `json:"left"`
	Done int    `json:"done"`
}

// faults are the trouble a modem is in; guarded by Network.mu.
type faults struct {
	armed       []*Fault // Count is what is left
	done        map[string]int
	dumb        bool // silence without end
	dumbUntil   time.Time
	splitting   bool
	gap         time.Duration
	counting    bool // commands, until it stops answering
	left        int
	thenDead    bool // it then needs to be unplugged
	stuck, dead bool
	unplugAfter int           // octets, for the next opening
	replugAfter time.Duration // from the next unplugging
}

// The faults that wait for their occasion; all others happen when ordered.
var patient = []string{LoseFinal, LateFinal, CMSError, CMEError, NoPrompt, LatePrompt, Duplicate, LoseReport}

// Fail orders a fault. Orders of one kind are carried out in their order. The error names the field that
// is wrong.
func (m *Modem) Fail(f Fault) error {
	f.Command = strings.TrimPrefix(strings.ToUpper(f.Command), "AT")
	if err := f.check(); err != nil {
		return err
	}
	n := m.network
	n.mu.Lock()
	e := m.note(KindFault)
	e.Fault, e.Count, e.Code = f.Name, f.Count, f.Code
	if f.Delay > 0 {
		e.Reason = "delay " + f.Delay.String()
	}
	err := n.record.write(e)
	if err == nil {
		m.fail(f)
	}
	n.mu.Unlock()
	switch {
	case err != nil:
		return err
	case f.Name == Replug:
		return m.Replug()
	case f.Name == Unplug && f.Octets == 0:
		m.Unplug()
	}
	return nil
}

func (f Fault) check() error {
	switch {
	case !slices.Contains(FaultNames(), f.Name):
		return fmt.Errorf("fault: there is no %q; there are %s", f.Name, strings.Join(FaultNames(), ", "))
	case f.Count < 0:
		return fmt.Errorf("count: %d is below 0; leave it out for once", f.Count)
	case f.Count > 1_000_000:
		return fmt.Errorf("count: %d is too many; 1000000 is the most", f.Count)
	case f.Delay < 0:
		return fmt.Errorf("delay: %v is below 0", f.Delay)
	case f.Octets < 0:
		return fmt.Errorf("octets: %d is below 0", f.Octets)
	case f.Code < 0 || f.Code > 999:
		return fmt.Errorf("code: %d is no code; they go from 0 to 999", f.Code)
	}
	return nil
}

// fail does what was ordered; the lock is held.
func (m *Modem) fail(f Fault) {
	if slices.Contains(patient, f.Name) || f.Name == Storm && f.Command != "" {
		f.Count = max(1, f.Count)
		m.faults.armed = append(m.faults.armed, &f)
		return
	}
	m.faults.count(f.Name)
	switch f.Name {
	case StoreFull:
		m.fill(true)
		m.until(f.Delay, func() { m.fill(false) })
	case Unplug:
		m.pull(f)
	case Silence:
		m.faults.dumb = f.Delay <= 0
		m.faults.dumbUntil = time.Now().Add(f.Delay)
	case SplitWrites:
		m.split(true, f.Delay)
	case Storm:
		m.storm(storm(cmp.Or(f.Count, 100)), f.Delay)
	case Stuck, Dead:
		m.faults.freeze(f)
	case Garbage:
		m.emit(noise(cmp.Or(f.Count, 64)))
	case Restart:
		m.restart(f.Delay)
	case Deregister:
		m.register(false)
		m.until(f.Delay, func() { m.register(true) })
	case Clear:
		m.clear()
	}
}

// until ends after d what otherwise lasts until cleared.
func (m *Modem) until(d time.Duration, end func()) {
	if d > 0 {
		m.network.later(d, end)
	}
}

func (m *Modem) clear() {
	m.faults.armed = nil
	m.faults.dumb, m.faults.dumbUntil = false, time.Time{}
	m.faults.unplugAfter, m.faults.replugAfter = 0, 0
	if m.port != nil {
		m.port.hangAfter(-1)
	}
	m.faults.thaw()
	m.split(false, 0)
	m.fill(false)
	m.register(true)
}

// fill has the memories say they are full, or not any longer.
func (m *Modem) fill(full bool) {
	for _, mem := range m.memories {
		mem.full = full
	}
	m.take()
}

func (m *Modem) pull(f Fault) {
	m.faults.replugAfter = f.Delay
	switch {
	case f.Octets > 0 && m.port != nil:
		m.port.hangAfter(f.Octets)
	case f.Octets > 0:
		m.faults.unplugAfter = f.Octets
	default:
		m.unplug()
	}
}

func (m *Modem) split(on bool, gap time.Duration) {
	m.faults.splitting, m.faults.gap = on, gap
	if m.port != nil {
		m.port.split(on, gap)
	}
}

// restart is what a modem does that lost its nerve: the port stays, the settings do not.
func (m *Modem) restart(dumb time.Duration) {
	m.powerUp()
	m.faults.stuck, m.faults.counting = false, false
	m.faults.dumbUntil = time.Now().Add(dumb)
	m.network.later(dumb, func() {
		m.faults.dumbUntil = time.Time{}
		m.greet()
		m.take()
	})
}

// storm says the lines, gap apart.
func (m *Modem) storm(lines []string, gap time.Duration) {
	if len(lines) == 0 {
		return
	}
	m.emit([]byte("\r\n" + lines[0] + "\r\n"))
	if gap > 0 {
		m.network.later(gap, func() { m.storm(lines[1:], gap) })
		return
	}
	for _, text := range lines[1:] {
		m.emit([]byte("\r\n" + text + "\r\n"))
	}
}

// register has the network lost or found.
func (m *Modem) register(on bool) {
	if m.away == !on {
		return
	}
	m.away = !on
	m.announce()
	m.take()
}

// take returns the next fault of a kind that is due for a command, nil if there is none.
func (s *faults) take(name, command string) *Fault {
	for i, f := range s.armed {
		if f.Name != name || !f.meets(command) {
			continue
		}
		if f.Count--; f.Count == 0 {
			s.armed = slices.Delete(s.armed, i, i+1)
		}
		s.count(name)
		return f
	}
	return nil
}

// next names the fault that the answer to a command will meet, "" if none.
func (s *faults) next(command string) string {
	for _, f := range s.armed {
		if (f.Name == LoseFinal || f.Name == LateFinal) && f.meets(command) {
			return f.Name
		}
	}
	return ""
}

func (f *Fault) meets(command string) bool {
	return command == "" && f.Command == "" || f.Command == "*" || cmp.Or(f.Command, "+CMGS") == command
}

func (s *faults) count(name string) {
	if s.done == nil {
		s.done = make(map[string]int)
	}
	s.done[name]++
}

// inside returns the URCs that come within the answer to a command.
func (s *faults) inside(command string) []string {
	f := s.take(Storm, command)
	if f == nil {
		return nil
	}
	n := f.Count + 1
	s.armed = slices.DeleteFunc(s.armed, func(x *Fault) bool { return x == f })
	return storm(n)
}

// freeze begins to count the commands until the modem stops answering.
func (s *faults) freeze(f Fault) {
	s.counting, s.left, s.thenDead = true, f.Count, f.Name == Dead
	s.countDown()
}

// countDown stops the modem when no command is left.
func (s *faults) countDown() {
	if s.counting && s.left == 0 {
		s.counting, s.stuck, s.dead = false, !s.thenDead, s.thenDead
	}
}

// thaw has it answer again.
func (s *faults) thaw() { s.counting, s.stuck, s.dead = false, false, false }

// passes counts a command and reports whether it is passed over; a restart gets through to a modem that
// is merely stuck.
func (s *faults) passes(restart bool) bool {
	s.countDown()
	switch {
	case s.dead:
		return true
	case s.stuck && restart:
		s.stuck = false
		return false
	case s.stuck:
		return true
	case s.counting:
		s.left--
	}
	return false
}

// silent reports whether the modem hears nothing, dumbstruck whether it says nothing.
func (s *faults) silent() bool     { return s.dumb || time.Now().Before(s.dumbUntil) }
func (s *faults) dumbstruck() bool { return s.silent() || s.stuck || s.dead }

func (s *faults) split() (on bool, gap time.Duration) { return s.splitting, s.gap }

// Faults tells what was ordered and what has happened, by name.
func (m *Modem) Faults() []FaultCount {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	return m.faults.counts()
}

func (s *faults) counts() []FaultCount {
	list := []FaultCount{}
	for _, name := range FaultNames() {
		c := FaultCount{Name: name, Done: s.done[name]}
		for _, f := range s.armed {
			if f.Name == name {
				c.Left += f.Count
			}
		}
		if c.Left+c.Done > 0 {
			list = append(list, c)
		}
	}
	return list
}

// storm returns URCs as chatty modems send them.
func storm(n int) []string {
	list := make([]string, n)
	for i := range list {
		switch i % 3 {
		case 0:
			list[i] = fmt.Sprintf("^RSSI:%d", i%32)
		case 1:
			list[i] = fmt.Sprintf("+CIEV: 2,%d", i%6)
		default:
			list[i] = fmt.Sprintf("^DSFLOWRPT:%08X,00000000,00000000", i)
		}
	}
	return list
}

// noise returns octets as a wrong baud rate makes them, the same each time.
func noise(n int) []byte {
	dice := rand.New(rand.NewPCG(27005, 23040))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(dice.Uint32())
	}
	return b
}
