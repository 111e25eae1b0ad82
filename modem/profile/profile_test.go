package profile

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestByName: the names are those modems were seen to give, or those their manuals show.
func TestByName(t *testing.T) {
	for _, c := range []struct{ maker, model, want string }{
		{"huawei", "E1752", "huawei"},
		{"HUAWEI Technologies", "E3372", "huawei"},
		{"ZTE INCORPORATED", "K3565-Z", "zte"},
		{"SIMCOM_Ltd", "SIMCOM_SIM800L", "simcom-2g"},
		{"SIMCOM_Ltd", "SIMCOM_SIM868", "simcom-2g"},
		{"SIMCOM_Ltd", "SIMCOM_SIM900", "simcom-2g"},
		{"SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H", "simcom"},
		{"SIMCOM INCORPORATED", "SIMCOM_SIM7000G", "simcom"},
		{"SIMCOM INCORPORATED", "SIM8200EA-M2", "simcom"},
		{"SIMCOM INCORPORATED", "A7670E-FASE", "simcom-a"},
		{"SIMCOM INCORPORATED", "A7600C1", "simcom-a"},
		{"Quectel_Ltd", "Quectel_M26", "quectel-m"},
		{"Quectel_Ltd", "Quectel_M95", "quectel-m"},
		{"Quectel", "EC25", "quectel"},
		{"Quectel", "EM060K", "quectel"},
		{"Quectel", "BG95-M3", "quectel-bg"},
		{"u-blox", "SARA-U201", "ublox"},
		{"Sierra Wireless, Incorporated", "MC7455", "sierra"},
		{"Telit", "LE910C1-EUX", "telit"},
		{"Telit Cinterion", "ME910G1-W1", "telit"},
		{"Cinterion", "PLS62-W", "cinterion"},
		{"SIEMENS", "MC75i", "cinterion"},
		{"Fibocom Wireless Inc.", "L850", "fibocom"},
		{"AirM2M", "Air724UG", "air724"},
		{"NEOWAY", "M590", "neoway"},
		{" WAVECOM MODEM", " MULTIBAND  900E  1800", "wavecom"},
		{"Example", "M1", "generic"},
		{"", "", "generic"},
		{"", "E3372", "generic"},
	} {
		if p := ByName(c.maker, c.model); p.Name != c.want {
			t.Errorf("%s %s: %s, want %s", c.maker, c.model, p.Name, c.want)
		}
	}
}

// TestAll: every family is complete, has a source, and can be found again.
func TestAll(t *testing.T) {
	if n := len(All()); n < 16 {
		t.Errorf("%d families, there are 16 in the notes", n)
	}
	names := map[string]bool{"generic": true}
	for _, p := range slices.Concat(All(), []Profile{Generic()}) {
		t.Run(p.Name, func(t *testing.T) {
			if p.Name != "generic" {
				if names[p.Name] || strings.ToLower(p.Name) != p.Name || len(p.Makers) == 0 {
					t.Error("no name of its own, or no maker")
				}
				names[p.Name] = true
			}
			if p.Title == "" || p.Source == "" {
				t.Error("no title or no source")
			}
			if again, ok := Named(p.Name); !ok || !reflect.DeepEqual(again, p) {
				t.Error("Named gives another")
			}
			for _, list := range [][]int{p.Modes, p.Reports, p.Buffer} {
				if len(list) == 0 {
					t.Error("nothing to ask of +CNMI")
				}
			}
			if len(p.Memories) == 0 || len(p.USSD) == 0 || len(p.Signal) == 0 || len(p.ICCID) == 0 {
				t.Error("not laid over generic")
			}
			if p.Reset == none || (p.Reset == "") != (p.ResetTime == 0) {
				t.Errorf("reset %q, %v", p.Reset, p.ResetTime)
			}
			for _, m := range slices.Concat(p.Makers, p.Models) {
				if m != strings.ToLower(m) || m == "" {
					t.Errorf("%q can never be found", m)
				}
			}
			for _, q := range p.Quirks {
				if q.Sign == "" || q.Words == "" || q.Source == "" {
					t.Errorf("%+v", q)
				}
			}
		})
	}
	if _, ok := Named("nobody's"); ok {
		t.Error("a family of nobody's")
	}
}

