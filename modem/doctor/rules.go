package doctor

import (
	"errors"
	"fmt"
	"strings"

	"smsbridge/modem"
	"smsbridge/modem/usb"
)

// boxRules look at the box as a whole.
var boxRules = []struct {
	name string
	look func(Picture) []Finding
}{
	{"no_modem", noModem},
	{"cd_rom", cdROM},
	{"modemmanager", modemManager},
}

// portRules look at one port, in the order in which things can go wrong. One
// that is shut ends the examination where it finds something.
var portRules = []struct {
	name string
	shut bool
	look func(Picture, Port) []Finding
}{
	{"held", true, held},
	{"access", true, access},
	{"silent", true, silent},
	{"sim", true, sim},
	{"not_opened", true, notOpened},
	{"centre", false, centre},
	{"registration", false, registration},
	{"signal", false, signal},
	{"ims", false, ims},
	{"roaming", false, roaming},
	{"store", false, store},
	{"indications", false, indications},
	{"heat", false, heat},
	{"other", false, others},
	{"quirk", false, quirks},
}

func one(l Level, next, cause string, args ...any) []Finding {
	return []Finding{{Level: l, Cause: fmt.Sprintf(cause, args...), Next: next}}
}

func noModem(p Picture) []Finding {
	for _, port := range p.Ports {
		if port.Skip == "" {
			return nil
		}
	}
	if len(p.Sticks) > 0 {
		return nil // there is one, and it has not turned over yet
	}
	next := "Plug the stick in. If it is in: another socket, a hub with its own power, and `sudo dmesg | tail` for what the kernel says of it. " +
		"A HAT on the serial pins has to be named: --modem /dev/serial0. To try smsbridge without a modem: smsbridge serve --demo."
	if len(p.Ports) > 0 {
		return one(Fault, next, "No port of this box can be a modem's for texts: %s.", strings.Join(skipped(p), "; "))
	}
	return one(Fault, next, "No modem is plugged in: this box shows no serial port.")
}

func skipped(p Picture) []string {
	var all []string
	for _, port := range p.Ports {
		all = append(all, port.Name+" "+port.Skip)
	}
	return all
}

func cdROM(p Picture) []Finding {
	var found []Finding
	for _, s := range p.Sticks {
		found = append(found, Finding{
			Level: Fault, Where: s.Device,
			Cause: fmt.Sprintf("The stick %s (%s) still plays CD-ROM with its drivers on it and shows no serial port.", s.Title, s.ID),
			Next:  "sudo apt install usb-modeswitch, then unplug the stick and plug it in again; it turns into a modem within ten seconds.",
		})
	}
	return found
}

func modemManager(p Picture) []Finding {
	if !p.ModemManager {
		return nil
	}
	for _, port := range p.Ports {
		if port.Skip == "" && port.Device != "" && !port.Ignored && port.Holder.Kind != usb.ModemManager {
			return one(Warning, usb.Process{Kind: usb.ModemManager}.Hint()+".",
				"ModemManager runs on this box and asks every modem questions of its own when it is plugged in, in the middle of ours.")
		}
	}
	return nil
}

func held(_ Picture, p Port) []Finding {
	if busy, ok := errors.AsType[*modem.PortError](p.Err); ok && errors.Is(busy, modem.ErrPortBusy) {
		return one(Fault, sentence(busy.Hint), "The port %s.", busy.Text)
	}
	if p.Holder.PID == 0 || p.Holder.Kind == usb.Ourselves || p.Opened && p.Err == nil {
		return nil
	}
	return one(Fault, sentence(p.Holder.Hint()), "%s has the port open.", p.Holder)
}

func access(_ Picture, p Port) []Finding {
	if p.Access.Path == "" || p.Access.OK() || p.Opened && p.Err == nil {
		return nil
	}
	if !p.Access.Exists {
		return one(Fault, sentence(p.Access.Hint()), "The port is not there.")
	}
	return one(Fault, sentence(p.Access.Hint()), "This user may not use the port: it belongs to the group %s (%v).", p.Access.Group, p.Access.Mode.Perm())
}

func silent(_ Picture, p Port) []Finding {
	if !errors.Is(p.Err, modem.ErrSilent) {
		return nil
	}
	if p.Known {
		return one(Fault, "Unplug the modem for ten seconds and plug it in again; if it stays silent, try another socket or cable.",
			"The modem does not answer AT on its port for commands. It hangs, or is still starting.")
	}
	return one(Fault, "Name the right port with --modem: of a USB modem try each ttyUSB, of a HAT check that its power key was pressed and that the serial console is off.",
		"Nothing answers AT here: not a modem's port for commands, a modem that is off, or another baud rate.")
}

// sim is everything about the card that keeps the modem from starting.
func sim(_ Picture, p Port) []Finding {
	if puk, ok := errors.AsType[*modem.PUKError](p.Err); ok {
		return one(Fault, puk.Advice(), "The SIM is blocked and asks for its PUK%s.", tries(puk.Tries))
	}
	if pin, ok := errors.AsType[*modem.PINError](p.Err); ok {
		next := pin.Advice() + " The PIN stands in a file that --pin-file names and only smsbridge may read."
		if pin.Refused {
			return one(Fault, next, "The SIM refused the PIN that was given to smsbridge%s.", tries(pin.Tries))
		}
		return one(Fault, next, "The SIM asks for its PIN%s.", tries(pin.Tries))
	}
	switch {
	case errors.Is(p.Err, modem.ErrPINRequired): // PH-NET PIN and its like
		return one(Fault, "Ask the seller of the modem to lift the lock, or use a SIM of its operator.", "The modem is locked to another SIM or another operator: %v.", p.Err)
	case errors.Is(p.Err, modem.ErrSIMAbsent):
		return one(Fault, "Put a SIM in, contacts towards the modem's, until it clicks; many modems see it only after they were unplugged and plugged in.", "There is no SIM in the modem.")
	case errors.Is(p.Err, modem.ErrSIMFailure):
		return one(Fault, "Clean its contacts and put it in again; try it in a phone.", "The modem cannot read its SIM.")
	case errors.Is(p.Err, modem.ErrSIMBusy):
		return one(Warning, "Wait a minute and look again; if it stays so, try the card in a phone.", "The SIM did not get ready in time.")
	}
	return nil
}

func tries(n int) string {
	switch {
	case n < 0:
		return ""
	case n == 1:
		return "; one try is left"
	}
	return fmt.Sprintf("; %d tries are left", n)
}

// notOpened is every other reason why a port is shut.
func notOpened(_ Picture, p Port) []Finding {
	if p.Err == nil {
		return nil
	}
	return one(Fault, "smsbridge modem transcript shows what was said. Unplug the modem and plug it in again; if it comes back, report it with a smsbridge support-bundle.", "The modem did not start: %v.", p.Err)
}

// sentence makes one of a hint.
func sentence(hint string) string {
	if hint == "" || strings.HasSuffix(hint, ".") || strings.HasSuffix(hint, "?") {
		return strings.ToUpper(hint[:min(1, len(hint))]) + hint[min(1, len(hint)):]
	}
	return strings.ToUpper(hint[:1]) + hint[1:] + "."
}
