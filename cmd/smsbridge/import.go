package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/bridge/history"
	"smsbridge/storage"
)

func newImportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "import", Short: "Bring the history of gammu, SMSTools3, Kalkun, RaspiSMS, a phone or a table",
		Long: `Read what another program kept of its texts, and put it into the threads, at the
times it had. --preview tells first what would come, and changes nothing. What the
ledger has already is left out: importing twice adds nothing.

Nobody is told of each message, none is unread, and nothing goes out again.`,
	}
	cmd.AddCommand(
		newImportVerb("gammu", "FILE|FOLDER", "The database of gammu-smsd, its folders, or a .smsbackup"),
		newImportVerb("smstools", "FOLDER", "The spool of SMSTools3: incoming, sent, failed"),
		newImportVerb("kalkun", "FILE", "The database of Kalkun, or a dump of it; its trash stays there"),
		newImportVerb("raspisms", "FILE", "The database of RaspiSMS, a dump of it, or one of its tables as CSV"),
		newImportVerb("android-xml", "FILE", "The XML of \"SMS Backup & Restore\"; of pictures it says that they were there"),
		newImportVerb("csv", "FILE", "A table with a row of heads"),
		newImportVerb("jsonl", "FILE", "What \"smsbridge export all\" wrote"))
	return cmd
}

// importing is one run of the verb.
type importing struct {
	kind    string
	line    string
	preview bool
	zone    string
	options history.Options
	faults  int // that are printed
}

func newImportVerb(kind, what, short string) *cobra.Command {
	var b box
	var o output
	i := importing{kind: kind}
	cmd := &cobra.Command{
		Use: kind + " " + what, Short: short,
		Args: exactly("the " + what + " to read"),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		if err := i.where(); err != nil {
			return err
		}
		records, err := history.Open(i.kind, args[0], i.options)
		if err != nil {
			return fail(exitUsage, "%w", err)
		}
		return b.ask(cmd.Context(), func(c *client.Client) error {
			r, err := i.run(cmd.Context(), c, records, cmd.ErrOrStderr())
			if r != nil {
				err = errors.Join(err, o.print(cmd.OutOrStdout(), r.table()))
			}
			return err
		})
	}
	f := cmd.Flags()
	f.StringVar(&i.line, "line", "", "the line that the history is of, by id, number or name (default: the only one)")
	f.BoolVar(&i.preview, "preview", false, "only tell what would come")
	f.IntVar(&i.faults, "faults", 10, "print so many of the records that cannot be read")
	f.StringVar(&i.zone, "zone", "", "zone of times without one, such as Europe/Berlin (default: this computer's)")
	f.StringVar(&i.options.Country, "country", "", "calling code of numbers without one, such as 49")
	if kind == "csv" {
		f.StringToStringVar(&i.options.Columns, "column", nil, "the head of a column: peer, from, to, own, dir, text, at or state")
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

func (i *importing) where() error {
	if i.zone == "" {
		return nil
	}
	zone, err := time.LoadLocation(i.zone)
	if err != nil {
		return fail(exitUsage, "zone: %w", err)
	}
	i.options.Zone = zone
	return nil
}

// imported is what came of it.
type imported struct {
	Read    int                `json:"read"`
	Added   int                `json:"added"`
	Known   int                `json:"known"`  // the ledger has them, or they stand there twice
	Faults  int                `json:"faults"` // could not be read
	Peers   int                `json:"peers"`
	From    storage.Time       `json:"from,omitzero"`
	To      storage.Time       `json:"to,omitzero"`
	Preview bool               `json:"preview"`
	First   []storage.Imported `json:"first,omitempty"` // of a preview: the first that would come
}

func (r *imported) table() table {
	t := table{heads: []string{"added", "known", "faults", "peers", "from", "to"}}
	t.add(r, fmt.Sprint(r.Added), fmt.Sprint(r.Known), fmt.Sprint(r.Faults), fmt.Sprint(r.Peers), day(r.From), day(r.To))
	return t
}

func day(at storage.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Local().Format(time.DateOnly)
}

// Bounds of one request, well under what a box takes.
const (
	batchBytes = 96 << 10
	firstRows  = 5
)

// run hands the records to the box, batch by batch.
func (i *importing) run(ctx context.Context, c *client.Client, records history.Records, log io.Writer) (*imported, error) {
	line, err := theLine(ctx, c, i.line)
	if err != nil {
		return nil, err
	}
	r := &imported{Preview: i.preview}
	seen, peers := make(map[[16]byte]bool), make(map[string]bool)
	var batch []storage.Imported
	size := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		done, err := c.Import(ctx, storage.Import{Line: line, Source: i.kind, Messages: batch, Preview: i.preview})
		r.Added, r.Known = r.Added+done.Added, r.Known+done.Known
		if r.From.IsZero() || !done.From.IsZero() && done.From.Before(r.From.Time) {
			r.From = done.From
		}
		if done.To.After(r.To.Time) {
			r.To = done.To
		}
		batch, size = batch[:0], 0
		return err
	}
	for m, err := range records {
		if fault, ok := errors.AsType[*history.Fault](err); ok {
			if r.Faults++; r.Faults <= i.faults {
				fmt.Fprintf(log, "left out: %v\n", fault)
			}
			continue
		}
		if err != nil {
			return r, errors.Join(flush(), err)
		}
		r.Read++
		peers[m.Peer] = true
		r.Peers = len(peers)
		id := m.Identity()
		if seen[id] {
			r.Known++
			continue
		}
		seen[id] = true
		if i.preview && len(r.First) < firstRows {
			r.First = append(r.First, m)
			fmt.Fprintf(log, "%s  %-3s  %s  %s\n", m.At.Local().Format(time.DateTime), m.Dir, m.Peer, cmp.Or(glimpse(m.Text), "-"))
		}
		batch, size = append(batch, m), size+len(m.Text)*2+200
		if len(batch) == storage.MaxImported || size > batchBytes {
			if err := flush(); err != nil {
				return r, err
			}
		}
	}
	err = flush()
	if err == nil && i.preview {
		fmt.Fprintln(log, "Nothing has changed yet; leave out --preview if this is what you want.")
	}
	return r, err
}

// glimpse is the beginning of a text, on one line and without what a terminal
// would obey.
func glimpse(text string) string {
	return cut(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text), 60)
}
