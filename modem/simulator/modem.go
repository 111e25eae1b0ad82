package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"syscall"
	"time"

	"smsbridge/modem/at"
	"smsbridge/pdu"
)

// ModemOptions describe a modem and the SIM in it. What is left out is made from the modem's index k:
// number +15550190 + k (so the first is +15550191), and ICCID, IMSI and IMEI that end in k and carry
// right check digits.
type ModemOptions struct {
	Number       string // of the SIM
	ICCID        string
	IMSI         string
	IMEI         string
	Family       string // see FamilyNames; default generic. An unknown one panics: FindFamily tells
	RealTime     bool   // it takes the time its family takes: to start, to count, to say no; default none
	Manufacturer string // default the family's; generic's is "Lab"
	Model        string // default the family's; generic's is "Simulator"
	Revision     string // default the family's; generic's is "1.0"
	PIN          string // asked for after each start; default none
	PUK          string // default 12345678
	PINTries     int    // left at the beginning; default 3
	Signal       int    // of +CSQ, 1 to 31; default 20
	Celsius      int    // its temperature; default 38

	SM, ME, SR int  // slots of the memories; default 50, 100, 10
	FromZero   bool // slots are counted from 0, as Huawei does, not from 1; default the family's

	Latency time.Duration // before each answer and each prompt; default none
}

func (o ModemOptions) withDefaults(k int, f *Family) ModemOptions {
	o.Number = tidy(o.Number)
	o.Number = cmp.Or(o.Number, fmt.Sprintf("+%d", 15550190+k))
	o.ICCID = cmp.Or(o.ICCID, withLuhn(fmt.Sprintf("894901%012d", k)))
	o.IMSI = cmp.Or(o.IMSI, fmt.Sprintf("00101%010d", k))
	o.IMEI = cmp.Or(o.IMEI, withLuhn(fmt.Sprintf("35000000%06d", k)))
	o.Manufacturer = cmp.Or(o.Manufacturer, f.Maker)
	o.Model = cmp.Or(o.Model, f.Model)
	o.Revision = cmp.Or(o.Revision, f.Revision)
	o.PUK = cmp.Or(o.PUK, "12345678")
	o.PINTries = cmp.Or(o.PINTries, 3)
	o.Signal = cmp.Or(o.Signal, 20)
	o.Celsius = cmp.Or(o.Celsius, 38)
	o.FromZero = o.FromZero || f.FromZero
	o.SM, o.ME, o.SR = cmp.Or(o.SM, 50), cmp.Or(o.ME, 100), cmp.Or(o.SR, 10)
	return o
}

// withLuhn appends the check digit that ICCID and IMEI carry (ISO/IEC 7812-1).
func withLuhn(digits string) string {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return digits + string(rune('0'+(10-sum%10)%10))
}

// Modem is one modem with its SIM. All methods may be called from any goroutine.
type Modem struct {
	network *Network
	index   int
	options ModemOptions
	family  Family
	address pdu.Address // of the SIM

	// All below is guarded by Network.mu.
	settings
	port      *port         // the present opening, nil if none
	tty       *tty          // nil if it has none
	sides     map[int]*port // openings of its other ports, by interface
	sideTTYs  []*tty
	socket    *socket // nil if it is in none
	plugged   bool
	starts    int // how often it has powered up
	pin       string
	locked    bool // the PIN was not given yet
	pinTries  int
	pukTries  int
	away      bool // deregistered by a fault
	coverage  Coverage
	csq       int
	celsius   int
	cardOut   bool // the SIM is not in its place,
	cardless  bool // and the modem knows
	cardBusy  time.Time
	busyUntil time.Time
	greets    bool // it has started and nobody was there to hear it
	started   time.Time
	mr        uint8
	scs       string // service centre, as +CSCA set it
	memories  map[string]*memory
	waiting   []*message // at the service centre, for this SIM
	reports   []*report  // the same for reports
	taking    bool       // take is at work
	ack       *pending   // what +CNMA is awaited for
	session   *USSD      // what the network waits for an answer to
	sessions  int        // counts them
	plainUSSD bool
	call      *talking
	dialling  *talk // whose ATD waits for its final result; nil: none
	calls     []*Call
	busy      bool     // a prompt is open: URCs are held
	held      []string // URCs that wait for the link or for +CNMI
	faults    faults
	overheard func(line string, failed *at.Result) // every answer; nil: nobody listens
}

