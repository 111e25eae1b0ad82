// Package trust makes a box on a LAN one that browsers believe: it has a
// certificate authority of its own, certificates that renew themselves, and a
// page that tells people how to trust them, with a fingerprint to compare.
//
// # What a stolen authority is worth
//
// Who trusts a box's authority would trust whatever it signs, so it is built to
// sign little. At first need a root is made, and with it one intermediate; then
// the root's key is forgotten: it is never written anywhere. What lies in the
// state folder is the intermediate's key, and the intermediate may vouch only
// for names of home and office networks, private addresses, and the names the
// box was started with (RFC 5280, 4.2.1.10, critical), only for servers
// (4.2.1.12), and for no authority below it (4.2.1.9). The same limits stand in
// the root, but not all programs look for them in what they trust already;
// in an intermediate all of them do. So a thief of the state folder can play
// the box and its neighbours on the same network, and no bank.
//
// # What a certificate is worth
//
// Certificates of the box itself live in memory: one is made at the first
// handshake of a process, and another when two thirds of its time have passed,
// when the clock was wrong, or when the box is called by an address that it got
// since. Nothing has to run for that; the handshake that needs it makes it.
//
// A box may be given a certificate from elsewhere instead (Files). A listener
// takes TLS and plain HTTP on one port (Listen), and Front decides what plain
// HTTP, a proxy and a wrong name get. Start with Open and Front.
package trust

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"
)

// Limits of certificates.
const (
	authorityAge = 10 * 365 * 24 * time.Hour
	leafAge      = 398 * 24 * time.Hour // the most that browsers take from anyone
)

// epoch is earlier than any of our certificates. A small board has no clock of
// its own and may start in 1970: what it makes then is good today as well.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// sinceEpoch is the time, or epoch on a board whose clock is not set yet.
func sinceEpoch() time.Time {
	if now := time.Now(); now.After(epoch) {
		return now
	}
	return epoch
}

// A Source gives the certificate for a handshake.
type Source interface {
	GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
}

// ServerConfig is how the box speaks TLS: 1.2 or newer with Go's choice of
// ciphers. HTTP/2 is left out, since a WebSocket's upgrade is HTTP/1.1.
func ServerConfig(s Source) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: s.GetCertificate,
		NextProtos:     []string{"http/1.1"},
	}
}

// Middleware puts one handler before another.
type Middleware func(http.Handler) http.Handler

func logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}
