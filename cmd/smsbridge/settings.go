package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// environment is the variable that sets a flag.
func environment(flag string) string {
	return "SMSBRIDGE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fromEnvironment sets the flags that were not given and have a variable.
func fromEnvironment(cmd *cobra.Command) error {
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value, ok := os.LookupEnv(environment(f.Name))
		if !ok || f.Changed || err != nil {
			return
		}
		if e := cmd.Flags().Set(f.Name, value); e != nil {
			err = fail(exitUsage, "%s: %w", environment(f.Name), e)
		}
		setFrom(f, "environment "+environment(f.Name))
	})
	return err
}

// fromFile sets the flags that were not given and stand in a file of "name
// value" lines; # begins a comment. Unknown names are refused.
func fromFile(cmd *cobra.Command, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fail(exitUsage, "config: %w", err)
	}
	defer f.Close()
	given := make(map[string]bool)
	cmd.Flags().Visit(func(f *pflag.Flag) { given[f.Name] = true })
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" {
			continue
		}
		if cmd.Flags().Lookup(name) == nil || name == "config" {
			return fail(exitUsage, "config: %s:%d: there is no setting %q; see %s --help", path, n, name, cmd.CommandPath())
		}
		if given[name] {
			continue
		}
		if err := cmd.Flags().Set(name, strings.TrimSpace(value)); err != nil {
			return fail(exitUsage, "config: %s:%d: %s: %w", path, n, name, err)
		}
		setFrom(cmd.Flags().Lookup(name), fmt.Sprintf("%s:%d", path, n))
	}
	return lines.Err()
}

// stateDir is where the ledger is when nobody says otherwise: what systemd
// gives, else the user's state folder.
func stateDir() string {
	if dir := os.Getenv("STATE_DIRECTORY"); dir != "" {
		return dir
	}
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "smsbridge")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "."
	}
	return filepath.Join(home, ".local", "state", "smsbridge")
}

// adminSocket is where the administrator's socket is when nobody says
// otherwise: what systemd gives, else the user's runtime folder, else a folder
// of the user's own below the temporary one.
func adminSocket() string {
	for _, name := range []string{"RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"} {
		if dir := os.Getenv(name); dir != "" {
			return filepath.Join(dir, "smsbridge.sock")
		}
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("smsbridge-%d", os.Getuid()), "admin.sock")
}

// Where the systemd service has its state and its socket.
const (
	serviceState  = "/var/lib/smsbridge"
	serviceSocket = "/run/smsbridge/smsbridge.sock"
)

// orService is a path, unless there is nothing and there is something at the service's.
func orService(path, service string) string {
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if _, err := os.Stat(service); err == nil {
		return service
	}
	return path
}