// ErrBusy is returned for a second opening while the first lasts. A port can be opened once.
var ErrBusy = errors.New("simulator: the modem's port is open already")

func newModem(n *Network, index int, o ModemOptions) *Modem {
	family, err := FindFamily(o.Family)
	if err != nil {
		panic("simulator: " + err.Error())
	}
	o = o.withDefaults(index, &family)
	address, err := pdu.ParseAddress(o.Number)
	if err != nil {
		panic(fmt.Sprintf("simulator: SIM number %q: %v", o.Number, err))
	}
	m := &Modem{
		network:  n,
		index:    index,
		options:  o,
		family:   family,
		coverage: Home,
		csq:      o.Signal,
		celsius:  o.Celsius,
		address:  address,
		plugged:  true,
		pin:      o.PIN,
		sides:    make(map[int]*port),
		locked:   o.PIN != "",
		pinTries: o.PINTries,
		pukTries: 10,
		scs:      n.options.ServiceCentre,
		memories: map[string]*memory{
			"SM": newMemory("SM", o.SM, o.FromZero),
			"ME": newMemory("ME", o.ME, o.FromZero),
			"SR": newMemory("SR", o.SR, o.FromZero),
		},
	}
	if slices.Contains(family.places(0), "BM") {
		m.memories["BM"] = newMemory("BM", o.SR, o.FromZero)
	}
	m.settings = family.factory()
	return m
}

// Index returns the modem's place in the network, counted from 1.
func (m *Modem) Index() int { return m.index }

// Number returns the number of the SIM.
func (m *Modem) Number() string { return m.options.Number }

// ICCID returns the SIM's own identity.
func (m *Modem) ICCID() string { return m.options.ICCID }

// IMSI returns the subscriber's identity.
func (m *Modem) IMSI() string { return m.options.IMSI }

// IMEI returns the modem's identity.
func (m *Modem) IMEI() string { return m.options.IMEI }

// TryOpen opens the modem's port in memory. It returns ErrBusy while the port is open elsewhere and
// ENODEV while the modem is unplugged. Closing the port waits for the modem's own goroutine.
func (m *Modem) TryOpen() (io.ReadWriteCloser, error) {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	return m.open()
}

// Open is TryOpen for places without room for an error: a port that could not be opened returns
// io.ErrClosedPipe from Read and Write.
func (m *Modem) Open() io.ReadWriteCloser {
	p, err := m.TryOpen()
	if err != nil {
		return deadPort()
	}
	return p
}

func (m *Modem) open() (*port, error) {
	switch {
	case m.gone() || m.network.closed:
		return nil, syscall.ENODEV
	case m.port != nil:
		return nil, ErrBusy
	}
	p := newPort()
	if m.faults.unplugAfter > 0 {
		p.hangAfter(m.faults.unplugAfter)
		m.faults.unplugAfter = 0
	}
	p.split(m.faults.split())
	m.port = p
	if m.greets {
		m.greets = false
		m.greet()
	}
	m.network.running.Go(func() { m.converse(p) })
	return p, nil
}

// gone reports whether the modem is out of its socket. A port that hung up by itself may still be
// finishing what it had heard before.
func (m *Modem) gone() bool { return !m.plugged || m.port != nil && m.port.isHung() }

// left is told by the conversation that its port is gone.
func (m *Modem) left(p *port) {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	m.leftSide(p)
	if m.port != p {
		return
	}
	if p.isHung() {
		m.unplug()
	}
	m.port = nil
	m.busy, m.held = false, nil
}

