package sqlite

import "smsbridge/storage"

// arrive makes an inbound message that is whole now the newest of its thread,
// tells of it, and does what follows from it in the same commit. Its row must
// already carry next() as rev.
func (t *tx) arrive(thread, line, id string) {
	t.mean(thread, id)
	t.touch(thread, line, id)
	c, fresh := t.join(id)
	t.updated(storage.MessageReceived, id)
	t.offer(c, fresh, id)
}
