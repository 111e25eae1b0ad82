package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// sendSettings are the flags of send.
type sendSettings struct {
	box
	to     []string // and file: several people, in place of one
	people rowsFile

	from, wait, key string
	format          string
	timeout         time.Duration
	maxParts        int
	dryRun, quiet   bool

	at, priority  string
	expires, undo time.Duration
	flash         bool

	template string
	values   map[string]string
}

func newSendCommand() *cobra.Command {
	var s sendSettings
	cmd := &cobra.Command{
		Use:   "send TO [TEXT|-]",
		Short: "Send a text",
		Long: `Send a text to a number. Without TEXT, or with -, the text is read from stdin.

To write to several people say --to for each, or --file, and leave TO out. Every
one has a message of his own, in which the columns of the file are the values of
fields such as {{first_name}}. What is refused for one holds up no other; the exit
code is 8 then. One send goes to 100 people, and a campaign to more.

It prints the message's id, its parts and its state. With --wait it goes on until
the text is sent or delivered. Exit code 7 says that nobody knows whether it went
out, or that the wait ran out; 5 that a rule refused it, holds it, or let it expire.

--at takes a moment (2030-01-31T09:00:00+01:00), a time of the day (09:00, the next
one on this machine's clock), or a duration from now (2h30m).`,
		Args: func(cmd *cobra.Command, args []string) error {
			if s.several() {
				return s.checkMany(args)
			}
			if s.people.validate {
				return fail(exitUsage, "validate-only: there is no --file to look at")
			}
			if len(args) < 1 || len(args) > 2 {
				return fail(exitUsage, "smsbridge send wants a number and a text, and has %d arguments; put the text in quotes", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.several() {
				return s.many(cmd, args)
			}
			var text string
			var err error
			if s.template == "" || len(args) == 2 {
				if text, err = argument(cmd.InOrStdin(), args[1:]); err != nil {
					return err
				}
			}
			if err := (&output{format: s.format}).check(); err != nil {
				return err
			}
			if s.wait != "" && s.wait != "sent" && s.wait != "delivered" {
				return fail(exitUsage, "wait: %q is neither sent nor delivered", s.wait)
			}
			if _, err := moment(s.at, time.Now()); err != nil {
				return err
			}
			return s.ask(cmd.Context(), func(c *client.Client) (err error) {
				if s.from, err = lineNamed(cmd.Context(), c, s.from); err != nil {
					return err
				}
				return s.send(cmd.Context(), c, cmd.OutOrStdout(), args[0], text)
			})
		},
	}
	s.flags(cmd)
	s.people.flags(cmd, "write to")
	f := cmd.Flags()
	f.StringSliceVar(&s.to, "to", nil, "a number; more than one for several people, or several --to")
	f.StringVar(&s.from, "from", "", "line to send from, by id, number or name; needed only if there are several and none was used with this number")
	f.StringVar(&s.wait, "wait", "", "go on until the text is sent or delivered")
	f.DurationVar(&s.timeout, "timeout", time.Minute, "how long --wait waits")
	f.StringVar(&s.key, "idem", "", "idempotency key: the same key and text are one message (default: a new one)")
	f.IntVar(&s.maxParts, "max-parts", 0, "refuse a text of more parts (default: what the box allows)")
	f.StringVar(&s.at, "at", "", "send it then, and not now")
	f.DurationVar(&s.expires, "expires", 0, "send it no later than so long after it was due")
	f.DurationVar(&s.undo, "undo", 0, "let it wait so long, up to 10s, in which it can be canceled")
	f.StringVar(&s.priority, "priority", "", "high, normal or low")
	f.BoolVar(&s.flash, "flash", false, "show it at once on the phone, which does not keep it (class 0)")
	f.StringVar(&s.template, "template", "", "a template in place of TEXT; its fields are filled from the contact")
	f.StringToStringVar(&s.values, "set", nil, "FIELD=VALUE of the text, before those of the contact")
	f.BoolVar(&s.dryRun, "dry-run", false, "tell what it would cost and send nothing")
	f.StringVarP(&s.format, "output", "o", "table", "table, json or jsonl; csv for several people")
	f.BoolVarP(&s.quiet, "quiet", "q", false, "print the id alone")
	return cmd
}

// argument is the text that an argument gives, or stdin's.
func argument(in io.Reader, args []string) (string, error) {
	if len(args) == 0 {
		return textOrInput(in, "-")
	}
	return textOrInput(in, args[0])
}

func (s *sendSettings) send(ctx context.Context, c *client.Client, out io.Writer, to, text string) error {
	if s.dryRun {
		tried, err := c.Try(ctx, client.Draft{To: to, From: s.from, Text: text, Template: s.template, Values: s.values})
		if err != nil {
			return err
		}
		count := tried.Count
		if len(tried.Missing) > 0 {
			fmt.Fprintf(out, "no value for %s; it would be refused\n", strings.Join(tried.Missing, ", "))
		}
		fmt.Fprintf(out, "%s: %s, %d units of %s, %d left; nothing was sent\n", to, parts(count.Parts), count.Units, count.Alphabet, count.Left)
		return nil
	}
	if s.key == "" {
		s.key = rand.Text()
	}
	d, err := s.draft(to, text)
	if err != nil {
		return err
	}
	d.Key = s.key
	sent, err := c.Send(ctx, d)
	if err != nil {
		return err
	}
	m := sent.Message
	s.show(out, m)
	if s.wait != "" {
		if m, err = s.follow(ctx, c, out, m); err != nil {
			return err
		}
	}
	if s.format != "table" {
		if err := printJSON(out, m); err != nil {
			return err
		}
	}
	return s.verdict(m)
}

// draft is what the flags say of a text.
func (s *sendSettings) draft(to, text string) (client.Draft, error) {
	at, err := moment(s.at, time.Now())
	return client.Draft{
		To: to, From: s.from, Text: text, MaxParts: s.maxParts, Priority: storage.Priority(s.priority), Flash: s.flash,
		At: at, Undo: s.undo, Expires: s.expires, Template: s.template, Values: s.values,
	}, err
}

func (s *sendSettings) show(out io.Writer, m storage.Message) {
	switch {
	case s.format != "table":
	case s.quiet:
		fmt.Fprintln(out, m.ID)
	default:
		fmt.Fprintf(out, "%s to %s from %s, %s: %s\n", m.ID, m.To, m.From, parts(m.Total), word(&m))
	}
}

var errArrived = errors.New("the state that was waited for is here")

// follow prints each state until the message has come far enough.
func (s *sendSettings) follow(ctx context.Context, c *client.Client, out io.Writer, m storage.Message) (storage.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	shown := m.State
	err := c.Follow(ctx, client.FollowOptions{After: max(m.Rev-1, 1), Replay: "all", Events: []string{"message.*"}}, func(e client.Event) error {
		var data struct{ Message storage.Message }
		if err := decode(e.Data, &data); err != nil || data.Message.ID != m.ID {
			return err
		}
		m = data.Message
		if m.State != shown && s.format == "table" && !s.quiet {
			fmt.Fprintln(out, "  "+word(&m))
		}
		shown = m.State
		if s.enough(m) {
			return errArrived
		}
		return nil
	})
	if errors.Is(err, errArrived) || errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return m, err
}

// enough tells whether a message has come as far as was waited for, or cannot.
func (s *sendSettings) enough(m storage.Message) bool {
	return m.State == storage.Held || m.State.Final() && (m.State != storage.Sent || s.wait == "sent")
}

// verdict is the exit code that a message's state deserves.
func (s *sendSettings) verdict(m storage.Message) error {
	if s.wait != "" && m.State == storage.Held {
		return fail(exitRefused, "the text is %s", word(&m))
	}
	switch m.State {
	case storage.Failed, storage.Undelivered, storage.PartiallySent:
		return fail(exitRadio, "the text is %s", word(&m))
	case storage.Expired, storage.Canceled:
		return fail(exitRefused, "the text is %s", word(&m))
	case storage.Unconfirmed:
		return fail(exitUnconfirmed, "the text is unconfirmed: %s", m.Reason)
	}
	if s.wait != "" && !s.enough(m) {
		return fail(exitUnconfirmed, "the text is %s after %s; it goes on without this command", word(&m), s.timeout)
	}
	return nil
}

// moment reads --at; the zero time is now.
func moment(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(d), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	t, err := time.ParseInLocation("15:04", s, now.Location())
	if err != nil {
		return time.Time{}, fail(exitUsage, "at: %q is no moment; write 2030-01-31T09:00:00+01:00, or 09:00, or 2h30m", s)
	}
	at := time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), 0, 0, now.Location())
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at, nil
}
