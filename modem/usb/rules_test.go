package usb

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"smsbridge/modem/profile"
)

// rule is one line of a rules file, as udev(7) has it.
type rule []term

type term struct{ key, op, value string }

// terms are the keys that we use, with the operators they may have.
var terms = map[*regexp.Regexp]string{
	regexp.MustCompile(`^(ACTION|SUBSYSTEM|SUBSYSTEMS|ATTRS\{\w+\})$`): "== !=",
	regexp.MustCompile(`^ENV\{\w+\}$`):                                 "== != =",
	regexp.MustCompile(`^(GROUP|MODE|GOTO|LABEL)$`):                    "=",
	regexp.MustCompile(`^(TAG|SYMLINK)$`):                              "+=",
}

var termForm = regexp.MustCompile(`^([A-Z]+(?:\{\w+\})?)(==|!=|\+=|=)"([^"\\]*)"$`)

// parseRules is stricter than udev: one term form, one blank after each comma,
// no line that goes on, labels that exist, below where they are asked for, and
// are asked for.
func parseRules(file string) ([]rule, error) {
	var rules []rule
	open := make(map[string]bool)
	for lines, n := bufio.NewScanner(strings.NewReader(file)), 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.HasSuffix(line, `\`) || strings.TrimSpace(line) != line {
			return nil, fmt.Errorf("line %d goes on, or has blanks around it", n)
		}
		if line == "" || line[0] == '#' {
			continue
		}
		var r rule
		for t := range strings.SplitSeq(line, ", ") {
			m := termForm.FindStringSubmatch(t)
			if m == nil {
				return nil, fmt.Errorf("line %d: %q is no term", n, t)
			}
			if !allowed(m[1], m[2]) {
				return nil, fmt.Errorf("line %d: no %s with %s", n, m[1], m[2])
			}
			switch m[1] {
			case "GOTO":
				open[m[3]] = true
			case "LABEL":
				if !open[m[3]] {
					return nil, fmt.Errorf("line %d: nobody above goes to %s", n, m[3])
				}
				delete(open, m[3])
			}
			r = append(r, term{m[1], m[2], m[3]})
		}
		rules = append(rules, r)
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("no LABEL for %v", open)
	}
	return rules, nil
}

func allowed(key, op string) bool {
	for form, ops := range terms {
		if form.MatchString(key) {
			return slices.Contains(strings.Fields(ops), op)
		}
	}
	return false
}

// event is a device as udev runs the rules over it: its own keys, the attributes
// of its parents, and afterwards what the rules gave it.
type event map[string]string

// apply runs the rules. A term of parents (ATTRS, SUBSYSTEMS) is taken from the
// event like any other: these events have one parent that matters.
func (e event) apply(rules []rule) {
	label := ""
	for _, r := range rules {
		if label != "" && !slices.Contains(r, term{"LABEL", "=", label}) {
			continue
		}
		label = ""
		if !slices.ContainsFunc(r, func(t term) bool { return !e.match(t) }) {
			label = e.assign(r)
		}
	}
}

func (e event) match(t term) bool {
	switch t.op {
	case "==":
		return t.value == "?*" && e[t.key] != "" || t.value == e[t.key]
	case "!=":
		return t.value != e[t.key]
	}
	return true
}

var property = regexp.MustCompile(`\$env\{\w+\}`)

func (e event) assign(r rule) (label string) {
	for _, t := range r {
		switch {
		case t.key == "GOTO":
			label = t.value
		case t.op == "=":
			e[t.key] = t.value
		case t.op == "+=":
			e[t.key] += " " + property.ReplaceAllStringFunc(t.value, func(p string) string { return e["ENV"+p[len("$env"):]] })
		}
	}
	return label
}

func TestRules(t *testing.T) {
	devices := profile.Devices()
	file := string(Rules(devices))
	rules, err := parseRules(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(file, "# smsbridge") || !strings.Contains(file, "Made by: smsbridge udev") || !strings.Contains(file, "Goes to: "+RulesFile) {
		t.Error("the header does not say what made it and where it goes")
	}

	count := make(map[profile.ID]int)
	for _, r := range rules {
		var id profile.ID
		for _, t := range r {
			switch t.key {
			case "ATTRS{idVendor}":
				id.Vendor = uint16(hex(t.value, 16))
			case "ATTRS{idProduct}":
				id.Product = uint16(hex(t.value, 16))
			}
		}
		if id != (profile.ID{}) {
			count[id]++
		}
	}
	known := make(map[profile.ID]bool)
	for _, d := range devices {
		if d.ID == (profile.ID{}) {
			continue
		}
		known[d.ID] = true
		if count[d.ID] != 1 {
			t.Errorf("%v stands there %d times", d.ID, count[d.ID])
		}
	}
	if len(known) == 0 || len(count) != len(known) {
		t.Errorf("%d rules for %d known devices", len(count), len(known))
	}
}

// What udev would do with the rules, for each known device and for others.
func TestRules_applied(t *testing.T) {
	rules, err := parseRules(string(Rules(profile.Devices())))
	if err != nil {
		t.Fatal(err)
	}
	tty := func(vendor, product string) event {
		return event{
			"ACTION": "add", "SUBSYSTEM": "tty", "SUBSYSTEMS": "usb", "ATTRS{idVendor}": vendor, "ATTRS{idProduct}": product,
			"ENV{ID_PATH}": "pci-usb-0:1.4:1.2", "ENV{ID_USB_INTERFACE_NUM}": "02",
		}
	}
	for _, d := range profile.Devices() {
		if d.ID == (profile.ID{}) {
			continue
		}
		e := tty(fmt.Sprintf("%04x", d.ID.Vendor), fmt.Sprintf("%04x", d.ID.Product))
		e.apply(rules)
		if e["GROUP"] != "dialout" || e["MODE"] != "0660" || e["TAG"] != " systemd" || e["ENV{ID_MM_DEVICE_IGNORE}"] != "1" {
			t.Errorf("%v: %v", d.ID, e)
		}
		if e["SYMLINK"] != " smsbridge/pci-usb-0:1.4:1.2-if02" {
			t.Errorf("%v: the link is %q", d.ID, e["SYMLINK"])
		}
	}
	untouched := func(name string, change func(event), key string) {
		t.Run(name, func(t *testing.T) {
			e := tty("2c7c", "0125")
			change(e)
			if e.apply(rules); e[key] != "" {
				t.Errorf("%s is %q", key, e[key])
			}
		})
	}
	untouched("another device", func(e event) { e["ATTRS{idVendor}"] = "2341" }, "ENV{ID_MM_DEVICE_IGNORE}")
	untouched("another device's rights", func(e event) { e["ATTRS{idProduct}"] = "0043" }, "GROUP")
	untouched("a UART", func(e event) { e["SUBSYSTEMS"] = "platform" }, "GROUP")
	untouched("going away", func(e event) { e["ACTION"] = "remove" }, "TAG")
	untouched("no path", func(e event) { delete(e, "ENV{ID_PATH}") }, "SYMLINK")
	untouched("its network card", func(e event) { e["SUBSYSTEM"] = "net" }, "GROUP")

	t.Run("the device itself", func(t *testing.T) {
		e := tty("2c7c", "0125")
		e["SUBSYSTEM"], e["ENV{DEVTYPE}"] = "usb", "usb_device"
		if e.apply(rules); e["ENV{ID_MM_DEVICE_IGNORE}"] != "1" || e["GROUP"] != "" || e["SYMLINK"] != "" {
			t.Errorf("got %v", e)
		}
	})
}

// A row twice, rows out of order, one without an ID, and titles that would be
// more than a comment.
func TestRules_odd_rows(t *testing.T) {
	id := profile.ID{Vendor: 0x2c7c, Product: 0x0125}
	file := string(Rules([]profile.Device{
		{ID: id, Title: "EC25\nGOTO=\"nowhere\""}, {ID: profile.ID{Vendor: 0x12d1, Product: 0x1001}, Title: `E169 \`}, {ID: id, Title: "EC25 again"}, {Title: "on a UART"},
	}))
	rules, err := parseRules(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	empty, _ := parseRules(string(Rules(nil)))
	if n := len(rules) - len(empty); n != 2 {
		t.Errorf("%d rules for two devices\n%s", n, file)
	}
	if strings.Index(file, "12d1") > strings.Index(file, "2c7c") {
		t.Error("not in order")
	}
}

// The parser of this test refuses what udev would misread. These are its
// negative controls.
func TestRules_parser(t *testing.T) {
	for _, wrong := range []string{
		`SUBSYSTEM="tty"`,
		`ATTRS{idVendor}=="2c7c" ATTRS{idProduct}=="0125"`,
		`ATTRS{idVendor}=="2c7c",ATTRS{idProduct}=="0125"`,
		`ATTRS{idVendor}==2c7c`,
		`GROUP=="dialout"`,
		`SYMLINK="smsbridge/x"`,
		`GOTO="nowhere"`,
		`LABEL="nobody_comes"`,
		`# a comment that goes on \`,
		`RUN+="/bin/sh"`,
	} {
		if _, err := parseRules(wrong + "\n"); err == nil {
			t.Errorf("%s was taken", wrong)
		}
	}
}

// udev's own judgement, where it is there to ask (systemd 254 and later).
func TestRules_verified_by_udev(t *testing.T) {
	if exec.Command("udevadm", "verify", "--help").Run() != nil {
		t.Skip("udevadm verify is not to be had here")
	}
	file := filepath.Join(t.TempDir(), filepath.Base(RulesFile))
	if err := os.WriteFile(file, Rules(profile.Devices()), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("udevadm", "verify", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
