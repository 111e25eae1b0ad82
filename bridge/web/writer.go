package web

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/gorilla/websocket"

	"smsbridge/storage"
)

// This file is the writer of a socket: hello, then answers, events and beats.

// write is the writer: hello, then answers, events and beats.
func (k *socket) write(ctx context.Context) error {
	if err := k.hello(ctx); err != nil {
		return err
	}
	beat := time.NewTicker(k.s.c.Heartbeat)
	defer beat.Stop()
	for {
		var changed <-chan struct{}
		var hints <-chan []byte
		if k.ear != nil {
			hints = k.ear.in
		}
		if k.strm != nil {
			changed = k.s.c.Store.Changed() // before reading: nothing is missed
			more, err := k.follow(ctx)
			if err != nil {
				return err
			}
			if more {
				if err := k.between(ctx); err != nil {
					return err
				}
				continue
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-changed:
		case o := <-k.out:
			if err := k.put(o); err != nil {
				return err
			}
		case h := <-hints: // only here, where there is nothing better to tell
			if err := k.send(h); err != nil {
				return err
			}
		case <-beat.C:
			if err := k.beat(ctx); err != nil {
				return err
			}
		}
	}
}

func (k *socket) hello(ctx context.Context) error {
	h := hello{
		Protocol: Protocol, Server: k.s.c.Version, Box: k.s.c.Box, Auth: "required",
		Heartbeat: k.s.c.Heartbeat.Milliseconds(),
		Limits:    limits{frameBytes, requestsPerS, openRequests, replayMax, k.s.c.MaxParts},
		Features:  k.s.features(),
	}
	if k.proof != nil {
		head, err := k.s.c.Store.Head(ctx)
		if err == nil {
			_, err = k.s.again(ctx, k.proof) // it may have ended before we were counted in
		}
		if err != nil {
			return err
		}
		h.Auth, h.BoxName, h.Epoch, h.Head, h.Oldest = "done", k.s.c.BoxName, head.Epoch, &head.Seq, &head.Oldest
	}
	return k.send(newNotice("hello", h))
}

// follow tells one piece of the log. At its end, for the first time, it says
// so.
func (k *socket) follow(ctx context.Context) (more bool, err error) {
	more, err = k.strm.advance(ctx, k.s, piece, func(_ storage.Event, f *frame, prev int64) error {
		return k.tell(ctx, f, prev)
	})
	if err != nil || more {
		return more, err
	}
	k.atEnd = time.Now()
	if k.live {
		return false, nil
	}
	k.live = true
	return false, k.send(newNotice("live", position{k.strm.epoch, k.strm.after}))
}

// tell writes one event. A desk that was once at the end of the log and has
// been behind it for long is too slow: it reads what it missed more cheaply.
func (k *socket) tell(ctx context.Context, f *frame, prev int64) error {
	if k.live && time.Since(k.atEnd) > k.s.times.lag {
		return errSlow
	}
	if err := k.room(ctx); err != nil {
		return err
	}
	k.text = append(k.text[:0], `{"jsonrpc":"2.0","method":"event","params":`...)
	k.text = append(f.appendEvent(k.text, prev), '}')
	if err := k.send(k.text); err != nil {
		return err
	}
	if ask := k.win.wrote(time.Now(), len(k.text)); ask != "" {
		return k.conn.WriteControl(websocket.PingMessage, []byte(ask), time.Now().Add(k.s.times.write))
	}
	return nil
}

// room waits until the other side has taken some of what it was told, if much
// of that is on the way. Who takes nothing is cut. Answers go out meanwhile.
func (k *socket) room(ctx context.Context) error {
	for k.win.full(time.Now()) {
		left := k.s.times.stall - time.Since(k.win.since())
		if left <= 0 {
			return errSlow
		}
		timer := time.NewTimer(left)
		select {
		case <-k.win.pong:
		case <-timer.C:
		case o := <-k.out:
			if err := k.put(o); err != nil {
				return err
			}
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
		timer.Stop()
	}
	return nil
}

// between lets answers through while there is much to tell.
func (k *socket) between(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case o := <-k.out:
		return k.put(o)
	default:
		return nil
	}
}

func (k *socket) put(o outgoing) error {
	if err := k.send(o.frame); err != nil {
		return err
	}
	if o.proof != nil {
		k.proof = o.proof
	}
	if o.strm != nil {
		k.strm, k.atEnd = o.strm, time.Now()
	}
	if o.ear != nil {
		k.ear = o.ear
	}
	return nil
}

// beat asks whether the other side is there and tells where the stream is. It
// also looks whether the caller may still listen, for what ended without a
// word, such as a session past its time.
func (k *socket) beat(ctx context.Context) error {
	if k.proof != nil {
		if _, err := k.s.again(ctx, k.proof); err != nil {
			return err
		}
	}
	if err := k.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(k.s.times.write)); err != nil {
		return err
	}
	if k.strm == nil {
		return nil
	}
	return k.send(newNotice("beat", position{k.strm.epoch, k.strm.after}))
}

// send writes one frame, or fails when the other side does not take it in time.
func (k *socket) send(frame []byte) error {
	_ = k.conn.SetWriteDeadline(time.Now().Add(k.s.times.write))
	if k.s.c.Compress {
		k.conn.EnableWriteCompression(len(frame) > compressFrom)
	}
	err := k.conn.WriteMessage(websocket.TextMessage, frame)
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return errSlow
	}
	return err
}
