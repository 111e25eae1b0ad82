package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newCampaignCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "campaign", Short: "One text to many people, each in a thread of their own"}
	cmd.AddCommand(newCampaignListCommand(), newCampaignCreateCommand(), newCampaignPreviewCommand(),
		newCampaignMoveCommand("start", "Send a campaign: you are the author of each copy", (*client.Client).StartCampaign),
		newCampaignMoveCommand("pause", "Make no more copies, and hold those that wait", (*client.Client).PauseCampaign),
		newCampaignMoveCommand("resume", "Go on with a paused campaign", (*client.Client).ResumeCampaign),
		newCampaignMoveCommand("cancel", "End a campaign, and call back what waits", (*client.Client).CancelCampaign),
		newCampaignMoveCommand("status", "Show how far a campaign is", (*client.Client).Campaign),
		newCampaignReportCommand())
	return cmd
}

func campaignTable(all ...storage.Campaign) table {
	t := table{heads: []string{"id", "name", "state", "people", "waiting", "copied", "skipped", "delivered", "failed", "why"}}
	for _, c := range all {
		failed := c.States[storage.Failed] + c.States[storage.Undelivered] + c.States[storage.Expired]
		t.add(c, c.ID, c.Name, string(c.State), fmt.Sprint(c.People), fmt.Sprint(c.Waiting), fmt.Sprint(c.Copied), fmt.Sprint(c.Skipped),
			fmt.Sprint(c.States[storage.Delivered]), fmt.Sprint(failed), c.Reason)
	}
	return t
}

func newCampaignListCommand() *cobra.Command {
	var p storage.Page
	cmd := showing(&cobra.Command{
		Use: "list", Short: "List campaigns, the newest first", Args: cobra.NoArgs,
	}, func(cmd *cobra.Command, c *client.Client, _ []string) (table, error) {
		page, err := c.Campaigns(cmd.Context(), p)
		return campaignTable(page.Campaigns...), err
	})
	cmd.Flags().IntVar(&p.Limit, "limit", 50, "at most so many, up to 200")
	cmd.Flags().StringVar(&p.Before, "before", "", "those before this one")
	return cmd
}

// newCampaign is what the flags of create say.
type newCampaign struct {
	client.NewCampaign
	rowsFile
	at  string
	dry bool
}

func newCampaignCreateCommand() *cobra.Command {
	var n newCampaign
	cmd := showing(&cobra.Command{
		Use: "create NAME [TEXT|-]", Short: "Make a campaign; nothing is sent before it is started",
		Long: `Make a campaign, to a list or to the people of a file. Nothing is sent before
"smsbridge campaign start". The text may have fields such as {{first_name}}: their
values are the columns of the file, and where it has none those of the contact.

A file is CSV with a line of column names, or JSON Lines. The number stands in a
column called number, phone, mobile or to, or in the one that --map says.`,
		Args: cobra.RangeArgs(1, 2),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		n.Name = args[0]
		return n.create(cmd, c, args[1:])
	})
	n.flags(cmd, "write to")
	f := cmd.Flags()
	f.StringVar(&n.Template, "template", "", "a template, in place of TEXT")
	f.StringVar(&n.List, "list", "", "a list of people")
	f.StringVar(&n.From, "from", "", "the line to send from (default: for each person as for a single text)")
	f.StringVar(&n.at, "at", "", "start then, and not before; as for send")
	f.IntVar(&n.Pace, "pace", 0, "copies a minute (default: as fast as the lines send)")
	f.BoolVar(&n.dry, "dry-run", false, "tell what it would do: nothing is kept, and nothing sent")
	return cmd
}

func (n *newCampaign) create(cmd *cobra.Command, c *client.Client, text []string) (table, error) {
	none := table{heads: campaignTable().heads}
	at, err := moment(n.at, time.Now())
	if err != nil {
		return none, err
	}
	if !at.IsZero() {
		n.At = at.UTC().Format(time.RFC3339)
	}
	if n.Template == "" {
		if n.Text, err = argument(cmd.InOrStdin(), text); err != nil {
			return none, err
		}
	}
	var rows []storage.Row
	if n.file != "" {
		if rows, err = n.rows(cmd, nil); err != nil || n.validate {
			return none, err
		}
	} else if n.List == "" {
		return none, fail(exitUsage, "say --list or --file: to whom")
	}
	n.Skip = n.skip
	if n.dry {
		p, err := n.plan(cmd, c, rows)
		if err == nil {
			preview(cmd.ErrOrStderr(), p)
		}
		return planTable(p), err
	}
	n.Rows = rows[:min(len(rows), storage.MostRows)]
	made, bad, err := c.CreateCampaign(cmd.Context(), n.NewCampaign)
	if leftOut(cmd.ErrOrStderr(), bad); err != nil {
		return none, err
	}
	err = pieces(rows[len(n.Rows):], func(some []storage.Row) error {
		var bad []client.BadRow
		made, bad, err = c.AddToCampaign(cmd.Context(), made.ID, some, n.skip)
		leftOut(cmd.ErrOrStderr(), bad)
		return err
	})
	if err != nil { // half a campaign is of no use to anybody
		if canceled, _ := c.CancelCampaign(context.WithoutCancel(cmd.Context()), made.ID); canceled.ID != "" {
			made = canceled
		}
	}
	return campaignTable(made), err
}

