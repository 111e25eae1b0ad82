package simulator

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Programs that nobody of this house has written drive the modems here: what satisfies them is a modem.

// peerPatience is how long a foreign program may take for what it takes a second.
const peerPatience = 60 * time.Second

// program finds a program of a Debian package. Without it the test is skipped, but where
// SMSBRIDGE_TEST_ALL is set, nothing may be skipped.
func program(t *testing.T, name, debian string) string {
	t.Helper()
	for _, try := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(try); err == nil {
			return path
		}
	}
	text := fmt.Sprintf("%s is not installed: apt-get install %s", name, debian)
	if os.Getenv("SMSBRIDGE_TEST_ALL") == "1" {
		t.Fatal(text)
	}
	t.Skip(text)
	return ""
}

func wants(t *testing.T, out string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("no %q in\n%s", w, out)
		}
	}
}

// peer is one run of gammu on a modem of its own.
type peer struct {
	name  string
	args  []string
	texts []string // sent to the modem before
	fault Fault
	words []string // wanted in what it prints
	fails bool
	check func(t *testing.T, m *Modem, h *Handset)

	m   *Modem
	h   *Handset
	out []byte
	err error
}

// arrived checks the one text the handset should have by now.
func arrived(text string) func(*testing.T, *Modem, *Handset) {
	return func(t *testing.T, m *Modem, h *Handset) {
		if got := h.Messages(); len(got) != 1 || got[0].Text != text || got[0].From != m.Number() {
			t.Errorf("got %+v, want %q", got, text)
		}
	}
}

// left checks the slots in use.
func left(want int) func(*testing.T, *Modem, *Handset) {
	return func(t *testing.T, m *Modem, _ *Handset) {
		if used := m.Status().Used["SM"]; used != want {
			t.Errorf("%d slots in use, want %d", used, want)
		}
	}
}

func gammuRuns() []*peer {
	long := strings.Repeat("a long text ", 20) + "end"
	texts := []string{"hello", "žluťoučký", long}
	sms := []string{"sendsms", "TEXT", "+15550100", "-text"}
	return []*peer{
		{name: "identify", args: []string{"identify"},
			words: []string{"Manufacturer         : Lab", "Simulator", "350000000000014", "001010000000001"}},
		{name: "network", args: []string{"networkinfo"},
			words: []string{"home network", "001 01", "LAC 00C3", "CID 000012AB", "Lab Mobile"}},
		{name: "service centre", args: []string{"getsmsc"}, words: []string{`"+15550000"`}},
		{name: "ussd", args: []string{"getussd", "*100#"}, words: []string{"Balance: 12.34 EUR"}},
		{name: "folders", args: []string{"getsmsfolders"}, words: []string{"SIM memory, Inbox", "phone memory, Inbox"}},
		{name: "nothing to read", args: []string{"getallsms"}, words: []string{"0 SMS parts in 0 SMS sequences"}},
		{name: "send short", args: slices.Concat(sms, []string{"hello"}), words: []string{"OK, message reference=0"}, check: arrived("hello")},
		{name: "send ucs2", args: slices.Concat(sms, []string{"žluťoučký 😀", "-unicode"}), check: arrived("žluťoučký 😀")},
		{name: "send long", args: slices.Concat(sms, []string{long, "-report", "-len", "500"}),
			words: []string{"OK, message reference=1"}, check: arrived(long)},
		{name: "read parts", args: []string{"getallsms"}, texts: texts, check: left(4),
			words: []string{"hello", "žluťoučký", "+15550100", "Status               : UnRead", "4 SMS parts in 4 SMS sequences"}},
		{name: "read joined", args: []string{"geteachsms"}, texts: texts,
			words: []string{long[:150], "4 SMS parts in 3 SMS sequences"}},
		{name: "delete", args: []string{"deleteallsms", "1"}, texts: texts, check: left(0)},
		// A fault ordered here is a failure seen there: else the rest would prove little.
		{name: "refused", args: slices.Concat(sms, []string{"x"}), fault: Fault{Name: CMSError, Code: 38}, fails: true},
	}
}

