package doctor

import (
	"context"

	"smsbridge/modem"
	"smsbridge/modem/profile"
	"smsbridge/modem/usb"
)

// Look gathers what can be seen without opening a port. Nothing that belongs to
// somebody else is touched.
func Look(fs usb.FS) (Picture, error) {
	p := Picture{Looking: true, Sticks: fs.Storage()}
	_, p.ModemManager = fs.ModemManager()
	ports, err := fs.Ports()
	if err != nil {
		return p, err
	}
	worth := make(map[string]bool)
	ignored := make(map[string]bool)
	devices, err := fs.Devices()
	if err != nil {
		return p, err
	}
	for _, d := range devices {
		ignored[d.Name], _ = fs.Ignored(d)
		for _, c := range usb.Candidates(d) {
			worth[c.Path] = true
			if c.Known {
				break // the others lead to the same modem
			}
		}
	}
	for _, port := range ports {
		seen := Port{Port: port, Access: fs.Access(port.Path), Ignored: ignored[port.Device]}
		seen.Holder, _ = fs.Holder(port.Path)
		if seen.Skip = skip(port); seen.Skip == "" && !worth[port.Path] {
			seen.Skip = "is another port of a modem that is looked at already"
		}
		p.Ports = append(p.Ports, seen)
	}
	return p, nil
}

// skip says why a port is not worth opening. What is soldered on may be
// anything, a console above all, and is only opened when it is named.
func skip(p usb.Port) string {
	switch {
	case p.Device == "":
		return "is soldered on and may be anything; name it with --modem to have it opened"
	case !p.Known:
		return ""
	case p.Role == profile.Diagnostics, p.Role == profile.GNSS, p.Role == profile.Audio, p.Role == profile.Ignore:
		return "is for " + p.Role.String()
	}
	return ""
}

// Ask fills in what an open modem says of itself.
func (p *Port) Ask(ctx context.Context, m *modem.Modem) error {
	p.Opened, p.Identity, p.Profile = true, m.Identity(), m.Profile()
	var err error
	if p.Facts, err = m.Examine(ctx); err != nil {
		return err
	}
	if p.Status, err = m.Status(ctx); err != nil {
		return err
	}
	p.Usage, _ = m.Usage(ctx) // that nothing is counted is among the facts
	return nil
}
