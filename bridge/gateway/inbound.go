package gateway

import (
	"context"
	"time"

	"smsbridge/modem"
	"smsbridge/storage"
)

// takeIn hears what the modem has told since, and reads its memories if that
// is due.
func (l *line) takeIn(ctx context.Context) error {
	for !l.sweep {
		select {
		case e, ok := <-l.m.Events():
			if !ok {
				return l.lost()
			}
			if err := l.hear(ctx, e); err != nil {
				return err
			}
			continue
		default:
		}
		if len(l.handed) < handful && !l.waited() {
			return nil
		}
		return l.keepHanded(ctx)
	}
	l.sweep = false
	return l.sweepAll(ctx)
}

// waited tells that an indication has waited for others long enough.
func (l *line) waited() bool {
	return len(l.handed) > 0 && time.Since(l.handed[0].Read.Time) > handed
}

// keepHanded keeps what came inside indications. A busy line gathers a few for
// one commit; nothing but the indication carries them, so they never wait long.
func (l *line) keepHanded(ctx context.Context) error {
	all := l.handed
	l.handed = nil
	if len(all) == 0 {
		return nil
	}
	return l.keep(ctx, nil, all)
}

// hear acts on one thing that the modem told by itself.
func (l *line) hear(ctx context.Context, e modem.Event) error {
	switch e.Kind {
	case modem.Arrived, modem.ReportStored:
		if len(l.m.Events()) > storm {
			l.sweep = true
			return nil
		}
		return l.fetch(ctx, e)
	case modem.Report, modem.Direct:
		l.handed = append(l.handed, storage.Kept{Index: -1, PDU: e.PDU, Heard: storage.Time{Time: e.At}, Read: storage.Time{Time: time.Now()}})
	case modem.StoreFull:
		l.sweep = true
		l.note(ctx, "store_full", storage.Warn, "a memory of the modem is full; it is emptied now, and the network sends again what it could not")
	case modem.Sweep:
		l.sweep = true
	case modem.Registration:
		return l.look(ctx)
	case modem.LateSent, modem.LateRejected:
		return l.late(ctx, e)
	case modem.SIM:
		return l.card(ctx, e)
	case modem.Missed:
		return l.missed(ctx, e)
	case modem.Restarted:
		return errRestarted
	}
	return nil
}

// fetch reads the slot that a notice names. The notice is only a hint: a slot
// that is empty means that all must be looked through.
func (l *line) fetch(ctx context.Context, e modem.Event) error {
	s, ok, err := l.m.Read(ctx, e.Memory, e.Index)
	if err != nil {
		return l.doubtful(err)
	}
	if !ok {
		l.sweep = true
		return nil
	}
	return l.keep(ctx, nil, []storage.Kept{found(s, e.At)})
}

// leave keeps what the modem had told and nobody had heard when the session
// ended: of an indication there is no other copy.
func (l *line) leave(ctx context.Context) {
	if err := l.concluded(); err != nil {
		l.log.Error("that a part was sent could not be written down: it will be unconfirmed", "err", err)
	}
	for {
		select {
		case e, ok := <-l.m.Events():
			if ok && (e.Kind == modem.Report || e.Kind == modem.Direct) {
				l.hear(ctx, e)
			}
			if ok {
				continue
			}
		default:
		}
		break
	}
	if err := l.keepHanded(ctx); err != nil {
		l.log.Error("what the modem told last is lost", "err", err)
	}
}

func found(s modem.Stored, heard time.Time) storage.Kept {
	return storage.Kept{Memory: s.Memory, Index: s.Index, PDU: s.PDU, Heard: storage.Time{Time: heard}, Read: storage.Time{Time: time.Now()}}
}

// sweepAll reads every memory from end to end.
func (l *line) sweepAll(ctx context.Context) error {
	for _, memory := range l.m.Memories() {
		list, err := l.m.List(ctx, memory)
		if err != nil {
			if err := l.doubtful(err); err != nil {
				return err
			}
			continue
		}
		all := make([]storage.Kept, 0, len(list))
		for _, s := range list {
			all = append(all, found(s, time.Time{}))
		}
		if err := l.keep(ctx, []string{memory}, all); err != nil {
			return err
		}
	}
	return nil
}

// doubtful passes on an error that ends the session, and logs one that does not.
func (l *line) doubtful(err error) error {
	select {
	case <-l.m.Lost():
		return l.lost()
	default:
	}
	l.log.Warn("the modem refused to read", "err", err)
	return nil
}

// batch is how many PDUs one commit files: desks see the first of a long list
// before the last is read.
const batch = 64

// keep carries PDUs over the river: kept, read, filed, and only then removed.
func (l *line) keep(ctx context.Context, swept []string, all []storage.Kept) error {
	if err := l.concluded(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // a few milliseconds; what is begun is finished
	kept, err := l.g.store.Keep(ctx, l.id, swept, all)
	if err == nil {
		err = l.file(ctx, kept)
	}
	if err != nil {
		return l.full(err)
	}
	return l.remove(ctx, kept)
}

// file reads what is kept and was not read yet.
func (l *line) file(ctx context.Context, kept []storage.Kept) error {
	var arrivals []storage.Arrival
	for _, k := range kept {
		if !k.Filed {
			arrivals = append(arrivals, read(k))
		}
	}
	for len(arrivals) > 0 {
		n := min(batch, len(arrivals))
		if err := l.g.store.Receive(ctx, l.id, arrivals[:n], assemble); err != nil {
			return err
		}
		arrivals = arrivals[n:]
	}
	return nil
}

// resume files what was kept and not read when smsbridge ended: of a PDU that
// came inside an indication the ledger has the only copy.
func (l *line) resume(ctx context.Context) error {
	kept, err := l.g.store.Unread(ctx, l.id)
	if err == nil {
		err = l.file(ctx, kept)
	}
	return l.full(err)
}

// remove makes the modem forget what the ledger has.
func (l *line) remove(ctx context.Context, kept []storage.Kept) error {
	var gone []int64
	for _, k := range kept {
		if k.Memory == "" {
			continue
		}
		if err := l.m.Delete(ctx, k.Memory, k.Index); err != nil {
			if err := l.doubtful(err); err != nil {
				return err
			}
			continue
		}
		gone = append(gone, k.ID)
	}
	return l.full(l.g.store.Removed(ctx, gone))
}

// full lets a line with a full disk live: it receives and deletes nothing until
// the next sweep, and the texts wait on the SIM. Other errors end the session.
func (l *line) full(err error) error {
	if isCode(err, storage.CodeStorageFull) {
		l.log.Error("the ledger's disk is full: texts stay on the SIM", "err", err)
		return nil
	}
	return err
}
