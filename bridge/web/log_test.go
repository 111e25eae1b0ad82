package web

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"smsbridge/storage"
)

// fastLog is a log without a disk, so that a test or a benchmark sees what the
// desk bank itself takes. The rest is the ledger's.
type fastLog struct {
	Store
	mu     sync.Mutex
	events []storage.Event
	change chan struct{}
}

func (l *fastLog) append(n int) {
	l.mu.Lock()
	for range n {
		seq := int64(len(l.events)) + 1
		l.events = append(l.events, storage.Event{Seq: seq, At: storage.Now(), Type: storage.MessageReceived, Thread: "th_1", Line: "ln_1", Data: sample(seq)})
	}
	rung := l.change
	l.change = make(chan struct{})
	l.mu.Unlock()
	close(rung)
}

func sample(seq int64) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"message":{"id":"ms_%d","thread":"th_1","line":"ln_1","dir":"in","channel":"sms","from":"+15550100",`+
		`"text":"Hello, is the van ready? I would come by at three.","state":"received","total":1,"parts":[{"n":1,"state":"received"}],`+
		`"created_at":"2026-11-20T21:40:12.318Z","received_at":"2026-11-20T21:40:12.301Z","rev":%d}}`, seq, seq))
}

func (l *fastLog) Events(_ context.Context, after int64, limit int) ([]storage.Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if after >= int64(len(l.events)) {
		return nil, nil
	}
	found := l.events[after:]
	return found[:min(limit, len(found))], nil
}

func (l *fastLog) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.change
}

func (l *fastLog) Head(context.Context) (storage.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return storage.Head{Epoch: "ep_fast", Seq: int64(len(l.events)), Oldest: min(1, int64(len(l.events)))}, nil
}
