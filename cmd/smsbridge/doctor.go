package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/modem/doctor"
	"smsbridge/modem/usb"
	"smsbridge/storage"
)

func newDoctorCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "doctor", Short: "What is wrong with the modems, in plain words, and the next step",
		Long: "Asks the bridge to examine every modem. Where no bridge runs it looks at the box alone, without opening a\n" +
			"port: what is plugged in, who holds it and who may use it. It exits with 0 if nothing keeps texts from\n" +
			"coming and going.",
		Example: "  smsbridge doctor\n  smsbridge doctor -o jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			d, err := diagnosis(cmd, b)
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
	return cmd
}

// diagnosis is the bridge's, or what can be seen where there is none.
func diagnosis(cmd *cobra.Command, b box) (d storage.Diagnosis, err error) {
	err = b.ask(cmd.Context(), func(c *client.Client) error {
		d, err = c.Diagnose(cmd.Context())
		return err
	})
	if f, ok := errors.AsType[*failure](err); !ok || f.code != exitUnreachable || b.url != "" {
		return d, err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "No bridge runs here, so no modem is asked; this is what can be seen from outside.")
	picture, err := doctor.Look(usb.FS{})
	if err != nil {
		return d, fail(exitError, "look at the box: %w", err)
	}
	d.At = storage.Now()
	for _, f := range doctor.Examine(picture) {
		d.Findings = append(d.Findings, storage.Finding{Level: string(f.Level), Rule: f.Rule, Where: f.Where, Cause: f.Cause, Next: f.Next})
	}
	return d, nil
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
