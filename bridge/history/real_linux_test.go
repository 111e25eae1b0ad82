package history

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"smsbridge/modem/simulator"
	"smsbridge/storage"
)

// Programs that nobody of this house has written make the files that are read
// here: they are run on the simulator, through a pty.

// patience is how long a foreign program may take for what it takes a second.
const patience = 60 * time.Second

// program finds a program of a Debian package. Without it the test is skipped,
// but where SMSBRIDGE_TEST_ALL is set, nothing may be skipped.
func program(t *testing.T, name, debian string) string {
	t.Helper()
	for _, try := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(try); err == nil {
			return path
		}
	}
	absent(t, name, debian)
	return ""
}

func absent(t *testing.T, name, debian string) {
	t.Helper()
	text := fmt.Sprintf("%s is not installed: apt-get install %s", name, debian)
	if os.Getenv("SMSBRIDGE_TEST_ALL") == "1" {
		t.Fatal(text)
	}
	t.Skip(text)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// until waits for something nobody tells of, and not for ever.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Errorf("%s did not come", what)
}

// bench is a program on a modem, with folders of its own.
type bench struct {
	t      *testing.T
	folder string
	port   string
	modem  *simulator.Modem
	hand   *simulator.Handset
}

func newBench(t *testing.T, folders ...string) *bench {
	t.Helper()
	n := simulator.NewNetwork(simulator.Options{})
	t.Cleanup(n.Close)
	b := &bench{t: t, folder: t.TempDir(), modem: n.AddModem(simulator.ModemOptions{}), hand: n.Handset("+15550100")}
	for _, name := range folders {
		if err := os.Mkdir(b.path(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if b.port, err = b.modem.ServePTY(b.path("modem")); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) path(name ...string) string {
	return filepath.Join(append([]string{b.folder}, name...)...)
}

// start runs a program with all that it forks, until the test ends.
func (b *bench) start(path string, args ...string) {
	c := exec.Command(path, args...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C.UTF-8")
	if err := c.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // they take their time to end when asked
		c.Wait()
	})
}

func (b *bench) files(folder string) int {
	names, _ := filepath.Glob(b.path(folder, "*"))
	return len(names)
}

func (b *bench) sent(text string) bool {
	return slices.ContainsFunc(b.hand.Messages(), func(r simulator.Received) bool { return r.Text == text })
}

var longText = strings.Repeat("a long text ", 20) + "žluťoučký 😀 end"

// smsd runs gammu-smsd with a service until everything has come in and gone
// out, and ends.
func (b *bench) smsd(service string, put func(), came func() bool) {
	b.t.Helper()
	text := fmt.Sprintf("[gammu]\ndevice = %s\nconnection = at115200\n[smsd]\n%s\nlogfile = %s\ndebuglevel = 1\n", b.port, service, b.path("log"))
	text += "commtimeout = 1\nreceivefrequency = 1\nloopsleep = 1\nchecksecurity = 0\ncheckbattery = 0\nchecksignal = 0\nstatusfrequency = 0\n"
	write(b.t, b.path("smsdrc"), text)
	for _, text := range []string{"hello", longText} {
		if err := b.hand.Send(b.modem.Number(), text); err != nil {
			b.t.Fatal(err)
		}
	}
	put()
	b.start(program(b.t, "gammu-smsd", "gammu-smsd"), "-c", b.path("smsdrc"))
	until(b.t, "what was sent", func() bool { return b.sent("out") })
	until(b.t, "what came in", came)
	if b.t.Failed() {
		log, _ := os.ReadFile(b.path("log"))
		b.t.Fatalf("%s", log)
	}
}

// all reads a source to its end; faults are not expected.
func all(t *testing.T, kind, path string) []storage.Imported {
	t.Helper()
	records, err := Open(kind, path, Options{Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	var found []storage.Imported
	for m, err := range records {
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, m)
	}
	return found
}

// holds checks direction, peer, text and state, whatever the order, and that
// the time is about now.
func holds(t *testing.T, found []storage.Imported, want ...storage.Imported) {
	t.Helper()
	if len(found) != len(want) {
		t.Errorf("%d messages, want %d: %+v", len(found), len(want), found)
	}
	for _, w := range want {
		i := slices.IndexFunc(found, func(m storage.Imported) bool { return m.Text == w.Text && m.Dir == w.Dir })
		if i < 0 {
			t.Errorf("no %s %q in %+v", w.Dir, w.Text, found)
			continue
		}
		m := found[i]
		if m.Peer != "+15550100" || m.State != w.State {
			t.Errorf("%q is of %s and %s", m.Text, m.Peer, m.State)
		}
		if age := time.Since(m.At.Time); age < -time.Minute || age > time.Hour {
			t.Errorf("%q is from %s", m.Text, m.At)
		}
	}
}

var (
	heard = storage.Imported{Dir: storage.Inbound, Text: "hello", State: storage.Received}
	long  = storage.Imported{Dir: storage.Inbound, Text: longText, State: storage.Received}
	said  = storage.Imported{Dir: storage.Outbound, Text: "out", State: storage.Sent}
)

func TestRealGammuFiles_N14(t *testing.T) {
	program(t, "gammu-smsd", "gammu-smsd")
	for format, files := range map[string]int{"unicode": 5, "standard": 5, "detail": 2} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			folders := []string{"inbox", "outbox", "sentsms", "errorsms"}
			b := newBench(t, folders...)
			service := "service = files\ninboxformat = " + format + "\n"
			for _, name := range folders {
				service += fmt.Sprintf("%spath = %s/\n", name, b.path(name))
			}
			b.smsd(service, func() { write(t, b.path("outbox", "OUT+15550100.txt"), "out") },
				func() bool { return b.files("inbox") >= files && b.files("sentsms") >= 1 })
			holds(t, all(t, "gammu", b.folder), heard, long, said)
			holds(t, all(t, "gammu", b.path("inbox")), heard, long)
			if t.Failed() {
				return
			}
			// Were a part not there, it would be seen.
			names, _ := filepath.Glob(b.path("inbox", "*_01.txt"))
			for _, name := range names {
				os.Remove(name)
			}
			if found := all(t, "gammu", b.folder); len(names) > 0 && slices.ContainsFunc(found, func(m storage.Imported) bool { return m.Text == longText }) {
				t.Error("a text is whole without one of its parts")
			}
		})
	}
}

