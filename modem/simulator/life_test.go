package simulator

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// living is a modem of a family in a bubble of time.
func living(t *testing.T, o ModemOptions, f func(t *testing.T, n *Network, m *Modem, h *Handset, x *terminal)) {
	synctest.Test(t, func(t *testing.T) {
		n, m, h := lab(t, Options{}, o)
		defer n.Close()
		f(t, n, m, h, attach(t, m))
	})
}

func TestPIN_byFamily(t *testing.T) {
	for _, c := range []struct{ family, ask, before, after string }{
		{"generic", "AT+CPINR=\"SIM PIN\"", "+CPINR: SIM PIN,3,3", "+CPINR: SIM PIN,2,3"},
		{"huawei", "AT^CPIN?", "^CPIN: SIM PIN,,10,3,10,3", "^CPIN: SIM PIN,,10,2,10,3"},
		{"sim7600", "AT+SPIC", "+SPIC: 3,3,10,10", "+SPIC: 2,3,10,10"},
		{"quectel-ec25", `AT+QPINC="SC"`, `+QPINC: "SC",3,10`, `+QPINC: "SC",2,10`},
		{"telit", "AT#PCT", "#PCT: 3", "#PCT: 2"},
		{"ublox", "AT+UPINCNT", "+UPINCNT: 3,3,10,10", "+UPINCNT: 2,3,10,10"},
		{"sierra", "AT+CPINC", "+CPINC: 3,3,10,10", "+CPINC: 2,3,10,10"},
		{"cinterion", "AT^SPIC", "^SPIC: 3", "^SPIC: 2"},
	} {
		t.Run(c.family, func(t *testing.T) {
			living(t, ModemOptions{Family: c.family, PIN: "1234"}, func(t *testing.T, _ *Network, m *Modem, _ *Handset, x *terminal) {
				x.ask(c.ask, info(c.before))
				x.ask("AT+CMEE=1", ok)
				x.ask(`AT+CPIN="9999"`, "\r\n+CME ERROR: 16\r\n")
				x.ask(c.ask, info(c.after))
				x.ask(`AT+CPIN="9999"`, "\r\n+CME ERROR: 16\r\n")
				x.ask(`AT+CPIN="9999"`, "\r\n+CME ERROR: 12\r\n")
				if pin, puk := m.PINTries(); pin != 0 || puk != 10 || m.State() != "puk" {
					t.Errorf("%d %d %s", pin, puk, m.State())
				}
			})
		})
	}
}

func TestSIM_hot(t *testing.T) {
	for _, c := range []struct{ family, out, in string }{
		{"generic", "+CPIN: NOT READY", "+CPIN: SIM PIN"},
		{"huawei", "^SIMST:255", "^SIMST:1"},
		{"quectel-ec25", "+QSIMSTAT: 1,0", "+QSIMSTAT: 1,1"},
		{"telit", "#QSS: 0", "#QSS: 1"},
		{"cinterion", "+CIEV: simstatus,0", "+CIEV: simstatus,1"},
	} {
		t.Run(c.family, func(t *testing.T) {
			living(t, ModemOptions{Family: c.family, PIN: "1234"}, func(t *testing.T, _ *Network, m *Modem, h *Handset, x *terminal) {
				x.ask(`AT+CMEE=1;+CPIN="1234"`, ok+"\r\n+CPIN: READY\r\n")
				m.RemoveSIM()
				x.until("\r\n" + c.out + "\r\n")
				x.ask("AT+CPIN?", "\r\n+CME ERROR: 10\r\n")
				x.ask("AT+CIMI", "\r\n+CME ERROR: 10\r\n")
				x.ask("AT+CMGL=4", "\r\n+CMS ERROR: 310\r\n")
				x.ask("AT+CREG?", info("+CREG: 0,0"))
				if err := h.Send(m.Number(), "waits"); err != nil {
					t.Fatal(err)
				}
				if m.State() != "no-sim" {
					t.Errorf("state %s", m.State())
				}
				m.InsertSIM()
				x.until("\r\n" + c.in + "\r\n")
				x.b = nil
				synctest.Wait()
				for len(x.c) > 0 {
					<-x.c
				}
				x.ask("AT+CPIN?", info("+CPIN: SIM PIN"))
				x.ask(`AT+CPIN="1234"`, ok+"\r\n+CPIN: READY\r\n")
				if got := m.Status().Used; got["SM"]+got["ME"] != 1 {
					t.Errorf("used %v", got)
				}
			})
		})
	}
}

