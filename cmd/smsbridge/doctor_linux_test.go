package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"smsbridge/modem/simulator"
)

var updateDoctor = flag.Bool("update-doctor", false, "write what the doctor says to testdata/doctor.txt, to be read by a person")

// TestMain is also the program that holds a port: started under the name
// ModemManager, it does nothing but have its standard input open.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "ModemManager" {
		io.Copy(io.Discard, os.Stdin)
		return
	}
	os.Exit(m.Run())
}

// ward is a box without a bridge, with a tree of its own for what is plugged in.
type ward struct {
	*testing.T
	tree    *simulator.Sysfs
	network *simulator.Network
	m       *simulator.Modem
}

func newWard(t *testing.T, o simulator.ModemOptions) *ward {
	root, err := os.MkdirTemp("", "ward") // not TempDir: others must be able to look in
	if err != nil {
		t.Fatal(err)
	}
	w := &ward{T: t, network: simulator.NewNetwork(simulator.Options{})}
	t.Cleanup(func() { w.network.Close(); os.RemoveAll(root) })
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if w.tree, err = simulator.NewSysfs(root); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/proc", filepath.Join(root, "proc")); err != nil {
		t.Fatal(err)
	}
	w.m = w.network.AddModem(o)
	return w
}

func (w *ward) plug() {
	w.Helper()
	if err := w.tree.Plug(w.m, "1-1.4", 0); err != nil {
		w.Fatal(err)
	}
}

// node is the terminal behind a name in dev.
func (w *ward) node(name string) string {
	w.Helper()
	node, err := filepath.EvalSymlinks(filepath.Join(w.tree.Root, "dev", name))
	if err != nil {
		w.Fatal(err)
	}
	return node
}

// ask runs a verb where no bridge runs and gives its exit code and its words,
// with what differs from run to run taken out.
func (w *ward) ask(args ...string) (code int, said string) {
	args = append(args, "--root", w.tree.Root, "--admin", filepath.Join(w.tree.Root, "no.sock"))
	code, out, errs := verb("", args...)
	if !strings.HasPrefix(errs, "No bridge runs here") {
		w.Errorf("%q", errs)
	}
	return code, strings.ReplaceAll(out, w.tree.Root, "")
}

// holds starts a process of that name which has the port open.
func (w *ward) holds(command, port string) {
	w.Helper()
	program, err := os.Executable()
	if err != nil {
		w.Fatal(err)
	}
	name := filepath.Join(w.TempDir(), command)
	if err := os.Symlink(program, name); err != nil {
		w.Fatal(err)
	}
	tty, err := os.OpenFile(w.node(port), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		w.Fatal(err)
	}
	defer tty.Close()
	p := &exec.Cmd{Path: name, Args: []string{name}, Stdin: tty}
	if err := p.Start(); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { p.Process.Kill(); p.Wait() })
}

// asNobody runs do on a thread that has no rights. The thread ends with it.
func (w *ward) asNobody(do func()) {
	if os.Geteuid() != 0 {
		w.Skip("only root may play another user")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked
		same, nobody := ^uintptr(0), uintptr(65534)
		syscall.RawSyscall(syscall.SYS_SETGROUPS, 0, 0, 0)
		syscall.RawSyscall(syscall.SYS_SETRESGID, same, nobody, same)
		if _, _, err := syscall.RawSyscall(syscall.SYS_SETRESUID, same, nobody, same); err != 0 {
			w.Error(err)
			return
		}
		do()
	}()
	<-done
}

