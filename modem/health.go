package modem

import (
	"context"
	"errors"
	"fmt"

	"smsbridge/modem/at"
)

// Ping asks for nothing but an answer, the cheapest proof of life. A refusal is an answer; an error means that
// there was none, and that something must be done.
func (m *Modem) Ping(ctx context.Context) error {
	err := m.set(ctx, "")
	if e, ok := errors.AsType[*Error](err); ok && e.Outcome == Rejected {
		return nil
	}
	return err
}

// Usage is how full a memory is.
type Usage struct {
	Memory      string
	Used, Total int
}

// Usage asks how full each memory is. Some modems count late: a message just stored may be missing for half a
// second.
func (m *Modem) Usage(ctx context.Context) ([]Usage, error) {
	var list []Usage
	for _, memory := range m.memories {
		u, err := m.usage(ctx, memory)
		if gone(ctx, err) {
			return list, err
		}
		if err != nil {
			m.options.Log.Debug("a memory is not counted", "memory", memory, "err", err)
			continue
		}
		list = append(list, u)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("count messages: %w", ErrAnswer)
	}
	return list, nil
}

// usage asks for the memory that is read from: TS 27.005, 3.2.2. Some modems leave the names out.
func (m *Modem) usage(ctx context.Context, memory string) (Usage, error) {
	if err := m.reserve(ctx, memory); err != nil {
		return Usage{}, err
	}
	defer m.leave(memory)
	a := m.do(newCall(ctx, "+CPMS?", shape{prefix: "+CPMS", need: true}, m.options.Store))
	if a.err != nil {
		return Usage{}, a.err
	}
	p := at.ParseParams(payload(a.info[0]))
	if _, counts := p.Int(0); !counts {
		p = p[min(1, len(p)):]
	}
	used, ok := p.Int(0)
	total, also := p.Int(1)
	if !ok || !also || used < 0 || total < 0 {
		return Usage{}, ErrAnswer
	}
	return Usage{memory, used, total}, nil
}

// ErrNoReset is a modem that no command restarts.
var ErrNoReset = errors.New("no command restarts this modem: switch its power off and on")

// Reset restarts the modem by its profile's command. Nil means that it took the command, or went away at it; the
// line is of no use then: close the modem, and look for its port again within the profile's ResetTime. The engine
// does not let it come while a message may still be under way.
func (m *Modem) Reset(ctx context.Context) error {
	if m.profile.Reset == "" {
		return ErrNoReset
	}
	err := m.set(ctx, m.profile.Reset)
	if errors.Is(err, ErrUnplugged) || errors.Is(err, ErrRestarted) {
		if e, ok := errors.AsType[*Error](err); ok && e.Outcome == NotSent {
			return err
		}
		return nil
	}
	return err
}
