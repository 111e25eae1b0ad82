package history

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"smsbridge/storage"
)

// ReadAndroid reads the XML of "SMS Backup & Restore". Pictures are not taken
// over: the message says that there was one.
func ReadAndroid(r io.Reader, name string, o Options) Records {
	return func(yield func(storage.Imported, error) bool) {
		share := &allowance{r: r}
		d := xml.NewDecoder(newPairs(share))
		n, begun := 0, false
		for {
			share.left = maxMedia
			t, err := d.RawToken()
			if errors.Is(err, io.EOF) && begun {
				return
			}
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = errors.New("there is no <smses> in it; it is no backup of SMS Backup & Restore")
				}
				yield(storage.Imported{}, fmt.Errorf("%s, after message %d: %w", name, n, err))
				return
			}
			e, ok := t.(xml.StartElement)
			if !ok {
				continue
			}
			var m storage.Imported
			switch e.Name.Local {
			case "smses":
				begun = true
				continue
			case "sms":
				m, err = o.androidSMS(e)
			case "mms":
				m, err = o.androidMMS(e, d, share)
			default:
				continue
			}
			n++
			if err != nil && !errors.Is(err, errSkip) {
				err = &Fault{name, n, err}
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

// attributes are those of an element. The app writes null for none.
func attributes(e xml.StartElement) map[string]string {
	all := make(map[string]string, len(e.Attr))
	for _, a := range e.Attr {
		if a.Value != "null" {
			all[a.Name.Local] = a.Value
		}
	}
	return all
}

// androidTypes are Telephony.Sms.MESSAGE_TYPE_*; drafts (3) are none.
var androidTypes = map[string]storage.Imported{
	"1": {Dir: storage.Inbound, State: storage.Received},
	"2": {Dir: storage.Outbound, State: storage.Sent},
	"4": {Dir: storage.Outbound, State: storage.Canceled}, // in the outbox
	"5": {Dir: storage.Outbound, State: storage.Failed},
	"6": {Dir: storage.Outbound, State: storage.Canceled}, // queued
}

func (o Options) androidSMS(e xml.StartElement) (storage.Imported, error) {
	a := attributes(e)
	m, ok := androidTypes[a["type"]]
	if !ok {
		return m, errSkip
	}
	if m.State == storage.Sent {
		switch a["status"] { // TP-ST (3GPP TS 23.040, 9.2.3.15) as Telephony.Sms.STATUS_* has it
		case "0":
			m.State = storage.Delivered
		case "64":
			m.State = storage.Undelivered
		}
	}
	m.Text = a["body"]
	return o.android(m, a["address"], a["date"])
}

func (o Options) android(m storage.Imported, address, date string) (storage.Imported, error) {
	var err error
	if strings.Contains(address, "~") {
		return m, errors.New("it went to a group, which a text cannot")
	}
	if m.Peer, err = o.peer(address); err != nil {
		return m, err
	}
	n, err := strconv.ParseInt(date, 10, 64)
	if err != nil || n <= 0 {
		return m, fmt.Errorf("its date is %q, not milliseconds since 1970", clip(date))
	}
	m.At = storage.FromMilli(n)
	return m, nil
}

// androidMMS reads a multimedia message up to its end: its text, and a word for
// all else.
func (o Options) androidMMS(e xml.StartElement, d *xml.Decoder, share *allowance) (storage.Imported, error) {
	a := attributes(e)
	var words []string
	for {
		share.left = maxMedia
		t, err := d.RawToken()
		if err != nil {
			return storage.Imported{}, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "part" {
				continue
			}
			switch p := attributes(t); {
			case p["ct"] == "text/plain":
				words = append(words, p["text"])
			case p["ct"] != "application/smil":
				words = append(words, "["+clip(p["ct"])+"]")
			}
		case xml.EndElement:
			if t.Name.Local != "mms" {
				continue
			}
			m, ok := androidTypes[a["msg_box"]]
			if !ok {
				return m, errSkip
			}
			m.Text = strings.Join(words, "\n")
			return o.android(m, a["address"], a["date"])
		}
	}
}

// pairs mends what the app writes: characters beyond U+FFFF as two references,
// one for each half of the pair, which XML forbids (XML 1.0, 2.2 and 4.1), and
// references to control characters.
type pairs struct {
	in   *bufio.Reader
	rest []byte
}

func newPairs(r io.Reader) io.Reader { return &pairs{in: bufio.NewReaderSize(r, 64<<10)} }

func (p *pairs) Read(out []byte) (int, error) {
	if len(p.rest) == 0 {
		if err := p.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(out, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// fill takes what is there up to the next reference, or one reference.
func (p *pairs) fill() error {
	head, err := p.in.Peek(1)
	if err != nil {
		return err
	}
	if head[0] != '&' {
		head, _ = p.in.Peek(p.in.Buffered())
		if i := bytes.IndexByte(head, '&'); i >= 0 {
			head = head[:i]
		}
		p.rest = bytes.Clone(head)
		p.in.Discard(len(head))
		return nil
	}
	head, _ = p.in.Peek(32)
	first, n := reference(head)
	if n == 0 {
		p.rest = []byte{'&'}
		p.in.Discard(1)
		return nil
	}
	if utf16.IsSurrogate(first) {
		second, more := reference(head[n:])
		if first = utf16.DecodeRune(first, second); first != '\uFFFD' {
			n += more
		}
	}
	p.rest = bytes.Clone(head[:n])
	if first > 0xFFFF || first == '\uFFFD' {
		p.rest = []byte(string(first))
	} else if first < ' ' && first != '\t' && first != '\n' && first != '\r' {
		p.rest = []byte("\uFFFD")
	}
	p.in.Discard(n)
	return nil
}

// reference reads a reference to a character by its number, and how long it is.
func reference(head []byte) (rune, int) {
	if !bytes.HasPrefix(head, []byte("&#")) {
		return 0, 0
	}
	text, _, ok := bytes.Cut(head[2:], []byte(";"))
	base, digits := 10, string(text)
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		base, digits = 16, hex
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if !ok || err != nil {
		return 0, 0
	}
	return rune(n), len(text) + 3
}
