package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/bridge"
	"smsbridge/bridge/gateway"
	"smsbridge/bridge/hook"
	"smsbridge/bridge/web"
	"smsbridge/modem"
	"smsbridge/modem/doctor"
	"smsbridge/modem/simulator"
	"smsbridge/modem/usb"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

// demoHandset is the phone of the customer that one plays in the demo.
const demoHandset = "+15550100"

// serveSettings are the flags of serve.
type serveSettings struct {
	db, listen, admin   string
	modems, hosts       []string
	hookAllow, hookPort []string
	portals, likes      []string
	pinFile             string
	name, config        string
	demo, insecure      bool
	logLevel, logFormat string
	result, late        time.Duration
	usbPower, serial    bool
	guarded             bool
	selfTest            gateway.SelfTestOptions
	backup              bridge.BackupOptions
	limits              bridge.Limits
	tls                 tlsSettings
	settings            []storage.Flag // as they came, for the support bundle
	mdns                bool
}

func newServeCommand() *cobra.Command {
	var s serveSettings
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the bridge in the foreground",
		Long: `Run the bridge: open the modems, keep the ledger, serve desks. It stays in the
foreground and ends at SIGINT or SIGTERM, after the command in hand.

The log goes to stderr. The first line on stdout is "ready http://HOST:PORT", when
desks are answered.

Beyond loopback desks are answered by TLS. Unless --tls-cert and --tls-key name a
certificate, the box vouches for itself, and http://HOST:PORT/trust tells people how
to trust it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.config != "" {
				if err := fromFile(cmd, s.config); err != nil {
					return err
				}
			}
			s.settings = settingsOf(cmd)
			cmd.Root().ResetCommands() // the other verbs are not needed any more, nor their memory
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(spareMemory)
			}
			return s.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.db, "db", "", "the ledger file (default: ledger.db in the state folder, demo.db with --demo)")
	f.StringVar(&s.listen, "listen", "127.0.0.1:8780", "host and port for desks")
	f.StringVar(&s.admin, "admin", adminSocket(), "Unix socket for the verbs on this box; its file permission is the key")
	f.StringArrayVar(&s.modems, "modem", nil, "port of a modem, such as /dev/ttyUSB2 or /dev/ttyAMA0, auto for the USB modems that are found, or simulator:N for N pretend ones (repeatable; default: auto)")
	f.BoolVar(&s.serial, "probe-serial", false, "ask the serial ports of the board too, such as a Pi's with a HAT, whether a modem answers; never the console")
	f.StringArrayVar(&s.hosts, "host", nil, "another name under which desks may call this box (repeatable)")
	f.StringArrayVar(&s.hookAllow, "hook-allow", nil, "host, address or network that hooks may reach although it is not of the public internet (repeatable)")
	f.StringArrayVar(&s.hookPort, "hook-port", nil, "port that hooks may reach beside 80, 443, 8080 and 8443, or any (repeatable)")
	f.StringArrayVar(&s.portals, "portal", nil, "origin of a portal whose pages may open a socket with a ticket, such as https://crm.example (repeatable)")
	f.StringSliceVar(&s.likes, "lookalike", nil, "other gateways whose way to send a text is understood too: kannel, twilio, smsgate (default: none)")
	f.StringVar(&s.pinFile, "pin-file", "", "file with the PIN of the SIMs")
	f.StringVar(&s.name, "name", hostname(), "name of this box, for people")
	f.StringVar(&s.config, "config", "", "file of \"name value\" lines that set flags")
	f.BoolVar(&s.demo, "demo", false, "two pretend modems and a handset page to try everything without hardware")
	f.BoolVar(&s.insecure, "insecure", false, "allow --listen on other than loopback without TLS")
	s.tls.flags(f)
	f.BoolVar(&s.mdns, "mdns", true, "let desks on the network find this box (smsbridge find); never on loopback")
	f.StringVar(&s.logLevel, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&s.logFormat, "log-format", "text", "text or json")
	f.DurationVar(&s.result, "result-timeout", 180*time.Second, "how long the network's answer to a sent part is awaited")
	f.BoolVar(&s.guarded, "limits", true, "begin a new ledger with limits on how many parts may be sent (see `smsbridge limit list`); --demo has none")
	f.BoolVar(&s.usbPower, "usb-power", false, "allow to switch a USB modem that stays silent off and on (needs the right to write its \"authorized\")")
	f.DurationVar(&s.selfTest.Every, "self-test", 0, "how often each line gets a text from another, to prove that texts arrive (default: never; it costs texts)")
	f.IntVar(&s.selfTest.Most, "self-test-most", 4, "the most texts that self-tests may cost within 24 hours")
	f.StringVar(&s.backup.Folder, "backup-dir", "", "folder for copies of the ledger (default: backups, beside the ledger)")
	f.DurationVar(&s.backup.Every, "backup-every", 0, "how often the ledger is copied, such as 24h (default: only when asked for)")
	f.IntVar(&s.backup.Keep, "backup-keep", 7, "how many of those copies are kept")
	f.IntVar(&s.limits.Sockets, "sockets", 64, "the most sockets and event streams at a time")
	f.IntVar(&s.limits.PerAgent, "sockets-per-agent", 8, "the most of them of one account or token")
	f.IntVar(&s.limits.Connections, "connections", 1024, "the most connections at a time")
	f.IntVar(&s.limits.PerAddress, "connections-per-address", 256, "the most of them from one address; a proxy is one")
	f.BoolVar(&s.limits.Compress, "compress", false, "compress frames above 1 KiB for sockets that ask for it; it costs memory by socket")
	f.DurationVar(&s.late, "late-window", 120*time.Second, "how long a late answer is listened for before the next send on that line")
	return cmd
}

func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "smsbridge"
	}
	return name
}

// run opens what the bridge needs, from the ledger outwards, and runs it.
func (s *serveSettings) run(ctx context.Context, out, errs io.Writer) error {
	log, err := s.logger(errs)
	if err != nil {
		return err
	}
	s.defaults()
	for _, name := range s.likes {
		if !slices.Contains(web.Lookalikes(), name) {
			return fail(exitUsage, "lookalike: there is no %q; choose of %s", name, strings.Join(web.Lookalikes(), ", "))
		}
	}
	if err := s.checkDoor(); err != nil {
		return err
	}
	guard, err := hook.NewGuard(s.hookAllow, s.hookPort)
	if err != nil {
		return fail(exitUsage, "hook-allow, hook-port: %w", err)
	}
	ports, network, err := s.ports()
	if err != nil {
		return err
	}
	radio, err := s.radio()
	if err != nil {
		return err
	}
	desks, err := net.Listen("tcp", s.listen)
	if err != nil {
		return fail(exitError, "listen: %w; choose another address with --listen", err)
	}
	defer desks.Close()
	admin, err := listenAdmin(s.admin)
	if err != nil {
		return err
	}
	defer admin.Close()
	ledger, err := sqlite.Open(ctx, s.db)
	if err != nil {
		return err
	}
	defer ledger.Close()
	if s.guarded && !s.demo {
		if err := ledger.SeedLimits(ctx); err != nil {
			return err
		}
	}
	door, err := s.door(ledger.Box(), log)
	if err != nil {
		return err
	}
	var lab http.Handler
	if s.demo {
		lab = simulator.Handler(network)
	}
	b := bridge.New(bridge.Config{
		Store: ledger, Ports: ports, Lab: lab, Hosts: door.names, Portals: s.portals, Likes: s.likes, Name: s.name, Version: version, Log: log,
		Radio: radio, Push: hook.Options{Guard: guard}, Front: door.front, Speak: door.speak, BoxKey: door.pin(),
		Support: bridge.Support{Settings: s.settings, Facts: func() map[string]any { return machine("") }},
		Backup:  s.backup, Limits: s.limits,
	})
	url := s.address(door, desks)
	if err := s.welcome(ctx, errs, b, ledger, door, desks, url); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx, desks, admin) }()
	if err := s.settle(ctx, b, ledger); err != nil {
		return err
	}
	fmt.Fprintln(out, "ready "+url)
	return attended(ctx, ended, func(ctx context.Context) {
		alive := func(ctx context.Context) error { return b.Alive(ctx, desks.Addr()) }
		newNotifier(log).run(ctx, url, alive, door.reload)
	}, func(ctx context.Context) {
		afterStart(ctx, log)
	}, func(ctx context.Context) {
		if door.announced {
			announce(ctx, s.announced(ledger.Box(), door, desks.Addr().(*net.TCPAddr).Port), log)
		}
	})
}

// attended waits for the bridge to end, while others look after it.
func attended(ctx context.Context, ended <-chan error, others ...func(context.Context)) error {
	ctx, stop := context.WithCancel(ctx)
	var attendants sync.WaitGroup
	defer attendants.Wait()
	defer stop()
	for _, do := range others {
		attendants.Go(func() { do(ctx) })
	}
	return <-ended
}

// firstLines is how long the very first start waits for its lines.
const firstLines = 5 * time.Second

// settle lets the first start of a ledger find its lines before desks are told
// that it is ready: else the first text would be refused for want of one. Later
// starts know their lines, and queue.
func (s *serveSettings) settle(ctx context.Context, b *bridge.Bridge, ledger *sqlite.DB) error {
	lines, _, err := ledger.Lines(ctx)
	if err != nil || len(lines) > 0 {
		return err
	}
	select {
	case <-b.Settled():
	case <-time.After(firstLines):
	case <-ctx.Done():
	}
	return nil
}

// welcome tells whoever starts the bridge how to come in, when nobody can yet.
func (s *serveSettings) welcome(ctx context.Context, errs io.Writer, b *bridge.Bridge, ledger *sqlite.DB, door *door, desks net.Listener, url string) error {
	owned, err := ledger.Owned(ctx)
	if err != nil || (owned && !s.demo) {
		return err
	}
	code, err := b.Code(ctx)
	if err != nil {
		return err
	}
	door.introduce(errs, desks)
	fmt.Fprintf(errs, "\n  Sign in:   %s/#code=%s\n", url, code)
	if s.demo {
		fmt.Fprintf(errs, "  Handset:   %s/handset   (where you play the customer)\n", url)
	}
	fmt.Fprintf(errs, "  The code works once, for 30 minutes; `smsbridge setup` makes another.\n\n")
	return nil
}

func (s *serveSettings) defaults() {
	if s.demo && len(s.modems) == 0 {
		s.modems = []string{"simulator:2"}
	}
	if s.db == "" {
		name := "ledger.db"
		if s.demo {
			name = "demo.db"
		}
		s.db = filepath.Join(stateDir(), name)
	}
	if s.backup.Folder == "" {
		s.backup.Folder = filepath.Join(filepath.Dir(s.db), "backups")
	}
}

func (s *serveSettings) logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.logLevel)); err != nil {
		return nil, fail(exitUsage, "log-level: %q is none of debug, info, warn, error", s.logLevel)
	}
	o := &slog.HandlerOptions{Level: level}
	switch s.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(w, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return nil, fail(exitUsage, "log-format: %q is neither text nor json", s.logFormat)
}

// ports turns --modem into ports. Simulated modems share one network.
func (s *serveSettings) ports() ([]gateway.Port, *simulator.Network, error) {
	pin, err := s.pin()
	if err != nil {
		return nil, nil, err
	}
	var ports []gateway.Port
	network := simulator.NewNetwork(simulator.Options{Anybody: true})
	network.Handset(demoHandset)
	for _, name := range s.modems {
		if name == "auto" {
			continue // see radio
		}
		count, pretend := strings.CutPrefix(name, "simulator:")
		if !pretend {
			ports = append(ports, gateway.Port{Name: name, PIN: pin, Open: func(context.Context) (io.ReadWriteCloser, error) {
				return modem.OpenPort(name, modem.PortOptions{})
			}})
			continue
		}
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 || n > 64 {
			return nil, nil, fail(exitUsage, "modem: %q is not simulator:N with N from 1 to 64", name)
		}
		for range n {
			m := network.AddModem(simulator.ModemOptions{})
			ports = append(ports, gateway.Port{Name: fmt.Sprintf("simulator:%d", len(ports)+1), Open: func(context.Context) (io.ReadWriteCloser, error) {
				return m.TryOpen()
			}})
		}
	}
	return ports, network, nil
}

// radio is how the modems are run. Where none is named, or auto is among the
// names, they are looked for.
func (s *serveSettings) radio() (gateway.Options, error) {
	o := gateway.Options{Result: s.result, Late: s.late, SelfTest: s.selfTest}
	if !s.demo {
		o.Look = func() (doctor.Picture, error) { return doctor.Look(usb.FS{}) }
	}
	if len(s.modems) > 0 && !slices.Contains(s.modems, "auto") {
		return o, nil
	}
	pin, err := s.pin()
	o.Find = finder{pin: pin, power: s.usbPower, serial: s.serial, named: s.modems}.find
	return o, err
}

func (s *serveSettings) pin() (string, error) {
	if s.pinFile == "" {
		return "", nil
	}
	b, err := os.ReadFile(s.pinFile)
	if err != nil {
		return "", fail(exitUsage, "pin-file: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// listenAdmin listens on the administrator's socket. What is left there of a
// process that has ended is cleared away; a living one is refused.
func listenAdmin(path string) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fail(exitError, "admin: %w", err)
	}
	if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
		c.Close()
		return nil, fail(exitError, "admin: another smsbridge answers at %s; stop it, or choose another socket with --admin", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fail(exitError, "admin: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fail(exitError, "admin: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fail(exitError, "admin: %w", err)
	}
	return l, nil
}
