package history

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

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

// watch is what tells of each change of a file in a folder and in those below it.
func watch(t *testing.T, folder string) *os.File {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	changes := os.NewFile(uintptr(fd), "inotify")
	t.Cleanup(func() { changes.Close() })
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_, err = unix.InotifyAddWatch(fd, path, unix.IN_CREATE|unix.IN_MODIFY|unix.IN_CLOSE_WRITE|unix.IN_MOVE|unix.IN_DELETE)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return changes
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

// filed waits until a program has written what it should, and not for ever. That a
// file is there says nothing yet of what is in it.
func (b *bench) filed(kind, path string, want ...storage.Imported) {
	b.t.Helper()
	changes := watch(b.t, b.folder)
	changes.SetReadDeadline(time.Now().Add(patience))
	for buffer := make([]byte, 4096); ; {
		found, err := read(kind, path)
		amiss := wrong(found, want)
		if err == nil && len(amiss) == 0 {
			return
		}
		if _, late := changes.Read(buffer); late != nil {
			b.t.Errorf("%v: %v\n%s", late, err, strings.Join(amiss, "\n"))
			return
		}
	}
}

// sends waits until a text has come to the phone, and not for ever.
func (b *bench) sends(text string) {
	b.t.Helper()
	for limit := time.After(patience); ; {
		changed := b.hand.Changed()
		if slices.ContainsFunc(b.hand.Messages(), func(r simulator.Received) bool { return r.Text == text }) {
			return
		}
		select {
		case <-changed:
		case <-limit:
			b.t.Errorf("%q was not sent", text)
			return
		}
	}
}

var longText = strings.Repeat("a long text ", 20) + "žluťoučký 😀 end"

// smsd runs gammu-smsd with a service until everything has come in and gone
// out, and stands at path, and ends.
func (b *bench) smsd(service string, put func(), path string) {
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
	b.sends("out")
	b.filed("gammu", path, heard, long, said)
	if b.t.Failed() {
		log, _ := os.ReadFile(b.path("log"))
		b.t.Fatalf("%s", log)
	}
}

// all reads a source to its end; faults are not expected.
func all(t *testing.T, kind, path string) []storage.Imported {
	t.Helper()
	found, err := read(kind, path)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func read(kind, path string) (found []storage.Imported, err error) {
	records, err := Open(kind, path, Options{Zone: time.UTC})
	if err != nil {
		return nil, err
	}
	for m, err := range records {
		if err != nil {
			return found, err
		}
		found = append(found, m)
	}
	return found, nil
}

func holds(t *testing.T, found []storage.Imported, want ...storage.Imported) {
	t.Helper()
	for _, w := range wrong(found, want) {
		t.Error(w)
	}
}

// wrong compares direction, peer, text and state, whatever the order, and the time
// with now.
func wrong(found, want []storage.Imported) (amiss []string) {
	say := func(format string, args ...any) { amiss = append(amiss, fmt.Sprintf(format, args...)) }
	if len(found) != len(want) {
		say("%d messages, want %d: %+v", len(found), len(want), found)
	}
	for _, w := range want {
		i := slices.IndexFunc(found, func(m storage.Imported) bool { return m.Text == w.Text && m.Dir == w.Dir })
		if i < 0 {
			say("no %s %q in %+v", w.Dir, w.Text, found)
			continue
		}
		m := found[i]
		if m.Peer != "+15550100" || m.State != w.State {
			say("%q is of %s and %s", m.Text, m.Peer, m.State)
		}
		if age := time.Since(m.At.Time); age < -time.Minute || age > time.Hour {
			say("%q is from %s", m.Text, m.At)
		}
	}
	return amiss
}

var (
	heard = storage.Imported{Dir: storage.Inbound, Text: "hello", State: storage.Received}
	long  = storage.Imported{Dir: storage.Inbound, Text: longText, State: storage.Received}
	said  = storage.Imported{Dir: storage.Outbound, Text: "out", State: storage.Sent}
)

func TestRealGammuFiles_N14(t *testing.T) {
	program(t, "gammu-smsd", "gammu-smsd")
	for _, format := range []string{"unicode", "standard", "detail"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			folders := []string{"inbox", "outbox", "sentsms", "errorsms"}
			b := newBench(t, folders...)
			service := "service = files\ninboxformat = " + format + "\n"
			for _, name := range folders {
				service += fmt.Sprintf("%spath = %s/\n", name, b.path(name))
			}
			b.smsd(service, func() { write(t, b.path("outbox", "OUT+15550100.txt"), "out") }, b.folder)
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
	b.smsd(fmt.Sprintf("service = sql\ndriver = sqlite3\ndbdir = %s\ndatabase = smsd.db\n", b.folder), func() {}, b.path("smsd.db"))
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
	pair := storage.Imported{Dir: storage.Outbound, Text: "žluť 😀", State: storage.Sent}
	b.filed("smstools", b.folder, heard, long, said, pair)
}
