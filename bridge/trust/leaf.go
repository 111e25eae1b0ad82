package trust

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// serial is a random certificate number of 127 bits (RFC 5280, 4.1.2.2).
func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return n.Add(n, big.NewInt(1))
}

func sign(t, parent *x509.Certificate, public *ecdsa.PublicKey, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, t, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// Leaf makes a certificate for names and addresses, with a key of its own. Those
// that the authority may not vouch for are left out. The chain carries the
// root too, so that a program that knows its fingerprint can check the rest.
func (a *Authority) Leaf(names []string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := sinceEpoch()
	t := &x509.Certificate{
		SerialNumber: serial(),
		NotBefore:    now.Add(-24 * time.Hour), // clocks of desks may be behind
		NotAfter:     now.Add(leafAge - 24*time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if t.NotAfter.After(a.Root.NotAfter) {
		t.NotAfter = a.Root.NotAfter
	}
	for _, n := range names {
		ip := net.ParseIP(n)
		switch {
		case !a.May(n):
		case ip != nil:
			t.IPAddresses = append(t.IPAddresses, ip)
		default:
			t.DNSNames = append(t.DNSNames, n)
		}
	}
	if len(t.DNSNames) > 0 {
		t.Subject = pkix.Name{CommonName: t.DNSNames[0]}
	}
	leaf, err := sign(t, a.Intermediate, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{
		Certificate: [][]byte{leaf.Raw, a.Intermediate.Raw, a.Root.Raw},
		PrivateKey:  key, Leaf: leaf,
	}, nil
}

// Local is the Source of a box that vouches for itself. Its methods may be
// called from any goroutine.
type Local struct {
	folder, box string
	names       []string // that do not change
	log         *slog.Logger
	addresses   func() []string

	mu        sync.Mutex // guards what follows; files are read under it, as seldom as an authority is renewed
	authority *Authority
	read      time.Time // change of the key's file that authority is from
	leaf      *tls.Certificate
}

// Options say what a box vouches for.
type Options struct {
	Folder    string          // of the authority's files; made if it is not there
	Box       string          // name for people
	Names     []string        // that the box is called by, the canonical one first
	Addresses func() []string // that it has at the moment; default: those of its interfaces
	Log       *slog.Logger
}

// Open opens the authority, or makes it, and makes the first certificate.
func Open(o Options) (*Local, error) {
	l := &Local{folder: o.Folder, box: o.Box, names: o.Names, log: logger(o.Log), addresses: o.Addresses}
	if l.addresses == nil {
		l.addresses = Addresses
	}
	var err error
	if l.authority, err = OpenAuthority(o.Folder, o.Box, o.Names); err != nil {
		return nil, err
	}
	if left := remaining(l.authority.Root); left < 60*24*time.Hour {
		l.log.Warn("the box's certificate authority ends soon; make a new one with `smsbridge trust renew` and let every device trust it", "days", int(left/(24*time.Hour)))
	}
	for _, n := range o.Names {
		if !l.authority.May(n) {
			l.log.Warn("the box's certificate authority was made before this name and may not vouch for it; `smsbridge trust renew` makes one that may, which every device has to trust anew", "name", n)
		}
	}
	l.read = l.changed()
	return l, l.renew()
}

// Root is what people trust.
func (l *Local) Root() *x509.Certificate {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.authority.Root
}

// May tells whether the box may vouch for itself by a name or an address.
func (l *Local) May(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.authority.May(name)
}

// GetCertificate is the certificate for a handshake; one is made if the one at
// hand is old, of another authority, or silent about the address called.
func (l *Local) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := l.changed(); !at.IsZero() && !at.Equal(l.read) {
		l.follow(at)
	}
	if !fresh(l.leaf.Leaf) || l.misses(hello) {
		if err := l.renew(); err != nil {
			l.log.Error("no new certificate could be made", "err", err)
		}
	}
	return l.leaf, nil
}

// fresh tells whether less than two thirds of a certificate's time have passed.
func fresh(c *x509.Certificate) bool {
	now := sinceEpoch()
	return !now.Before(c.NotBefore) && now.Sub(c.NotBefore) < c.NotAfter.Sub(c.NotBefore)*2/3
}

// misses tells whether the desk called an address that the certificate does not
// name and could.
func (l *Local) misses(hello *tls.ClientHelloInfo) bool {
	if hello == nil || hello.Conn == nil {
		return false
	}
	called, ok := hello.Conn.LocalAddr().(*net.TCPAddr)
	if !ok || !l.authority.May(called.IP.String()) {
		return false
	}
	return !slices.ContainsFunc(l.leaf.Leaf.IPAddresses, called.IP.Equal) &&
		slices.Contains(l.addresses(), called.IP.String())
}

// renew makes the certificate. The caller holds mu, or is Open.
func (l *Local) renew() error {
	leaf, err := l.authority.Leaf(append(slices.Clone(l.names), l.addresses()...))
	if err != nil {
		return err
	}
	l.leaf = leaf
	l.log.Info("a certificate was made", "names", leaf.Leaf.DNSNames, "addresses", leaf.Leaf.IPAddresses, "until", leaf.Leaf.NotAfter)
	return nil
}

// follow takes an authority that `smsbridge trust renew` has put in place. The
// caller holds mu.
func (l *Local) follow(at time.Time) {
	l.read = at
	a, err := ReadAuthority(l.folder)
	if err != nil {
		l.log.Error("the certificate authority was changed and cannot be read; the one before stays", "err", err)
		return
	}
	l.authority = a
	if err := l.renew(); err != nil {
		l.log.Error("no new certificate could be made", "err", err)
	}
}

// changed is when the authority's key was put in place, which is done last.
func (l *Local) changed() time.Time {
	info, err := os.Stat(filepath.Join(l.folder, keyFile))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// Addresses are those of the box's interfaces, without zones.
func Addresses() []string {
	found, _ := net.InterfaceAddrs()
	var addresses []string
	for _, a := range found {
		if n, ok := a.(*net.IPNet); ok {
			addresses = append(addresses, n.IP.String())
		}
	}
	return addresses
}
