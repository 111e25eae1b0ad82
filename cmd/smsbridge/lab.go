package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/modem/simulator"
)

// labHandset is the handset every lab begins with.
const labHandset = "+15550100"

// labPatience is how long a question to a running lab may take.
const labPatience = 30 * time.Second

// newLabCommand returns the verb lab: pretend modems to try things on, and the strings they hang on.
func newLabCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "lab",
		Short: "Play modems and the network behind them",
		Long: `Play modems and the network behind them, to try smsbridge without hardware.

"lab modem" runs in the foreground; the other verbs speak to it over its control socket. Modem k has
the number +15550190 + k, so the first is +15550191. The first handset is ` + labHandset + `; any
other number becomes one when something is sent from it.`,
	}
	control := c.PersistentFlags().String("control", defaultControl(), "socket of the running lab")
	c.AddCommand(newLabModemCommand(control), newLabHandsetCommand(control), newLabFaultCommand(control), newLabListCommand(control))
	return c
}

func defaultControl() string {
	return filepath.Join(cmp.Or(os.Getenv("XDG_RUNTIME_DIR"), os.TempDir()), "smsbridge-lab.sock")
}

// lab is what "lab modem" is told.
type lab struct {
	count    int
	ptys     string
	record   string
	control  string
	capacity int
	pin      string
	report   time.Duration
	latency  time.Duration
	family   string
	realTime bool
}

func newLabModemCommand(control *string) *cobra.Command {
	var l lab
	c := &cobra.Command{
		Use:   "modem",
		Short: "Run modems on pseudo terminals until interrupted",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l.control = *control
			ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return l.run(ctx, c.OutOrStdout())
		},
	}
	f := c.Flags()
	f.IntVar(&l.count, "count", 2, "how many modems")
	f.StringVar(&l.ptys, "pty", "", "directory for links modem1, modem2, ... to the terminals")
	f.StringVar(&l.record, "record", "", "file to which all that crosses the air is appended, a JSON line each")
	f.IntVar(&l.capacity, "capacity", 0, "messages a SIM can store (default 50)")
	f.StringVar(&l.pin, "pin", "", "PIN the SIMs ask for (default none)")
	f.DurationVar(&l.report, "report-delay", 0, "how long delivery reports take")
	f.StringVar(&l.family, "family", "", "what make of modems to play: "+strings.Join(simulator.FamilyNames(), ", ")+" (default generic)")
	f.BoolVar(&l.realTime, "real-time", false, "take the time that family takes to start and to count")
	f.DurationVar(&l.latency, "latency", 0, "how long a modem takes for an answer")
	return c
}

func (l *lab) run(ctx context.Context, out io.Writer) error {
	if l.count < 1 || l.count > 256 {
		return fail(exitUsage, "count: %d; it goes from 1 to 256", l.count)
	}
	if _, err := simulator.FindFamily(l.family); err != nil {
		return fail(exitUsage, "%v", err)
	}
	o := simulator.Options{ReportDelay: l.report}
	if l.record != "" {
		f, err := os.OpenFile(l.record, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("open record: %w", err)
		}
		defer f.Close()
		o.Record = f
	}
	n := simulator.NewNetwork(o)
	defer n.Close()
	n.Handset(labHandset)
	listener, err := listenControl(l.control)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           simulator.Handler(n),
		ReadHeaderTimeout: 5 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	err = l.modems(n, out)
	if err == nil {
		fmt.Fprintln(out, "ready")
		<-ctx.Done()
	}
	server.Close()
	if stopped := <-served; !errors.Is(stopped, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", l.control, stopped)
	}
	return cmp.Or(err, n.Err())
}

// modems adds the modems and prints a line for each: modem 1 +15550191 /dev/pts/7.
func (l *lab) modems(n *simulator.Network, out io.Writer) error {
	if l.ptys != "" {
		if err := os.MkdirAll(l.ptys, 0o755); err != nil {
			return fmt.Errorf("make directory for links: %w", err)
		}
	}
	for range l.count {
		m := n.AddModem(simulator.ModemOptions{
			Family: l.family, RealTime: l.realTime, SM: l.capacity, PIN: l.pin, Latency: l.latency,
		})
		link := ""
		if l.ptys != "" {
			link = filepath.Join(l.ptys, fmt.Sprintf("modem%d", m.Index()))
		}
		name, err := m.ServePTY(link)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, "modem", m.Index(), m.Number(), name)
	}
	return nil
}

