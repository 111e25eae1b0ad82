package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// A place is a box that the verbs of this user may ask, by a name.
type place struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	Token string `json:"token,omitempty"`
	Pin   string `json:"pin,omitempty"` // key of the box; no other is believed
}

// places is the user's file of them. It holds tokens, so nobody else may read
// it.
type places struct {
	Current string  `json:"current,omitempty"` // empty: the box on this machine
	Places  []place `json:"contexts"`
}

func placesFile() (string, error) {
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "smsbridge", "contexts.json"), err
}

// readPlaces reads the file; one that is not there is empty, and one that
// others may read is refused.
func readPlaces() (places, error) {
	var p places
	path, err := placesFile()
	if err != nil {
		return p, nil // a user without a home has none
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return p, fail(exitUsage, "%s holds tokens and others may read it; run: chmod 600 %s", path, path)
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// write puts a whole new file in place of the old one.
func (p places) write() error {
	path, err := placesFile()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	text, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "contexts-*") // 0600 from its first moment
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(append(text, '\n')); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (p places) find(name string) int {
	return slices.IndexFunc(p.Places, func(c place) bool { return c.Name == name })
}

func newContextCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "context", Short: "Several boxes from one desk"}
	cmd.AddCommand(newContextListCommand(), newContextAddCommand(), newContextUseCommand())
	return cmd
}

func newContextListCommand() *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "List the boxes that were added, and which one is asked",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			p, err := readPlaces()
			if err != nil {
				return err
			}
			t := table{heads: []string{"name", "url", "current"}}
			for _, c := range p.Places {
				current := ""
				if c.Name == p.Current {
					current = "yes"
				}
				t.add(map[string]any{"name": c.Name, "url": c.URL, "current": c.Name == p.Current}, c.Name, c.URL, current)
			}
			return o.print(cmd.OutOrStdout(), t)
		},
	}
	o.flags(cmd)
	return cmd
}

func newContextAddCommand() *cobra.Command {
	var c place
	var tokenFile string
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add a box, or change it",
		Long: `Add a box under a name of your choice. Its token is read from --token-file, or
from stdin, and kept in a file that only you may read.`,
		Args: exactly("a name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.Name = args[0]; c.URL == "" {
				return fail(exitUsage, "say where the box is: --url http://HOST:PORT")
			}
			token, err := contextToken(tokenFile, cmd.InOrStdin())
			if err != nil {
				return err
			}
			c.Token = token
			p, err := readPlaces()
			if err != nil {
				return err
			}
			if i := p.find(c.Name); i >= 0 {
				p.Places[i] = c
			} else {
				p.Places = append(p.Places, c)
			}
			if err := p.write(); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s is %s; ask it from now on with `smsbridge context use %s`.\n", c.Name, c.URL, c.Name)
			return nil
		},
	}
	cmd.Flags().StringVar(&c.URL, "url", "", "address of the box, such as http://desk-pi:8780")
	cmd.Flags().StringVar(&c.Pin, "pin", "", "key of the box, as \"smsbridge trust show\" prints it there")
	cmd.Flags().StringVar(&tokenFile, "token-file", "", "file with the token (default: stdin)")
	return cmd
}

func contextToken(file string, in io.Reader) (string, error) {
	var text []byte
	var err error
	if file != "" {
		text, err = os.ReadFile(file)
	} else {
		text, err = io.ReadAll(io.LimitReader(in, 4096))
	}
	if err != nil {
		return "", fail(exitUsage, "token-file: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", fail(exitUsage, "there is no token; make one on the box with `smsbridge token create`, and give it by --token-file or stdin")
	}
	return token, nil
}

func newContextUseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "use NAME|-", Short: "Ask this box from now on; - is the one on this machine",
		Args: exactly("a name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := readPlaces()
			if err != nil {
				return err
			}
			name := args[0]
			if name == "-" {
				name = ""
			} else if p.find(name) < 0 {
				return fail(exitUsage, "there is no context %q; `smsbridge context list` lists them, `smsbridge context add` adds one", name)
			}
			p.Current = name
			return p.write()
		},
	}
}
