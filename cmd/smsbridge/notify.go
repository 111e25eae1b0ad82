package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A notifier tells the service manager how the bridge stands: lines in one datagram
// to the socket that the environment names (sd_notify(3)). Where there is no
// manager it does nothing.
type notifier struct {
	socket   string
	watchdog time.Duration // the manager ends a service that is silent for so long; 0: it does not watch
	log      *slog.Logger
}

// newNotifier reads what systemd says to its services.
func newNotifier(log *slog.Logger) notifier {
	n := notifier{socket: os.Getenv("NOTIFY_SOCKET"), log: log}
	usec, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	pid := os.Getenv("WATCHDOG_PID")
	if err == nil && usec > 0 && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		n.watchdog = time.Duration(usec) * time.Microsecond
	}
	return n
}

func (n notifier) say(lines ...string) {
	if n.socket == "" {
		return
	}
	c, err := net.Dial("unixgram", n.socket) // a name that begins with @ is an abstract one
	if err == nil {
		_, err = c.Write([]byte(strings.Join(lines, "\n")))
		c.Close()
	}
	if err != nil {
		n.log.Warn("the service manager was not told", "err", err)
	}
}

// run says that the bridge is ready, then feeds the watchdog for as long as alive
// finds nothing wrong, reloads at SIGHUP, and says when ctx ends that it stops.
// Without a service manager SIGHUP does what it always does.
func (n notifier) run(ctx context.Context, status string, alive func(context.Context) error, reload func() error) {
	if n.socket == "" {
		return
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	var feed <-chan time.Time
	if n.watchdog > 0 {
		ticker := time.NewTicker(n.watchdog / 3) // one that is late is no death
		defer ticker.Stop()
		feed = ticker.C
	}
	n.say("READY=1", "STATUS="+status)
	for {
		select {
		case <-feed:
			n.feed(ctx, alive)
		case <-hangup:
			n.say("RELOADING=1")
			if err := reload(); err != nil {
				n.log.Error("reload: what was there before stays", "err", err)
			}
			n.say("READY=1", "STATUS="+status)
		case <-ctx.Done():
			n.say("STOPPING=1")
			return
		}
	}
}

// feed lets the watchdog wait for another time, if the bridge works.
func (n notifier) feed(ctx context.Context, alive func(context.Context) error) {
	look, stop := context.WithTimeoutCause(ctx, n.watchdog/3, fmt.Errorf("no answer for %s", n.watchdog/3))
	defer stop()
	if err := alive(look); err != nil {
		if ctx.Err() == nil {
			n.log.Error("the watchdog is not fed", "err", err)
		}
		return
	}
	n.say("WATCHDOG=1")
}