// A Neoway sees a SIM put in only when it starts.
func TestSIM_cold(t *testing.T) {
	living(t, ModemOptions{Family: "neoway"}, func(t *testing.T, _ *Network, m *Modem, _ *Handset, x *terminal) {
		m.RemoveSIM()
		x.until("NOT READY\r\n")
		m.InsertSIM()
		if m.State() != "no-sim" {
			t.Errorf("state %s", m.State())
		}
		x.ask("AT+CFUN=1,1", ok+"\r\nMODEM:STARTUP\r\n\r\n+PBREADY\r\n")
		if m.State() != "registered" {
			t.Errorf("state %s", m.State())
		}
	})
}

func TestCoverage(t *testing.T) {
	for _, c := range []struct {
		coverage    Coverage
		creg, cereg string
		sends       string // "" is accepted
		gets        bool
	}{
		{Home, "0,1", "0,1", "", true},
		{Roaming, "0,5", "0,5", "", true},
		{SMSOnly, "0,6", "0,6", "", true},
		{SMSOnlyRoaming, "0,7", "0,7", "", true},
		{LTEOnly, "0,0", "0,1", "", true},
		{NoIMS, "0,0", "0,1", "\r\n+CMS ERROR: 350\r\n", false},
		{Denied, "0,3", "0,3", "\r\n+CMS ERROR: 331\r\n", false},
		{Searching, "0,2", "0,2", "\r\n+CMS ERROR: 331\r\n", false},
		{Emergency, "0,8", "0,8", "\r\n+CMS ERROR: 331\r\n", false},
	} {
		t.Run(string(c.coverage), func(t *testing.T) {
			living(t, ModemOptions{Family: "quectel-ec25", RealTime: true}, func(t *testing.T, _ *Network, m *Modem, h *Handset, x *terminal) {
				x.ask("AT+CEREG=1", ok)
				if err := m.SetCoverage(c.coverage); err != nil {
					t.Fatal(err)
				}
				if c.coverage != Home {
					x.expect("\r\n+CEREG: " + c.cereg[2:] + "\r\n")
				}
				x.ask("AT+CREG?", info("+CREG: "+c.creg))
				x.ask("AT+CEREG?", info("+CEREG: 1"+c.cereg[1:]))
				hex := compose(t, h.Number(), "x", false)[0]
				begin := time.Now()
				x.ask(cmgs(hex), "\r\n> ")
				x.say(hex + "\x1a")
				if c.coverage == NoIMS {
					time.Sleep(134 * time.Second) // the prompt is answered, the network is not
					x.silentFor(0)
					time.Sleep(time.Second)
				}
				if c.sends == "" {
					x.expect(info("+CMGS: 0"))
				} else {
					x.expect(c.sends)
				}
				if c.coverage == NoIMS && time.Since(begin) < 135*time.Second {
					t.Error("refused too soon")
				}
				if err := h.Send(m.Number(), "in"); err != nil {
					t.Fatal(err)
				}
				if got := m.Status().Used["SM"] == 1; got != c.gets {
					t.Errorf("received: %v", got)
				}
			})
		})
	}
}

func TestSignal(t *testing.T) {
	living(t, ModemOptions{Family: "quectel-ec25"}, func(t *testing.T, _ *Network, m *Modem, _ *Handset, x *terminal) {
		if err := m.SetSignal(9); err != nil {
			t.Fatal(err)
		}
		m.SetTemperature(61)
		x.ask("AT+CSQ", info("+CSQ: 9,99"))
		x.ask("AT+QCSQ", info(`+QCSQ: "LTE",-95,-122,132,-10`))
		x.ask("AT+QTEMP", info("+QTEMP: 61,61,61"))
		if m.SetSignal(40) == nil || m.SetCoverage("moon") == nil {
			t.Error("a signal or a coverage that is none was taken")
		}
	})
}

