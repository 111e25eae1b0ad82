package sqlite

import "smsbridge/storage"

// arrive makes an inbound message that is whole now the newest of its thread,
// tells of it, and does what follows from it in the same commit. Its row must
// already carry next() as rev. What the block list is about is kept, and that
// is all: nobody is called.
func (t *tx) arrive(thread, line, id string) {
	t.mean(thread, id)
	t.touch(thread, line, id)
	if t.block(thread, id) {
		t.updated(storage.MessageUpdated, id)
		t.optOut(thread, line, id)
		return
	}
	c, fresh := t.join(id)
	t.updated(storage.MessageReceived, id)
	t.offer(c, fresh, id)
	if !t.optOut(thread, line, id) {
		t.autoReply(thread, line, id)
	}
}
