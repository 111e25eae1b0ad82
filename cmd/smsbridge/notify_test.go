//go:build unix

package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// manager is systemd's end of the socket; it gives the first line of each datagram.
func manager(t *testing.T) (socket string, next func() string) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return socket, func() string {
		t.Helper()
		c.SetReadDeadline(time.Now().Add(30 * time.Second)) // then it hangs
		b := make([]byte, 4096)
		n, err := c.Read(b)
		if err != nil {
			t.Fatalf("the manager was told nothing: %v", err)
		}
		first, _, _ := strings.Cut(string(b[:n]), "\n")
		return first
	}
}

func TestNotify_watchdog(t *testing.T) {
	socket, next := manager(t)
	n := notifier{socket: socket, watchdog: 3 * time.Millisecond, log: slog.New(slog.DiscardHandler)}
	ill := errors.New("the ledger takes no change")
	for _, c := range []struct {
		name    string
		answers []error // of alive, one for each look; then the bridge is stopped
		want    []string
	}{
		{"well", []error{nil, nil}, []string{"READY=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"}},
		{"ill", []error{ill, ill, ill}, []string{"READY=1", "STOPPING=1"}},
		{"ill for a moment", []error{nil, ill, nil}, []string{"READY=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"}},
	} {
		ctx, stop := context.WithCancel(t.Context())
		looks := 0
		n.run(ctx, "", func(context.Context) error {
			err := c.answers[looks]
			if looks++; looks == len(c.answers) {
				stop()
			}
			return err
		}, nil)
		stop()
		var said []string
		for len(said) == 0 || said[len(said)-1] != "STOPPING=1" {
			said = append(said, next())
		}
		if !slices.Equal(said, c.want) {
			t.Errorf("%s: the manager hears %v, want %v", c.name, said, c.want)
		}
	}
}

func TestNotifier(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "/run/x")
	for _, c := range []struct {
		usec, pid string
		want      time.Duration
	}{
		{"60000000", "", time.Minute}, {"60000000", "1", 0}, {"", "", 0}, {"x", "", 0}, {"-5", "", 0},
	} {
		t.Setenv("WATCHDOG_USEC", c.usec)
		t.Setenv("WATCHDOG_PID", c.pid)
		if n := newNotifier(nil); n.watchdog != c.want || n.socket != "/run/x" {
			t.Errorf("%v: %v", c, n)
		}
	}
}

// The service from its start to its end, with a certificate that is replaced.
func TestServe_notify(t *testing.T) {
	socket, next := manager(t)
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "60000")
	folder := t.TempDir()
	cert, key, _ := pairFiles(t, folder, "sms.example.com")
	until := func(want string) {
		t.Helper()
		for said := next(); said != want; said = next() {
			if said != "WATCHDOG=1" {
				t.Fatalf("the manager hears %s, want %s", said, want)
			}
		}
	}
	t.Run("runs", func(t *testing.T) {
		o := newOffice(t, "--tls-cert", cert, "--tls-key", key)
		until("READY=1")
		until("WATCHDOG=1") // ledger, radio bank and desk bank answer, by the real ways
		if err := os.WriteFile(cert, []byte("no certificate"), 0o600); err != nil {
			t.Fatal(err)
		}
		syscall.Kill(os.Getpid(), syscall.SIGHUP)
		until("RELOADING=1")
		until("READY=1")
		if !strings.Contains(o.log.String(), "reload: what was there before stays") {
			t.Errorf("a certificate that is none was taken without a word\n%s", o.log)
		}
	})
	until("STOPPING=1")
}