func TestRealGammuDatabase_N14(t *testing.T) {
	for _, driver := range []string{"/usr/lib/*/dbd/libdbdsqlite3.so", "/usr/share/doc/gammu/examples/sql/sqlite.sql*"} {
		if found, _ := filepath.Glob(driver); len(found) == 0 {
			absent(t, driver, "libdbd-sqlite3 gammu")
		}
	}
	b := newBench(t)
	schema, err := exec.Command("sh", "-c", "zcat -f /usr/share/doc/gammu/examples/sql/sqlite.sql*").Output()
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", b.path("smsd.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, script := range []string{string(schema), `INSERT INTO outbox (DestinationNumber, TextDecoded, CreatorID) VALUES ('+15550100', 'out', 'test')`} {
		if _, err := db.Exec(script); err != nil {
			t.Fatal(err)
		}
	}
	b.smsd(fmt.Sprintf("service = sql\ndriver = sqlite3\ndbdir = %s\ndatabase = smsd.db\n", b.folder), func() {}, func() bool {
		var in, out int
		db.QueryRow(`SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM sentitems)`).Scan(&in, &out)
		return in >= 5 && out >= 1
	})
	holds(t, all(t, "gammu", b.path("smsd.db")), heard, long, said)
	holds(t, all(t, "kalkun", b.path("smsd.db")), heard, long, said)
	dump, err := exec.Command(program(t, "sqlite3", "sqlite3"), b.path("smsd.db"), ".dump").Output()
	if err != nil {
		t.Fatal(err)
	}
	write(t, b.path("smsd.sql"), string(dump))
	holds(t, all(t, "gammu", b.path("smsd.sql")), heard, long, said)
}

// A backup of the messages in a modem, made by gammu itself.
func TestRealGammuBackup_N14(t *testing.T) {
	b := newBench(t)
	for _, text := range []string{"hello", longText} {
		if err := b.hand.Send(b.modem.Number(), text); err != nil {
			t.Fatal(err)
		}
	}
	write(t, b.path("gammurc"), fmt.Sprintf("[gammu]\ndevice = %s\nconnection = at115200\n", b.port))
	c := exec.Command(program(t, "gammu", "gammu"), "-c", b.path("gammurc"), "backupsms", b.path("all.smsbackup"))
	c.Env, c.Stdin = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC"), strings.NewReader("no\nALL\n")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	holds(t, all(t, "gammu", b.path("all.smsbackup")), heard, long)
}

func TestRealSMSTools_N14(t *testing.T) {
	path := program(t, "smsd", "smstools")
	b := newBench(t, "incoming", "outgoing", "checked", "sent", "failed")
	config := "devices = GSM1\ndelaytime = 1\nloglevel = 7\n"
	for _, name := range []string{"incoming", "outgoing", "checked", "sent", "failed", "logfile", "infofile", "pidfile"} {
		config += fmt.Sprintf("%s = %s\n", name, b.path(name))
	}
	config += fmt.Sprintf("[GSM1]\ndevice = %s\nincoming = yes\nbaudrate = 115200\n", b.port)
	write(t, b.path("smsd.conf"), config)
	for _, text := range []string{"hello", longText} {
		if err := b.hand.Send(b.modem.Number(), text); err != nil {
			t.Fatal(err)
		}
	}
	write(t, b.path("outgoing", "one"), "To: 15550100\n\nout\n")
	write(t, b.path("outgoing", "two"), "To: 15550100\nAlphabet: UTF-8\n\nžluť 😀\n")
	b.start(path, "-c", b.path("smsd.conf"), "-t")
	until(t, "all four", func() bool { return b.files("incoming") >= 2 && b.files("sent") >= 2 })
	pair := storage.Imported{Dir: storage.Outbound, Text: "žluť 😀", State: storage.Sent}
	holds(t, all(t, "smstools", b.folder), heard, long, said, pair)
}
