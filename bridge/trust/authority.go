package trust

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The authority's files in its folder.
const (
	rootFile         = "root.crt"         // what people trust; public
	intermediateFile = "intermediate.crt" // what signs; public
	keyFile          = "intermediate.key" // secret, 0600
)

// Authority is the box's certificate authority: a root that people trust and
// an intermediate that signs. It does not change; see Renew.
type Authority struct {
	Root         *x509.Certificate
	Intermediate *x509.Certificate
	key          *ecdsa.PrivateKey // the intermediate's; the root's is forgotten
}

// OpenAuthority reads the authority in folder, or makes one there if there is
// none: for box, a name for people, and with the right to vouch for names
// besides the private ones.
func OpenAuthority(folder, box string, names []string) (*Authority, error) {
	a, err := ReadAuthority(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return Renew(folder, box, names)
	}
	return a, err
}

// ReadAuthority reads the authority in folder. If there is none the error is
// fs.ErrNotExist.
func ReadAuthority(folder string) (*Authority, error) {
	key, err := os.ReadFile(filepath.Join(folder, keyFile))
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	a := &Authority{}
	if a.Root, err = readCertificate(filepath.Join(folder, rootFile)); err != nil {
		return nil, err
	}
	if a.Intermediate, err = readCertificate(filepath.Join(folder, intermediateFile)); err != nil {
		return nil, err
	}
	if a.key, err = parseKey(key); err != nil {
		return nil, fmt.Errorf("authority: %s: %w", filepath.Join(folder, keyFile), err)
	}
	if err := a.check(); err != nil {
		return nil, fmt.Errorf("authority: the files in %s do not belong together: %w; `smsbridge trust renew` makes new ones", folder, err)
	}
	return a, nil
}

// ReadRoot reads what people trust, without the key.
func ReadRoot(folder string) (*x509.Certificate, error) {
	return readCertificate(filepath.Join(folder, rootFile))
}

func (a *Authority) check() error {
	if err := a.Intermediate.CheckSignatureFrom(a.Root); err != nil {
		return err
	}
	if !a.key.PublicKey.Equal(a.Intermediate.PublicKey) {
		return errors.New("the key is not the intermediate's")
	}
	return nil
}

// Renew makes a new authority in folder in place of the one there. Every device
// has to trust the new one.
func Renew(folder, box string, names []string) (*Authority, error) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	root := authorityTemplate("smsbridge "+box, 1, names)
	a := &Authority{key: key}
	if a.Root, err = sign(root, root, &rootKey.PublicKey, rootKey); err != nil {
		return nil, err
	}
	signer := authorityTemplate("smsbridge "+box+" signer", 0, names)
	signer.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if a.Intermediate, err = sign(signer, a.Root, &key.PublicKey, rootKey); err != nil {
		return nil, err
	}
	return a, a.write(folder)
}

// privateNames are the names that no authority of the internet vouches for
// (RFC 6762, RFC 6761, RFC 8375, and what routers give).
var privateNames = []string{"localhost", "local", "home.arpa", "internal", "lan", "home", "box", "localdomain"}

// privateRanges are the addresses of RFC 1918, 4193, 6598, and the local ones.
var privateRanges = []string{
	"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
	"::1/128", "fc00::/7", "fe80::/10",
}

// authorityTemplate is an authority with so many below it. Extra names that are
// below a private one add nothing and are left out.
func authorityTemplate(name string, below int, extra []string) *x509.Certificate {
	t := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"smsbridge"}},
		NotBefore:    epoch, NotAfter: sinceEpoch().Add(authorityAge),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		IsCA:     true, BasicConstraintsValid: true, MaxPathLen: below, MaxPathLenZero: below == 0,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         append([]string{}, privateNames...),
	}
	for _, r := range privateRanges {
		_, n, err := net.ParseCIDR(r)
		if err != nil {
			panic(err) // the list above is wrong
		}
		t.PermittedIPRanges = append(t.PermittedIPRanges, n)
	}
	for _, n := range extra {
		if net.ParseIP(n) == nil && !permitted(t.PermittedDNSDomains, n) {
			t.PermittedDNSDomains = append(t.PermittedDNSDomains, n)
		}
	}
	return t
}

// permitted tells whether a name is one of the domains or below one.
func permitted(domains []string, name string) bool {
	for _, d := range domains {
		if name == d || strings.HasSuffix(name, "."+d) {
			return true
		}
	}
	return false
}

// Names are what a root may vouch for beside the private names.
func Names(root *x509.Certificate) []string {
	var names []string
	for _, n := range root.PermittedDNSDomains {
		if !slices.Contains(privateNames, n) {
			names = append(names, n)
		}
	}
	return names
}

// May tells whether the authority may vouch for a name or an address.
func (a *Authority) May(name string) bool {
	ip := net.ParseIP(name)
	if ip == nil {
		return permitted(a.Intermediate.PermittedDNSDomains, name)
	}
	for _, n := range a.Intermediate.PermittedIPRanges {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// Fingerprint is the SHA-256 of what people trust, as their systems show it.
func Fingerprint(root *x509.Certificate) [sha256.Size]byte { return sha256.Sum256(root.Raw) }

// Hex writes a fingerprint as systems do: pairs with colons.
func Hex(f [sha256.Size]byte) string {
	pairs := make([]string, len(f))
	for i, b := range f {
		pairs[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(pairs, ":")
}

// PEM is a certificate as files hold it.
func PEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// write puts the key in place last: an authority without it is made anew.
func (a *Authority) write(folder string) error {
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("authority: %w", err)
	}
	for _, f := range []struct {
		name string
		text []byte
		mode fs.FileMode
	}{
		{rootFile, PEM(a.Root), 0o644},
		{intermediateFile, PEM(a.Intermediate), 0o644},
		{keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600},
	} {
		if err := replace(filepath.Join(folder, f.name), f.text, f.mode); err != nil {
			return fmt.Errorf("authority: %w", err)
		}
	}
	return nil
}

// replace writes a file as a whole or not at all, and onto the disk. It belongs to
// the owner of its folder, so that a service can read what root has renewed.
func replace(name string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(mode), likeFolder(f), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

func readCertificate(name string) (*x509.Certificate, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("authority: %s holds no certificate in PEM", name)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("authority: %s: %w", name, err)
	}
	return c, nil
}

func parseKey(text []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it holds no key in PEM")
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	if k, ok := k.(*ecdsa.PrivateKey); ok {
		return k, nil
	}
	return nil, errors.New("it holds no ECDSA key")
}

// remaining is how long what people trust is good.
func remaining(root *x509.Certificate) time.Duration { return root.NotAfter.Sub(sinceEpoch()) }

// Public tells whether a name is one that authorities of the internet may vouch
// for.
func Public(name string) bool {
	return HostName(name) && strings.Contains(name, ".") && !permitted(privateNames, strings.ToLower(name))
}

// HostName tells whether a text is the name of a host (RFC 1123, 2.1), and not
// an address.
func HostName(name string) bool {
	if len(name) > 253 || net.ParseIP(name) != nil {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label ||
			strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}
