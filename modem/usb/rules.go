package usb

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"smsbridge/modem/profile"
)

// RulesFile is where the rules go. The name matters: udev takes rules files by
// name, and what 60-serial.rules finds out about a port has to be there first.
const RulesFile = "/etc/udev/rules.d/60-smsbridge.rules"

const rulesHead = `# smsbridge: names, rights and peace for the modems it knows (udev rules).
# Made by: smsbridge udev
# Goes to: ` + RulesFile + `
# Then:    udevadm control --reload, and plug the modems in again
#
# For each known modem:
#  - /dev/smsbridge/PATH-ifNN, by the socket it is plugged into and the interface.
#    It stays when ttyUSB numbers change, and two equal sticks do not share it.
#  - its ports may be used by the group dialout.
#  - ModemManager leaves it alone, data connections included. Take a modem's line
#    out if ModemManager shall have it.
#  - systemd knows its ports, so that a unit can be bound to one.

ACTION=="remove", GOTO="smsbridge_end"
SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", GOTO="smsbridge_known"
SUBSYSTEM=="tty", SUBSYSTEMS=="usb", GOTO="smsbridge_known"
GOTO="smsbridge_end"

LABEL="smsbridge_known"
`

const rulesTail = `
ENV{ID_SMSBRIDGE}!="1", GOTO="smsbridge_end"
ENV{ID_MM_DEVICE_IGNORE}="1"
SUBSYSTEM!="tty", GOTO="smsbridge_end"
GROUP="dialout", MODE="0660", TAG+="systemd"
ENV{ID_PATH}=="?*", ENV{ID_USB_INTERFACE_NUM}=="?*", SYMLINK+="smsbridge/$env{ID_PATH}-if$env{ID_USB_INTERFACE_NUM}"

LABEL="smsbridge_end"
`

// Rules is a udev rules file (udev(7)) for the devices, each VID:PID once, in
// their order. Devices without one, which sit on a UART, have no rule.
func Rules(devices []profile.Device) []byte {
	devices = slices.Clone(devices)
	slices.SortStableFunc(devices, func(a, b profile.Device) int {
		return cmp.Or(cmp.Compare(a.ID.Vendor, b.ID.Vendor), cmp.Compare(a.ID.Product, b.ID.Product))
	})
	var b bytes.Buffer
	b.WriteString(rulesHead)
	var last profile.ID
	for _, d := range devices {
		if d.ID == last {
			continue // also the zero one, which sorts first
		}
		last = d.ID
		fmt.Fprintf(&b, "# %s\n", comment(d.Title))
		fmt.Fprintf(&b, "ATTRS{idVendor}==\"%04x\", ATTRS{idProduct}==\"%04x\", ENV{ID_SMSBRIDGE}=\"1\"\n", d.ID.Vendor, d.ID.Product)
	}
	b.WriteString(rulesTail)
	return b.Bytes()
}

// comment keeps a title on its line. udev continues a line that ends with a
// backslash, even a comment's.
func comment(title string) string {
	return strings.TrimRight(strings.Join(strings.Fields(title), " "), `\ `)
}
