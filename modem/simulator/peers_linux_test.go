package simulator

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"smsbridge/modem/at"
)

// Each family is driven by each of three programs that nobody of this house has written. They must know
// it, text through it and be texted; what they get refused that generic would not refuse stands in
// testdata/peers.txt with its reason, and nothing else does.

const peersTable = "testdata/peers.txt"

// ear notes what a modem refuses.
type ear struct {
	mu      sync.Mutex
	refused map[string]bool
}

// anySlot is the index of a message, of which the programs try many.
var anySlot = regexp.MustCompile(`(\+CMG[RD]=)[0-9]+`)

func listenTo(m *Modem) *ear {
	e := &ear{refused: make(map[string]bool)}
	m.overheard = func(line string, failed *at.Result) {
		if failed == nil {
			return
		}
		e.note(anySlot.ReplaceAllString(line, "${1}N"))
	}
	return e
}

func (e *ear) note(what string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refused[what] = true
}

func (e *ear) list() map[string]bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.refused)
}

// failure is what a program does not manage, in the words of the table, and all it said.
type failure struct{ what, said string }

// drive sets a program to work on a family. What it returns waits for the end and says what went wrong.
type drive func(t *testing.T, f Family, m *Modem, h *Handset) (wait func() *failure)

func TestPeers(t *testing.T) {
	t.Parallel()
	programs := map[string]drive{"gammu": driveGammu, "gammu-smsd": driveGammuSMSD, "smstools3": driveSMSTools}
	program(t, "gammu", "gammu")
	program(t, "gammu-smsd", "gammu-smsd")
	program(t, "smsd", "smstools")
	// All at once, since they mostly sleep: one after the other it would take a quarter of an hour.
	ears, waits := make(map[string]*ear), make(map[string]func() *failure)
	for _, f := range Families() {
		for name, drive := range programs {
			_, m, h := lab(t, Options{}, ModemOptions{Family: f.Name})
			if err := h.Send(m.Number(), "to "+f.Name); err != nil {
				t.Fatal(err)
			}
			who := f.Name + " " + name
			ears[who] = listenTo(m)
			waits[who] = drive(t, f, m, h)
		}
	}
	var mu sync.Mutex // guards said
	said := make(map[string]string)
	var all sync.WaitGroup
	for who, wait := range waits {
		all.Go(func() {
			if f := wait(); f != nil {
				mu.Lock()
				defer mu.Unlock()
				ears[who].note(f.what)
				said[who] = f.said
			}
		})
	}
	all.Wait()
	heard := make(map[string]map[string]bool) // by "family program"
	for who, e := range ears {
		heard[who] = e.list()
	}
	b, err := os.ReadFile(peersTable)
	if err != nil {
		t.Fatal(err)
	}
	wrong := compare(string(b), heard)
	for _, text := range wrong {
		t.Error(text)
	}
	if len(wrong) > 0 {
		t.Logf("%v", said)
	}
	// Were a row not in the table, or one too many, it would be told.
	lines := strings.SplitAfter(string(b), "\n")
	if got := compare(strings.Join(lines[:len(lines)-2], ""), heard); len(got) != len(wrong)+1 {
		t.Errorf("a row less: %q", got)
	}
	if got := compare(string(b)+"telit | gammu | AT+CMGF=0 | never\n", heard); len(got) != len(wrong)+1 {
		t.Errorf("a row more: %q", got)
	}
}

// compare holds what was refused, and what failed, against the table.
func compare(table string, heard map[string]map[string]bool) (wrong []string) {
	want := make(map[string]bool)
	for line := range strings.Lines(table) {
		fields := strings.Split(strings.TrimSpace(line), " | ")
		switch {
		case strings.HasPrefix(line, "#") || line == "\n":
		case len(fields) != 4:
			wrong = append(wrong, "four fields are wanted: "+line)
		default:
			want[strings.Join(fields[:3], " | ")] = true
		}
	}
	got := make(map[string]bool)
	for who, refused := range heard {
		family, program, _ := strings.Cut(who, " ")
		for what := range refused {
			if family == "generic" || !heard["generic "+program][what] {
				got[family+" | "+program+" | "+what] = true
			}
		}
	}
	for _, row := range slices.Sorted(maps.Keys(got)) {
		if !want[row] {
			wrong = append(wrong, "not in the table: "+row)
		}
	}
	for _, row := range slices.Sorted(maps.Keys(want)) {
		if !got[row] {
			wrong = append(wrong, "in the table, and not so any more: "+row)
		}
	}
	return wrong
}

