package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

// box is where a verb finds the bridge that it asks.
type box struct {
	admin, url, tokenFile, pin string

	given  func(flag string) bool // by flag or environment
	secret string                 // of the context that is used
}

// flags adds the flags that every verb that asks a bridge has.
func (b *box) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	b.given = f.Changed
	f.StringVar(&b.admin, "admin", orService(adminSocket(), serviceSocket), "Unix socket of the bridge on this box")
	f.StringVar(&b.url, "url", "", "address of a bridge elsewhere, such as https://desk-pi.local:8780")
	f.StringVar(&b.pin, "pin", "", "key of the bridge at --url, SHA256:..., as \"smsbridge trust show\" prints it there; no other is believed")
	f.StringVar(&b.tokenFile, "token-file", "", "file with the token for --url (or set SMSBRIDGE_TOKEN)")
}

// open makes the client; it connects when it is first used.
func (b *box) open() (*client.Client, error) {
	if err := b.locate(); err != nil {
		return nil, err
	}
	if b.url == "" {
		return client.New(client.Options{Socket: b.admin})
	}
	token, err := b.token()
	if err != nil {
		return nil, err
	}
	c, err := client.New(client.Options{URL: b.url, Token: token, Pin: b.pin})
	if err != nil {
		return nil, fail(exitUsage, "url, pin: %w", err)
	}
	return c, nil
}

// locate goes to the context that is used, where neither flag nor environment
// says where the box is.
func (b *box) locate() error {
	if b.url != "" || b.given == nil || b.given("admin") {
		return nil
	}
	p, err := readPlaces()
	if err != nil || p.Current == "" {
		return err
	}
	i := p.find(p.Current)
	if i < 0 {
		return fail(exitUsage, "the context %q is gone; `smsbridge context use -` goes back to the box on this machine", p.Current)
	}
	b.url, b.secret, b.pin = p.Places[i].URL, p.Places[i].Token, cmp.Or(b.pin, p.Places[i].Pin)
	return nil
}

// token is the token for --url, from its file or from the environment.
func (b *box) token() (string, error) {
	token := os.Getenv("SMSBRIDGE_TOKEN")
	if b.tokenFile != "" {
		text, err := os.ReadFile(b.tokenFile)
		if err != nil {
			return "", fail(exitUsage, "token-file: %w", err)
		}
		token = strings.TrimSpace(string(text))
	}
	if token == "" {
		token = b.secret
	}
	if token == "" {
		return "", fail(exitDenied, "a bridge at --url wants a token: make one on its box with `smsbridge token create`, and give it by --token-file or SMSBRIDGE_TOKEN")
	}
	return token, nil
}

// ask runs do with a client, and turns its error into one with an exit code.
func (b *box) ask(ctx context.Context, do func(*client.Client) error) error {
	c, err := b.open()
	if err != nil {
		return err
	}
	defer c.Close()
	return b.explain(do(c))
}

func (b *box) explain(err error) error {
	var coded *failure
	if err == nil || errors.As(err, &coded) || errors.Is(err, context.Canceled) {
		return err
	}
	if refusal, ok := errors.AsType[*client.Error](err); ok {
		return &failure{refusalExit(refusal), errors.New(sentence(refusal))}
	}
	if errors.Is(err, client.ErrPin) {
		return fail(exitDenied, "%s: %w", b.url, client.ErrPin)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fail(exitDenied, "nobody that this computer trusts vouches for %s: %w; give its key with --pin, or trust it as its /trust page says", b.url, err)
	}
	var dial *net.OpError
	if errors.As(err, &dial) {
		if b.url != "" {
			return fail(exitUnreachable, "no bridge answers at %s: %w", b.url, dial.Err)
		}
		return fail(exitUnreachable, "no bridge answers at %s: %w; start one with `smsbridge serve`, or name its socket with --admin", b.admin, dial.Err)
	}
	return err
}

// sentence is a refusal as a person reads it.
func sentence(e *client.Error) string {
	var b strings.Builder
	if e.Field != "" && !strings.HasPrefix(e.Detail, e.Field+":") && !strings.HasPrefix(e.Detail, e.Field+" ") {
		b.WriteString(e.Field + ": ")
	}
	b.WriteString(e.Detail)
	if e.Detail == "" {
		b.WriteString(e.Title)
	}
	if len(e.Options) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(e.Options, ", "))
	}
	return b.String()
}

// refusalExit is the exit code of a refusal. A value that cannot be taken is a
// mistake of the call, whoever finds it, the verb or the box; 2001 and on are
// texts that are not sent as they are, and what a rule stands against.
func refusalExit(e *client.Error) int {
	switch {
	case e.Type == "invalid_params", e.Type == "too_large":
		return exitUsage
	case e.Code >= 1001 && e.Code < 2000:
		return exitDenied
	case e.Code >= 5001 && e.Code < 6000:
		return exitRadio
	case e.Code >= 2001 && e.Code < 5000:
		return exitRefused
	}
	return exitError
}
