package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/bridge/gateway"
	"smsbridge/modem/doctor"
	"smsbridge/modem/usb"
	"smsbridge/storage"
)

func newDoctorCommand() *cobra.Command {
	var b box
	var o output
	var a alone
	cmd := &cobra.Command{
		Use: "doctor", Short: "What is wrong with the modems, in plain words, and the next step",
		Long: "Asks the bridge to examine every modem. Where no bridge runs it takes the ports for itself and asks the modems:\n" +
			"a port that another program holds stays shut and its holder is named, and no PIN is ever entered. It exits with\n" +
			"0 if nothing keeps texts from coming and going.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			d, err := diagnosis(cmd, b, a)
			if err != nil {
				return err
			}
			if err := showDiagnosis(cmd.OutOrStdout(), o, d); err != nil {
				return err
			}
			if slices.ContainsFunc(d.Findings, func(f storage.Finding) bool { return f.Level == string(doctor.Fault) }) {
				return fail(exitRadio, "something keeps texts from coming or going")
			}
			return nil
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	a.flags(cmd)
	return cmd
}

// alone is how a verb looks at modems where no bridge runs.
type alone struct {
	root  string
	ports []string
}

func (a *alone) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.root, "root", "/", "folder that holds sys, proc and dev, such as /host in a container; only where no bridge runs")
	cmd.Flags().StringArrayVar(&a.ports, "modem", nil, "port to ask too, such as /dev/ttyAMA0; only where no bridge runs (repeatable)")
}

// diagnosis is the bridge's, or, where none runs, that of the ports which this
// process takes for itself meanwhile. A bridge somewhere else is never replaced.
func diagnosis(cmd *cobra.Command, b box, a alone) (d storage.Diagnosis, err error) {
	err = b.ask(cmd.Context(), func(c *client.Client) error {
		d, err = c.Diagnose(cmd.Context())
		return err
	})
	if f, ok := errors.AsType[*failure](err); !ok || f.code != exitUnreachable || b.url != "" {
		return d, err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "No bridge runs here, so the ports are opened for this question.")
	return a.diagnosis(cmd.Context())
}

func (a alone) diagnosis(ctx context.Context) (storage.Diagnosis, error) {
	fs := usb.FS{Root: a.root}
	picture, err := doctor.Look(fs)
	if err != nil {
		return storage.Diagnosis{}, fail(exitError, "look at the box: %w", err)
	}
	picture.Name(fs, a.ports...)
	picture.Visit(ctx, slog.New(slog.DiscardHandler))
	return gateway.Judge(picture), context.Cause(ctx)
}

func showDiagnosis(w io.Writer, o output, d storage.Diagnosis) error {
	if o.format != "table" {
		t := table{}
		for _, f := range d.Findings {
			t.add(f)
		}
		return o.print(w, t)
	}
	for _, f := range d.Findings {
		where := f.Where
		if where != "" {
			where += ": "
		}
		fmt.Fprintf(w, "%-8s %s%s\n", f.Level, where, f.Cause)
		if f.Next != "" {
			fmt.Fprintf(w, "%-8s → %s\n", "", f.Next)
		}
	}
	if len(d.Findings) == 0 {
		fmt.Fprintln(w, "Nothing was found, neither good nor bad.")
	}
	return nil
}