func TestStoreFull_isTold(t *testing.T) {
	living(t, ModemOptions{Family: "sim7600", ME: 1, SM: 1}, func(t *testing.T, _ *Network, m *Modem, h *Handset, x *terminal) {
		x.ask("AT+CNMI=2,1", ok)
		for range 3 {
			if err := h.Send(m.Number(), "x"); err != nil {
				t.Fatal(err)
			}
		}
		x.expect("\r\n+CMTI: \"SM\",1\r\n\r\n+SMS FULL\r\n") // told once, not for the third
		if got := m.Status().Waiting; got != 2 {
			t.Errorf("%d wait at the service centre", got)
		}
		x.say("AT+CMGD=1\r")
		x.expect(ok + "\r\n+CMTI: \"SM\",1\r\n\r\n+SMS FULL\r\n")
	})
}

func TestFault_stuck(t *testing.T) {
	living(t, ModemOptions{}, func(t *testing.T, _ *Network, m *Modem, _ *Handset, x *terminal) {
		order(t, m, Fault{Name: Stuck, Count: 2})
		x.ask("AT", ok)
		x.ask("AT+CSQ", info("+CSQ: 20,99"))
		x.say("AT+CSQ\r")
		x.silentFor(time.Hour)
		x.say("AT+CFUN=1,1\r")
		x.until("SMS Ready\r\n")
		x.ask("ATE0", "ATE0\r"+ok)
		order(t, m, Fault{Name: Dead})
		x.say("AT+CSQ\r")
		x.say("AT+CFUN=1,1\r")
		x.silentFor(time.Hour)
		m.Unplug()
		if err := m.Replug(); err != nil {
			t.Fatal(err)
		}
		x = attach(t, m)
		x.ask("AT+CSQ", info("+CSQ: 20,99"))
	})
}

func TestFault_storm(t *testing.T) {
	living(t, ModemOptions{}, func(t *testing.T, _ *Network, m *Modem, _ *Handset, x *terminal) {
		order(t, m, Fault{Name: Storm, Count: 3, Delay: time.Second})
		for _, line := range storm(3) {
			x.expect("\r\n" + line + "\r\n")
			x.silentFor(time.Second - 1)
			time.Sleep(time.Nanosecond)
		}
		x.quiet()
	})
}

func TestCall_incoming(t *testing.T) {
	for _, c := range []struct {
		family, setup, rings, end string
	}{
		{"generic", "", "", "\r\nNO CARRIER\r\n"},
		{"huawei", "", "", "\r\n^CEND:1,0,104,16\r\n\r\nNO CARRIER\r\n"},
		{"sim7600", "", "", "\r\nVOICE CALL: END: 000000\r\n\r\nNO CARRIER\r\n\r\nMISSED_CALL: 12:00AM +15550100\r\n"},
		{"ublox", ";+UCALLSTAT=1", "\r\n+UCALLSTAT: 1,4\r\n", "\r\n+UCALLSTAT: 1,6\r\n\r\nNO CARRIER\r\n"},
		{"ublox", "", "", "\r\nNO CARRIER\r\n"}, // not asked for
		{"quectel-ec25", ";^DSCI=1", "", "\r\n^DSCI: 1,1,6,0,+15550100,145\r\n\r\nNO CARRIER\r\n"},
		{"zte", "", "", "\r\nHANGUP: 1\r\n\r\nNO CARRIER\r\n"},
		{"wavecom", "", "\r\n+WIND: 5,1\r\n", "\r\n+WIND: 6,1\r\n\r\nNO CARRIER\r\n"},
		{"cinterion", "", "\r\n^SLCC: 1,1,4,0,0,0,\"+15550100\",145\r\n\r\n^SLCC:\r\n", "\r\n^SLCC:\r\n\r\nNO CARRIER\r\n"},
	} {
		t.Run(c.family, func(t *testing.T) {
			living(t, ModemOptions{Family: c.family}, func(t *testing.T, _ *Network, m *Modem, h *Handset, x *terminal) {
				x.ask("AT+CLIP=1"+c.setup, ok)
				begin := time.Now()
				if err := m.Ring(Incoming{From: h.Number()}); err != nil {
					t.Fatal(err)
				}
				if m.Ring(Incoming{}) == nil {
					t.Error("two calls at once")
				}
				ring := "\r\nRING\r\n\r\n+CLIP: \"+15550100\",145,,,,0\r\n"
				x.expect(c.rings + ring)
				for range 2 {
					x.silentFor(ringPeriod - 1)
					time.Sleep(time.Nanosecond)
					x.expect(ring)
				}
				x.silentFor(ringPeriod - 1)
				time.Sleep(time.Nanosecond)
				x.expect(c.end)
				if took := time.Since(begin); took != 3*ringPeriod {
					t.Errorf("took %v", took)
				}
				if got := m.Calls(); len(got) != 1 || got[0].Answered || got[0].Rings != 3 || got[0].End != "there" {
					t.Errorf("calls %+v", got)
				}
			})
		})
	}
}

