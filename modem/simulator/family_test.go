package simulator

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/modem/at"
)

func TestFamilies(t *testing.T) {
	if len(Families()) < 18 || len(FamilyNames()) != len(Families()) {
		t.Fatalf("%d families", len(Families()))
	}
	seen := make(map[string]bool)
	for _, f := range Families() {
		if seen[f.Name] || f.Maker == "" || f.Model == "" || f.Revision == "" || f.CNMI == "" || f.CPMS[0] == "" || len(f.Banner) == 0 {
			t.Errorf("%s: twice, or something is left out", f.Name)
		}
		seen[f.Name] = true
		if len(at.ParseSets(f.CNMI)) != 5 || len(at.ParseSets(f.Levels)) != 2 {
			t.Errorf("%s: +CNMI %s, +CFUN %s", f.Name, f.CNMI, f.Levels)
		}
		if f.onUSB() && (len(f.USB.Vendor) != 4 || len(f.USB.Product) != 4 || f.USB.Maker == "" || len(f.USB.Ports) == 0) {
			t.Errorf("%s: %+v", f.Name, f.USB)
		}
		if !strings.Contains(strings.Join(cardAnswers(f), " "), "{iccid}") {
			t.Errorf("%s does not tell the ICCID", f.Name)
		}
	}
	if _, err := FindFamily("none"); err == nil {
		t.Error("found a family that is none")
	}
}

func cardAnswers(f Family) (list []string) {
	for _, text := range f.Says {
		list = append(list, text)
	}
	return list
}

// Every command a family says something to is answered, with nothing left unfilled, and with OK.
func TestFamilies_say(t *testing.T) {
	for _, f := range Families() {
		t.Run(f.Name, func(t *testing.T) {
			_, m, _ := lab(t, Options{}, ModemOptions{Family: f.Name})
			x := attach(t, m)
			for key, text := range f.Says {
				line := "AT" + key
				if strings.HasSuffix(key, "=") {
					line += "0"
				}
				x.say(line + "\r")
				got := x.until(ok)
				if strings.ContainsAny(got, "{}") || (text == "") != (got == ok) {
					t.Errorf("%s: %q", line, got)
				}
			}
			x.quiet()
		})
	}
}

// What one family is asked and says that the others would not.
func TestFamily_dialogues(t *testing.T) {
	const cms302, cms303 = "\r\n+CMS ERROR: 302\r\n", "\r\n+CMS ERROR: 303\r\n"
	for family, lines := range map[string][]struct{ line, want string }{
		"huawei": {
			{"AT+CGMI", info("huawei")}, {"AT+CGMM", info("E173")},
			{"AT^ICCID?", info("^ICCID: 8949010000000000016F")},
			{"AT+QCCID", "\r\nCOMMAND NOT SUPPORT\r\n"},
			{"AT^CURC=0", ok}, {"AT^HCSQ?", info(`^HCSQ:"WCDMA",20,20,30`)},
			{"AT+CPINR", "\r\nCOMMAND NOT SUPPORT\r\n"},
			{"AT+CGMR;^RESET=1", "\r\n11.126.85.00.209\r\n\r\nCOMMAND NOT SUPPORT\r\n"},
		},
		"zte": {
			{`AT+CSMP=17,167,0,0`, ok}, {"AT+CSCA?", info(`+CSCA: "",129`)},
			{`AT+CPMS="MT","SM","SR"`, info("+CPMS: 0,100,0,50,0,10")},
		},
		"sim800": {
			{"AT+CNMI=2,1,0,2", cms302}, {"AT+CNMI=2,1,0,1", ok}, {"AT+CNMI=3,1,0,1", ok},
			{`AT+CPMS="ME"`, cms302}, {"AT+CCID", info("8949010000000000016")},
			{"AT+CEREG?", failed},
		},
		"sim7000":      {{"AT+CGMM", info("SIMCOM_SIM7000G")}},
		"sierra-rc76":  {{"AT+CGMM", info("RC7620-1")}},
		"sim7600":      {{"AT+CICCID", info("+ICCID: 8949010000000000016")}, {"AT+CPMUTEMP", info("+CPMUTEMP: 38")}},
		"a7670":        {{"AT+CNMI=2,2,0,1,0", cms302}, {"AT+CNMI=2,2,0,0,0", ok}, {"AT+CNMI=2,1,0,1,0", ok}},
		"quectel-m35":  {{"AT+CSMS=?", info("+CSMS: (0,128)")}, {"AT+CSMS=1", cms302}, {"AT+CSMS=128", info("+CSMS: 1,1,1")}},
		"quectel-ec25": {{"AT+CMGL=4", ok}, {"AT+QURCCFG=\"urcport\"", info(`+QURCCFG: "urcport","usbat"`)}},
		"quectel-ep06": {{"AT+CMGL=4", cms303}},
		"bg95":         {{"AT+CPMS?", info(`+CPMS: "ME",0,100,"ME",0,100,"ME",0,100`)}, {"ATD+1;", failed}},
		"cinterion": {
			{"AT+CNMI?", info("+CNMI: 0,0,0,0,1")}, {"AT+CNMI=2,1,0,2", ok}, {"AT+CNMI=2,1,0,2,0", cms302},
			{"AT+CNMI=2,1,0,1,1", cms302}, {"AT+CNMI=2,1,1,2,1", cms302},
			{`AT+CPMS="SM","SM","ME"`, cms302}, {`AT+CPMS="SM","SM","MT"`, info("+CPMS: 0,50,0,50,0,100")},
		},
		"wavecom": {
			{"AT+CPIN?", "\r\n+CPIN: READY\r\n"}, {"AT", ok},
			{`AT+CPMS="SM","SM","SM"`, cms302}, {`AT+CPMS="SM","SM"`, info("+CPMS: 0,50,0,50")},
			{"AT+CPMS?", info(`+CPMS: "SM",0,50,"SM",0,50`)},
		},
	} {
		t.Run(family, func(t *testing.T) {
			_, m, _ := lab(t, Options{}, ModemOptions{Family: family})
			x := attach(t, m)
			for _, c := range lines {
				x.ask(c.line, c.want)
			}
			x.quiet()
		})
	}
}

