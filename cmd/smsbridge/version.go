package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func newVersionCommand() *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version of this program",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if o.format == "table" {
				fmt.Fprintln(cmd.OutOrStdout(), version)
				return nil
			}
			t := table{heads: []string{"version", "go", "os", "arch"}}
			t.add(map[string]string{"version": version, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH},
				version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return o.print(cmd.OutOrStdout(), t)
		},
	}
	o.flags(cmd)
	return cmd
}
