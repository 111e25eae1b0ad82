package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"smsbridge/modem/profile"
	"smsbridge/modem/usb"
)

func newUdevCommand() *cobra.Command {
	var install bool
	var file string
	cmd := &cobra.Command{
		Use: "udev", Short: "Print the udev rules for the modems that smsbridge knows",
		Long: `Print the udev rules for the modems that smsbridge knows. With them a modem's
ports have names that stay (/dev/smsbridge/...), the group dialout may use them,
and ModemManager leaves them alone.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rules := usb.Rules(profile.Devices())
			if !install {
				_, err := cmd.OutOrStdout().Write(rules)
				return err
			}
			if err := installRules(file, rules); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Written: %s\nNow run:  sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=usb --subsystem-match=tty\nIf ModemManager holds a modem, unplug that one and plug it in again.\n", file)
			return nil
		},
	}
	cmd.Flags().BoolVar(&install, "install", false, "write the rules to where udev reads them, instead of printing them")
	cmd.Flags().StringVar(&file, "file", usb.RulesFile, "where --install writes them")
	return cmd
}

// installRules replaces the file as a whole, so that udev never reads half of it.
func installRules(file string, rules []byte) error {
	err := os.WriteFile(file+".new", rules, 0o644)
	if err == nil {
		err = os.Rename(file+".new", file)
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fail(exitDenied, "install rules: %w; try sudo smsbridge udev --install", err)
	case errors.Is(err, fs.ErrNotExist):
		return fail(exitError, "install rules: there is no %s here; is udev installed?", filepath.Dir(file))
	case err != nil:
		return fail(exitError, "install rules: %w", err)
	}
	return nil
}