func TestCLAC(t *testing.T) {
	for family, end := range map[string]string{"generic": "\r\n", "huawei": "\r\r\n"} {
		_, m, _ := lab(t, Options{}, ModemOptions{Family: family})
		x := attach(t, m)
		x.say("AT+CLAC\r")
		got := x.until(ok)
		if !strings.Contains(got, end+"AT&D"+end) || !strings.Contains(got, end+"AT+CMGS"+end) {
			t.Errorf("%s: %q", family, got)
		}
	}
}

// A restart takes a modem on USB off its bus; who opens it again hears how it starts.
func TestReset(t *testing.T) {
	for _, c := range []struct {
		family, line, first string
		gone                time.Duration
	}{
		{"huawei", "AT^RESET", "\r\n^BOOT:8589934,0,0,0,75\r\n\r\n^SIMST:1\r\n", 8 * time.Second},
		{"quectel-ec25", "AT+CFUN=1,1", "\r\nRDY\r\n\r\n+CPIN: READY\r\n", 15 * time.Second},
		{"sim7600", "AT+CRESET", "\r\nRDY\r\n\r\n+CPIN: READY\r\n\r\nSMS DONE\r\n", 12 * time.Second},
		{"ublox", "AT+CFUN=16", "\r\n+AT: READY\r\n", 8 * time.Second},
		{"fibocom", "AT+CFUN=15", "\r\n+SIM READY\r\n", 12 * time.Second},
		{"telit", "AT#REBOOT", "\r\n#QSS: 1\r\n", 12 * time.Second},
		{"sierra", "AT!RESET", "\r\n+PACSP1\r\n", 15 * time.Second},
		{"cinterion", "AT+CFUN=1,1", "\r\n^SYSSTART\r\n", 12 * time.Second},
	} {
		t.Run(c.family, func(t *testing.T) {
			living(t, ModemOptions{Family: c.family, RealTime: true}, func(t *testing.T, _ *Network, m *Modem, _ *Handset, x *terminal) {
				x.say(c.line + "\r")
				x.expect(ok)
				if _, open := <-x.c; open {
					t.Error("the port is there")
				}
				time.Sleep(c.gone - time.Millisecond)
				if _, err := m.TryOpen(); err == nil {
					t.Fatal("back too soon")
				}
				time.Sleep(2 * time.Millisecond)
				synctest.Wait()
				p, err := m.TryOpen()
				if err != nil {
					t.Fatal(err)
				}
				x = newTerminal(t, p)
				time.Sleep(time.Minute)
				x.expect(c.first)
				p.Close()
				for range x.c {
				}
			})
		})
	}
}

