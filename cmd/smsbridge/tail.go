package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// tailSettings are the flags of tail.
type tailSettings struct {
	box
	since  int64
	types  []string
	lines  []string
	format string
	poll   bool
	exec   string
	cursor string
	ack    string
}

func newTailCommand() *cobra.Command {
	var s tailSettings
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Follow the event log, over restarts and broken connections",
		Long: `Follow the event log. Without --since it begins with what happens from now on;
--since 0 begins with the oldest event that is kept. Each event is told once, also
over restarts of the bridge and broken connections.

With --exec a command is run for each event, one at a time, with the event as JSON
on its standard input and SMSBRIDGE_EVENT_SEQ, _TYPE, _THREAD and others in its
environment. When it fails it is run again, after a wait that grows to 5 minutes.
--cursor names a file that holds the place in the log over restarts; a command
may see an event twice when it is stopped in between, with the same
SMSBRIDGE_EVENT_ID. No shell reads the command: write sh -c '...' if you want one.

With --ack NAME the bridge keeps the place: what was told is acknowledged under
that name, once a second at most, and the next tail with it goes on from there,
from wherever it is asked. See them with cursor list.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.format != "table" && s.format != "jsonl" {
				return fail(exitUsage, "output: %q is neither table nor jsonl", s.format)
			}
			if s.poll && !cmd.Flags().Changed("since") && s.ack == "" {
				s.since = 0
			}
			if s.exec == "" && s.cursor != "" {
				return fail(exitUsage, "cursor: it is kept for --exec only")
			}
			if s.ack != "" && s.cursor != "" {
				return fail(exitUsage, "ack: the place is kept by the bridge or in --cursor, not in both")
			}
			return s.ask(cmd.Context(), func(c *client.Client) error {
				return s.tail(cmd.Context(), c, cmd.OutOrStdout(), cmd.ErrOrStderr())
			})
		},
	}
	s.flags(cmd)
	f := cmd.Flags()
	f.Int64Var(&s.since, "since", -1, "begin after this event number (default: now)")
	f.StringSliceVar(&s.types, "type", nil, "only these types, such as message.* (repeatable)")
	f.StringSliceVar(&s.lines, "line", nil, "only these lines (repeatable)")
	f.StringVarP(&s.format, "output", "o", "table", "table or jsonl")
	f.StringVar(&s.exec, "exec", "", "run this command for each event")
	f.StringVar(&s.cursor, "cursor", "", "file that holds the place in the log, for --exec; it wins over --since")
	f.StringVar(&s.ack, "ack", "", "go on where the last tail with this name stopped, and acknowledge what is told")
	f.BoolVar(&s.poll, "poll", false, "end when everything that is there has been told")
	return cmd
}

var errPolled = errors.New("everything was told")

func (s *tailSettings) tail(ctx context.Context, c *client.Client, out, errs io.Writer) error {
	o := client.FollowOptions{Lines: s.lines, Events: s.types, Device: s.ack}
	if s.ack != "" {
		o.Replay = "all"
	}
	if s.since >= 0 {
		o.After, o.Replay = s.since, "all"
	}
	tell := func(e client.Event) error {
		if s.format == "jsonl" {
			return printJSON(out, e)
		}
		fmt.Fprintln(out, describe(e))
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var r *runner
	o.Live = func(head storage.Head) {
		if r != nil { // all up to here is dealt with; so the first start has a place, too
			if err := r.keep(head.Epoch, head.Seq); err != nil {
				cancel(err)
			}
		}
		if s.poll {
			cancel(errPolled)
		}
	}
	o.Down = func(err error, _ time.Duration) { fmt.Fprintln(errs, "the bridge is away, trying again:", err) }
	if s.exec != "" {
		var err error
		if r, err = newRunner(s.exec, s.cursor, out, errs); err != nil {
			return err
		}
		epoch, seq, err := r.from()
		if err != nil {
			return err
		}
		if epoch != "" {
			o.Epoch, o.After, o.Replay = epoch, seq, "all"
		}
		tell = func(e client.Event) error { return r.do(ctx, e) }
	}
	err := c.Follow(ctx, o, tell)
	if errors.Is(context.Cause(ctx), errPolled) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// describe is one event as one line.
func describe(e client.Event) string {
	head := fmt.Sprintf("%7d  %s  %-17s", e.Seq, e.At.Local().Format("15:04:05.000"), e.Type)
	var d struct {
		Message *storage.Message
		Thread  *storage.Thread
		Contact *storage.Contact
		Line    *storage.Line
		Agent   *storage.Agent
	}
	if err := decode(e.Data, &d); err != nil {
		return head + "  " + plain(string(e.Data))
	}
	what := ""
	switch {
	case d.Message != nil:
		m := d.Message
		what = fmt.Sprintf("%s → %s  %s  %s", m.From, m.To, word(m), m.Text)
	case d.Thread != nil:
		what = who(*d.Thread)
	case d.Contact != nil:
		what = fmt.Sprintf("%s %v", d.Contact.Name, d.Contact.Numbers)
	case d.Line != nil:
		what = fmt.Sprintf("%s %s %s %s", d.Line.Number, d.Line.State, d.Line.Operator, dbm(d.Line.Signal))
	case d.Agent != nil:
		what = d.Agent.Name
	}
	return head + "  " + plain(what)
}

func decode(data json.RawMessage, into any) error { return json.Unmarshal(data, into) }
