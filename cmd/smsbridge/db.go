package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

func newDBCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "db", Short: "Back up the ledger while it is in use, put a backup back, check, make smaller"}
	cmd.AddCommand(newDBBackupCommand(), newDBListCommand(), newDBRestoreCommand(), newDBCheckCommand(), newDBVacuumCommand(), newDBRetentionCommand())
	return cmd
}

// ledgerFlag is where the ledger is, for verbs that open it themselves.
func ledgerFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("db", filepath.Join(stateDir(), "ledger.db"), "the ledger file")
}

func newDBBackupCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "backup [FILE]", Short: "Copy the ledger, whole, while the bridge runs",
		Long: `Have the bridge copy its ledger while it runs, or, when none runs, copy the one
at --db. The copy holds everything that was accepted before, and is read through
before it gets its name. Without FILE it goes into the bridge's folder for
backups, where the oldest make room.

FILE-key beside it is the key to the secrets of hooks, where there are any. Keep
it apart from FILE if FILE leaves the box: without it the secrets cannot be read,
also not by you.`,
		Args: cobra.MaximumNArgs(1),
	}
	db := ledgerFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		file := ""
		if len(args) > 0 {
			var err error
			if file, err = filepath.Abs(args[0]); err != nil {
				return err
			}
		}
		made, err := backUp(cmd.Context(), &b, *db, file)
		if err != nil {
			return err
		}
		return o.print(cmd.OutOrStdout(), backupTable(made))
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

// backUp asks the bridge, or opens the ledger when none answers.
func backUp(ctx context.Context, b *box, db, file string) (made storage.Backup, err error) {
	err = b.ask(ctx, func(c *client.Client) (err error) {
		made, err = c.Backup(ctx, file)
		return err
	})
	var f *failure
	if !errors.As(err, &f) || f.code != exitUnreachable || b.url != "" || file == "" {
		return made, err
	}
	if _, missing := os.Stat(db); missing != nil {
		return made, err
	}
	ledger, err := sqlite.Open(ctx, db)
	if err != nil {
		return made, err
	}
	defer ledger.Close()
	return ledger.Backup(ctx, file)
}

func backupTable(all ...storage.Backup) table {
	t := table{heads: []string{"at", "bytes", "event", "key", "file"}}
	for _, m := range all {
		key, seq := "-", "-"
		if m.Key {
			key = "beside it"
		}
		if m.Seq > 0 {
			seq = fmt.Sprint(m.Seq)
		}
		t.add(m, clock(m.At), fmt.Sprint(m.Bytes), seq, key, m.File)
	}
	return t
}

func newDBListCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "List the copies in the bridge's folder, the newest first",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				all, err := c.Backups(cmd.Context())
				if err != nil {
					return err
				}
				return o.print(cmd.OutOrStdout(), backupTable(all...))
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

func newDBRestoreCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup in the place of the ledger, with the bridge stopped",
		Long: `Put a backup in the place of the ledger. The bridge must be stopped. The backup
is checked first; the ledger that is there is kept beside it, under a name with
"replaced". FILE-key, where there is one, is put back with it.

Every desk learns that its place in the log is void and reads its lists again.
What waited to be sent when the backup was made may have gone out since: it is
shown as unconfirmed, and you decide. Everybody signs in again. A token that was
revoked after the backup was made is good again; the names are printed.`,
		Args: cobra.ExactArgs(1),
	}
	db := ledgerFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r, err := sqlite.Restore(cmd.Context(), args[0], *db)
		if err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		fmt.Fprintf(out, "%s is the ledger of %s again, up to event %d.\n", *db, r.From, r.Seq)
		if r.Aside != "" {
			fmt.Fprintf(out, "What was there is kept as %s.\n", r.Aside)
		}
		if r.Unconfirmed > 0 {
			fmt.Fprintf(out, "%d parts waited to be sent and may have gone out since: they are unconfirmed now.\n", r.Unconfirmed)
		}
		if len(r.Tokens) > 0 {
			fmt.Fprintf(out, "These tokens let somebody in: %s. Revoke again what you had revoked.\n", strings.Join(r.Tokens, ", "))
		}
		return nil
	}
	return cmd
}

func newDBCheckCommand() *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use: "check [FILE]", Short: "Read a ledger or a backup through; the bridge may be using it",
		Args: cobra.MaximumNArgs(1),
	}
	db := ledgerFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		if len(args) > 0 {
			*db = args[0]
		}
		c, err := sqlite.Check(cmd.Context(), *db)
		if err != nil {
			return err
		}
		t := table{heads: []string{"epoch", "event", "schema", "file"}}
		t.add(c, c.Epoch, fmt.Sprint(c.Seq), fmt.Sprint(c.Schema), c.File)
		if err := o.print(cmd.OutOrStdout(), t); err != nil {
			return err
		}
		if len(c.Faults) > 0 {
			return fail(exitError, "%s is damaged: %s; put back a backup with `smsbridge db restore`", c.File, strings.Join(c.Faults, "; "))
		}
		return nil
	}
	o.flags(cmd)
	return cmd
}

func newDBVacuumCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "vacuum", Short: "Give the room of what was trimmed back to the disk, with the bridge stopped",
		Args: cobra.NoArgs,
	}
	db := ledgerFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if _, err := os.Stat(*db); err != nil {
			return err
		}
		ledger, err := sqlite.Open(cmd.Context(), *db)
		if err != nil {
			return err
		}
		defer ledger.Close()
		before, after, err := ledger.Vacuum(cmd.Context())
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d bytes became %d.\n", before, after)
		return nil
	}
	return cmd
}
