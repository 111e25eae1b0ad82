package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"smsbridge/bridge/trust"
)

// The ways of --tls.
const (
	tlsAuto  = "auto"  // as the other settings ask for it
	tlsLocal = "local" // the box vouches for itself
	tlsFiles = "files" // a certificate from elsewhere
	tlsOff   = "off"
)

// tlsSettings are the flags of serve that say who vouches for the box, and by
// what name it is called.
type tlsSettings struct {
	mode, cert, key string
	folder          string
	canonical       string
	proxies         []string
	hsts            bool
}

func (s *tlsSettings) flags(f *pflag.FlagSet) {
	f.StringVar(&s.mode, "tls", tlsAuto, "auto, local (the box vouches for itself, see /trust), files, or off; auto: files if they are named, local beyond loopback, else off")
	f.StringVar(&s.cert, "tls-cert", "", "certificate with its chain, in PEM; read again when it changes")
	f.StringVar(&s.key, "tls-key", "", "its key, in PEM")
	f.StringVar(&s.folder, "tls-folder", "", "folder of the box's own certificate authority (default: tls beside the ledger)")
	f.StringVar(&s.canonical, "canonical", "", "the name that pages are opened by, such as sms.example.com; other names are sent there")
	f.StringArrayVar(&s.proxies, "trusted-proxy", nil, "address or network of a proxy whose X-Forwarded headers are believed (repeatable)")
	f.BoolVar(&s.hsts, "hsts", false, "tell browsers to use only TLS for the whole of --canonical, on every port; only with files")
}

// resolve says which way of TLS the settings mean for a listener that is local
// to the box or not.
func (s *tlsSettings) resolve(local, insecure bool) (string, error) {
	mode := s.mode
	if mode == tlsAuto {
		switch {
		case s.cert != "" || s.key != "":
			mode = tlsFiles
		case local || insecure:
			mode = tlsOff
		default:
			mode = tlsLocal
		}
	}
	switch {
	case mode != tlsLocal && mode != tlsFiles && mode != tlsOff:
		return "", fail(exitUsage, "tls: %q is none of auto, local, files, off", s.mode)
	case mode == tlsFiles && (s.cert == "" || s.key == ""):
		return "", fail(exitUsage, "tls-cert and tls-key: files want both")
	case mode != tlsFiles && (s.cert != "" || s.key != ""):
		return "", fail(exitUsage, "tls-cert, tls-key: they are not used with --tls %s; leave them out, or say --tls files", mode)
	case mode == tlsOff && !local && !insecure:
		return "", fail(exitUsage, "tls: the listener can be reached from the network, and texts would cross it unencrypted; leave --tls at auto, say --insecure if you mean it, or put a TLS proxy in front of 127.0.0.1")
	case s.canonical != "" && !trust.HostName(s.canonical):
		return "", fail(exitUsage, "canonical: %q is not the name of a host, such as sms.example.com, without scheme and port", s.canonical)
	case s.hsts && (mode != tlsFiles || !trust.Public(s.canonical)):
		return "", fail(exitUsage, "hsts: it is only safe with a certificate of --tls-cert for a public name in --canonical: browsers that remember it refuse the box, and its /trust page, by any other way")
	}
	s.canonical = strings.ToLower(s.canonical)
	return mode, nil
}

// networks reads --trusted-proxy.
func (s *tlsSettings) networks() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range s.proxies {
		n, err := netip.ParsePrefix(text)
		if at, e := netip.ParseAddr(text); e == nil {
			n, err = netip.PrefixFrom(at.Unmap(), at.Unmap().BitLen()), nil
		}
		if err != nil {
			return nil, fail(exitUsage, "trusted-proxy: %q is neither an address nor a network, such as 127.0.0.1 or 10.0.0.0/24", text)
		}
		if n.Bits() == 0 {
			return nil, fail(exitUsage, "trusted-proxy: %s is everybody, who could then call himself as he likes; name the proxy", text)
		}
		all = append(all, n.Masked())
	}
	return all, nil
}

// A door is how desks come in by TCP.
type door struct {
	mode      string
	announced bool         // desks on the network can find it
	names     []string     // that the box answers to
	local     *trust.Local // the box's own authority; nil: it does not vouch for itself
	files     *trust.Files // what was given; nil: nothing was
	front     trust.Middleware
	speak     func(net.Listener) net.Listener // nil: no TLS
}

// checkDoor refuses settings of the door before anything is opened.
func (s *serveSettings) checkDoor() error {
	local, err := s.onLoopback()
	if err == nil {
		_, err = s.tls.resolve(local, s.insecure)
	}
	if err == nil {
		_, err = s.tls.networks()
	}
	return err
}

