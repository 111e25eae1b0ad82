package web

import (
	"context"
	"time"
)

// gaugePause is how often the gauges are read while somebody looks at them.
const gaugePause = 2 * time.Second

// Gauges tells desks that want it how well each line hears the network and how
// many texts wait for it, as hints, when they change and when somebody new
// listens. It runs until ctx ends; while nobody listens it reads nothing.
func (s *Server) Gauges(ctx context.Context) error {
	tick := time.NewTicker(gaugePause)
	defer tick.Stop()
	var told gauges
	for {
		select {
		case <-tick.C:
			if err := s.readGauges(ctx, &told); err != nil && ctx.Err() == nil {
				s.log.Warn("gauges could not be read", "err", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// gauges are what was told last, and to how many who had come by then.
type gauges struct {
	came          int
	signal, queue map[string]int
}

func (s *Server) readGauges(ctx context.Context, told *gauges) error {
	signal, queue := s.hints.wanted(hintSignal), s.hints.wanted(hintQueue)
	if came := s.hints.heads(); came != told.came {
		*told = gauges{came: came}
	}
	if !signal && !queue {
		return nil
	}
	lines, _, err := s.c.Store.Lines(ctx)
	if err != nil {
		return err
	}
	now := gauges{came: told.came, signal: make(map[string]int), queue: make(map[string]int)}
	var waiting map[string]int
	if queue {
		if waiting, err = s.c.Store.Queued(ctx); err != nil {
			return err
		}
	}
	for _, l := range lines {
		now.signal[l.ID], now.queue[l.ID] = l.Signal, waiting[l.ID]
		if before, known := told.signal[l.ID]; signal && (!known || before != l.Signal) {
			s.hints.publish(hint{Kind: hintSignal, Line: l.ID, Data: signalHint{l.Signal}})
		}
		if before, known := told.queue[l.ID]; queue && (!known || before != waiting[l.ID]) {
			s.hints.publish(hint{Kind: hintQueue, Line: l.ID, Data: queueHint{waiting[l.ID]}})
		}
	}
	*told = now
	return nil
}
