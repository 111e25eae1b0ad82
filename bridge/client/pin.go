package client

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrPin is why a box is refused that is not the one whose key was pinned.
var ErrPin = errors.New("the box shows another key than the pinned one: either its authority was renewed, or somebody stands in between; compare with `smsbridge trust show` on the box")

// Pinned is the TLS setting of a client that believes the one box with this key,
// for programs that make their own connections.
func Pinned(pin string) (*tls.Config, error) { return pinned(pin, nil) }

// pinned makes a TLS setting believe the one box with this key, by whatever name
// it is called, and nobody else. Its certificates' dates do not count: small boards
// start with a wrong clock, and the key says more.
func pinned(pin string, base *tls.Config) (*tls.Config, error) {
	text, ok := strings.CutPrefix(pin, "SHA256:")
	want, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if !ok || err != nil || len(want) != sha256.Size {
		return nil, fmt.Errorf("the pin is %q; write it as `smsbridge trust show` does, SHA256: and 43 letters", pin)
	}
	c := &tls.Config{}
	if base != nil {
		c = base.Clone()
	}
	c.InsecureSkipVerify = true // the usual check, by names and the system's authorities; ours takes its place
	c.VerifyConnection = func(s tls.ConnectionState) error { return checkPin(s.PeerCertificates, want) }
	return c, nil
}

// checkPin looks for the pinned certificate in what the box has shown, and that it
// vouches for the key that the box has proved to have: the first certificate's.
func checkPin(shown []*x509.Certificate, want []byte) error {
	i := slices.IndexFunc(shown, func(c *x509.Certificate) bool {
		sum := sha256.Sum256(c.Raw)
		return bytes.Equal(sum[:], want)
	})
	switch {
	case i < 0:
		return ErrPin
	case i == 0:
		return nil
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(shown[i])
	var at time.Time // when all of them are good
	for n, c := range shown {
		if c.NotBefore.After(at) {
			at = c.NotBefore
		}
		if n > 0 && n != i {
			between.AddCert(c)
		}
	}
	if _, err := shown[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at}); err != nil {
		return fmt.Errorf("%w (%v)", ErrPin, err)
	}
	return nil
}