// Gammu takes four seconds for each command, whatever the modem: so all run at once.
func TestGammu(t *testing.T) {
	t.Parallel()
	path := program(t, "gammu", "gammu")
	ctx, cancel := context.WithTimeout(t.Context(), peerPatience)
	defer cancel()
	runs := gammuRuns()
	var all sync.WaitGroup
	for _, p := range runs {
		config := p.prepare(t)
		all.Go(func() {
			c := exec.CommandContext(ctx, path, append([]string{"-c", config}, p.args...)...)
			c.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
			p.out, p.err = c.CombinedOutput()
		})
	}
	all.Wait()
	for _, p := range runs {
		t.Run(p.name, func(t *testing.T) {
			if (p.err != nil) != p.fails {
				t.Errorf("gammu %v: %v\n%s", p.args, p.err, p.out)
			}
			wants(t, string(p.out), p.words...)
			if p.check != nil {
				p.check(t, p.m, p.h)
			}
		})
	}
}

// prepare makes the modem and the configuration of a run.
func (p *peer) prepare(t *testing.T) (config string) {
	_, p.m, p.h = lab(t, Options{}, ModemOptions{})
	folder := t.TempDir()
	port, err := p.m.ServePTY(filepath.Join(folder, "modem"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range p.texts {
		if err := p.h.Send(p.m.Number(), text); err != nil {
			t.Fatal(err)
		}
	}
	if p.fault.Name != "" {
		order(t, p.m, p.fault)
	}
	config = filepath.Join(folder, "gammurc")
	text := fmt.Sprintf("[gammu]\ndevice = %s\nconnection = at115200\n", port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// spool is smstools3 on a modem, in folders of its own.
type spool struct {
	t      *testing.T
	folder string
}

func smstools(t *testing.T, m *Modem) *spool {
	t.Helper()
	path := program(t, "smsd", "smstools")
	s := &spool{t, t.TempDir()}
	port, err := m.ServePTY(s.path("modem"))
	if err != nil {
		t.Fatal(err)
	}
	var config strings.Builder
	config.WriteString("devices = GSM1\ndelaytime = 1\nloglevel = 7\n")
	for _, name := range []string{"incoming", "outgoing", "checked", "sent", "failed"} {
		if err := os.Mkdir(s.path(name), 0o700); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&config, "%s = %s\n", name, s.path(name))
	}
	for _, name := range []string{"logfile", "infofile", "pidfile"} {
		fmt.Fprintf(&config, "%s = %s\n", name, s.path(name))
	}
	fmt.Fprintf(&config, "[GSM1]\ndevice = %s\nincoming = yes\nbaudrate = 115200\n", port)
	if err := os.WriteFile(s.path("smsd.conf"), []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, "-c", s.path("smsd.conf"), "-t")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it forks one process for each modem
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-c.Process.Pid, syscall.SIGTERM)
		overdue := time.AfterFunc(10*time.Second, func() { syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
		c.Wait()
		overdue.Stop()
		if t.Failed() {
			log, _ := os.ReadFile(s.path("logfile"))
			t.Logf("%s", log)
		}
	})
	return s
}

func (s *spool) path(name string) string { return filepath.Join(s.folder, name) }

// put hands a message to the daemon, whole at once.
func (s *spool) put(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(s.path(name), filepath.Join(s.path("outgoing"), name)); err != nil {
		s.t.Fatal(err)
	}
}

// file waits for a file in one of the daemon's folders: it tells nobody when it is done.
func (s *spool) file(folder, pattern string) string {
	s.t.Helper()
	for limit := time.Now().Add(peerPatience); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		names, _ := filepath.Glob(filepath.Join(s.path(folder), pattern))
		for _, name := range names {
			if b, err := os.ReadFile(name); err == nil && len(b) > 0 {
				return string(b)
			}
		}
	}
	s.t.Fatalf("nothing in %s", folder)
	return ""
}

func TestSMSTools(t *testing.T) {
	t.Parallel()
	_, m, h := lab(t, Options{}, ModemOptions{})
	m.mr = 41
	s := smstools(t, m)
	if err := h.Send(m.Number(), "to the daemon"); err != nil {
		t.Fatal(err)
	}
	changed := h.Changed()
	s.put("one", "To: 15550100\nReport: yes\n\nfrom the daemon\n")
	select {
	case <-changed:
	case <-time.After(peerPatience):
		t.Fatal("nothing was sent")
	}
	if got := h.Messages(); len(got) != 1 || got[0].Text != "from the daemon" || got[0].From != m.Number() {
		t.Errorf("got %+v", got)
	}
	wants(t, s.file("incoming", "GSM1.*"), "From: 15550100\n", "to the daemon", "IMEI: "+m.IMEI())
	wants(t, s.file("sent", "one"), "To: 15550100", "Message_id: 41")
}