// listenControl opens the control socket for this user alone. A socket left over by a lab that is no
// more is replaced, one that still answers is not.
func listenControl(path string) (net.Listener, error) {
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("a lab runs on %s already; end it, or name another socket with --control", path)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		os.Remove(path)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

func newLabHandsetCommand(control *string) *cobra.Command {
	c := &cobra.Command{Use: "handset", Short: "Be the customer: text a modem, read what came"}
	c.AddCommand(newLabSendCommand(control), newLabMessagesCommand(control))
	return c
}

func newLabSendCommand(control *string) *cobra.Command {
	var from, to string
	var count int
	c := &cobra.Command{
		Use:   "send --to NUMBER TEXT",
		Short: "Text a number from a handset",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var sent struct{ Messages []simulator.Message }
			ask := map[string]any{"to": to, "text": strings.Join(args, " "), "count": count}
			path := "/handsets/" + url.PathEscape(from) + "/send"
			if err := askLab(c.Context(), *control, http.MethodPost, path, ask, &sent); err != nil {
				return err
			}
			for _, x := range sent.Messages {
				fmt.Fprintf(c.OutOrStdout(), "%d to %s, parts %d, %s\n", x.ID, x.To, x.Parts, x.State)
			}
			return nil
		},
	}
	c.Flags().StringVar(&from, "from", labHandset, "number of the handset")
	c.Flags().StringVar(&to, "to", "", "number to text")
	c.Flags().IntVar(&count, "count", 1, "how many times; from the second on with a number behind the text")
	c.MarkFlagRequired("to")
	return c
}

func newLabMessagesCommand(control *string) *cobra.Command {
	return &cobra.Command{
		Use:   "list NUMBER",
		Short: "Show what a handset has sent and received",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var have struct{ Messages []simulator.Message }
			path := "/handsets/" + url.PathEscape(args[0]) + "/messages"
			if err := askLab(c.Context(), *control, http.MethodGet, path, nil, &have); err != nil {
				return err
			}
			table := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "N\tAT\tFROM\tTO\tPARTS\tSTATE\tTEXT")
			for _, x := range have.Messages {
				fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%d\t%s\t%q\n",
					x.N, x.At.Format(time.TimeOnly), x.From, x.To, x.Parts, x.State, x.Text)
			}
			return table.Flush()
		},
	}
}

func newLabFaultCommand(control *string) *cobra.Command {
	var modem, command string
	var count, code, octets int
	var delay time.Duration
	c := &cobra.Command{
		Use:       "fault NAME",
		Short:     "Order trouble on a modem",
		Long:      "Order trouble on a modem: " + strings.Join(simulator.FaultNames(), ", ") + ".",
		Args:      cobra.ExactArgs(1),
		ValidArgs: simulator.FaultNames(),
		RunE: func(c *cobra.Command, args []string) error {
			ask := map[string]any{
				"modem": modem, "fault": args[0], "count": count, "delay_ms": delay.Milliseconds(),
				"code": code, "octets": octets, "command": command,
			}
			return askLab(c.Context(), *control, http.MethodPost, "/faults", ask, nil)
		},
	}
	f := c.Flags()
	f.StringVar(&modem, "modem", "1", "index or number of the modem")
	f.IntVar(&count, "count", 0, "how many times")
	f.DurationVar(&delay, "delay", 0, "how late, or how long")
	f.IntVar(&code, "code", 0, "of cms-error and cme-error")
	f.IntVar(&octets, "octets", 0, "unplug after so many octets on the wire")
	f.StringVar(&command, "command", "", "command whose answer is meant (default +CMGS)")
	return c
}

func newLabListCommand(control *string) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Show the modems and their faults",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var have struct{ Modems []simulator.ModemState }
			if err := askLab(c.Context(), *control, http.MethodGet, "/modems", nil, &have); err != nil {
				return err
			}
			table := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "MODEM\tNUMBER\tICCID\tIMEI\tPORT\tSTATE\tOPEN\tSM\tWAITING\tFAULTS")
			for _, m := range have.Modems {
				fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%t\t%d\t%d\t%s\n", m.Modem, m.Number, m.ICCID, m.IMEI,
					cmp.Or(m.Port, "-"), m.State, m.Open, m.Used["SM"], m.Waiting, labFaults(m.Faults))
			}
			return table.Flush()
		},
	}
}

func labFaults(list []simulator.FaultCount) string {
	var words []string
	for _, f := range list {
		words = append(words, fmt.Sprintf("%s %d done %d left", f.Name, f.Done, f.Left))
	}
	return cmp.Or(strings.Join(words, ", "), "-")
}

// askLab puts a question to the lab behind the control socket.
func askLab(ctx context.Context, control, method, path string, question, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, labPatience)
	defer cancel()
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", control)
		},
	}
	defer transport.CloseIdleConnections()
	var body bytes.Buffer
	if question != nil {
		if err := json.NewEncoder(&body).Encode(question); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://lab"+path, &body)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fail(exitUnreachable, "no lab answers on %s; start one with: smsbridge lab modem (%w)", control, err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		var refused struct{ Error string }
		json.NewDecoder(response.Body).Decode(&refused)
		return errors.New(cmp.Or(refused.Error, response.Status))
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
