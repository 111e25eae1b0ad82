package modem

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/warthog618/modem/info"

	"smsbridge/modem/at"
	"smsbridge/modem/profile"
)

const (
	silentMax = 10          // ATs without an answer before the port is called silent
	retryTime = time.Second // between two questions to a busy SIM
	radioTime = 15 * time.Second
)

// init brings the modem to a known state, in at most 25 commands when nothing is refused. The engine has
// sent ESC and CR before: a modem left at a prompt by somebody who died would take all this for a PDU.
// What the past may still have to say needs no waiting for; see engine.shaky.
func (m *Modem) init(ctx context.Context) error {
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"wake", m.wake},
		{"identify", m.identify},
		{"switch on", m.switchOn},
		{"unlock SIM", m.unlock},
		{"read SIM", m.readSIM},
		{"set PDU mode", m.setMode},
		{"choose memories", m.chooseMemories},
		{"ask for indications", m.askIndications},
		{"ask for registration", m.askRegistration},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// try runs a command whose refusal does not matter.
func (m *Modem) try(ctx context.Context, text string) error {
	if err := m.set(ctx, text); err != nil {
		if gone(ctx, err) {
			return err
		}
		m.options.Log.Debug("not supported", "line", text, "err", err)
	}
	return nil
}

// wake sends AT until something comes back.
func (m *Modem) wake(ctx context.Context) error {
	for range silentMax {
		_, err := m.probe(ctx, "", m.options.Silence)
		switch {
		case gone(ctx, err):
			return err
		case !errors.Is(err, ErrTimeout): // an error is an answer
			return m.speak(ctx)
		}
	}
	return ErrSilent
}

// speak makes the modem answer in words, without echo, and with codes for errors.
func (m *Modem) speak(ctx context.Context) error {
	for _, text := range []string{"E0", "V1"} {
		numeric, err := m.probe(ctx, text, m.options.Command)
		if gone(ctx, err) {
			return err
		}
		if !numeric {
			break
		}
	}
	if err := m.set(ctx, "+CMEE=1"); err == nil || gone(ctx, err) {
		return err
	}
	return m.try(ctx, "+CMEE=2")
}

// probe runs a command of which nothing but an answer is expected, and says whether that was a digit.
func (m *Modem) probe(ctx context.Context, text string, limit time.Duration) (numeric bool, err error) {
	c := newCall(ctx, text, shape{}, limit)
	c.probe = true
	a := m.do(c)
	return a.numeric, a.err
}

// identify asks who the modem is.
func (m *Modem) identify(ctx context.Context) error {
	for _, q := range []struct {
		text string
		bare func(string) bool
		to   *string
	}{
		{"+CGMI", isName, &m.identity.Manufacturer},
		{"+CGMM", isName, &m.identity.Model},
		{"+CGMR", isName, &m.identity.Revision},
		{"+CGSN", isIMEI, &m.identity.IMEI},
	} {
		lines, err := m.ask(ctx, q.text, shape{prefix: q.text, bare: q.bare})
		if gone(ctx, err) {
			return err
		}
		if len(lines) > 0 {
			*q.to = strings.Trim(info.TrimPrefix(lines[0], q.text), `" `)
		}
	}
	m.profile = m.family()
	m.engine.bare.Store(m.profile.BareOK)
	return m.prepare(ctx)
}

// family is the profile of what the modem calls itself, or of the USB device if that is of no known family.
func (m *Modem) family() profile.Profile {
	p := profile.ByName(m.identity.Manufacturer, m.identity.Model)
	if p.Name != profile.Generic().Name {
		return p
	}
	if usb, ok := profile.ByUSB(m.options.Device); ok {
		return usb
	}
	return p
}

// prepare sends what the family wants before the rest. Some of it is a question only because the modem
// behaves after it, so what it answers is taken and of no use.
func (m *Modem) prepare(ctx context.Context) error {
	m.options.Store = max(m.options.Store, m.profile.Store)
	for _, text := range m.profile.First {
		_, err := m.ask(ctx, text, shape{prefix: asked(text)})
		if gone(ctx, err) {
			return err
		}
		if err != nil {
			m.options.Log.Debug("not supported", "line", text, "err", err)
		}
	}
	return nil
}

// asked returns the name of the last command of a line, which its information lines open with.
func asked(text string) string {
	list, err := at.ParseCommand("AT" + text)
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[len(list)-1].Name
}

