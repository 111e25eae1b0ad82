package history

import (
	"errors"
	"fmt"
	"slices"

	"smsbridge/storage"
)

// The tables of RaspiSMS, of version 1 and 2 with an s, of version 3 without.
var (
	raspiIn  = []string{"received", "receiveds"}
	raspiOut = []string{"sended", "sendeds"}
)

// openRaspiSMS reads RaspiSMS: its database, a dump of it, or one of its tables
// as CSV, which is known by its columns.
func openRaspiSMS(path string, o Options) (Records, error) {
	found, err := tables(path, slices.Concat(raspiIn, raspiOut)...)
	if err != nil {
		return nil, err
	}
	return func(yield func(storage.Imported, error) bool) {
		for r, err := range found {
			var m storage.Imported
			if err == nil {
				if m, err = o.raspiRow(r); err != nil && !errors.Is(err, errSkip) {
					err = &Fault{path + " " + r.table, r.n, err}
				}
			}
			if !yield(m, err) {
				return
			}
		}
	}, nil
}

// raspiStates are those of what went out in version 3.
var raspiStates = map[string]storage.MessageState{"delivered": storage.Delivered, "failed": storage.Failed, "unknown": storage.Sent}

func (o Options) raspiRow(r row) (m storage.Imported, err error) {
	m.Text = r.get("text", "content")
	var peer string
	switch {
	case slices.Contains(raspiIn, r.table) || r.get("origin", "send_by") != "" && r.get("target", "uid") == "":
		m.Dir, peer = storage.Inbound, r.get("origin", "send_by")
	case slices.Contains(raspiOut, r.table) || r.get("destination", "target") != "":
		m.Dir, peer, m.State = storage.Outbound, r.get("destination", "target"), raspiStates[r.get("status")]
		switch {
		case r.get("failed") == "1":
			m.State = storage.Failed
		case r.get("delivered") == "1":
			m.State = storage.Delivered
		}
	default:
		return m, fmt.Errorf("it tells neither who sent it nor to whom it went")
	}
	if m.Peer, err = o.peer(peer); err != nil {
		return m, err
	}
	m.At, err = o.moment(r.get("at"))
	return m, err
}
