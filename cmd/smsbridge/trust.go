package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/bridge/trust"
)

func newTrustCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "trust", Short: "What devices trust this box by",
		Long: `What devices trust this box by: the certificate of its own authority, which lies in
the folder that "smsbridge serve --tls-folder" names. These verbs read the files and
need no running bridge.`,
	}
	cmd.AddCommand(newTrustShowCommand(), newTrustExportCommand(), newTrustRenewCommand())
	return cmd
}

// authority is where a verb finds the files.
type authority struct{ folder string }

func (a *authority) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.folder, "tls-folder", orService(filepath.Join(stateDir(), "tls"), filepath.Join(serviceState, "tls")), "folder of the authority's files")
}

func (a *authority) root() (*x509.Certificate, error) {
	root, err := trust.ReadRoot(a.folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fail(exitError, "there is no certificate authority in %s; `smsbridge serve` makes it when it first listens beyond loopback, and --tls-folder names another folder", a.folder)
	case errors.Is(err, fs.ErrPermission):
		return nil, fail(exitDenied, "%w; try sudo", err)
	case err != nil:
		return nil, fail(exitError, "%w", err)
	}
	return root, nil
}

func newTrustShowCommand() *cobra.Command {
	var a authority
	cmd := &cobra.Command{
		Use: "show", Short: "Print the fingerprint that people compare, and what the authority may vouch for",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := a.root()
			if err != nil {
				return err
			}
			networks := make([]string, len(root.PermittedIPRanges))
			for i, n := range root.PermittedIPRanges {
				networks[i] = n.String()
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Name       %s\nSHA-256    %s\nPin        %s\nUntil      %s\nNames      %s\nNetworks   %s\n",
				plain(root.Subject.CommonName), trust.Hex(trust.Fingerprint(root)), trust.Pin(root), root.NotAfter.Format(time.DateOnly),
				strings.Join(root.PermittedDNSDomains, ", "), strings.Join(networks, ", "))
			return nil
		},
	}
	a.flags(cmd)
	return cmd
}

func newTrustExportCommand() *cobra.Command {
	var a authority
	var format string
	cmd := &cobra.Command{
		Use: "export", Short: "Write the certificate that devices trust to stdout",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, ok := map[string]func(*x509.Certificate) []byte{
				"pem": trust.PEM, "mobileconfig": trust.Profile,
				"der": func(c *x509.Certificate) []byte { return c.Raw },
			}[format]
			if !ok {
				return fail(exitUsage, "format: %q is none of pem, der, mobileconfig", format)
			}
			root, err := a.root()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(write(root))
			return err
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&format, "format", "pem", "pem, der (.crt) or mobileconfig (Apple)")
	return cmd
}

func newTrustRenewCommand() *cobra.Command {
	var a authority
	var hosts []string
	var yes bool
	cmd := &cobra.Command{
		Use: "renew", Short: "Make a new authority in place of the old one; every device has to trust it anew",
		Long: `Make a new authority in place of the old one, with its names and those of --host. A
running bridge takes it at the next connection. Every device has to trust it anew, and
programs pin it anew. Do this when the box's state folder may have been copied, when
the box got a name that the old one may not vouch for, or before the old one ends.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			old, err := a.root()
			if err != nil {
				return err
			}
			for _, h := range hosts {
				if !trust.HostName(h) {
					return fail(exitUsage, "host: %q is not the name of a host", h)
				}
			}
			if !yes {
				return fail(exitUsage, "every device that trusts %s has to trust the new one before it comes in again; say --yes if you mean it", plain(old.Subject.CommonName))
			}
			names := append(trust.Names(old), hosts...)
			n, err := trust.Renew(a.folder, strings.TrimPrefix(old.Subject.CommonName, "smsbridge "), names)
			if err != nil {
				return fail(exitError, "%w", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "SHA-256    %s\nPin        %s\n", trust.Hex(trust.Fingerprint(n.Root)), trust.Pin(n.Root))
			return nil
		},
	}
	a.flags(cmd)
	cmd.Flags().StringArrayVar(&hosts, "host", nil, "another name that the authority may vouch for (repeatable)")
	cmd.Flags().BoolVar(&yes, "yes", false, "do it")
	return cmd
}
