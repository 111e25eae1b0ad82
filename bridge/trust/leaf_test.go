package trust

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// shake makes one TLS handshake over a pipe and returns what the desk saw.
func shake(t *testing.T, server, desk *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	go tls.Server(a, server).Handshake()
	c := tls.Client(b, desk)
	err := c.Handshake()
	return c.ConnectionState(), err
}

// desk trusts the box's root and calls name.
func deskOf(root *x509.Certificate, name string) *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return &tls.Config{RootCAs: pool, ServerName: name}
}

func openLocal(t *testing.T, folder string, names ...string) *Local {
	t.Helper()
	l, err := Open(Options{Folder: folder, Box: "desk-pi", Names: names, Addresses: func() []string { return []string{"127.0.0.1", "192.168.7.4", "2001:db8::7"} }})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestHandshake(t *testing.T) {
	l := openLocal(t, t.TempDir(), "sms.example.com", "desk-pi", "desk-pi.local")
	for _, c := range []struct {
		name string
		ok   bool
	}{
		{"desk-pi.local", true}, {"desk-pi", true}, {"sms.example.com", true}, {"192.168.7.4", true}, {"127.0.0.1", true},
		{"other.local", false}, {"example.com", false}, {"192.168.7.5", false}, {"2001:db8::7", false}, // no private address
	} {
		if _, err := shake(t, ServerConfig(l), deskOf(l.Root(), c.name)); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	t.Run("who does not trust the box refuses it", func(t *testing.T) {
		other := openLocal(t, t.TempDir(), "desk-pi.local")
		if _, err := shake(t, ServerConfig(l), deskOf(other.Root(), "desk-pi.local")); err == nil {
			t.Error("a box was believed on another's root")
		}
	})
	t.Run("the chain ends in the root, and no key is in it", func(t *testing.T) {
		s, err := shake(t, ServerConfig(l), deskOf(l.Root(), "desk-pi"))
		if err != nil || len(s.PeerCertificates) != 3 || !s.PeerCertificates[2].Equal(l.Root()) {
			t.Errorf("%d certificates, %v", len(s.PeerCertificates), err)
		}
		if age := s.PeerCertificates[0].NotAfter.Sub(s.PeerCertificates[0].NotBefore); age > 398*24*time.Hour {
			t.Errorf("good for %v: browsers refuse more than 398 days", age)
		}
	})
}

// Old versions are refused by us, not only by the desk: it offers nothing else,
// and would take it.
func TestDowngrade(t *testing.T) {
	l := openLocal(t, t.TempDir(), "desk-pi")
	for _, v := range []struct {
		version uint16
		ok      bool
	}{{tls.VersionTLS10, false}, {tls.VersionTLS11, false}, {tls.VersionTLS12, true}, {tls.VersionTLS13, true}} {
		desk := deskOf(l.Root(), "desk-pi")
		desk.MinVersion, desk.MaxVersion = v.version, v.version
		s, err := shake(t, ServerConfig(l), desk)
		if (err == nil) != v.ok || v.ok && s.Version != v.version {
			t.Errorf("%s: %v", tls.VersionName(v.version), err)
		}
		if v.ok {
			continue
		}
		loose := ServerConfig(l) // negative control: the desk does speak it
		loose.MinVersion = tls.VersionTLS10
		if _, err := shake(t, loose, desk); err != nil {
			t.Errorf("%s is refused by the desk itself (%v): this test proves nothing", tls.VersionName(v.version), err)
		}
	}
}

// A certificate is made anew at two thirds of its time, so that a desk never
// sees an expired one; and a clock that was wrong at first does no harm.
func TestRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := openLocal(t, t.TempDir(), "desk-pi") // in the year 2000, as on a board without a clock
		first := l.leaf.Leaf
		if first.NotBefore.Year() < 2025 {
			t.Fatalf("made for %v", first.NotBefore)
		}
		serialAt := func(when time.Time) string {
			time.Sleep(time.Until(when))
			s, err := shake(t, ServerConfig(l), deskOf(l.Root(), "desk-pi"))
			if err != nil {
				t.Fatalf("at %v: %v", when, err)
			}
			return s.PeerCertificates[0].SerialNumber.String()
		}
		if serialAt(epoch.AddDate(0, 1, 0)) != first.SerialNumber.String() {
			t.Error("made anew after a month")
		}
		if serialAt(epoch.AddDate(0, 9, 0)) == first.SerialNumber.String() {
			t.Error("not made anew after two thirds of its time")
		}
		serialAt(epoch.AddDate(9, 0, 0)) // a handshake succeeds years later

		// Negative control: the first one, still served, is refused by then.
		old := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{first.Raw, l.authority.Intermediate.Raw}, PrivateKey: l.leaf.PrivateKey}}}
		if _, err := shake(t, old, deskOf(l.Root(), "desk-pi")); err == nil {
			t.Error("an expired certificate was believed: the test's clock does not count")
		}
	})
}

