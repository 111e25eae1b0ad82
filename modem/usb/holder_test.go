package usb

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// process adds a running program that has files open.
func (t tree) process(pid, command, exe string, open ...string) {
	t.Helper()
	home := "proc/" + pid
	t.write(home+"/comm", command+"\n")
	t.mkdir(home + "/fd")
	os.Symlink(exe, t.path(home, "exe"))
	for i, file := range open {
		os.Symlink(file, t.path(home, "fd", string(rune('3'+i))))
	}
}

func TestHolder(t *testing.T) {
	for _, c := range []struct {
		command string
		want    Kind
	}{
		{"ModemManager", ModemManager},
		{"agetty", Getty},
		{"pppd", Dialler},
		{"gammu-smsd", GammuSMSD},
		{"smsd", SMSTools},
		{"smsbridge", Bridge},
		{"minicom", Other},
	} {
		t.Run(c.command, func(t *testing.T) {
			tr := newTree(t)
			tr.write("dev/ttyUSB2", "")
			tr.write("dev/ttyUSB3", "")
			node, err := filepath.EvalSymlinks(tr.path("dev/ttyUSB2"))
			if err != nil {
				t.Fatal(err)
			}
			tr.process("7", "sshd", "/usr/sbin/sshd", "/dev/null", "socket:[4711]", tr.path("dev/ttyUSB3"))
			tr.process("412", c.command, "/usr/sbin/"+c.command, "/dev/null", node)
			tr.mkdir("proc/413/fd") // has just ended
			tr.link("dev/ttyUSB2", "dev/smsbridge/modem")

			want := Process{PID: 412, Command: c.command, Exe: "/usr/sbin/" + c.command, Kind: c.want}
			for _, path := range []string{"dev/ttyUSB2", "dev/smsbridge/modem"} {
				if got, ok := tr.Holder(tr.path(path)); !ok || got != want {
					t.Errorf("%s: got %+v, %v", path, got, ok)
				}
			}
			if want.Hint() == "" {
				t.Error("no hint what to do")
			}
			if got, ok := tr.Holder(tr.path("dev/ttyS0")); ok {
				t.Errorf("a port that is not there is held by %v", got)
			}
			if got, ok := tr.ModemManager(); ok != (c.want == ModemManager) || ok && got != want {
				t.Errorf("ModemManager: %+v, %v", got, ok)
			}
		})
	}
}

// Real processes: this one is named last, another one first.
func TestHolder_here(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("no /proc here")
	}
	file := filepath.Join(t.TempDir(), "node")
	ours, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	if p, ok := (FS{}).Holder(file); !ok || p.Kind != Ourselves || p.PID != os.Getpid() {
		t.Errorf("held by this process: got %+v, %v", p, ok)
	}
	other := exec.Command("sleep", "60")
	other.ExtraFiles = []*os.File{ours}
	if err := other.Start(); err != nil {
		t.Skip(err)
	}
	defer other.Wait()
	defer other.Process.Kill()
	if p, ok := (FS{}).Holder(file); !ok || p.PID != other.Process.Pid || p.Command != "sleep" {
		t.Errorf("held by process %d too: got %+v, %v", other.Process.Pid, p, ok)
	}
}

func TestIgnored(t *testing.T) {
	for _, c := range []struct {
		name           string
		device         string   // udev's record of the device
		ports          []string // and of its ports
		ignored, known bool
	}{
		{"no records", "", nil, false, false},
		{"not marked", "I:1\nE:ID_BUS=usb\n", []string{"E:ID_BUS=usb\n"}, false, true},
		{"the device", "E:ID_MM_DEVICE_IGNORE=1\n", nil, true, true},
		{"marked not to be", "E:ID_MM_DEVICE_IGNORE=0\n", nil, false, true},
		{"a name that only begins so", "E:ID_MM_DEVICE_IGNORED=1\n", nil, false, true},
		{"each port", "", []string{"E:ID_MM_PORT_IGNORE=1\n", "E:ID_MM_PORT_IGNORE=1\n", "E:ID_MM_PORT_IGNORE=1\n", "E:ID_MM_PORT_IGNORE=1\n"}, true, true},
		{"some ports", "", []string{"E:ID_MM_PORT_IGNORE=1\n", "E:ID_BUS=usb\n"}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := newTree(t)
			s := ec25("1-1.4")
			tr.plug(s)
			if c.device != "" {
				tr.write("run/udev/data/c189:4", c.device)
			}
			for i, record := range c.ports {
				tr.write("sys/class/tty/"+s.ports[i].tty+"/dev", "188:"+string(rune('0'+i))+"\n")
				tr.write("run/udev/data/c188:"+string(rune('0'+i)), record)
			}
			devices, err := tr.Devices()
			if err != nil {
				t.Fatal(err)
			}
			if ignored, known := tr.Ignored(devices[0]); ignored != c.ignored || known != c.known {
				t.Errorf("got %v, known %v", ignored, known)
			}
		})
	}
}