// switchOn makes sure that the radio is on: TS 27.007, 8.2.
func (m *Modem) switchOn(ctx context.Context) error {
	p, err := m.first(ctx, "+CFUN?", "+CFUN")
	if gone(ctx, err) {
		return err
	}
	if level, ok := p.Int(0); !ok || level == 1 {
		return nil
	}
	a := m.do(newCall(ctx, "+CFUN=1", shape{prefix: "+CFUN"}, radioTime))
	if gone(ctx, a.err) {
		return a.err
	}
	return pause(ctx, m.profile.Settle)
}

// first asks and returns the fields of the first information line.
func (m *Modem) first(ctx context.Context, text, prefix string) (at.Params, error) {
	lines, err := m.ask(ctx, text, shape{prefix: prefix, need: true})
	if err != nil {
		return nil, err
	}
	return at.ParseParams(payload(lines[0])), nil
}

// readSIM asks what is written on the card. All of it is optional.
func (m *Modem) readSIM(ctx context.Context) error {
	if err := m.readICCID(ctx); err != nil {
		return err
	}
	lines, err := m.ask(ctx, "+CIMI", shape{prefix: "+CIMI", bare: isIMSI})
	if gone(ctx, err) {
		return err
	}
	if len(lines) > 0 {
		m.identity.IMSI = strings.Trim(info.TrimPrefix(lines[0], "+CIMI"), `" `)
	}
	lines, err = m.ask(ctx, "+CNUM", shape{prefix: "+CNUM"})
	if gone(ctx, err) {
		return err
	}
	if len(lines) > 0 {
		m.identity.Number = at.ParseParams(payload(lines[0])).Text(1)
	}
	p, err := m.first(ctx, "+CSCA?", "+CSCA")
	if gone(ctx, err) {
		return err
	}
	if m.identity.ServiceCentre = p.Text(0); m.identity.ServiceCentre == "" {
		m.options.Log.Warn("the SIM knows no service centre")
	}
	return nil
}

// readICCID asks for the number of the card, unless it is known. Most modems tell it of a locked card too.
func (m *Modem) readICCID(ctx context.Context) error {
	for _, text := range m.profile.ICCID {
		if m.identity.ICCID != "" {
			break
		}
		name := strings.TrimSuffix(text, "?")
		lines, err := m.ask(ctx, text, shape{
			prefix: name, also: []string{"+CCID", "+ICCID", "^ICCID", "+QCCID", "!ICCID"}, bare: isICCID,
		})
		if gone(ctx, err) {
			return err
		}
		if len(lines) > 0 {
			m.identity.ICCID = iccid(lines[0])
			break
		}
	}
	return nil
}

