package usb

import (
	"cmp"
	"slices"

	"smsbridge/modem/profile"
)

// Candidates are the ports of a device on which its modem may be spoken to, the
// best first. They all lead to the same modem: whoever opens one leaves the
// others alone.
//
// Where the table knows the device these are its primary and its secondary port.
// If it has neither, it is not in the table or its firmware is laid out otherwise:
// then the ports of unknown role are given, the lowest interface first, for asking
// each, and a data port last. Those for diagnostics, positions or sound, and those
// to be left alone, never are.
func Candidates(d Device) []Port {
	ports := inOrder(d.Ports, profile.Primary, profile.Secondary)
	if len(ports) == 0 {
		ports = inOrder(d.Ports, profile.Unknown, profile.Data)
	}
	return ports
}

// inOrder is the ports that have one of the roles, in their order.
func inOrder(ports []Port, roles ...profile.Role) []Port {
	var chosen []Port
	for _, role := range roles {
		begin := len(chosen)
		for _, p := range ports {
			if p.Role == role {
				chosen = append(chosen, p)
			}
		}
		slices.SortStableFunc(chosen[begin:], func(a, b Port) int {
			return cmp.Compare(a.Interface.Number, b.Interface.Number)
		})
	}
	return chosen
}
