package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newSettingCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "setting", Short: "How the box is set, for everybody; and, with --mine, how you prefer it"}
	cmd.AddCommand(newSettingListCommand(), newSettingSetCommand())
	return cmd
}

func newSettingListCommand() *cobra.Command {
	var b box
	var o output
	var mine bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the settings", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				list := c.Settings
				if mine {
					list = c.Preferences
				}
				found, err := list(cmd.Context())
				if err != nil {
					return err
				}
				t := table{heads: []string{"key", "value", "takes", "help"}}
				for _, s := range found {
					takes := s.Kind
					if len(s.Choices) > 0 {
						takes = strings.Join(s.Choices, " ")
					}
					t.add(s, s.Key, string(s.Value), takes, s.Help)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().BoolVar(&mine, "mine", false, "those of your own account")
	return cmd
}

func newSettingSetCommand() *cobra.Command {
	var b box
	var mine bool
	cmd := &cobra.Command{
		Use: "set KEY VALUE", Short: "Set one; null makes it as it is by default",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			table := storage.Settings
			if mine {
				table = storage.Preferences
			}
			value, err := settingValue(table, args[0], args[1])
			if err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				set := c.Set
				if mine {
					set = c.Prefer
				}
				return setOne(cmd.Context(), cmd, set, args[0], value)
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().BoolVar(&mine, "mine", false, "that of your own account")
	return cmd
}

func setOne(ctx context.Context, cmd *cobra.Command, set func(context.Context, string, json.RawMessage) (storage.Setting, error), key string, value json.RawMessage) error {
	s, err := set(ctx, key, value)
	if err == nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s is %s\n", s.Key, s.Value)
	}
	return err
}

// settingValue is what a person types as the JSON that a setting takes: words
// need no quotes, lists no brackets.
func settingValue(table []storage.SettingKey, key, typed string) (json.RawMessage, error) {
	k, err := storage.FindSetting(table, key)
	if err != nil {
		return nil, fail(exitUsage, "%w; see `smsbridge setting list`", err)
	}
	if json.Valid([]byte(typed)) {
		return json.RawMessage(typed), nil
	}
	var value any = typed
	if k.Kind == "list" {
		list := []string{}
		for item := range strings.SplitSeq(typed, ",") {
			if item = strings.TrimSpace(item); item != "" {
				list = append(list, item)
			}
		}
		value = list
	}
	return json.Marshal(value)
}