// door opens what vouches for a box.
func (s *serveSettings) door(box string, log *slog.Logger) (*door, error) {
	local, err := s.onLoopback()
	if err != nil {
		return nil, err
	}
	d := &door{names: s.names(local, box), announced: !local && s.mdns}
	if d.mode, err = s.tls.resolve(local, s.insecure); err != nil {
		return nil, err
	}
	proxies, err := s.tls.networks()
	if err != nil {
		return nil, err
	}
	o := trust.FrontOptions{TLS: d.mode != tlsOff, Canonical: s.tls.canonical, Names: d.names, Proxies: proxies, Pin: s.tls.hsts}
	switch d.mode {
	case tlsLocal:
		d.local, err = trust.Open(trust.Options{Folder: s.tlsFolder(), Box: s.name, Names: append(d.names[:len(d.names):len(d.names)], "localhost"), Log: log})
		if err != nil {
			return nil, fail(exitError, "%w", err)
		}
		o.Page = trust.Page(d.local, s.tls.canonical)
		d.serve(d.local)
	case tlsFiles:
		if d.files, err = trust.OpenFiles(s.tls.cert, s.tls.key, log); err != nil {
			return nil, fail(exitError, "%w", err)
		}
		d.serve(d.files)
	}
	d.front = trust.Front(o)
	return d, nil
}

func (d *door) serve(s trust.Source) {
	config := trust.ServerConfig(s)
	d.speak = func(l net.Listener) net.Listener { return trust.Listen(l, config) }
}

// reload reads the certificate's files now, and says what is wrong with them.
// Without the word they are read at the first handshake after they changed.
func (d *door) reload() error {
	if d.files == nil {
		return nil
	}
	return d.files.Reload()
}

// pin is what programs pin; empty where the box does not vouch for itself.
func (d *door) pin() string {
	if d.local == nil {
		return ""
	}
	return trust.Pin(d.local.Root())
}

// introduce tells whoever starts the box what people compare on its trust page.
func (d *door) introduce(w io.Writer, l net.Listener) {
	if d.local == nil {
		return
	}
	fmt.Fprintf(w, "\n  Trust:     %s   (once on each device)\n  SHA-256:   %s\n", d.trustAddress(l), trust.Hex(trust.Fingerprint(d.local.Root())))
}

func (s *serveSettings) tlsFolder() string {
	if s.tls.folder != "" {
		return s.tls.folder
	}
	return filepath.Join(filepath.Dir(s.db), "tls")
}

// onLoopback tells whether nobody but the box itself can call.
func (s *serveSettings) onLoopback() (bool, error) {
	host, _, err := net.SplitHostPort(s.listen)
	if err != nil {
		return false, fail(exitUsage, "listen: %q is not HOST:PORT, such as 127.0.0.1:8780", s.listen)
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback(), nil
}

// names are those that the box answers to beside localhost and the address that a
// connection came to: the canonical one and those of --host; where no canonical
// one was given, what a network calls the box by itself; and the one by which it
// announces itself.
func (s *serveSettings) names(local bool, box string) []string {
	var names []string
	host, _, _ := net.SplitHostPort(s.listen)
	if s.tls.canonical != "" {
		names = append(names, s.tls.canonical)
	} else if !local {
		names = append(names, hostname()+".local", hostname())
	}
	if net.ParseIP(host) == nil && host != "" && host != "localhost" {
		names = append(names, host)
	}
	names = append(names, s.hosts...)
	if !local && s.mdns {
		names = append(names, lanName(box))
	}
	for i, n := range names {
		names[i] = strings.ToLower(strings.TrimSuffix(n, "."))
	}
	return names
}

// address is where people open the page: by the canonical name, or by an
// address, which every device finds.
func (s *serveSettings) address(d *door, l net.Listener) string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if d.mode == tlsOff {
		return "http://" + net.JoinHostPort(cmp.Or(anyAddress(host, nil), hostname()), port)
	}
	may := func(address string) bool { return d.local == nil || d.local.May(address) }
	return "https://" + net.JoinHostPort(cmp.Or(s.tls.canonical, anyAddress(host, may), d.name()), port)
}

// trustAddress is where people find out how to trust the box.
func (d *door) trustAddress(l net.Listener) string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	return "http://" + net.JoinHostPort(cmp.Or(anyAddress(host, nil), d.name()), port) + "/trust"
}

// name is how the box is called first.
func (d *door) name() string {
	if len(d.names) == 0 {
		return "localhost"
	}
	return d.names[0]
}

// anyAddress is the address listened at; for a listener on all of them, the first
// of a network that will do, or none.
func anyAddress(host string, will func(string) bool) string {
	if ip := net.ParseIP(host); ip == nil || !ip.IsUnspecified() {
		return host
	}
	for _, a := range trust.Addresses() {
		at, err := netip.ParseAddr(a)
		if err == nil && at.Is4() && !at.IsLoopback() && !at.IsLinkLocalUnicast() && (will == nil || will(a)) {
			return a
		}
	}
	return ""
}
