package bridge

import (
	"context"
	"fmt"

	"smsbridge/storage"
)

// sweep deletes what has been kept long enough, and writes down in the audit
// that it did.
func (b *Bridge) sweep(ctx context.Context) {
	swept, err := b.store.Sweep(ctx, false)
	if swept.Messages > 0 {
		b.log.Info("texts were kept long enough and are deleted", "messages", swept.Messages)
		a := &storage.Audit{AuditEntry: storage.AuditEntry{
			Author: storage.Author{Kind: "rule", ID: "retention"}, Method: "retention.sweep", Object: fmt.Sprint(swept.Messages, " messages"),
		}}
		if err := b.store.Audit(storage.WithAudit(context.WithoutCancel(ctx), a)); err != nil {
			b.log.Error("the audit could not be written", "err", err)
		}
	}
	if err != nil && ctx.Err() == nil {
		b.log.Error("what is too old could not be deleted", "err", err)
	}
}
