package history

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"smsbridge/storage"
)

// spoolFolders are those of SMSTools3 that keep what is over.
var spoolFolders = []struct {
	name  string
	dir   storage.Direction
	state storage.MessageState
}{
	{"incoming", storage.Inbound, storage.Received},
	{"sent", storage.Outbound, storage.Sent},
	{"failed", storage.Outbound, storage.Failed},
}

// openSMSTools reads a spool of SMSTools3: the folder that has incoming, sent
// and failed, most often /var/spool/sms.
func openSMSTools(path string, o Options) (Records, error) {
	found := false
	for _, f := range spoolFolders {
		info, err := os.Stat(filepath.Join(path, f.name))
		found = found || err == nil && info.IsDir()
	}
	if !found {
		return nil, fmt.Errorf("%s has none of the folders incoming, sent and failed; name the spool, such as /var/spool/sms", path)
	}
	return func(yield func(storage.Imported, error) bool) {
		for _, f := range spoolFolders {
			for name, err := range filesOf(filepath.Join(path, f.name)) {
				if errors.Is(err, os.ErrNotExist) {
					break
				}
				var m storage.Imported
				file := filepath.Join(path, f.name, name)
				if err == nil {
					m, err = o.spoolFile(file, f.dir, f.state)
				}
				if err != nil && !errors.Is(err, errSkip) {
					err = &Fault{File: file, Err: err}
				}
				if !yield(m, err) {
					return
				}
			}
		}
	}, nil
}

func (o Options) spoolFile(path string, dir storage.Direction, state storage.MessageState) (m storage.Imported, err error) {
	octets, written, err := small(path)
	if err != nil {
		return m, err
	}
	m, err = o.ReadSpooled(octets, dir, state)
	if err == nil && m.At.IsZero() {
		m.At = storage.At(written)
	}
	return m, err
}

// ReadSpooled reads one file of the spool: headers, an empty line, the text. At
// is zero if no header tells it.
func (o Options) ReadSpooled(octets []byte, dir storage.Direction, state storage.MessageState) (m storage.Imported, err error) {
	head, body, ok := bytes.Cut(octets, []byte("\n\n"))
	if !ok {
		head, body, ok = bytes.Cut(octets, []byte("\r\n\r\n"))
	}
	if !ok {
		return m, errors.New("there is no empty line between headers and text")
	}
	fields := make(map[string]string)
	for line := range strings.Lines(string(head)) {
		if key, value, ok := strings.Cut(line, ":"); ok {
			fields[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
		}
	}
	m = storage.Imported{Dir: dir, State: state}
	if m.Text, err = spoolText(fields, body); err != nil {
		return m, err
	}
	times := []string{"sent", "received"}
	raw := fields["from"]
	if dir == storage.Outbound {
		m.Text = strings.TrimSuffix(m.Text, "\n") // of the editor
		times, raw = []string{"sent", "failed", "finished"}, strings.TrimPrefix(fields["to"], "s")
	} else if strings.Contains(m.Text, "SMS STATUS REPORT") && fields["report"] == "" {
		return m, errSkip
	}
	if m.Peer, err = o.spoolPeer(raw, fields); err != nil {
		return m, err
	}
	for _, t := range times {
		if text := fields[t]; text != "" {
			m.At, err = o.moment(text)
			return m, err
		}
	}
	return m, nil
}

// spoolPeer reads a number as the type of address before it says: 9... is an
// international one, D... a name (3GPP TS 23.040, 9.1.2.5).
func (o Options) spoolPeer(raw string, fields map[string]string) (string, error) {
	switch kind := fields["from_toa"]; {
	case strings.HasPrefix(kind, "D"):
		return raw, nil
	case strings.HasPrefix(kind, "8"), strings.HasPrefix(kind, "A"):
		return o.peer(raw)
	}
	return o.international(raw)
}

// spoolText reads a text in the alphabet of its header.
func spoolText(fields map[string]string, body []byte) (string, error) {
	switch alphabet := strings.ToLower(fields["alphabet"]); alphabet {
	case "ucs2", "ucs", "chinese", "unicode":
		return utf16BE(body), nil
	case "utf-8", "utf8":
		return strings.ToValidUTF8(string(body), "\uFFFD"), nil
	case "", "iso", "latin", "ansi", "gsm":
		return anyText(body), nil
	case "binary", "octet-stream":
		return "", errSkip
	default:
		return "", fmt.Errorf("the alphabet %q is not known", clip(alphabet))
	}
}
