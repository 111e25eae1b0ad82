// Package history reads what other programs kept of their texts: gammu,
// SMSTools3, Kalkun, RaspiSMS, phones that made a backup, and tables. What it
// gives can be put into a ledger; it knows none itself.
//
// Files are a stranger's. A record that cannot be read is told with its place
// and left out; no file makes a reader panic, or hold more than one record, and
// the parts of open messages, in memory. Start with Open.
package history

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"time"

	"smsbridge/storage"
)

// Options say what a file does not tell.
type Options struct {
	Zone    *time.Location    // of times without one; default: the box's
	Country string            // calling code of numbers without one, such as 49; empty: those are faults
	Columns map[string]string // csv: the heads of peer, own, dir, text, at and state
}

// Records are the messages of a source, in its order. A record that could not
// be read comes as a *Fault, and the next may be good; after another error
// nothing more comes.
type Records = iter.Seq2[storage.Imported, error]

// Fault is one record that was left out.
type Fault struct {
	File string
	Row  int // from 1; 0: the whole file
	Err  error
}

func (f *Fault) Error() string {
	if f.Row == 0 {
		return fmt.Sprintf("%s: %v", f.File, f.Err)
	}
	return fmt.Sprintf("%s, row %d: %v", f.File, f.Row, f.Err)
}

func (f *Fault) Unwrap() error { return f.Err }

// errSkip is for records that are no messages: drafts, reports.
var errSkip = errors.New("no message")

// Bounds of what a stranger's file may make us hold.
const (
	maxRecord = 1 << 20  // bytes of one row or small file
	maxMedia  = 64 << 20 // bytes of one XML element, which holds pictures
	maxOpen   = 1000     // messages that wait for parts
	maxFiles  = 2e6      // of a folder
)

// kinds are the sources, by the word that names them.
var kinds = map[string]func(path string, o Options) (Records, error){
	"gammu":       openGammu,
	"smstools":    openSMSTools,
	"kalkun":      openKalkun,
	"raspisms":    openRaspiSMS,
	"android-xml": file(ReadAndroid),
	"csv":         file(ReadCSV),
	"jsonl":       file(ReadJSONL),
}

// Open makes ready to read a source of a kind: gammu, smstools, kalkun,
// raspisms, android-xml, csv or jsonl. The file is opened when it is ranged
// over, and closed then.
func Open(kind, path string, o Options) (Records, error) {
	open, ok := kinds[kind]
	if !ok {
		return nil, fmt.Errorf("%q is nothing that can be imported", kind)
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	records, err := open(path, o)
	if err != nil {
		return nil, err
	}
	return tidied(records), nil
}

// tidied leaves out what is no message, and what cannot be kept.
func tidied(records Records) Records {
	return func(yield func(storage.Imported, error) bool) {
		for m, err := range records {
			if errors.Is(err, errSkip) {
				continue
			}
			if err == nil {
				m.Text = strings.ToValidUTF8(m.Text, "\uFFFD")
				err = wrap(m.Tidy(storage.Now()), m)
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

func wrap(err error, m storage.Imported) error {
	if err == nil {
		return nil
	}
	return &Fault{File: "a message of " + m.Peer, Err: err}
}

// file opens a file for a reader of streams.
func file(read func(r io.Reader, name string, o Options) Records) func(string, Options) (Records, error) {
	return func(path string, o Options) (Records, error) {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return nil, fmt.Errorf("%s is a folder; name the file", path)
		}
		return func(yield func(storage.Imported, error) bool) {
			f, err := os.Open(path)
			if err != nil {
				yield(storage.Imported{}, err)
				return
			}
			defer f.Close()
			read(f, path, o)(yield)
		}, nil
	}
}

// timeLayouts are how programs write moments without a zone.
var timeLayouts = []string{
	"2006-01-02 15:04:05", "2006-01-02T15:04:05", "06-01-02 15:04:05", "20060102T150405", "20060102_150405",
	"2006-01-02 15:04:05.999999", "2006-01-02 15:04", "02.01.2006 15:04:05", "2006-01-02",
}

// moment reads a time.
func (o Options) moment(text string) (storage.Time, error) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "20060102T150405Z"} {
		if at, err := time.Parse(layout, text); err == nil {
			return storage.At(at), nil
		}
	}
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range timeLayouts {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return storage.At(at), nil
		}
	}
	return storage.Time{}, fmt.Errorf("%q is no time; times are written as 2026-11-21 16:00:00", clip(text))
}

// clip is the beginning of what a stranger wrote, for a sentence.
func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "..."
	}
	return s
}