func serve(t *testing.T, m *Modem) (folder, port string) {
	t.Helper()
	folder = t.TempDir()
	port, err := m.ServePTY(filepath.Join(folder, "modem"))
	if err != nil {
		t.Fatal(err)
	}
	return folder, port
}

// until waits for something nobody tells of, and not for ever.
func until(done func() bool) bool {
	for limit := time.Now().Add(peerPatience); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		if done() {
			return true
		}
	}
	return false
}

func hasArrived(h *Handset, text string) func() bool {
	return func() bool {
		return slices.ContainsFunc(h.Messages(), func(x Received) bool { return x.Text == text })
	}
}

// driveGammu has the command line program identify, send and read.
func driveGammu(t *testing.T, f Family, m *Modem, h *Handset) func() *failure {
	folder, port := serve(t, m)
	config := filepath.Join(folder, "gammurc")
	text := fmt.Sprintf("[gammu]\ndevice = %s\nconnection = at115200\n", port)
	write(t, config, text)
	path := program(t, "gammu", "gammu")
	return func() *failure { return runGammu(t, path, config, f, m, h) }
}

func runGammu(t *testing.T, path, config string, f Family, m *Modem, h *Handset) (failed *failure) {
	ctx, cancel := context.WithTimeout(t.Context(), peerPatience)
	defer cancel()
	for _, step := range []struct{ args, want string }{
		{"identify", m.IMEI()},
		{"getallsms", "to " + f.Name},
		{"sendsms TEXT +15550100 -text out", "OK, message reference"},
	} {
		c := exec.CommandContext(ctx, path, append([]string{"-c", config}, strings.Fields(step.args)...)...)
		c.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
		out, err := c.CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte(step.want)) {
			name, _, _ := strings.Cut(step.args, " ")
			failed = &failure{"fails: " + name, fmt.Sprintf("%v, no %q in\n%s", err, step.want, out)}
		}
	}
	if !hasArrived(h, "out")() {
		return &failure{"sends nothing", ""}
	}
	return failed
}

// driveGammuSMSD has the daemon send one text and file another.
func driveGammuSMSD(t *testing.T, f Family, m *Modem, h *Handset) func() *failure {
	folder, port := serve(t, m)
	path := func(name string) string { return filepath.Join(folder, name) + "/" }
	var config strings.Builder
	fmt.Fprintf(&config, "[gammu]\ndevice = %s\nconnection = at115200\n[smsd]\nservice = files\nlogfile = %s/log\ndebuglevel = 1\n", port, folder)
	config.WriteString("commtimeout = 1\nreceivefrequency = 1\nloopsleep = 1\nchecksecurity = 0\ncheckbattery = 0\nchecksignal = 0\nstatusfrequency = 0\n")
	for _, name := range []string{"inbox", "outbox", "sentsms", "errorsms"} {
		if err := os.Mkdir(path(name), 0o700); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&config, "%spath = %s\n", name, path(name))
	}
	file := filepath.Join(folder, "smsdrc")
	write(t, file, config.String())
	write(t, path("outbox")+"OUT+15550100.txt", "out")
	c := exec.Command(program(t, "gammu-smsd", "gammu-smsd"), "-c", file)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	end := sync.OnceFunc(func() {
		c.Process.Kill() // it takes its time to end when asked
		c.Wait()
	})
	t.Cleanup(end) // it ends too when another program cannot be started
	return func() *failure {
		defer end()
		said := func() string {
			b, _ := os.ReadFile(filepath.Join(folder, "log"))
			return string(b)
		}
		sent := until(hasArrived(h, "out"))
		got := func() bool { return filed(path("inbox"), "to "+f.Name) }
		until(func() bool { return got() || strings.Count(said(), "Error getting SMS") > 5 })
		switch {
		case !sent:
			return &failure{"sends nothing", said()}
		case !got():
			return &failure{"files nothing", said()}
		}
		return nil
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// filed reports whether a file of the folder holds the text.
func filed(folder, text string) bool {
	names, _ := filepath.Glob(filepath.Join(folder, "*"))
	return slices.ContainsFunc(names, func(name string) bool {
		b, err := os.ReadFile(name)
		return err == nil && bytes.Contains(b, []byte(text))
	})
}

// driveSMSTools is the same with smstools3.
func driveSMSTools(t *testing.T, f Family, m *Modem, h *Handset) func() *failure {
	s := smstools(t, m)
	s.put("one", "To: 15550100\n\nout\n")
	return func() *failure {
		switch {
		case !until(hasArrived(h, "out")):
			return &failure{"sends nothing", ""}
		case !until(func() bool { return filed(s.path("incoming"), "to "+f.Name) }):
			return &failure{"files nothing", ""}
		}
		return nil
	}
}
