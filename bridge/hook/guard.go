package hook

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"smsbridge/storage"
)

// Guard keeps deliveries out of the networks that the box stands in: whoever
// may name an endpoint must not thereby reach the router's page or a cloud's
// metadata. It looks at the address of each connection when it is made, after
// every name, redirection of DNS and odd spelling has been resolved; what a URL
// looks like decides nothing. Only addresses of the public internet pass, and
// what the administrator has listed.
//
// The zero Guard allows nothing special, and the usual ports.
type Guard struct {
	hosts    map[string]bool // by name: private addresses, too
	networks []netip.Prefix  // by address: anything
	ports    []int           // nil: the usual ones; empty: any
	resolver *net.Resolver   // nil: the system's

	// For tests alone.
	off  bool                       // the negative control
	pass func(netip.AddrPort) error // asked about every address that may be connected to
}

// usualPorts are those where web servers listen.
var usualPorts = []int{80, 443, 8080, 8443}

// NewGuard makes a Guard. Each of allow is a host name, an address or a network
// in CIDR form that may be private; each of ports a number, or "any".
func NewGuard(allow, ports []string) (*Guard, error) {
	g := &Guard{hosts: make(map[string]bool)}
	for _, a := range allow {
		if p, err := netip.ParsePrefix(a); err == nil {
			g.networks = append(g.networks, p.Masked())
		} else if ip, err := netip.ParseAddr(a); err == nil {
			ip = ip.Unmap().WithZone("")
			g.networks = append(g.networks, netip.PrefixFrom(ip, ip.BitLen()))
		} else if a != "" && !strings.ContainsAny(a, "/:@?# ") {
			g.hosts[hostKey(a)] = true
		} else {
			return nil, fmt.Errorf("%q is no host name, address or network; write it as nas.local, 192.168.1.20 or 192.168.1.0/24", a)
		}
	}
	for _, p := range ports {
		if p == "any" {
			g.ports = []int{}
			return g, nil
		}
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%q is no port; write a number from 1 to 65535, or any", p)
		}
		g.ports = append(g.ports, int(n))
	}
	if g.ports != nil {
		g.ports = append(g.ports, usualPorts...)
	}
	return g, nil
}

func hostKey(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// Check refuses a URL that could never be delivered to, so that a person hears
// of it at once. It resolves nothing; what it lets through may still be refused
// when it is connected to.
func (g *Guard) Check(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return storage.Refuse(storage.CodeInvalid, "url", "a hook's address is written http://HOST/PATH or https://HOST/PATH")
	}
	if u.User != nil {
		return storage.Refuse(storage.CodeInvalid, "url", "a hook's address carries no name and password; deliveries are signed instead")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if !g.mayPort(port) {
		return storage.Refuse(storage.CodeInvalid, "url", "port %s is not allowed; start the bridge with --hook-port %s to allow it", port, port)
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err == nil && !g.may("", ip) {
		return storage.Refuse(storage.CodeInvalid, "url", "%s is not an address of the public internet; start the bridge with --hook-allow %s to allow it", ip, ip)
	}
	return nil
}

func (g *Guard) mayPort(port string) bool {
	ports := g.ports
	if ports == nil {
		ports = usualPorts
	}
	n, err := strconv.Atoi(port)
	return err == nil && (len(ports) == 0 || slices.Contains(ports, n))
}

// connecting is how long one connection may take to be made.
const connecting = 5 * time.Second

// dial is the DialContext of deliveries.
func (g *Guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{
		Timeout:  connecting,
		Resolver: g.resolver,
		ControlContext: func(_ context.Context, network, resolved string, _ syscall.RawConn) error {
			return g.control(host, network, resolved)
		},
	}
	return d.DialContext(ctx, network, address)
}

// control is asked with the resolved address, between socket and connect.
func (g *Guard) control(host, network, resolved string) error {
	to, err := netip.ParseAddrPort(resolved)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return &Refused{Host: host, Address: resolved}
	}
	if !g.off && (!g.may(host, to.Addr()) || !g.mayPort(strconv.Itoa(int(to.Port())))) {
		return &Refused{Host: host, Address: resolved}
	}
	if g.pass != nil {
		return g.pass(to)
	}
	return nil
}

// Refused tells that the Guard did not let a connection through.
type Refused struct{ Host, Address string }

func (e *Refused) Error() string {
	return fmt.Sprintf("%s leads to %s, which is not allowed; start the bridge with --hook-allow %s (and --hook-port) if it should be", e.Host, e.Address, e.Host)
}

// may tells whether a host may be reached at ip.
func (g *Guard) may(host string, ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	for _, n := range g.networks {
		if n.Contains(ip) {
			return true
		}
	}
	if slices.Contains(metadata, ip) {
		return false
	}
	if g.hosts[hostKey(host)] {
		return !ip.IsMulticast() && !ip.IsUnspecified() && ip != broadcast
	}
	return public(ip)
}

// metadata are the addresses where clouds tell a machine its secrets; a host
// that is allowed by name does not lead there either.
var metadata = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"),
	netip.MustParseAddr("169.254.170.2"),
	netip.MustParseAddr("100.100.100.200"),
	netip.MustParseAddr("168.63.129.16"), // in a public range
	netip.MustParseAddr("192.0.0.192"),
	netip.MustParseAddr("fd00:ec2::254"),
	netip.MustParseAddr("fd20:ce::254"),
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// special are the ranges that are not the public internet: the IANA registries
// of special-purpose addresses (RFC 6890). Of IPv6 only 2000::/3 is assigned to
// it, which leaves out loopback, unique local, link-local, multicast, the IPv4
// forms of RFC 4291, 2.5.5, and NAT64 (64:ff9b::/96, 64:ff9b:1::/48); within it
// Teredo and 6to4 carry an IPv4 address.
var (
	special4 = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
		"172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
		"192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3")
	global6  = netip.MustParsePrefix("2000::/3")
	special6 = prefixes("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)

func prefixes(texts ...string) []netip.Prefix {
	p := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		p[i] = netip.MustParsePrefix(t)
	}
	return p
}

// public tells whether an unmapped address is one of the public internet.
func public(ip netip.Addr) bool {
	in := func(p netip.Prefix) bool { return p.Contains(ip) }
	if ip.Is4() {
		return !slices.ContainsFunc(special4, in)
	}
	b := ip.As16()
	isatap := (b[8] == 0 || b[8] == 2) && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe // RFC 5214, 6.1
	return global6.Contains(ip) && !isatap && !slices.ContainsFunc(special6, in)
}
