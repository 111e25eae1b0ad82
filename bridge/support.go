package bridge

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"smsbridge/storage"
)

// Support is what the program knows of itself for a support bundle, beside
// what the bridge knows.
type Support struct {
	Settings []storage.Flag
	Facts    func() map[string]any // of the machine: kernel, memory, what is plugged in; nil: none
}

// journalMost is how many sentences of the journal a bundle takes.
const journalMost = 1000

// A Bundle is a zip of files that one may give to a stranger: no PIN, no token,
// no text of a message is in it, and of each number the last three digits. It
// is for a sick box, so what cannot be found out is written to errors.txt and
// does not keep the rest from coming.
type Bundle struct {
	zip    *zip.Writer
	errors []string
}

// NewBundle begins a bundle; Close ends it.
func NewBundle(w io.Writer) *Bundle { return &Bundle{zip: zip.NewWriter(w)} }

// JSON adds a file with what find finds.
func (b *Bundle) JSON(name string, find func() (any, error)) {
	b.Text(name, func(w io.Writer) error {
		found, err := find()
		if err != nil {
			return err
		}
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(found)
	})
}

// Text adds a file that write writes. Every digit of it passes through shorten.
func (b *Bundle) Text(name string, write func(io.Writer) error) {
	b.file(name, shorten, write)
}

func (b *Bundle) file(name string, clean func([]byte) []byte, write func(io.Writer) error) {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		b.errors = append(b.errors, fmt.Sprintf("%s: %v\n", name, err))
	}
	if text.Len() == 0 {
		return
	}
	f, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Now().UTC()})
	if err == nil {
		_, err = f.Write(clean(text.Bytes()))
	}
	if err != nil {
		b.errors = append(b.errors, fmt.Sprintf("%s: %v\n", name, err))
	}
}

// Close ends the bundle with what went wrong, if something did.
func (b *Bundle) Close() error {
	if len(b.errors) > 0 {
		lines := slices.Clone(b.errors)
		b.Text("errors.txt", func(w io.Writer) error {
			_, err := io.WriteString(w, strings.Join(lines, ""))
			return err
		})
	}
	return b.zip.Close()
}

var (
	// digits are numbers of telephones, cards and devices, however they are
	// written. A moment such as 15:04:05.123456 has no seven in a row.
	digits = regexp.MustCompile(`\+?[0-9](?:[ ()/-]{0,2}[0-9]){6,}[Ff]?`)
	moment = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	pass   = regexp.MustCompile(`://[^/@\s"]+@`)
	secret = regexp.MustCompile(`\b(scp_|ses_|whsec_|ref_)[0-9A-Za-z+/=_-]+`)
)

// shorten leaves the last three digits of each long number, and nothing of
// what has the look of a secret.
func shorten(text []byte) []byte {
	text = pass.ReplaceAll(text, []byte("://***@"))
	text = secret.ReplaceAll(text, []byte("$1***"))
	return digits.ReplaceAllFunc(text, func(n []byte) []byte {
		if moment.Match(n) {
			return n
		}
		return append([]byte("***"), n[len(n)-3:]...)
	})
}

// bundle writes all that the bridge knows, as a zip.
func (b *Bridge) bundle(ctx context.Context, w io.Writer, goroutines bool) error {
	z := NewBundle(w)
	z.JSON("version.json", func() (any, error) { return About(b.version), nil })
	z.JSON("settings.json", func() (any, error) { return b.support.Settings, nil })
	z.JSON("runtime.json", func() (any, error) { return running(b.began), nil })
	if b.support.Facts != nil {
		z.JSON("box.json", func() (any, error) { return b.support.Facts(), nil })
	}
	z.JSON("lines.json", func() (any, error) {
		lines, _, err := b.store.Lines(ctx)
		return lines, err
	})
	z.JSON("modems.json", func() (any, error) { return b.radio.Modems(), nil })
	z.JSON("ledger.json", func() (any, error) { return b.store.Counts(ctx) })
	z.JSON("doctor.json", func() (any, error) { return b.radio.Diagnose(ctx) })
	z.Text("journal.txt", func(w io.Writer) error { return b.journal(ctx, w) })
	z.Text("transcript.txt", func(w io.Writer) error {
		said, err := b.radio.Transcript(ctx, "", 0, 0)
		for _, s := range said {
			fmt.Fprintln(w, s.Port, s.Line)
		}
		return err
	})
	if goroutines {
		keep := func(text []byte) []byte { return text } // addresses in it are no numbers
		z.file("goroutines.txt", keep, func(w io.Writer) error { return pprof.Lookup("goroutine").WriteTo(w, 1) })
	}
	return z.Close()
}

func (b *Bridge) journal(ctx context.Context, w io.Writer) error {
	notes, err := b.store.Journal(ctx, journalMost)
	for _, n := range slices.Backward(notes) {
		fmt.Fprintf(w, "%s %-5s %s %s %s: %s\n", n.At.UTC().Format(time.RFC3339), n.Level, n.Port, n.Line, n.Step, n.Words)
	}
	return err
}

// About is the program and what it was built from.
func About(version string) map[string]any {
	about := map[string]any{
		"version": version, "go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH, "at": storage.Now(),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		modules := make(map[string]string)
		for _, m := range info.Deps {
			modules[m.Path] = m.Version
		}
		about["modules"] = modules
	}
	return about
}

// running is how the process does.
func running(began time.Time) map[string]any {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	descriptors, _ := os.ReadDir("/proc/self/fd")
	return map[string]any{
		"goroutines": runtime.NumGoroutine(), "processors": runtime.GOMAXPROCS(0), "descriptors": len(descriptors),
		"heap_kb": m.HeapAlloc / 1024, "from_system_kb": m.Sys / 1024, "collections": m.NumGC,
		"up": time.Since(began).Round(time.Second).String(), "user": os.Getuid(),
	}
}
