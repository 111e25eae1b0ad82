package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// several tells whether send is to write to people that flags name.
func (s *sendSettings) several() bool { return len(s.to) > 0 || s.people.file != "" }

// checkMany refuses what cannot be meant when flags say to whom.
func (s *sendSettings) checkMany(args []string) error {
	fromInput := len(args) == 0 && s.template == "" || slices.Contains(args, "-")
	switch {
	case len(args) > 1:
		return fail(exitUsage, "with --to or --file smsbridge send wants a text alone, and has %d arguments; put the text in quotes", len(args))
	case s.wait != "":
		return fail(exitUsage, "wait: it waits for one text; see what becomes of several with `smsbridge tail --type 'message.*'`")
	case fromInput && s.people.file == "-":
		return fail(exitUsage, "file: stdin cannot be both the people and the text; give the text in quotes")
	}
	return nil
}

// many sends a text to several people, each as if it were sent by itself.
func (s *sendSettings) many(cmd *cobra.Command, args []string) error {
	o := output{format: s.format, quiet: s.quiet}
	if err := o.check(); err != nil {
		return err
	}
	rows, err := s.people.rows(cmd, s.to)
	if err != nil || s.people.validate {
		return err
	}
	text := ""
	if s.template == "" || len(args) > 0 {
		if text, err = argument(cmd.InOrStdin(), args); err != nil {
			return err
		}
	}
	return s.ask(cmd.Context(), func(c *client.Client) (err error) {
		if s.from, err = lineNamed(cmd.Context(), c, s.from); err != nil {
			return err
		}
		drafts, err := s.drafts(rows, text)
		if err != nil {
			return err
		}
		if s.dryRun {
			return s.tryMany(cmd, c, o, drafts)
		}
		all, err := c.SendMany(cmd.Context(), drafts, s.key)
		if err != nil {
			return err
		}
		if err := o.print(cmd.OutOrStdout(), s.outcomes(cmd, drafts, all)); err != nil {
			return err
		}
		return verdictOf(all)
	})
}

// drafts are the texts to rows; what a row says of a field goes before --set.
func (s *sendSettings) drafts(rows []storage.Row, text string) ([]client.Draft, error) {
	if len(rows) > storage.MostSent {
		return nil, fail(exitUsage, "there are %d people, and one send goes to %d; write to more with `smsbridge campaign create`", len(rows), storage.MostSent)
	}
	var drafts []client.Draft
	for _, row := range rows {
		if row.Contact != "" {
			return nil, fail(exitUsage, "%s is a contact, and send goes to numbers; write to contacts with `smsbridge campaign create`", row.Contact)
		}
		d, err := s.draft(row.Number, text)
		if err != nil {
			return nil, err
		}
		d.Values = maps.Clone(s.values)
		if d.Values == nil {
			d.Values = make(map[string]string)
		}
		maps.Copy(d.Values, row.Values)
		drafts = append(drafts, d)
	}
	return drafts, nil
}

// outcomes is what became of each draft. Where only ids are printed, what has
// none is told beside them.
func (s *sendSettings) outcomes(cmd *cobra.Command, drafts []client.Draft, all []client.Outcome) table {
	t := table{heads: []string{"id", "to", "from", "parts", "state"}}
	for i, one := range all {
		if m := one.Message; m != nil {
			t.add(one, m.ID, m.To, m.From, strconv.Itoa(m.Total), word(m))
			continue
		}
		why := sentence(one.Error.Err())
		if s.quiet {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", drafts[i].To, why)
			continue
		}
		t.add(one, "", drafts[i].To, "", "", "refused: "+why)
	}
	return t
}

// verdictOf is the exit code that several texts deserve: that of their refusals
// if there is one for all, and otherwise that something was done, and not all.
func verdictOf(all []client.Outcome) error {
	refused, codes := 0, make(map[int]bool)
	for _, one := range all {
		if one.Error != nil {
			refused++
			codes[refusalExit(one.Error.Err())] = true
		}
	}
	if refused == 0 {
		return nil
	}
	code := exitPartly
	if refused == len(all) && len(codes) == 1 {
		code = slices.Collect(maps.Keys(codes))[0]
	}
	return fail(code, "%d of %d texts were refused", refused, len(all))
}

// tried is what a text to somebody would cost.
type tried struct {
	To      string        `json:"to"`
	Count   storage.Count `json:"count"`
	Missing []string      `json:"missing,omitempty"` // fields without a value: it would be refused
}

// tryMany tells what the texts would cost, and sends none.
func (s *sendSettings) tryMany(cmd *cobra.Command, c *client.Client, o output, drafts []client.Draft) error {
	t := table{heads: []string{"to", "parts", "units", "alphabet", "no value for"}}
	sum := 0
	for _, d := range drafts {
		got, err := c.Try(cmd.Context(), d)
		if err != nil {
			return err
		}
		sum += got.Count.Parts
		t.add(tried{d.To, got.Count, got.Missing}, d.To, strconv.Itoa(got.Count.Parts), strconv.Itoa(got.Count.Units), got.Count.Alphabet, strings.Join(got.Missing, ", "))
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s to %d people; nothing was sent\n", parts(sum), len(drafts))
	return o.print(cmd.OutOrStdout(), t)
}