// TestCommands: nothing here is anything but the tail of one AT line, and no question sets anything.
func TestCommands(t *testing.T) {
	for _, p := range slices.Concat(All(), []Profile{Generic()}) {
		for _, text := range slices.Concat(p.First, p.Signal, p.ICCID, p.NoOK, []string{p.Reset, p.Temperature}) {
			if strings.HasPrefix(text, "AT") || strings.ContainsAny(text, "\r\n\x1a\x1b;") {
				t.Errorf("%s: %q", p.Name, text)
			}
		}
		for _, text := range slices.Concat(p.Signal, p.ICCID, []string{p.Temperature}) {
			if strings.Contains(text, "=") {
				t.Errorf("%s: %q is no question", p.Name, text)
			}
		}
	}
}

// TestTold holds what the notes say of single families against the tables.
func TestTold(t *testing.T) {
	get := func(name string) Profile {
		p, ok := Named(name)
		if !ok {
			t.Fatalf("no family %s", name)
		}
		return p
	}
	for name, c := range map[string]struct{ got, want any }{
		"Huawei counts slots from 0":         {get("huawei").SlotBase, 0},
		"others from 1":                      {get("zte").SlotBase, 1},
		"Huawei wants quiet after the PIN":   {get("huawei").Settle, 3 * time.Second},
		"Huawei's counters lag":              {get("huawei").Lag, 500 * time.Millisecond},
		"Huawei packs USSD":                  {get("huawei").USSD[0], USSDPacked},
		"Huawei's reset":                     {get("huawei").Reset, "^RESET"},
		"ZTE's start":                        {get("zte").First, []string{"E0+CPMS?", "+ZCDRUN=8", "+ZOPRT=5"}},
		"a SIM800 refuses stored reports":    {get("simcom-2g").Reports, []int{1, 0}},
		"an A7670 receives into ME":          {get("simcom-a").Memories[0], "ME"},
		"an EC25 loses stored reports":       {slices.Contains(get("quectel").Reports, 2), false},
		"an EC25's bells go everywhere":      {get("quectel").First, []string{`+QURCCFG="urcport","all"`}},
		"an EC25 is away for a minute":       {get("quectel").ResetTime, 62 * time.Second},
		"an EG06 refuses after 135 s":        {get("quectel").Result > 135*time.Second, true},
		"u-blox's reset":                     {get("ublox").Reset, "+CFUN=16"},
		"Sierra wants quiet after +CFUN=1":   {get("sierra").Settle, 10 * time.Second},
		"Sierra's reset":                     {get("sierra").Reset, "!RESET"},
		"Telit tells of its SIM":             {get("telit").First, []string{"#QSS=2"}},
		"Telit's reset":                      {get("telit").Reset, "#REBOOT"},
		"Cinterion wants 1 in the fifth":     {get("cinterion").Buffer, []int{1}},
		"Fibocom's reset":                    {get("fibocom").Reset, "+CFUN=15"},
		"an M590 never loses its radio":      {get("neoway").NoRadioOff, true},
		"nothing restarts an M590":           {get("neoway").Reset, ""},
		"Wavecom ends +CPIN? with nothing":   {get("wavecom").NoOK, []string{"+CPIN?"}},
		"SIMCom's reset":                     {get("simcom").Reset, "+CRESET"},
		"others may lose their radio":        {get("huawei").NoRadioOff, false},
		"little is known of some":            {get("neoway").Doubt != "" && get("quectel-bg").Doubt != "" && get("fibocom").Doubt != "" && get("telit").Doubt != "", true},
		"what is well known is not doubted":  {get("huawei").Doubt + get("quectel").Doubt, ""},
		"generic wants reports pushed first": {Generic().Reports, []int{1, 2, 0}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}