// Unplug takes the modem from its socket: ports and tty hang up, the network no longer reaches it, and
// its settings are forgotten. Its memories stay. When it returns, there is no tty any more.
func (m *Modem) Unplug() {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	m.unplug()
	m.settle()
}

func (m *Modem) unplug() {
	if !m.plugged {
		return
	}
	m.plugged = false
	if m.port != nil {
		m.port.hang()
		m.port = nil
	}
	for _, p := range m.sides {
		p.hang()
	}
	clear(m.sides)
	for _, t := range m.ttys() {
		t.hang()
	}
	if m.socket != nil {
		m.socket.empty()
	}
	m.powerUp()
	m.faults.thaw()
	if d := m.faults.replugAfter; d > 0 {
		m.faults.replugAfter = 0
		time.AfterFunc(d, func() { m.Replug() })
	}
}

// Replug puts the modem back. If it was served on a tty it gets a new one, at the same link. It waits
// until an unplugging that is under way has happened.
func (m *Modem) Replug() error {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	m.settle()
	if m.plugged || n.closed {
		return nil
	}
	switch {
	case m.socket != nil:
		if err := m.socket.plug(); err != nil || m.socket.storage {
			return err
		}
	case m.tty != nil:
		t, err := openTTY(m, m.tty.link, m.open)
		if err != nil {
			return err
		}
		m.tty = t
	}
	m.power()
	return nil
}

// power is what its socket gives it.
func (m *Modem) power() {
	m.plugged = true
	m.started = time.Now()
	m.cardBusy = m.ago(-m.family.SIMBusy)
	m.greets = m.family.onUSB()
	m.take()
}

// settle waits, without the lock, until an unplugging under way has happened.
func (m *Modem) settle() {
	for wait := m.settling(); wait != nil; wait = m.settling() {
		m.network.mu.Unlock()
		<-wait
		m.network.mu.Lock()
	}
}

// settling returns what an unplugging still waits for, nil if nothing.
func (m *Modem) settling() <-chan struct{} {
	switch {
	case m.port != nil && m.port.isHung():
		return m.port.done
	case m.plugged:
		return nil
	}
	for _, t := range m.ttys() {
		if !t.ended() {
			return t.done
		}
	}
	return nil
}

// ttys are all it is served on.
func (m *Modem) ttys() []*tty {
	if m.tty == nil {
		return m.sideTTYs
	}
	return append([]*tty{m.tty}, m.sideTTYs...)
}

// Close unplugs the modem and removes its tty for good.
func (m *Modem) Close() {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	m.unplug()
	m.settle()
	m.tty, m.sideTTYs, m.socket = nil, nil, nil
}

// powerUp is what is left of a modem that lost its power.
func (m *Modem) powerUp() {
	m.starts++
	m.started = time.Now()
	m.settings = m.family.factory()
	m.locked = m.pin != ""
	m.cardless = m.cardOut
	m.cardBusy = m.ago(-m.family.SIMBusy)
	m.session, m.plainUSSD = nil, false
	m.hangUp("restart")
	m.busy, m.held = false, nil
	m.giveBack()
}

// reachable reports whether the network can deliver to the SIM.
func (m *Modem) reachable() bool {
	return m.plugged && m.registered() && m.coverage != NoIMS
}

// State names the modem's condition in one word: unplugged, no-sim, puk, pin, off, searching, denied or
// registered.
func (m *Modem) State() string {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	return m.state()
}

func (m *Modem) state() string {
	switch {
	case m.gone():
		return "unplugged"
	case m.cardless:
		return "no-sim"
	case m.locked && m.pinTries <= 0:
		return "puk"
	case m.locked:
		return "pin"
	case m.function != 1:
		return "off"
	case m.coverage == Denied && !m.away:
		return "denied"
	case !m.registered():
		return "searching"
	}
	return "registered"
}

// note starts an entry of the record about this modem.
func (m *Modem) note(kind string) Entry {
	return Entry{Kind: kind, Modem: m.index, Number: m.options.Number}
}
