package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"smsbridge/bridge"
	"smsbridge/bridge/client"
	"smsbridge/modem/usb"
	"smsbridge/storage"
)

func newSupportCommand() *cobra.Command {
	var b box
	var a alone
	var goroutines bool
	cmd := &cobra.Command{
		Use: "support-bundle [FILE]", Short: "Put into one zip what somebody who helps needs to know",
		Long: `Write a zip with version, settings, the doctor's findings, the journal, the conversation with the modems, how
lines and modems stand, and facts of the machine. No PIN, no token, no text of a message is in it, and of every
number only the last three digits: it is made to be sent to others. FILE is - for stdout.

Where no bridge runs, the bundle has what can be found out without one.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "smsbridge-support-" + time.Now().Format("20060102-150405") + ".zip"
			if len(args) > 0 {
				name = args[0]
			}
			if name == "-" {
				return supportBundle(cmd, b, a, goroutines, cmd.OutOrStdout())
			}
			f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				return fail(exitUsage, "file: %w", err)
			}
			err = errors.Join(supportBundle(cmd, b, a, goroutines, f), f.Close())
			if err != nil {
				os.Remove(name)
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), name)
			return nil
		},
	}
	b.flags(cmd)
	a.flags(cmd)
	cmd.Flags().BoolVar(&goroutines, "goroutines", false, "with a dump of what the bridge is doing, for its developers")
	return cmd
}

func supportBundle(cmd *cobra.Command, b box, a alone, goroutines bool, w io.Writer) error {
	err := b.ask(cmd.Context(), func(c *client.Client) error { return c.SupportBundle(cmd.Context(), w, goroutines) })
	if f, ok := errors.AsType[*failure](err); !ok || f.code != exitUnreachable || b.url != "" {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "No bridge runs here, so the bundle has only what can be found out without one.")
	return a.bundle(cmd.Context(), w)
}

func (a alone) bundle(ctx context.Context, w io.Writer) error {
	z := bridge.NewBundle(w)
	z.JSON("version.json", func() (any, error) { return bridge.About(version), nil })
	z.JSON("box.json", func() (any, error) { return machine(a.root), nil })
	z.JSON("doctor.json", func() (any, error) { return a.diagnosis(ctx) })
	return z.Close()
}

// settingsOf is every flag of a command, with where its value comes from.
func settingsOf(cmd *cobra.Command) []storage.Flag {
	var all []storage.Flag
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		source := "default"
		if f.Changed {
			source = cmp.Or(strings.Join(f.Annotations[sourceKey], ""), "command line")
		}
		all = append(all, storage.Flag{Name: f.Name, Value: f.Value.String(), Source: source})
	})
	return all
}

// sourceKey is the annotation of a flag that was set by something else than the
// command line.
const sourceKey = "source"

func setFrom(f *pflag.Flag, source string) {
	if f.Annotations == nil {
		f.Annotations = make(map[string][]string)
	}
	f.Annotations[sourceKey] = []string{source}
}

// machine is what kernel and board say of themselves, without the serial
// numbers: those of modems are IMEIs at times.
func machine(root string) map[string]any {
	fs := usb.FS{Root: root}
	facts := make(map[string]any)
	for name, path := range map[string]string{
		"kernel": "/proc/version", "model": "/proc/device-tree/model", "load": "/proc/loadavg", "uptime_s": "/proc/uptime",
		"throttled": "/sys/devices/platform/soc/soc:firmware/get_throttled",
	} {
		if text, err := os.ReadFile(path); err == nil {
			facts[name] = strings.Trim(string(text), "\x00\n ")
		}
	}
	if text, err := os.ReadFile("/etc/os-release"); err == nil {
		_, after, _ := strings.Cut(string(text), `PRETTY_NAME="`)
		facts["system"], _, _ = strings.Cut(after, `"`)
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		facts["memory"] = strings.SplitN(string(text), "\n", 4)[:3]
	}
	_, facts["modemmanager"] = fs.ModemManager()
	if ports, err := fs.Ports(); err == nil {
		var list []map[string]any
		for _, p := range ports {
			list = append(list, map[string]any{
				"name": p.Name, "place": p.Place, "id": p.ID.String(), "interface": p.Interface, "maker": p.Manufacturer,
				"product": p.Product, "role": p.Role.String(), "known": p.Known,
			})
		}
		facts["ports"] = list
	}
	facts["cd_rom"] = fs.Storage()
	return facts
}