// setMode selects PDU mode, which many modems forget over a restart. A SIM that is not quite up makes it
// fail, so it is tried more than once.
func (m *Modem) setMode(ctx context.Context) error {
	var err error
	for range 5 {
		if err = m.set(ctx, "+CMGF=0"); err == nil || gone(ctx, err) {
			break
		}
		if err := pause(ctx, retryTime); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if _, err := m.ask(ctx, "+CSMS?", shape{prefix: "+CSMS"}); gone(ctx, err) {
		return err
	}
	return nil
}

// pause waits, unless the context ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// chooseMemories finds the memories that can be read, and has new messages stored in the one the profile
// likes best, which is the SIM unless a family is known to receive into another. If the modem tells
// nothing, both usual ones are swept.
func (m *Modem) chooseMemories(ctx context.Context) error {
	lines, err := m.ask(ctx, "+CPMS=?", shape{prefix: "+CPMS", need: true})
	if gone(ctx, err) {
		return err
	}
	m.memories = sought(m.profile.Memories)
	if err != nil || len(lines) == 0 {
		return nil
	}
	sets := at.ParseSets(payload(lines[0]))
	if len(sets) == 0 || len(sets[0].Names()) == 0 {
		return nil
	}
	m.memories = readable(sets[0].Names(), sought(m.profile.Memories))
	received := sets[min(2, len(sets)-1)].Names()
	memory := m.memories[0]
	if i := slices.IndexFunc(m.memories, func(s string) bool { return slices.Contains(received, s) }); i >= 0 {
		memory = m.memories[i]
	}
	return m.selectMemories(ctx, memory)
}

// selectMemories sets as many of the three memories as the modem has.
func (m *Modem) selectMemories(ctx context.Context, memory string) error {
	name := at.Quote(memory)
	for n := 3; n > 0; n-- {
		text := "+CPMS=" + strings.Join(slices.Repeat([]string{name}, n), ",")
		a := m.do(newCall(ctx, text, shape{prefix: "+CPMS"}, m.options.Store))
		if gone(ctx, a.err) {
			return a.err
		}
		if a.err == nil {
			<-m.selected
			m.selected <- memory
			return nil
		}
	}
	m.options.Log.Warn("the modem keeps its own choice of memories")
	return nil
}

// sought puts the memories a profile prefers before the two that every modem may have: a family that
// receives into one may still find something in the other.
func sought(preferred []string) []string {
	list := slices.Clone(preferred)
	for _, name := range []string{"SM", "ME"} {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// readable orders the names: SIM and modem memory as preferred, then the one that joins them if they are
// not named themselves, then reports.
func readable(names, preferred []string) []string {
	var list []string
	for _, name := range preferred {
		if slices.Contains(names, name) {
			list = append(list, name)
		}
	}
	if len(list) == 0 && slices.Contains(names, "MT") {
		list = append(list, "MT")
	}
	if len(list) == 0 {
		list = append(list, names[0])
	}
	if slices.Contains(names, "SR") {
		list = append(list, "SR")
	}
	return list
}

// askIndications asks for +CMTI and +CDS with the best legal tuple of +CNMI, and reads back whether the
// modem means it: TS 27.005, 3.4.1. Without them the caller's regular sweep finds messages later.
func (m *Modem) askIndications(ctx context.Context) error {
	lines, err := m.ask(ctx, "+CNMI=?", shape{prefix: "+CNMI", need: true})
	if gone(ctx, err) {
		return err
	}
	var sets []at.Set
	if len(lines) > 0 {
		sets = at.ParseSets(payload(lines[0]))
	}
	for _, tuple := range indications(m.profile, sets) {
		err := m.set(ctx, "+CNMI="+tuple)
		if gone(ctx, err) {
			return err
		}
		if err != nil {
			continue
		}
		p, err := m.first(ctx, "+CNMI?", "+CNMI")
		if gone(ctx, err) {
			return err
		}
		if mt, ok := p.Int(1); ok && mt != 1 {
			m.options.Log.Warn("the modem did not keep the indications asked for", "asked", tuple)
			continue
		}
		return nil
	}
	m.options.Log.Warn("the modem gives no indications; only sweeps find messages")
	return nil
}

// indications lists the tuples worth trying, best first. Legal ones if the modem said what is legal.
func indications(p profile.Profile, sets []at.Set) []string {
	choices := [5][]int{p.Modes, {1}, {0}, p.Reports, p.Buffer}
	for i := range min(len(sets), 5) {
		if len(sets[i].Numbers()) == 0 {
			continue
		}
		legal := slices.DeleteFunc(slices.Clone(choices[i]), func(n int) bool { return !sets[i].Has(n) })
		if len(legal) == 0 {
			legal = sets[i].Numbers()[:1]
		}
		choices[i] = legal
	}
	if len(sets) > 0 && len(sets) < 5 {
		return tuples(choices[:max(len(sets), 2)])
	}
	return tuples(choices[:])
}

// tuples varies the report field first, then the mode: a modem that says what is legal does not always
// take every mixture.
func tuples(choices [][]int) []string {
	var list []string
	for _, mode := range choices[0] {
		for i := range choices[min(3, len(choices)-1)] {
			fields := []string{strconv.Itoa(mode)}
			for j, c := range choices[1:] {
				n := c[0]
				if j+1 == 3 {
					n = c[i]
				}
				fields = append(fields, strconv.Itoa(n))
			}
			list = append(list, strings.Join(fields, ","))
		}
	}
	return list[:min(len(list), 6)]
}

// askRegistration asks to be told where the modem is registered and who calls.
func (m *Modem) askRegistration(ctx context.Context) error {
	for _, name := range []string{"+CREG", "+CEREG"} {
		err := m.set(ctx, name+"=2")
		if err != nil && !gone(ctx, err) {
			err = m.set(ctx, name+"=1")
		}
		if gone(ctx, err) {
			return err
		}
		m.eps = err == nil && name == "+CEREG"
	}
	return m.try(ctx, "+CLIP=1")
}
