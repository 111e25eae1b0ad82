package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"smsbridge/modem"
	"smsbridge/modem/doctor"
	"smsbridge/storage"
)

// askTime is how long one modem may take for its examination. A line that waits
// for the network's answer to a text is busy for longer, and is said to be.
const askTime = 20 * time.Second

// Diagnose looks at the box, asks every modem that answers, and lets the doctor
// judge. What cannot be asked is judged by what is known of it.
func (g *Gateway) Diagnose(ctx context.Context) (storage.Diagnosis, error) {
	picture := doctor.Picture{Looking: g.options.Find != nil}
	if g.options.Look != nil {
		var err error
		if picture, err = g.options.Look(); err != nil {
			return storage.Diagnosis{}, err
		}
	}
	lines := make(map[string]string)
	for _, s := range g.present() {
		if err := g.examine(ctx, s, place(&picture, s)); err != nil {
			return storage.Diagnosis{}, err
		}
		lines[s.name()] = s.modem.Line
	}
	d := Judge(picture)
	for i := range d.Modems {
		d.Modems[i].Line = lines[d.Modems[i].Port]
	}
	return d, nil
}

// Judge lets the doctor judge a picture, in the ledger's words.
func Judge(p doctor.Picture) storage.Diagnosis {
	d := storage.Diagnosis{At: storage.Now(), Findings: []storage.Finding{}, Modems: []storage.Examined{}}
	for _, f := range doctor.Examine(p) {
		d.Findings = append(d.Findings, storage.Finding{Level: string(f.Level), Rule: f.Rule, Where: f.Where, Cause: f.Cause, Next: f.Next})
	}
	for i := range p.Ports {
		if len(p.Ports[i].Facts) > 0 {
			d.Modems = append(d.Modems, examined(&p.Ports[i]))
		}
	}
	return d
}

// present is the seats, without those of modems that have left.
func (g *Gateway) present() []*seat {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(g.seats), func(s *seat) bool {
		return s.device.Place != "" && s.modem.State == absent
	})
}

// place finds the port of a seat in the picture, or adds it: a simulated modem
// is nowhere on the box.
func place(p *doctor.Picture, s *seat) *doctor.Port {
	for i := range p.Ports {
		if port := &p.Ports[i]; port.Path == s.name() || port.Name == s.name() {
			port.Skip = ""
			return port
		}
	}
	p.Ports = append(p.Ports, doctor.Port{})
	port := &p.Ports[len(p.Ports)-1]
	port.Name = s.name()
	return port
}

// examine asks the modem of a seat. One that has no session is known by the
// error that ended the last.
func (g *Gateway) examine(ctx context.Context, s *seat, port *doctor.Port) error {
	open := g.sessionAt(s)
	if open == nil {
		g.mu.Lock()
		port.Err = cmp.Or(s.ended, errors.New(cmp.Or(s.modem.Reason, "it is being opened")))
		g.mu.Unlock()
		return nil
	}
	asking, stop := context.WithTimeout(ctx, askTime)
	defer stop()
	err := port.Ask(asking, open.m)
	if err != nil && ctx.Err() == nil {
		port.Err = fmt.Errorf("it is busy or does not answer: %w", err)
		return nil
	}
	return err
}

func examined(port *doctor.Port) storage.Examined {
	e := storage.Examined{Port: cmp.Or(port.Path, port.Name), Family: port.Profile.Title}
	for _, f := range port.Facts {
		e.Facts = append(e.Facts, storage.Fact{Name: f.Name, Command: f.Command, Answer: f.Answer, State: f.State.String(), Words: f.Words})
	}
	return e
}

// sessionAt is the open session of a seat; nil if it has none.
func (g *Gateway) sessionAt(s *seat) *session {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, open := range g.sessions {
		if open.line.seat == s {
			return open
		}
	}
	return nil
}

// modemAt is the open modem that a person names by its port or its line.
func (g *Gateway) modemAt(name string) (*session, error) {
	for _, s := range g.present() {
		if s.name() != name && s.modem.Line != name && s.device.Place != name {
			continue
		}
		if open := g.sessionAt(s); open != nil {
			return open, nil
		}
		return nil, storage.Refuse(storage.CodeAbsent, "modem", "the modem at %s does not answer at the moment: %s", name, cmp.Or(s.modem.Reason, "it is being opened"))
	}
	return nil, storage.Refuse(storage.CodeNotFound, "modem", "there is no modem at %q; `smsbridge modem list` names the ports and the lines", name)
}

// Type runs an AT line that a person typed. One that is more than a question
// must be meant: it may cost money, delete texts or stop the line.
func (g *Gateway) Type(ctx context.Context, name, line string, unsafe bool, by storage.Author) (storage.Typed, error) {
	s, err := g.modemAt(name)
	if err != nil {
		return storage.Typed{}, err
	}
	if !unsafe && !modem.ReadOnly(line) {
		return storage.Typed{}, storage.Refuse(storage.CodeInvalid, "line", "%q is more than a question to the modem; say --unsafe if you mean it", modem.Redact(line))
	}
	info, final, err := s.m.Console(ctx, line)
	words := fmt.Sprintf("%s typed %s: %s", who(by), modem.Redact(line), cmp.Or(final, "no answer"))
	g.note(ctx, storage.Note{Port: s.line.seat.name(), Line: s.line.id, Step: "console", Level: storage.Info, Words: words})
	if err != nil {
		return storage.Typed{}, storage.Refuse(storage.CodeConflict, "line", "the modem did not: %s", why(err))
	}
	return storage.Typed{Info: append([]string{}, info...), Final: final}, nil
}

// Restart resets a modem by its own command. It is away for some seconds, and
// its line comes back by itself.
func (g *Gateway) Restart(ctx context.Context, name string, by storage.Author) error {
	s, err := g.modemAt(name)
	if err != nil {
		return err
	}
	g.note(ctx, storage.Note{Port: s.line.seat.name(), Line: s.line.id, Step: "reset", Level: storage.Warn, Words: who(by) + " restarts the modem"})
	if err := s.m.Reset(ctx); err != nil {
		return storage.Refuse(storage.CodeConflict, "modem", "the modem did not: %s", why(err))
	}
	return nil
}

func who(by storage.Author) string { return cmp.Or(by.Name, by.Kind) }