func TestCall_answered(t *testing.T) {
	living(t, ModemOptions{Family: "sim7600"}, func(t *testing.T, _ *Network, m *Modem, _ *Handset, x *terminal) {
		x.ask("AT+CLIP=1;+CRC=1", ok)
		if err := m.Ring(Incoming{From: "+15550100", Withheld: true, Hold: 41 * time.Second}); err != nil {
			t.Fatal(err)
		}
		x.expect("\r\n+CRING: VOICE\r\n\r\n+CLIP: \"\",128,,,,1\r\n")
		x.ask("AT+CLCC", info("+CLCC: 1,1,4,0,0"))
		x.ask("ATA", ok+"\r\nVOICE CALL: BEGIN\r\n")
		x.ask("AT+VTS=5", ok)
		x.ask("AT+VTS=#", ok)
		time.Sleep(41 * time.Second)
		x.expect("\r\nVOICE CALL: END: 000041\r\n\r\nNO CARRIER\r\n")
		x.ask("ATA", "\r\nNO CARRIER\r\n")
		if got := m.Calls(); len(got) != 1 || !got[0].Answered || got[0].Tones != "5#" || got[0].Number != "" {
			t.Errorf("calls %+v", got)
		}
	})
}

func TestCall_outgoing(t *testing.T) {
	const dial = "ATD+15550100;"
	living(t, ModemOptions{Family: "huawei"}, func(t *testing.T, _ *Network, m *Modem, h *Handset, x *terminal) {
		x.ask(dial, "\r\n^CEND:1,0,104,16\r\n\r\nNO CARRIER\r\n")
		for answer, want := range map[string]string{"busy": "BUSY", "no-answer": "NO ANSWER", "no-carrier": "NO CARRIER"} {
			if err := h.Treat(Conduct{Answer: answer}); err != nil {
				t.Fatal(err)
			}
			x.ask(dial, "\r\n^CEND:1,0,104,16\r\n\r\n"+want+"\r\n")
			h.Treat(Conduct{Answer: answer, After: time.Minute})
			x.ask(dial, ok+"\r\n^ORIG:1,0\r\n\r\n^CONF:1\r\n")
			x.silentFor(59 * time.Second)
			time.Sleep(time.Second)
			x.expect("\r\n^CEND:1,0,104,16\r\n\r\n" + want + "\r\n")
		}
		h.Treat(Conduct{Answer: "answer", Hold: 5 * time.Second})
		x.ask(dial, ok+"\r\n^ORIG:1,0\r\n\r\n^CONF:1\r\n\r\n^CONN:1,0\r\n")
		x.expect("\r\n^CEND:1,5,104,16\r\n\r\nNO CARRIER\r\n")
		h.Treat(Conduct{Answer: "answer"})
		x.ask(dial, ok+"\r\n^ORIG:1,0\r\n\r\n^CONF:1\r\n\r\n^CONN:1,0\r\n")
		time.Sleep(7 * time.Second)
		x.ask("AT+CHUP", ok+"\r\n^CEND:1,7,104,16\r\n")
		m.RemoveSIM()
		x.until("^SIMST:255\r\n")
		x.ask(dial, "\r\nERROR\r\n")
		if h.Treat(Conduct{Answer: "sing"}) == nil {
			t.Error("a conduct that is none was taken")
		}
	})
}

