package doctor

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"smsbridge/modem"
	"smsbridge/modem/profile"
	"smsbridge/modem/usb"
)

var update = flag.Bool("update", false, "write what the doctor says to testdata/said.txt, to be read by a person")

const saidFile = "testdata/said.txt"

var good = modem.Identity{Manufacturer: "Quectel", Model: "EC25", IMEI: "861234567890123", ICCID: "8949000000000000001", Number: "+15550191", ServiceCentre: "+15550000"}

// working is a port with nothing wrong, changed by each trouble.
func working(change func(p *Port)) Picture {
	known, _ := profile.Named("quectel")
	known.Quirks = nil
	p := Port{
		Port:     usb.Port{Name: "ttyUSB2", Path: "/dev/ttyUSB2", Place: "1-1.4:1.2", Device: "1-1.4", Role: profile.Primary, Known: true},
		Access:   usb.Access{Path: "/dev/ttyUSB2", Exists: true, Mode: 0o660, Group: "dialout", Read: true, Write: true},
		Opened:   true,
		Identity: good,
		Profile:  known,
		Status:   modem.Status{Registration: modem.Home, EPS: modem.Home, Operator: "Example", Signal: -71},
		Usage:    []modem.Usage{{Memory: "SM", Used: 3, Total: 40}},
	}
	if change != nil {
		change(&p)
	}
	return Picture{Ports: []Port{p}, Looking: true}
}

func refused(err error) Picture {
	return working(func(p *Port) { p.Err, p.Identity = err, modem.Identity{} })
}

// trouble is who comes to the doctor, and what must be said first.
type trouble struct {
	name    string
	picture Picture
	rule    string
	level   Level
}

var troubles = []trouble{
	{"nothing is wrong", working(nil), "fine", Fine},
	{"no modem", Picture{Looking: true}, "no_modem", Fault},
	{"only a console is there", Picture{Ports: []Port{{Port: usb.Port{Name: "ttyAMA0"}, Skip: "is soldered on"}}}, "no_modem", Fault},
	{"a stick in CD-ROM mode", Picture{Sticks: []usb.Stick{{Device: "1-1.3", ID: profile.ID{Vendor: 0x12d1, Product: 0x1f01}, Title: "Huawei E353/E3131"}}}, "cd_rom", Fault},
	{"the wrong group", working(func(p *Port) {
		p.Opened, p.Access.Read, p.Access.Write, p.Access.Join = false, false, false, "dialout"
	}), "access", Fault},
	{"ModemManager holds the port", working(func(p *Port) {
		p.Opened, p.Holder = false, usb.Process{PID: 612, Command: "ModemManager", Kind: usb.ModemManager}
	}), "held", Fault},
	{"another program holds the port", working(func(p *Port) {
		p.Opened, p.Holder = false, usb.Process{PID: 701, Command: "gammu-smsd", Kind: usb.GammuSMSD}
	}), "held", Fault},
	{"somebody holds the port who is not to be seen", refused(&modem.PortError{
		Name: "/dev/ttyUSB2", Text: "is in use by another program", Hint: "sudo fuser -v /dev/ttyUSB2 tells which", Err: modem.ErrPortBusy,
	}), "held", Fault},
	{"the bridge holds the port", working(func(p *Port) {
		p.Opened, p.Holder = false, usb.Process{PID: 801, Command: "smsbridge", Kind: usb.Bridge}
	}), "held", Fault},
	{"nothing answers", refused(modem.ErrSilent), "silent", Fault},
	{"the PIN is needed", refused(&modem.PINError{Tries: 3}), "sim", Fault},
	{"the PIN is wrong", refused(&modem.PINError{Tries: 2, Refused: true}), "sim", Fault},
	{"the PIN has one try left", refused(&modem.PINError{Tries: 1}), "sim", Fault},
	{"the PUK is needed", refused(&modem.PUKError{Tries: 10}), "sim", Fault},
	{"no SIM", refused(modem.ErrSIMAbsent), "sim", Fault},
	{"the line broke off", refused(modem.ErrUnplugged), "not_opened", Fault},
	{"no signal", working(func(p *Port) { p.Status = modem.Status{Registration: modem.Searching, EPS: modem.Searching} }), "registration", Fault},
	{"the network refuses", working(func(p *Port) { p.Status.Registration = modem.Denied }), "registration", Fault},
	{"a signal and no registration", working(func(p *Port) { p.Status.Registration = modem.Searching }), "registration", Fault},
	{"a weak signal", working(func(p *Port) { p.Status.Signal = -109 }), "signal", Warning},
	{"LTE only, without IMS", working(func(p *Port) {
		p.Facts = []modem.Fact{{Name: "messages over IMS", Command: "AT+CIREG?", Answer: "+CIREG: 0,0", State: modem.Bad}}
	}), "ims", Fault},
	{"a full store", working(func(p *Port) { p.Usage[0].Used = 40 }), "store", Fault},
	{"a store nearly full", working(func(p *Port) { p.Usage[0].Used = 33 }), "store", Warning},
	{"no service centre", working(func(p *Port) { p.Identity.ServiceCentre = "" }), "centre", Fault},
	{"roaming", working(func(p *Port) { p.Status.Roaming = true }), "fine", Fine},
	{"no indications", working(func(p *Port) { p.Facts = []modem.Fact{{Name: "indications", State: modem.Bad}} }), "indications", Warning},
	{"too hot", working(func(p *Port) { p.Status.HasTemperature, p.Status.Temperature = true, 82 }), "heat", Warning},
	{"text mode", working(func(p *Port) {
		p.Facts = []modem.Fact{{Name: "PDU mode", Command: "AT+CMGF?", State: modem.Bad, Words: "text mode: another program may be using this modem too"}}
	}), "other", Warning},
}