// Without RealTime it is all the same, but takes no time.
func TestReset_atOnce(t *testing.T) {
	living(t, ModemOptions{Family: "huawei"}, func(t *testing.T, _ *Network, m *Modem, _ *Handset, x *terminal) {
		begin := time.Now()
		x.say("AT^RESET\r")
		x.expect(ok)
		for range x.c {
		}
		time.Sleep(time.Millisecond)
		x = newTerminal(t, m.Open())
		x.expect("\r\n^BOOT:8589934,0,0,0,75\r\n\r\n^SIMST:1\r\n\r\n^SRVST:2\r\n\r\n^RSSI:20\r\n\r\n^MODE:5,4\r\n")
		if took := time.Since(begin); took > time.Second {
			t.Errorf("took %v", took)
		}
		m.Unplug()
		for range x.c {
		}
	})
}

// A SIM is busy for ten seconds, a counter lags, a radio is busy: each as long as its family takes.
func TestRealTime(t *testing.T) {
	living(t, ModemOptions{Family: "zte", RealTime: true}, func(t *testing.T, _ *Network, m *Modem, _ *Handset, _ *terminal) {
		m.Unplug()
		m.Replug()
		x := attach(t, m)
		x.ask("AT+CMEE=1", ok)
		x.ask("AT+CPIN?", "\r\n+CME ERROR: 14\r\n")
		x.ask("AT+CMGL=4", "\r\n+CMS ERROR: 314\r\n")
		time.Sleep(10 * time.Second)
		x.b = nil
		for len(x.c) > 0 {
			<-x.c
		}
		x.ask("AT+CPIN?", info("+CPIN: READY"))
	})
	living(t, ModemOptions{Family: "huawei", RealTime: true}, func(t *testing.T, _ *Network, m *Modem, h *Handset, x *terminal) {
		x.ask("AT+CNMI=2,1", ok)
		if err := h.Send(m.Number(), "x"); err != nil {
			t.Fatal(err)
		}
		x.expect("\r\n+CMTI: \"SM\",0\r\n")
		x.ask(`AT+CPMS="SM"`, info("+CPMS: 0,50,0,50,0,50"))
		time.Sleep(500 * time.Millisecond)
		x.ask(`AT+CPMS="SM"`, info("+CPMS: 1,50,1,50,1,50"))
	})
	living(t, ModemOptions{Family: "wavecom", RealTime: true}, func(t *testing.T, _ *Network, _ *Modem, _ *Handset, x *terminal) {
		x.ask("AT+CMEE=1;+CFUN=1", ok)
		x.ask("AT+CFUN=1", "\r\n+CME ERROR: 515\r\n")
		time.Sleep(5 * time.Second)
		x.ask("AT+CFUN=1", ok)
	})
}

// An EC25 told to store reports hides them; told to push them it does.
func TestReports_byFamily(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{Family: "quectel-ec25"})
	x := attach(t, m)
	hex := compose(t, h.Number(), "x", true)[0]
	x.ask("AT+CNMI=2,1,0,2", ok)
	x.submit(hex, 0)
	x.expect("\r\n+CDSI: \"SM\",0\r\n")
	x.ask("AT+CMGR=0", "\r\n+CMS ERROR: 321\r\n")
	x.ask(`AT+CPMS="SR"`, info("+CPMS: 0,10,0,50,0,50"))
	x.ask("AT+CNMI=2,1,0,1", ok)
	x.submit(hex, 1)
	if r := x.report(); r.MR != 1 {
		t.Errorf("report of %d", r.MR)
	}
}

// What came while the memory was not empty can be listed and not read.
func TestFamily_clogs(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{Family: "sierra-rc76"})
	x := attach(t, m)
	x.ask("AT+CNMI=2,0", ok)
	for range 2 {
		if err := h.Send(m.Number(), "hello"); err != nil {
			t.Fatal(err)
		}
	}
	x.ask("AT+CMGR=2", "\r\n+CMS ERROR: 321\r\n")
	x.say("AT+CMGL=4\r")
	if got := x.until(ok); strings.Count(got, "+CMGL: ") != 2 {
		t.Errorf("%q", got)
	}
	x.say("AT+CMGR=1\r")
	if got := x.until(ok); !strings.Contains(got, "+CMGR: ") {
		t.Errorf("%q", got)
	}
}
