package history

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"smsbridge/storage"
)

// ReadJSONL reads what the export of everything writes: one object on a line,
// {"message":{...}} among others, which are passed over.
func ReadJSONL(r io.Reader, name string, _ Options) Records {
	return func(yield func(storage.Imported, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxRecord)
		n := 0
		for lines.Scan() {
			n++
			m, err := jsonlMessage(lines.Bytes())
			if err != nil && !errors.Is(err, errSkip) {
				err = &Fault{name, n, err}
			}
			if !yield(m, err) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(storage.Imported{}, fmt.Errorf("%s, after line %d: %w", name, n, err))
		}
	}
}

func jsonlMessage(line []byte) (storage.Imported, error) {
	var row struct {
		Message *storage.Message `json:"message"`
	}
	if err := json.Unmarshal(line, &row); err != nil {
		return storage.Imported{}, err
	}
	if row.Message == nil || row.Message.Channel != storage.ChannelSMS {
		return storage.Imported{}, errSkip
	}
	m := row.Message
	i := storage.Imported{Dir: m.Dir, Peer: m.From, Own: m.To, Text: m.Text, At: m.CreatedAt, DeliveredAt: m.DeliveredAt, State: m.State}
	if m.Dir == storage.Outbound {
		i.Peer, i.Own = m.To, m.From
	}
	switch i.State {
	case storage.Queued, storage.Held:
		i.State = storage.Canceled
	case storage.Sending:
		i.State = storage.Unconfirmed
	case storage.Partial:
		i.State = storage.Received
	}
	return i, nil
}
