package history

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"smsbridge/storage"
)

// ReadBackup reads a backup of gammu (.smsbackup), which its daemon also writes
// for each message with inboxformat = detail.
func ReadBackup(r io.Reader, name string, o Options) Records {
	return pieces(func(yield func(piece, error) bool) {
		n := 0
		for fields, err := range sections(r) {
			if err != nil {
				yield(piece{}, fmt.Errorf("%s: %w", name, err))
				return
			}
			n++
			p, err := o.backupPiece(fields)
			if err != nil && !errors.Is(err, errSkip) {
				err = &Fault{name, n, err}
			}
			if !yield(p, err) {
				return
			}
		}
	})
}

// sections reads the fields of each [SMSBackupNNN], by their names.
func sections(r io.Reader) func(yield func(map[string]string, error) bool) {
	return func(yield func(map[string]string, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 64<<10)
		var fields map[string]string
		size := 0
		for lines.Scan() {
			line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\uFEFF"))
			if strings.HasPrefix(line, "[") {
				if fields != nil && !yield(fields, nil) {
					return
				}
				if fields, size = nil, 0; strings.HasPrefix(line, "[SMSBackup") {
					fields = make(map[string]string)
				}
				continue
			}
			key, value, ok := strings.Cut(line, "=")
			if size += len(line); fields == nil || !ok || strings.HasPrefix(line, ";") {
				continue
			}
			if size > maxRecord {
				yield(nil, errTooLong)
				return
			}
			fields[strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), `"`)
		}
		if err := lines.Err(); err != nil {
			yield(nil, err)
			return
		}
		if fields != nil {
			yield(fields, nil)
		}
	}
}

func (o Options) backupPiece(fields map[string]string) (p piece, err error) {
	state := fields["State"]
	switch fields["PDU"] {
	case "Deliver":
		p.Dir = storage.Inbound
	case "Submit":
		p.Dir, p.State = storage.Outbound, storage.Sent
		if state == "UnSent" {
			return p, errSkip // a draft
		}
	default:
		return p, errSkip // a status report
	}
	if p.Text, err = backupText(fields); err != nil {
		return p, err
	}
	number := fields["Number"]
	if raw, err := hex.DecodeString(fields["NumberUnicode"]); err == nil && len(raw) > 0 {
		number = utf16BE(raw)
	}
	if p.Peer, err = o.peer(number); err != nil {
		return p, err
	}
	if p.At, err = o.moment(fields["DateTime"]); err != nil {
		return p, err
	}
	ref, of, seq := concat(fields["UDH"])
	if p.of, p.seq = of, seq; of > 1 {
		p.set = fmt.Sprintf("%s %s %s %d", p.Dir, p.Peer, ref, of)
	}
	return p, nil
}

// backupText puts Text00, Text01, ... together, which are UTF-16 as hex.
func backupText(fields map[string]string) (string, error) {
	if fields["Coding"] == "8bit" {
		return "", errSkip
	}
	var all strings.Builder
	for i := range 1000 {
		text, ok := fields[fmt.Sprintf("Text%02d", i)]
		if !ok {
			break
		}
		all.WriteString(text)
	}
	octets, err := hex.DecodeString(all.String())
	if err != nil {
		return "", fmt.Errorf("its text is not hexadecimal: %w", err)
	}
	if n, err := strconv.Atoi(fields["Length"]); err == nil && n >= 0 && 2*n < len(octets) {
		octets = octets[:2*n]
	}
	return utf16BE(octets), nil
}