// plan asks what the campaign would do, a piece of its rows at a time.
func (n *newCampaign) plan(cmd *cobra.Command, c *client.Client, rows []storage.Row) (p storage.Plan, err error) {
	ask := func(in client.NewCampaign, soFar *storage.Plan) (err error) {
		var bad []client.BadRow
		p, bad, err = c.PlanCampaign(cmd.Context(), in, soFar)
		leftOut(cmd.ErrOrStderr(), bad)
		return err
	}
	in := n.NewCampaign
	if in.List != "" || len(rows) == 0 {
		if err := ask(in, nil); err != nil {
			return p, err
		}
		in.List = ""
	}
	return p, pieces(rows, func(some []storage.Row) error {
		soFar := p
		in.Rows = some
		return ask(in, &soFar)
	})
}

// planTable is a plan in one row.
func planTable(p storage.Plan) table {
	t := table{heads: []string{"copies", "parts", "skipped", "takes", "limits that are too low"}}
	t.add(p, fmt.Sprint(p.Copies), fmt.Sprint(p.Parts), fmt.Sprint(p.Skipped), takes(p), fmt.Sprint(len(p.Short)))
	return t
}

func newCampaignPreviewCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "preview CAMPAIGN", Short: "Tell what a campaign would do: people, parts, time, limits, and who is left out",
		Args: exactly("a campaign"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		p, err := c.PreviewCampaign(cmd.Context(), args[0])
		return planTable(p), err
	})
}

func takes(p storage.Plan) string {
	if p.Seconds == 0 {
		return "as long as the lines need"
	}
	return (time.Duration(p.Seconds) * time.Second).String()
}

// preview tells a plan to people.
func preview(w io.Writer, p storage.Plan) {
	fmt.Fprintf(w, "%d copies, %d parts; takes %s; nothing was sent\n", p.Copies, p.Parts, takes(p))
	for _, why := range slices.Sorted(maps.Keys(p.Reasons)) {
		fmt.Fprintf(w, "  %d left out: %s\n", p.Reasons[why], why)
	}
	for _, s := range p.Skips {
		fmt.Fprintf(w, "  row %d, %s: %s\n", s.N, plain(s.Number), plain(s.Reason))
	}
	for _, l := range p.Short {
		fmt.Fprintf(w, "  the limit of the %s %s has %d of %d parts a %s left\n", l.Subject, l.ID, l.Left, l.Parts, l.Window)
	}
	for _, s := range p.Samples {
		fmt.Fprintf(w, "  to %s: %s\n", s.Number, plain(s.Text))
	}
}

func newCampaignMoveCommand(verb, short string, do func(*client.Client, context.Context, string) (storage.Campaign, error)) *cobra.Command {
	return showing(&cobra.Command{
		Use: verb + " CAMPAIGN", Short: short, Args: exactly("a campaign"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		found, err := do(c, cmd.Context(), args[0])
		return campaignTable(found), err
	})
}

func newCampaignReportCommand() *cobra.Command {
	var p storage.Page
	var state string
	cmd := showing(&cobra.Command{
		Use: "report CAMPAIGN", Short: "Show what became of each person of a campaign",
		Args: exactly("a campaign"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		page, err := c.CampaignReport(cmd.Context(), args[0], storage.CopyState(state), p)
		t := table{heads: []string{"n", "number", "name", "state", "message", "sent", "why"}}
		for _, x := range page.Copies {
			name := ""
			if x.Contact != nil {
				name = x.Contact.Name
			}
			t.add(x, fmt.Sprint(x.N), x.Number, name, string(x.State), x.Message, string(x.Sent), x.Reason)
		}
		return t, err
	})
	cmd.Flags().StringVar(&state, "state", "", "waiting, copied or skipped only")
	cmd.Flags().IntVar(&p.Limit, "limit", 200, "at most so many, up to 200")
	cmd.Flags().StringVar(&p.After, "after", "", "those after this place")
	return cmd
}