// TestDoctor_alone comes to the doctor with each trouble, where no bridge runs,
// and holds all that is said to what a person has read.
func TestDoctor_alone(t *testing.T) {
	const file = "testdata/doctor.txt"
	ec25 := simulator.ModemOptions{Family: "quectel-ec25"}
	with := func(change func(*simulator.ModemOptions)) simulator.ModemOptions {
		o := ec25
		change(&o)
		return o
	}
	var heard strings.Builder
	for _, c := range []struct {
		name  string
		modem simulator.ModemOptions
		be    func(w *ward)
		code  int
		want  []string // the cause, and the next step
	}{
		{"nothing is wrong", ec25, (*ward).plug, 0, []string{"sends and receives"}},
		{"no modem", ec25, func(*ward) {}, exitRadio, []string{"No modem is plugged in", "Plug the stick in"}},
		{"a HAT that nobody has named", simulator.ModemOptions{Family: "sim800"}, func(w *ward) {
			if err := w.tree.Solder(w.m, "ttyAMA0"); err != nil {
				w.Fatal(err)
			}
		}, exitRadio, []string{"ttyAMA0 is soldered on", "--modem"}},
		{"the wrong group", ec25, func(w *ward) {
			w.plug()
			node := w.node("ttyUSB2")
			if err := os.Chown(node, 0, 20); err != nil {
				w.Skip("only root may give files away: ", err)
			}
			os.Chmod(node, 0o660)
		}, exitRadio, []string{"This user may not use the port", "usermod -aG"}},
		{"ModemManager holds the port", ec25, func(w *ward) {
			w.plug()
			w.holds("ModemManager", "ttyUSB2")
		}, exitRadio, []string{"ModemManager (process ", "smsbridge udev --install"}},
		{"the PIN is needed", with(func(o *simulator.ModemOptions) { o.PIN = "1234" }), (*ward).plug, exitRadio,
			[]string{"asks for its PIN; 3 tries are left", "--pin-file"}},
		{"no signal", ec25, func(w *ward) {
			w.plug()
			w.m.SetCoverage(simulator.Searching)
		}, exitRadio, []string{"there is no signal", "antenna"}},
		{"a full store", with(func(o *simulator.ModemOptions) { o.SM, o.ME = 2, 2 }), func(w *ward) {
			w.plug()
			for range 6 {
				if err := w.network.Handset(demoHandset).Send(w.m.Number(), "full"); err != nil {
					w.Fatal(err)
				}
			}
		}, exitRadio, []string{"is full (2 of 2)", "smsbridge serve"}},
		{"LTE only, without IMS", ec25, func(w *ward) {
			w.plug()
			w.m.SetCoverage(simulator.NoIMS)
		}, exitRadio, []string{"registered with LTE for data only", "AT+CGSMS=1"}},
		{"a stick in CD-ROM mode", simulator.ModemOptions{Family: "huawei"}, func(w *ward) {
			if err := w.tree.PlugStorage(w.m, "1-1.4"); err != nil {
				w.Fatal(err)
			}
		}, exitRadio, []string{"still plays CD-ROM", "usb-modeswitch"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWard(t, c.modem)
			c.be(w)
			var code int
			var said string
			if ask := func() { code, said = w.ask("doctor") }; c.name == "the wrong group" {
				w.asNobody(ask)
			} else {
				ask()
			}
			if code != c.code {
				t.Errorf("exit %d, want %d\n%s", code, c.code, said)
			}
			for _, words := range c.want {
				if !strings.Contains(said, words) {
					t.Errorf("%q is not said:\n%s", words, said)
				}
			}
			if tries := w.m.Status().PINTries; tries != 3 {
				t.Errorf("the visit cost the card a try: %d are left", tries)
			}
			fmt.Fprintf(&heard, "## %s\n%s\n", c.name, anonymous(said))
		})
	}
	if t.Failed() || strings.Count(heard.String(), "## ") < 10 { // one was skipped: only root can play them all
		return
	}
	if *updateDoctor {
		if err := os.WriteFile(file, []byte(heard.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if heard.String() != string(want) {
		t.Errorf("the doctor says something else than what was read: go test ./cmd/smsbridge -run Doctor_alone -update-doctor, and read the difference\n%s", heard.String())
	}
}

// anonymous takes the numbers of processes and groups out, which differ from box to box.
func anonymous(said string) string {
	fields := strings.SplitAfter(said, "(process ")
	for i := range fields[1:] {
		_, rest, _ := strings.Cut(fields[i+1], ")")
		fields[i+1] = "N)" + rest
	}
	return strings.Join(fields, "")
}

// A HAT that was named is opened, and a stick beside it is as well. The probe
// shows what each was asked.
func TestDoctor_named(t *testing.T) {
	w := newWard(t, simulator.ModemOptions{Family: "sim800"})
	if err := w.tree.Solder(w.m, "ttyAMA0"); err != nil {
		t.Fatal(err)
	}
	w.m = w.network.AddModem(simulator.ModemOptions{Family: "quectel-ec25"})
	w.plug()
	code, said := w.ask("doctor", "--modem", filepath.Join(w.tree.Root, "dev/ttyAMA0"))
	if code != 0 || strings.Count(said, "sends and receives") != 2 {
		t.Errorf("exit %d\n%s", code, said)
	}
	code, said = w.ask("modem", "probe", "-o", "csv")
	rows := strings.Split(said, "\n")
	if code != 0 || !slices.ContainsFunc(rows, func(r string) bool { return strings.HasPrefix(r, "/dev/ttyUSB2,signal,AT+CSQ,good,") }) {
		t.Errorf("exit %d\n%s", code, said)
	}
	if strings.Contains(said, "ttyAMA0") {
		t.Errorf("a port of the board was opened unasked\n%s", said)
	}
}

// Where a bridge holds the port, another process that does not find its socket
// says so and does not disturb it. It is the lock that tells, for this process
// is one and the same.
func TestDoctor_held(t *testing.T) {
	w := newWard(t, simulator.ModemOptions{Family: "quectel-ec25"})
	w.plug()
	w.network.Handset(demoHandset)
	admin := bridgeOn(t, "--modem", filepath.Join(w.tree.Root, "dev/ttyUSB2"))
	code, said := w.ask("doctor")
	if code != exitRadio || !strings.Contains(said, "in use") {
		t.Errorf("exit %d\n%s", code, said)
	}
	if code, out, errs := verb("", "send", demoHandset, "still here", "--wait", "sent", "--admin", admin); code != 0 {
		t.Errorf("the line was disturbed: %d %s%s", code, out, errs)
	}
}