func TestUSSD_forms(t *testing.T) {
	for _, c := range []struct{ family, before, plain, ask, want string }{
		// 3GPP TS 23.038, 6.1.2.3: *100# packed is AA180C3602, by hand and by gammu.
		{"huawei", "", "\r\nERROR\r\n", "AA180C3602", `"C2303BEC1E97`},
		{"huawei", "AT^USSDMODE=0", "", "*100#", `"Balance`},
		{"zte", `AT+CSCS="UCS2"`, "", "*100#", `"Balance`},
		{"sim800", "", "", "*100#", `"Balance`},
		{"sim800", `AT+CSCS="UCS2"`, "\r\nERROR\r\n", "002A0031003000300023", `"00420061`},
	} {
		living(t, ModemOptions{Family: c.family}, func(t *testing.T, n *Network, m *Modem, _ *Handset, x *terminal) {
			if c.before != "" {
				x.ask(c.before, ok)
			}
			if c.plain != "" {
				x.ask(`AT+CUSD=1,"*100#",15`, c.plain)
			}
			x.say(`AT+CUSD=1,"` + c.ask + "\",15\r")
			x.expect(ok + "\r\n+CUSD: 0,")
			if got := x.until(",15\r\n"); !strings.HasPrefix(got, c.want) {
				t.Errorf("%s: got %s, want %s...", c.family, got, c.want)
			}
		})
	}
}

func TestUSSD_network(t *testing.T) {
	living(t, ModemOptions{}, func(t *testing.T, n *Network, m *Modem, _ *Handset, x *terminal) {
		for code, u := range map[string]USSD{
			"*1#": {Text: "late", Delay: 20 * time.Second},
			"*2#": {Silent: true},
			"*3#": {Text: "menu\n> next\n< back", Patience: 30 * time.Second, Choices: map[string]USSD{"1": {Text: "bye", Status: 2}}},
			"*4#": {Text: "Zůstatek", Form: UCS2},
			"*5#": {Text: "Zůstatek", Form: Packed},
			"*6#": {Text: "early", Early: true},
			"*7#": {Text: "two", Twice: true, DCS: "none"},
			"*8#": {Status: 5},
			"*9#": {Text: "Hi", Form: UCS2, DCS: "15"},
		} {
			if err := n.Offer(code, u); err != nil {
				t.Fatal(err)
			}
		}
		ask := func(code string) string { return `AT+CUSD=1,"` + code + `",15` }
		x.ask(ask("*1#"), ok)
		x.silentFor(19 * time.Second)
		time.Sleep(time.Second)
		x.expect("\r\n+CUSD: 0,\"late\",15\r\n")
		x.ask(ask("*1#"), ok)
		x.ask("AT+CUSD=2", ok) // who has hung up is not answered
		x.ask(ask("*2#"), ok)
		x.silentFor(time.Hour)
		x.ask(ask("*3#"), ok+"\r\n+CUSD: 1,\"menu\n> next\n< back\",15\r\n")
		x.ask(ask("1"), ok+"\r\n+CUSD: 2,\"bye\",15\r\n")
		x.ask(ask("*3#"), ok)
		x.until(",15\r\n")
		x.silentFor(29 * time.Second)
		time.Sleep(time.Second)
		x.expect("\r\n+CUSD: 5\r\n")
		x.ask(ask("1"), ok+"\r\n+CUSD: 4\r\n")
		const zustatek = "005A016F00730074006100740065006B"
		x.ask(ask("*4#"), ok+"\r\n+CUSD: 0,\""+zustatek+"\",72\r\n")
		x.ask(ask("*5#"), ok+"\r\n+CUSD: 0,\""+zustatek+"\",72\r\n")
		x.ask(ask("*6#"), "\r\n+CUSD: 0,\"early\",15\r\n"+ok)
		x.ask(ask("*7#"), ok+"\r\n+CUSD: 0,\"two\"\r\n\r\n+CUSD: 0,\"two\"\r\n")
		x.ask(ask("*8#"), ok+"\r\n+CUSD: 5\r\n")
		x.ask(ask("*9#"), ok+"\r\n+CUSD: 0,\"00480069\",15\r\n")
		if n.Offer("*1#", USSD{Choices: map[string]USSD{"1": {Status: 3}}}) == nil || n.Offer("", USSD{}) == nil {
			t.Error("an offer that is none was taken")
		}
	})
}

