package usb

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// Process is a running program.
type Process struct {
	PID     int
	Command string // its name, 15 octets at most: proc(5), comm
	Exe     string // its file, where this user may know
	Kind    Kind
}

// Kind is what a process wants with a serial port.
type Kind int

const (
	Other Kind = iota
	Ourselves
	ModemManager // looks for modems at each plugging in, as root
	Getty        // offers a login, on a Pi's UART by default
	Dialler      // pppd, wvdial: data by dialling in
	GammuSMSD
	SMSTools // smsd of smstools3
	Bridge   // smsbridge itself, in another process
)

var kinds = map[string]Kind{
	"ModemManager": ModemManager,
	"getty":        Getty, "agetty": Getty, "mgetty": Getty,
	"pppd": Dialler, "wvdial": Dialler, "chat": Dialler,
	"gammu-smsd": GammuSMSD,
	"smsd":       SMSTools,
	"smsbridge":  Bridge,
}

func (p Process) String() string { return fmt.Sprintf("%s (process %d)", p.Command, p.PID) }

// Hint tells a person how to get the port back.
func (p Process) Hint() string {
	switch p.Kind {
	case Ourselves:
		return "give each modem its own port"
	case ModemManager:
		return "have it leave modems alone: sudo smsbridge udev --install, then unplug the modem and plug it in again"
	case Getty:
		return "this port is a login console: switch it off with sudo raspi-config, Interface Options, Serial Port"
	case Dialler:
		return "it dials in for data: use the modem's second port for texts, or stop it"
	case GammuSMSD:
		return "two programs cannot share a port: sudo systemctl disable --now gammu-smsd"
	case SMSTools:
		return "two programs cannot share a port: sudo systemctl disable --now smstools"
	case Bridge:
		return "the bridge runs already: ask it by its socket, --admin SOCKET, as the user that it runs as, or with sudo"
	}
	return "stop it, or have it leave this port alone"
}

// Holder is who has the node open: another process if there is one, else this
// one. A user who is not root sees only processes of his own; so false means that
// nobody was found, not that there is nobody.
func (fs FS) Holder(path string) (Process, bool) {
	node, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Process{}, false
	}
	var found Process
	links, _ := filepath.Glob(fs.path("proc/[0-9]*/fd/*"))
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != node {
			continue
		}
		if found = process(filepath.Dir(filepath.Dir(link))); found.Kind != Ourselves {
			break
		}
	}
	return found, found.PID != 0
}

// ModemManager is the running ModemManager, if there is one. It opens ports only
// for the while that it needs them, so that it is a danger even if it holds none.
func (fs FS) ModemManager() (Process, bool) {
	names, _ := filepath.Glob(fs.path("proc/[0-9]*/comm"))
	for _, name := range names {
		if p := process(filepath.Dir(name)); p.Kind == ModemManager {
			return p, true
		}
	}
	return Process{}, false
}

// process reads /proc/PID, or what is left of it.
func process(home string) Process {
	var p Process
	p.PID, _ = strconv.Atoi(filepath.Base(home))
	command, _ := os.ReadFile(filepath.Join(home, "comm"))
	p.Command = string(bytes.TrimSpace(command))
	p.Exe, _ = os.Readlink(filepath.Join(home, "exe"))
	p.Kind = kinds[p.Command]
	if p.PID == os.Getpid() {
		p.Kind = Ourselves
	}
	return p
}