// TestExamine holds the first thing that is said for each trouble, and all of it
// to what a person has read and found good.
func TestExamine(t *testing.T) {
	var said strings.Builder
	for _, trouble := range troubles {
		found := Examine(trouble.picture)
		fmt.Fprintf(&said, "## %s\n", trouble.name)
		for _, f := range found {
			fmt.Fprintf(&said, "%s %s: %s\n", f.Level, f.Where, f.Cause)
			if f.Next != "" {
				fmt.Fprintf(&said, "  -> %s\n", f.Next)
			}
		}
		said.WriteString("\n")
		i := slices.IndexFunc(found, func(f Finding) bool { return f.Rule == trouble.rule })
		if i < 0 || found[i].Level != trouble.level {
			t.Errorf("%s: %+v, want %s %s", trouble.name, found, trouble.level, trouble.rule)
			continue
		}
		if trouble.level == Fault && i != 0 {
			t.Errorf("%s: %s is not the first thing said: %+v", trouble.name, trouble.rule, found)
		}
		if f := found[i]; f.Cause == "" || f.Next == "" && f.Level != Fine {
			t.Errorf("%s: no cause or no next step: %+v", trouble.name, f)
		}
		if Healthy(found) == (trouble.level == Fault) {
			t.Errorf("%s: healthy is %v", trouble.name, Healthy(found))
		}
	}
	if *update {
		if err := os.WriteFile(saidFile, []byte(said.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(saidFile)
	if err != nil {
		t.Fatal(err)
	}
	if said.String() != string(want) {
		t.Errorf("the doctor says something else than what was read: go test ./modem/doctor -update, and read the difference\n%s", said.String())
	}
}

// TestEveryRule holds that each rule has somebody who needs it: a rule that nobody
// comes with is one that nobody has read. It is also the negative control of
// TestExamine, for a rule that finds nothing any more is missed here.
func TestEveryRule(t *testing.T) {
	heard := map[string]bool{}
	more := []trouble{
		{picture: Picture{ModemManager: true, Ports: working(nil).Ports}},
		{picture: working(func(p *Port) { p.Profile.Quirks = []profile.Quirk{{Words: "It hangs after twenty minutes."}} })},
	}
	for _, trouble := range slices.Concat(troubles, more) {
		for _, f := range Examine(trouble.picture) {
			heard[f.Rule] = true
		}
	}
	for _, r := range boxRules {
		if !heard[r.name] {
			t.Errorf("nobody comes with %s", r.name)
		}
	}
	for _, r := range portRules {
		if !heard[r.name] {
			t.Errorf("nobody comes with %s", r.name)
		}
	}
}