// An address that the box got after the start is named when it is called.
func TestNewAddress(t *testing.T) {
	addresses := []string{}
	l, err := Open(Options{Folder: t.TempDir(), Box: "b", Names: []string{"b.local"}, Addresses: func() []string { return addresses }})
	if err != nil {
		t.Fatal(err)
	}
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	call := func() error {
		go func() {
			if c, err := port.Accept(); err == nil {
				tls.Server(c, ServerConfig(l)).Handshake()
				c.Close()
			}
		}()
		c, err := tls.Dial("tcp", port.Addr().String(), deskOf(l.Root(), "127.0.0.1"))
		if err == nil {
			c.Close()
		}
		return err
	}
	if call() == nil {
		t.Fatal("believed at an address that it does not have")
	}
	addresses = []string{"127.0.0.1"}
	if err := call(); err != nil {
		t.Errorf("after the address came: %v", err)
	}
}

func TestAuthority(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tls")
	l := openLocal(t, folder, "desk-pi")
	again := openLocal(t, folder, "desk-pi")
	if !again.Root().Equal(l.Root()) {
		t.Error("a second start made another authority")
	}
	for name, mode := range map[string]fs.FileMode{".": 0o700, keyFile: 0o600} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v, want %v", name, info.Mode().Perm(), err, mode)
		}
	}
	t.Run("the root's key is nowhere", func(t *testing.T) {
		if a, _ := ReadAuthority(folder); a.key.PublicKey.Equal(a.Root.PublicKey) {
			t.Error("the key on the disk is the root's")
		}
		if files, _ := os.ReadDir(folder); len(files) != 3 {
			t.Errorf("files: %v", files)
		}
	})
	t.Run("a stolen key signs for private names only", func(t *testing.T) {
		thief, err := ReadAuthority(folder)
		if err != nil {
			t.Fatal(err)
		}
		believed := func(name string) bool {
			thief.Intermediate.PermittedDNSDomains = append(thief.Intermediate.PermittedDNSDomains, name) // he has no scruples
			pair, err := thief.Leaf([]string{name})
			if err != nil {
				t.Fatal(err)
			}
			_, err = shake(t, &tls.Config{Certificates: []tls.Certificate{*pair}}, deskOf(l.Root(), name))
			return err == nil
		}
		if believed("bank.example") || believed("www.google.com") {
			t.Error("a stolen key played a bank")
		}
		if !believed("printer.local") {
			t.Error("control: what he may sign is refused too, so the check above sees nothing")
		}
	})
	t.Run("renewed while the box runs", func(t *testing.T) {
		if _, err := Renew(folder, "desk-pi", []string{"desk-pi"}); err != nil {
			t.Fatal(err)
		}
		os.Chtimes(filepath.Join(folder, keyFile), time.Time{}, time.Now().Add(time.Second))
		now, err := ReadRoot(folder)
		if err != nil || now.Equal(again.Root()) {
			t.Fatalf("not renewed: %v", err)
		}
		if _, err := shake(t, ServerConfig(l), deskOf(now, "desk-pi")); err != nil {
			t.Errorf("the running box: %v", err)
		}
	})
	t.Run("files that do not fit are an error, not a new authority", func(t *testing.T) {
		other := t.TempDir()
		openLocal(t, other, "x")
		text, _ := os.ReadFile(filepath.Join(other, keyFile))
		os.WriteFile(filepath.Join(folder, keyFile), text, 0o600)
		if _, err := OpenAuthority(folder, "desk-pi", nil); err == nil || !strings.Contains(err.Error(), folder) {
			t.Errorf("%v", err)
		}
	})
	if _, err := ReadAuthority(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no authority: %v", err)
	}
}

// putPair writes a certificate and a key as people get them.
func putPair(t *testing.T, cert, key string, c, k *tls.Certificate, at time.Time) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(k.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{cert: PEM(c.Leaf), key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(epoch.AddDate(1, 0, 0)))
		a, err := Renew(t.TempDir(), "b", nil)
		if err != nil {
			t.Fatal(err)
		}
		leaf := func() *tls.Certificate {
			pair, err := a.Leaf([]string{"desk.local"})
			if err != nil {
				t.Fatal(err)
			}
			return pair
		}
		folder := t.TempDir()
		cert, key := filepath.Join(folder, "desk.crt"), filepath.Join(folder, "desk.key")
		first, second := leaf(), leaf()
		putPair(t, cert, key, first, first, time.Now())
		f, err := OpenFiles(cert, key, nil)
		if err != nil {
			t.Fatal(err)
		}
		serves := func(want *tls.Certificate, when string) {
			t.Helper()
			if got, _ := f.GetCertificate(nil); !got.Leaf.Equal(want.Leaf) {
				t.Errorf("%s: another certificate is served", when)
			}
		}
		serves(first, "at first")
		putPair(t, cert, key, second, second, time.Now().Add(time.Minute))
		serves(second, "after both files changed")
		putPair(t, cert, key, first, second, time.Now().Add(2*time.Minute))
		serves(second, "after a pair that does not fit")
		if _, err := OpenFiles(cert, key, nil); err == nil || !strings.Contains(err.Error(), cert) {
			t.Errorf("wrong pair: %v", err)
		}
		putPair(t, cert, key, first, first, time.Now())
		time.Sleep(leafAge)
		if _, err := OpenFiles(cert, key, nil); err == nil || !strings.Contains(err.Error(), cert+" has expired") {
			t.Errorf("expired: %v", err)
		}
		if _, err := OpenFiles(cert+"x", key, nil); err == nil || !strings.Contains(err.Error(), cert+"x") {
			t.Errorf("missing: %v", err)
		}
	})
}
