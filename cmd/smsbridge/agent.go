package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newAgentCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "agent", Short: "The accounts of people and programs"}
	cmd.AddCommand(newAgentListCommand(), newAgentAddCommand(), newAgentRoleCommand(), newAgentInviteCommand(),
		newAgentPasswordCommand(), newAgentSwitchCommand("disable", "Switch an account off: its sessions and tokens end", true),
		newAgentSwitchCommand("enable", "Switch an account on again", false), newAgentSMSCommand(), newAgentSessionsCommand(), newAgentPairCommand(), newAgentDirectoryCommand())
	return cmd
}

func newAgentListCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "List the accounts",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				agents, err := c.Agents(cmd.Context())
				if err != nil {
					return err
				}
				t := table{heads: []string{"id", "name", "role", "lines", "sms", "password", "state"}}
				for _, a := range agents {
					t.add(a, a.ID, a.Name, string(a.Role), worksOn(a), onOff(a.SMS), yesNo(a.Password), stateOf(a))
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

func worksOn(a storage.Agent) string {
	if a.Role.Everywhere() {
		return "all"
	}
	return strings.Join(a.Lines, " ")
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func stateOf(a storage.Agent) string {
	if a.Disabled {
		return "disabled"
	}
	return "enabled"
}

func newAgentAddCommand() *cobra.Command {
	var b box
	role := "agent"
	var quiet bool
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Make an account, and a code that signs its person in once",
		Long: `Make an account, and a code that signs its person in once, within 48 hours. They
can set a password then.

Roles: viewer reads what its lines say; agent writes on them too; manager sees
every line and says who works on which; owner may everything. A service is the
account of a program: it has tokens, and cannot sign in.`,
		Args: exactly("the name of the person"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				in, err := c.AddAgent(cmd.Context(), args[0], storage.Role(role))
				if err != nil {
					return err
				}
				if in.Code == "" {
					fmt.Fprintf(cmd.ErrOrStderr(), "Account %s (%s) for a program. Make its token with `smsbridge token create --agent %s ...`.\n", in.Agent.ID, in.Agent.Name, in.Agent.ID)
				}
				return printInvitation(cmd, in, quiet)
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&role, "role", role, "owner, manager, agent, viewer or service")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print the code alone")
	return cmd
}

func printInvitation(cmd *cobra.Command, in client.Invitation, quiet bool) error {
	if in.Code == "" {
		return nil
	}
	if quiet {
		fmt.Fprintln(cmd.OutOrStdout(), in.Code)
		return nil
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Code: %s   (signs %s in once, until %s)\n", in.Code, in.Agent.Name, in.Expires.Local().Format("2 Jan 15:04"))
	if !in.Agent.Role.Everywhere() && len(in.Agent.Lines) == 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "No line is assigned yet: `smsbridge line assign LINE %s`.\n", in.Agent.ID)
	}
	return nil
}

func newAgentInviteCommand() *cobra.Command {
	var b box
	var quiet bool
	cmd := &cobra.Command{
		Use: "invite NAME", Short: "Make a new code for an account, for who has lost the password too",
		Args: exactly("the name or the id of an account"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				in, err := c.Invite(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				return printInvitation(cmd, in, quiet)
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print the code alone")
	return cmd
}

// changeAgent is a verb that changes something about one account and tells how
// it is then.
func changeAgent(use, short string, args cobra.PositionalArgs, change func(args []string) (storage.AgentChange, error)) *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := change(args)
			if err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(k *client.Client) error {
				a, err := k.ChangeAgent(cmd.Context(), args[0], c)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "Account %s (%s): %s, %s, texting %s.\n", a.ID, a.Name, a.Role, stateOf(a), onOff(a.SMS))
				return nil
			})
		},
	}
	b.flags(cmd)
	return cmd
}

func newAgentRoleCommand() *cobra.Command {
	return changeAgent("role NAME ROLE", "Give an account another role", cobra.ExactArgs(2),
		func(args []string) (storage.AgentChange, error) {
			role := storage.Role(args[1])
			if !role.Known() {
				return storage.AgentChange{}, fail(exitUsage, "role: %q is none of owner, manager, agent, viewer, service", args[1])
			}
			return storage.AgentChange{Role: &role}, nil
		})
}

func newAgentSwitchCommand(verb, short string, disabled bool) *cobra.Command {
	return changeAgent(verb+" NAME", short, exactly("the name or the id of an account"),
		func([]string) (storage.AgentChange, error) { return storage.AgentChange{Disabled: &disabled}, nil })
}

func newAgentSMSCommand() *cobra.Command {
	return changeAgent("sms NAME on|off", "Let an account text people, or no longer", cobra.ExactArgs(2),
		func(args []string) (storage.AgentChange, error) {
			on := args[1] == "on"
			if !on && args[1] != "off" {
				return storage.AgentChange{}, fail(exitUsage, "sms: %q is neither on nor off", args[1])
			}
			return storage.AgentChange{SMS: &on}, nil
		})
}

func newAgentPasswordCommand() *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: "password NAME", Short: "Set an account's password, read from standard input",
		Long: `Set an account's password: the first line of standard input. Where the account is
signed in, it is signed out.`,
		Args: exactly("the name or the id of an account"),
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := firstLine(cmd.InOrStdin())
			if err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				a, err := c.SetPassword(cmd.Context(), args[0], password)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "The password of %s is set; where %s was signed in, it is signed out.\n", a.Name, a.Name)
				return nil
			})
		},
	}
	b.flags(cmd)
	return cmd
}

// firstLine reads a secret; it is no argument, since others can see those.
func firstLine(r io.Reader) (string, error) {
	s := bufio.NewScanner(r)
	if !s.Scan() {
		return "", fail(exitUsage, "password: standard input is empty; give the password as its first line")
	}
	return s.Text(), s.Err()
}

func newAgentSessionsCommand() *cobra.Command {
	var b box
	var o output
	var end string
	cmd := &cobra.Command{
		Use: "sessions NAME", Short: "List where an account is signed in, or sign it out there",
		Args: exactly("the name or the id of an account"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				found, err := c.Sessions(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				if end != "" {
					return endSessions(cmd.Context(), c, cmd.ErrOrStderr(), found, end)
				}
				t := table{heads: []string{"id", "since", "until", "address", "device"}}
				for _, s := range found {
					t.add(s, s.ID, clock(s.CreatedAt), clock(s.ExpiresAt), s.Address, short(s.Device, 60))
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().StringVar(&end, "end", "", "the id of a session to end, or all")
	return cmd
}

func endSessions(ctx context.Context, c *client.Client, out io.Writer, found []storage.Session, which string) error {
	ended := 0
	for _, s := range found {
		if which != "all" && s.ID != which {
			continue
		}
		if err := c.EndSession(ctx, s.ID); err != nil {
			return err
		}
		ended++
	}
	if ended == 0 && which != "all" {
		return fail(exitRefused, "end: there is no session %s of this account", which)
	}
	fmt.Fprintf(out, "%d ended.\n", ended)
	return nil
}