// The packing is the codec's of 23.038, 6.1.2.3.1, the eighth septet of seven a CR.
func TestPack(t *testing.T) {
	for text, want := range map[string]string{
		"*100#":      "AA180C3602",
		"hellohello": "E8329BFD4697D9EC37", // 23.038's neighbours: every PDU tutorial's text
		"1234567":    "31D98C56B3DD1A",
		"@":          "00",
	} {
		got, ok := pack(text)
		if !ok || got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
		if back, ok := unpack(want); !ok || back != text {
			t.Errorf("%s: %q, want %q", want, back, text)
		}
	}
	if _, ok := pack("ů"); ok {
		t.Error("packed what the alphabet has not")
	}
}

func TestHandler_life(t *testing.T) {
	n, m, h := lab(t, Options{}, ModemOptions{Family: "huawei"})
	web := Handler(n)
	var s ModemState
	call(t, web, "POST", "/modems/1", `{"signal":7,"celsius":50,"coverage":"roaming"}`, 200, &s)
	if s.Signal != 7 || s.Celsius != 50 || s.Coverage != Roaming || s.Family != "huawei" || s.SIM != "in" || s.PINTries != 3 {
		t.Errorf("state %+v", s)
	}
	call(t, web, "POST", "/modems/1/calls", `{"from":"+15550100","rings":2,"every_ms":600000}`, 202, &s)
	if s.Call == nil || s.Call.State != "ringing" {
		t.Errorf("call %+v", s.Call)
	}
	call(t, web, "POST", "/modems/1/calls", `{}`, 409, nil)
	s = ModemState{}
	call(t, web, "POST", "/modems/1", `{"sim":"out"}`, 200, &s)
	if s.State != "no-sim" || s.SIM != "out" || s.Call != nil {
		t.Errorf("state %+v", s)
	}
	call(t, web, "POST", "/modems/1", `{"sim":"in"}`, 200, nil)
	var calls struct{ Calls []Call }
	call(t, web, "GET", "/modems/1/calls", "", 200, &calls)
	if len(calls.Calls) != 1 || calls.Calls[0].End != "sim removed" {
		t.Errorf("calls %+v", calls)
	}
	call(t, web, "POST", "/handsets/+15550100/conduct", `{"answer":"busy"}`, 200, nil)
	if h.conduct.Answer != "busy" {
		t.Errorf("conduct %+v", h.conduct)
	}
	call(t, web, "POST", "/ussd", `{"code":"*5#","answer":{"text":"m","choices":{"1":{"text":"x","form":"ucs2"}}}}`, 200, nil)
	x := attach(t, m)
	x.ask(`AT^USSDMODE=0;+CUSD=1,"*5#",15`, ok+"\r\n+CUSD: 1,\"m\",15\r\n")
	x.ask(`AT+CUSD=1,"1",15`, ok+"\r\n+CUSD: 0,\"0078\",72\r\n")
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"/modems/9", `{}`, 404},
		{"/modems/1", `{"signal":50}`, 400},
		{"/modems/1", `{"coverage":"moon"}`, 400},
		{"/modems/1", `{"sim":"bent"}`, 400},
		{"/modems/9/calls", `{}`, 404},
		{"/handsets/+4711/conduct", `{}`, 404},
		{"/handsets/+15550100/conduct", `{"answer":"sing"}`, 400},
		{"/ussd", `{"code":"*1#","answer":{"status":9}}`, 400},
		{"/ussd", `{"code":"*1#","answer":{"form":"morse"}}`, 400},
	} {
		call(t, web, "POST", c.path, c.body, c.want, nil)
	}
}
