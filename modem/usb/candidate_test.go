package usb

import (
	"testing"

	"smsbridge/modem/profile"
)

func TestCandidates(t *testing.T) {
	port := func(name string, number int, role profile.Role) Port {
		return Port{Name: name, Interface: profile.Interface{Number: number}, Role: role}
	}
	for _, c := range []struct {
		name  string
		ports []Port
		want  string
	}{
		{"known", []Port{port("diag", 0, profile.Diagnostics), port("gps", 1, profile.GNSS), port("second", 2, profile.Secondary), port("first", 3, profile.Primary), port("sound", 4, profile.Audio)}, "first second"},
		{"known, and a tty more", []Port{port("?", 0, profile.Unknown), port("first", 3, profile.Primary)}, "first"},
		{"two primaries", []Port{port("b", 5, profile.Primary), port("a", 4, profile.Primary)}, "a b"},
		{"the primary one is not bound", []Port{port("ppp", 0, profile.Data), port("second", 3, profile.Secondary)}, "second"},
		{"unknown", []Port{port("b", 3, profile.Unknown), port("a", 1, profile.Unknown), port("c", 10, profile.Unknown)}, "a b c"},
		{"laid out otherwise", []Port{port("diag", 0, profile.Diagnostics), port("ppp", 1, profile.Data), port("?", 4, profile.Unknown)}, "? ppp"},
		{"nothing to speak to", []Port{port("diag", 0, profile.Diagnostics), port("gps", 1, profile.GNSS), port("sound", 2, profile.Audio), port("off", 3, profile.Ignore)}, ""},
		{"no ports", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := names(Candidates(Device{Ports: c.ports})); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Two sticks of one kind and without serial numbers are two devices, and of each
// one port is opened first.
func TestCandidates_two_equal_sticks(t *testing.T) {
	tr := newTree(t)
	tr.plug(ec25("1-1.3").onTTYs(4))
	tr.plug(ec25("1-1.4"))
	devices, err := tr.Devices()
	if err != nil || len(devices) != 2 {
		t.Fatalf("%s, %v", show(devices), err)
	}
	for i, want := range []string{"ttyUSB6 ttyUSB7", "ttyUSB2 ttyUSB3"} {
		if got := names(Candidates(devices[i])); got != want {
			t.Errorf("%s: got %s, want %s", devices[i].Name, got, want)
		}
	}
}
