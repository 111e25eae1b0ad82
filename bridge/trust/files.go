package trust

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Files is the Source of a box that was given a certificate. It reads the two
// files again when one of them changes; a new pair that is no good leaves the
// one before in use, and says so in the log.
type Files struct {
	cert, key string
	log       *slog.Logger

	mu   sync.Mutex // guards what follows
	pair *tls.Certificate
	read [2]time.Time // changes of the files, when they were looked at last
}

// OpenFiles reads a certificate, with its chain, and its key, both in PEM. A
// pair that does not fit or is not valid now is refused.
func OpenFiles(cert, key string, log *slog.Logger) (*Files, error) {
	f := &Files{cert: cert, key: key, log: logger(log)}
	f.read = f.changed()
	pair, err := f.load()
	f.pair = pair
	return f, err
}

// GetCertificate is the pair as the files hold it now.
func (f *Files) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.changed()
	if now == f.read || now[0].IsZero() || now[1].IsZero() {
		return f.pair, nil
	}
	f.read = now
	pair, err := f.load()
	if err != nil {
		f.log.Error("the new certificate is not used; the one before stays", "err", err)
		return f.pair, nil
	}
	f.pair = pair
	f.log.Info("a new certificate was read", "file", f.cert, "until", pair.Leaf.NotAfter)
	return f.pair, nil
}

// Reload reads the files now; if they are no good, the pair before stays.
func (f *Files) Reload() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read = f.changed()
	pair, err := f.load()
	if err != nil {
		return err
	}
	f.pair = pair
	return nil
}

func (f *Files) changed() (at [2]time.Time) {
	for i, name := range []string{f.cert, f.key} {
		if info, err := os.Stat(name); err == nil {
			at[i] = info.ModTime()
		}
	}
	return at
}

func (f *Files) load() (*tls.Certificate, error) {
	cert, err := os.ReadFile(f.cert)
	if err != nil {
		return nil, fmt.Errorf("tls-cert: %w", err)
	}
	key, err := os.ReadFile(f.key)
	if err != nil {
		return nil, fmt.Errorf("tls-key: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("tls-cert: %s and tls-key: %s are no pair: %w", f.cert, f.key, err)
	}
	return &pair, current(f.cert, pair.Leaf)
}

// current refuses a certificate that browsers would refuse for its date. On a
// board whose clock is not set yet no date is wrong.
func current(file string, c *x509.Certificate) error {
	now := time.Now()
	switch {
	case now.Before(epoch):
		return nil
	case now.After(c.NotAfter):
		return fmt.Errorf("tls-cert: %s has expired, on %s; put a new one in its place", file, c.NotAfter.Format(time.DateOnly))
	case now.Before(c.NotBefore):
		return fmt.Errorf("tls-cert: %s is not valid before %s; is this box's clock right?", file, c.NotBefore.Format(time.DateOnly))
	}
	return nil
}
