package gateway

import (
	"context"
	"fmt"

	"smsbridge/storage"
)

// measure asks how full the modem's memories are. One that is nearly full is
// told of and read at once: what finds no room is refused by the modem, and the
// network's patience is not ours to know.
func (l *line) measure(ctx context.Context) error {
	usage, err := l.m.Usage(ctx)
	if err != nil {
		return l.doubtful(err)
	}
	var memories []storage.ModemMemory
	brim := ""
	for _, u := range usage {
		m := storage.ModemMemory(u)
		memories = append(memories, m)
		if m.NearlyFull() {
			brim += fmt.Sprintf("%s holds %d of %d; ", m.Memory, m.Used, m.Total)
		}
	}
	l.g.set(l.seat, func(m *storage.Modem) { m.Memories = memories })
	l.sweep = l.sweep || brim != ""
	switch {
	case brim != "" && !l.brim:
		l.note(ctx, "store", storage.Warn, brim+"it is emptied now, and new texts wait at the network when it is full")
	case brim == "" && l.brim:
		l.note(ctx, "store", storage.Info, "there is room again")
	}
	l.brim = brim != ""
	return nil
}
