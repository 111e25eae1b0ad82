package web

import (
	"context"
	"sync"

	"smsbridge/storage"
)

// visits are the sockets, streams and held answers that are open now.
type visits struct {
	limit int // of all whose callers are known
	each  int // of one caller

	mu      sync.Mutex // guards what follows
	open    map[*visit]struct{}
	closing bool
	all     sync.WaitGroup
}

// A visit is one of them: who it is, and how to end it.
type visit struct {
	proof  *proof // nil: has not told yet
	free   bool   // takes nobody's place
	device string // of a socket that has told it
	kick   context.CancelCauseFunc
}

// strangers is the most visits that have not told who they are.
const strangers = 16

// enter counts a visit in. Its context ends with ctx, or when the visit is
// ended from here; leave must be called.
func (v *visits) enter(ctx context.Context, p *proof) (context.Context, *visit, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.room(p); err != nil {
		return nil, nil, err
	}
	return v.add(ctx, &visit{proof: p})
}

// hold counts an answer in that is held back for a while: it ends with the
// rest, but takes nobody's place.
func (v *visits) hold(ctx context.Context, p *proof) (context.Context, *visit, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closing {
		return nil, nil, errStopping()
	}
	return v.add(ctx, &visit{proof: p, free: true})
}

// add lets a visit in. The caller holds mu.
func (v *visits) add(ctx context.Context, in *visit) (context.Context, *visit, error) {
	ctx, in.kick = context.WithCancelCause(ctx)
	if v.open == nil {
		v.open = make(map[*visit]struct{})
	}
	v.open[in] = struct{}{}
	v.all.Add(1)
	return ctx, in, nil
}

// know tells who a stranger is.
func (v *visits) know(in *visit, p *proof) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.room(p); err != nil {
		return err
	}
	in.proof = p
	return nil
}

// call tells what the client of a visit calls its place.
func (v *visits) call(in *visit, device string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	in.device = device
}

// device tells whether an owner's device is here.
func (v *visits) device(owner storage.Author, device string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	for in := range v.open {
		if in.proof == nil || in.device == "" || in.device != device {
			continue
		}
		if a := in.proof.who.Author(); a.Kind == owner.Kind && a.ID == owner.ID {
			return true
		}
	}
	return false
}

func (v *visits) leave(in *visit) {
	v.mu.Lock()
	delete(v.open, in)
	v.mu.Unlock()
	in.kick(context.Canceled)
	v.all.Done()
}

// room refuses one visit too many. The caller holds mu.
func (v *visits) room(p *proof) error {
	if v.closing {
		return errStopping()
	}
	same, known := 0, 0
	for other := range v.open {
		if other.free {
			continue
		}
		if other.proof != nil {
			known++
		}
		if p == nil && other.proof == nil || p != nil && other.proof != nil && p.key() == other.proof.key() {
			same++
		}
	}
	switch {
	case p == nil && same >= strangers:
		return tooMany.say("", "%d sockets wait to tell who they are. Try again in a few seconds, or send the token with the upgrade request.", same)
	case p != nil && same >= v.each:
		return tooMany.say("", "You have %d sockets or streams open already, which is the most. Close one of them first.", same)
	case p != nil && known >= v.limit:
		return tooMany.say("", "The box serves %d sockets and streams already, which is the most. Close one of them first.", known)
	}
	return nil
}

func errStopping() error {
	return shuttingDown.say("", "The box is stopping or starting again. Try again in a few seconds.")
}

// end ends the visits of whom it is said.
func (v *visits) end(whose func(*proof) bool, cause error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for in := range v.open {
		if in.proof != nil && whose(in.proof) {
			in.kick(cause)
		}
	}
}

func (v *visits) close(ctx context.Context) error {
	v.mu.Lock()
	v.closing = true
	for in := range v.open {
		in.kick(closing{code: closeStopping, text: "the box is stopping; come again"})
	}
	v.mu.Unlock()
	left := make(chan struct{})
	go func() {
		v.all.Wait()
		close(left)
	}()
	select {
	case <-left:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
