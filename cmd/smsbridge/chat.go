package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newChatCommand() *cobra.Command {
	var b box
	var from string
	cmd := &cobra.Command{
		Use:   "chat TO",
		Short: "Chat with a number or a colleague in the terminal",
		Long: `Chat with a number: each line that is typed is sent as one text, and what comes
back is shown, with the state of what was sent. It ends at the end of the input.

With a colleague's name it never leaves the box, and whoever is not there reads
it later. That takes an account of one's own, which the token of --url has
(smsbridge agent pair); the administrator's socket has none.`,
		Args: exactly("a number or the name of a colleague"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !numberLike(args[0]) {
				return b.ask(cmd.Context(), func(c *client.Client) error {
					return colleague(cmd.Context(), c, cmd.InOrStdin(), cmd.OutOrStdout(), args[0])
				})
			}
			peer, err := storage.ParseNumber("to", args[0])
			if err != nil {
				return fail(exitUsage, "%w", err)
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				return chat(cmd.Context(), c, cmd.InOrStdin(), cmd.OutOrStdout(), peer, from)
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&from, "from", "", "line to send from")
	return cmd
}

// chat sends the lines of in and prints what happens in the thread with peer.
func chat(ctx context.Context, c *client.Client, in io.Reader, out io.Writer, peer, from string) error {
	if err := past(ctx, c, out, peer); err != nil {
		return err
	}
	return converse(ctx, c, in, func(m storage.Message) {
		if m.From == peer || m.To == peer {
			fmt.Fprintln(out, bubble(m))
		}
	}, func(ctx context.Context, text string) error {
		_, err := c.Send(ctx, client.Draft{To: peer, From: from, Text: text, Key: rand.Text()})
		return err
	}, out)
}

// converse hears messages, says the lines of in, and ends with those.
func converse(ctx context.Context, c *client.Client, in io.Reader, hear func(storage.Message), say func(context.Context, string) error, out io.Writer) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	ready := make(chan struct{})
	told := make(chan error, 1)
	go func() {
		told <- c.Follow(ctx, client.FollowOptions{
			Events: []string{"message.*"},
			Live:   func(storage.Head) { close(ready); ready = make(chan struct{}) },
		}, func(e client.Event) error {
			var d struct{ Message storage.Message }
			if err := decode(e.Data, &d); err != nil {
				return err
			}
			hear(d.Message)
			return nil
		})
	}()
	select {
	case <-ready:
	case err := <-told:
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		if err := say(ctx, text); err != nil {
			if refusal, ok := errors.AsType[*client.Error](err); ok {
				fmt.Fprintln(out, "  ! "+sentence(refusal))
				continue
			}
			return err
		}
	}
	end(context.Canceled)
	if err := <-told; err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return lines.Err()
}

// past prints the last few messages of the thread.
func past(ctx context.Context, c *client.Client, out io.Writer, peer string) error {
	id, err := findThread(ctx, c, peer)
	if _, none := errors.AsType[*failure](err); none {
		return nil
	}
	if err != nil {
		return err
	}
	page, err := c.Messages(ctx, id, storage.Page{Limit: 10})
	for _, m := range page.Messages {
		fmt.Fprintln(out, bubble(m))
	}
	return err
}

func bubble(m storage.Message) string {
	side := "<"
	if m.Dir == storage.Outbound {
		side = ">"
	}
	return plain(fmt.Sprintf("%s %s %s  (%s)", m.CreatedAt.Local().Format("15:04:05"), side, m.Text, word(&m)))
}
