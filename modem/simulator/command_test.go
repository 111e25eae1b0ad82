package simulator

import (
	"strings"
	"testing"

	"smsbridge/modem/at"
)

// lab is a network with one modem and one handset, closed with the test.
func lab(t *testing.T, o Options, mo ModemOptions) (*Network, *Modem, *Handset) {
	t.Helper()
	n := NewNetwork(o)
	t.Cleanup(n.Close)
	return n, n.AddModem(mo), n.Handset("+15550100")
}

func info(lines ...string) string { return "\r\n" + strings.Join(lines, "\r\n") + "\r\n" + ok }

const (
	failed = "\r\nERROR\r\n"
	cme4   = "\r\n+CME ERROR: 4\r\n"
	cme50  = "\r\n+CME ERROR: 50\r\n"
)

// dialogue is one long conversation: each line finds the modem as the one before left it.
var dialogue = []struct{ line, want string }{
	{"AT", ok},
	{"at", ok},
	{"ATI", info("Lab", "Simulator", "Revision: 1.0", "IMEI: 350000000000014")},
	{"AT+CGMI", info("Lab")},
	{"AT+CGMI=?", ok},
	{"AT+GMI", info("Lab")},
	{"AT+CGMM", info("Simulator")},
	{"AT+GMM", info("Simulator")},
	{"AT+CGMR", info("1.0")},
	{"AT+GMR", info("1.0")},
	{"AT+CGSN", info("350000000000014")},
	{"AT+GSN", info("350000000000014")},
	{"AT+CIMI", info("001010000000001")},
	{"AT+CCID", info("+CCID: 8949010000000000016")},
	{"AT+ICCID", info("+ICCID: 8949010000000000016")},
	{"AT^ICCID?", info("^ICCID: 8949010000000000016")},
	{"AT+QCCID", info("+QCCID: 8949010000000000016")},
	{"AT+CNUM", info(`+CNUM: "Line","+15550191",145`)},
	{"AT+GCAP", info("+GCAP: +CGSM")},
	{"AT+CMEE=?", info("+CMEE: (0-2)")},
	{"AT+CMEE?", info("+CMEE: 0")},
	{"AT+NOSUCH", failed},
	{"AT+CMEE=1;+CMEE?", info("+CMEE: 1")},
	{"AT+NOSUCH", cme4},
	{"AT+CMEE=2", ok},
	{"AT+NOSUCH", "\r\n+CME ERROR: operation not supported\r\n"},
	{"AT+CMGR=1", "\r\n+CMS ERROR: invalid memory index\r\n"},
	{"AT+CMEE=1", ok},
	{"AT+CMEE=3", cme50},
	{"AT(", failed},
	{"AT+CSCS=?", info(`+CSCS: ("GSM","IRA","UCS2","HEX")`)},
	{"AT+CSCS?", info(`+CSCS: "GSM"`)},
	{`AT+CSCS="UCS2"`, ok},
	{"AT+CNUM", info(`+CNUM: "004C0069006E0065","+15550191",145`)},
	{"AT+COPS?", info(`+COPS: 0,0,"004C006100620020004D006F00620069006C0065",7`)},
	{`AT+CSCS="HEX"`, ok},
	{"AT+CNUM", info(`+CNUM: "4C696E65","+15550191",145`)},
	{`AT+CSCS="GSM"`, ok},
	{`AT+CSCS="KLINGON"`, cme50},
	{"AT+CFUN=?", info("+CFUN: (0,1,4),(0,1)")},
	{"AT+CFUN?", info("+CFUN: 1")},
	{"AT+CFUN=9", cme50},
	{"AT+CPAS", info("+CPAS: 0")},
	{"AT+CPIN?", info("+CPIN: READY")},
	{`AT+CPIN="1234"`, "\r\n+CME ERROR: 3\r\n"},
	{"AT+CPINR", info("+CPINR: SIM PIN,3,3", "+CPINR: SIM PUK,10,10")},
	{`AT+CPINR="SIM PIN"`, info("+CPINR: SIM PIN,3,3")},
	{`AT+CLCK="SC",2`, info("+CLCK: 0")},
	{"AT+CREG=?", info("+CREG: (0-2)")},
	{"AT+CREG?", info("+CREG: 0,1")},
	{"AT+CREG=2;+CREG?", info(`+CREG: 2,1,"00C3","000012AB",7`)},
	{"AT+CGREG=1;+CGREG?", info("+CGREG: 1,1")},
	{"AT+CEREG?", info("+CEREG: 0,1")},
	{"AT+CREG=3", cme50},
	{"AT+COPS?", info(`+COPS: 0,0,"Lab Mobile",7`)},
	{"AT+COPS=3,2;+COPS?", info(`+COPS: 0,2,"00101",7`)},
	{"AT+COPS=3,0", ok},
	{"AT+COPS=?", info(`+COPS: (2,"Lab Mobile","Lab Mobile","00101",7),,(0,3),(0,2)`)},
	{"AT+CGATT?", info("+CGATT: 1")},
	{"AT+CSQ", info("+CSQ: 20,99")},
	{"AT+CSQ=?", ok},
	{"AT+CESQ", info("+CESQ: 20,99,255,255,255,255")},
	{"AT+CSMS=?", info("+CSMS: (0,1)")},
	{"AT+CSMS?", info("+CSMS: 0,1,1,1")},
	{"AT+CSMS=1", info("+CSMS: 1,1,1")},
	{"AT+CSMS=0", info("+CSMS: 1,1,1")},
	{"AT+CSMS=7", "\r\n+CMS ERROR: 302\r\n"},
	{"AT+CPMS=?", info(`+CPMS: ("SM","ME","SR"),("SM","ME"),("SM","ME")`)},
	{"AT+CPMS?", info(`+CPMS: "SM",0,50,"SM",0,50,"SM",0,50`)},
	{`AT+CPMS="ME"`, info("+CPMS: 0,100,0,50,0,50")},
	{`AT+CPMS="SR","SM","ME"`, info("+CPMS: 0,10,0,50,0,100")},
	{`AT+CPMS="SM","SR"`, "\r\n+CMS ERROR: 302\r\n"},
	{`AT+CPMS="SM","SM","SM"`, info("+CPMS: 0,50,0,50,0,50")},
	{"AT+CNMI=?", info("+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)")},
	{"AT+CNMI?", info("+CNMI: 0,0,0,0,0")},
	{"AT+CNMI=2,1,0,1,0;+CNMI?", info("+CNMI: 2,1,0,1,0")},
	{"AT+CNMI=,,,2;+CNMI?", info("+CNMI: 2,1,0,2,0")},
	{"AT+CNMI=2,1,1", "\r\n+CMS ERROR: 302\r\n"},
	{"AT+CNMI=2,1,0,1,0,0", "\r\n+CMS ERROR: 302\r\n"},
	{"AT+CMGF=?", info("+CMGF: (0)")},
	{"AT+CMGF?", info("+CMGF: 0")},
	{"AT+CMGF=0", ok},
	{"AT+CMGF=1", "\r\n+CMS ERROR: 303\r\n"},
	{"AT+CSMP?", info("+CSMP: 17,167,0,0")},
	{"AT+CSMP=49,167,0,0;+CSMP?", info("+CSMP: 49,167,0,0")},
	{"AT+CSCA?", info(`+CSCA: "+15550000",145`)},
	{`AT+CSCA="15550009",145;+CSCA?`, info(`+CSCA: "+15550009",145`)},
	{`AT+CSCA="x"`, "\r\n+CMS ERROR: 304\r\n"},
	{"AT+CSDH=1;+CSDH?", info("+CSDH: 1")},
	{"AT+CMMS=?", info("+CMMS: (0-2)")},
	{"AT+CMMS=2;+CMMS?", info("+CMMS: 2")},
	{"AT+CMGS=?", ok},
	{"AT+CMGL=?", info("+CMGL: (0-4)")},
	{"AT+CMGL=4", ok},
	{"AT+CMGL=5", "\r\n+CMS ERROR: 305\r\n"},
	{"AT+CMGR=1", "\r\n+CMS ERROR: 321\r\n"},
	{"AT+CMGD=?", info("+CMGD: (),(0-4)")},
	{"AT+CMGD=1", ok},
	{"AT+CMGD=51", "\r\n+CMS ERROR: 321\r\n"},
	{"AT+CMGD=1,5", "\r\n+CMS ERROR: 321\r\n"},
	{"AT+CMSS=1", "\r\n+CMS ERROR: 321\r\n"},
	{"AT+CNMA", "\r\n+CMS ERROR: 340\r\n"},
	{"AT+CNMA=?", info("+CNMA: (0)")},
	{"AT+CLIP=1;+CLIP?", info("+CLIP: 1,1")},
	{"AT+CRC=1;+CRC?", info("+CRC: 1")},
	{"AT+CUSD=?", info("+CUSD: (0-2)")},
	{"AT+CUSD?", info("+CUSD: 0")},
	{"ATD+15550100;", "\r\nNO CARRIER\r\n"},
	{"ATH", ok},
	{"AT+VTS=?", info("+VTS: (0-9,*,#,A-D)")},
	{"AT+VTS=1", "\r\n+CME ERROR: 3\r\n"},
	{"AT+VTD=1", ok},
	{"AT+CLAC=?", ok},
	{"AT+CHUP", ok},
	{"ATS0=0", ok},
	{"ATS3?", info("013")},
	{"ATQ0V1X4&D2&C1", ok},
	{"ATE7", failed},
}

func TestCommands(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	named := make(map[string]bool)
	for _, c := range dialogue {
		x.ask(c.line, c.want)
		list, _ := at.ParseCommand(c.line)
		for _, one := range list {
			named[one.Name] = true
		}
	}
	x.quiet()
	for name := range commands {
		if !named[name] && !elsewhere[name] {
			t.Errorf("no line of the dialogue says AT%s", name)
		}
	}
}

// elsewhere are the commands with a test of their own, and those that do nothing.
var elsewhere = map[string]bool{
	"V": true, "E": true, "Q": true, "Z": true, "&F": true, "A": true, "L": true, "M": true,
	"&W": true, "&K": true, "S4": true, "S5": true, "S7": true, "+CMGW": true, "+CCLK": true,
	"+IPR": true, "+IFC": true, "+ICF": true, "+CSAS": true, "+CRES": true, "+CSCB": true, "+CLCC": true,
}

func TestLine(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{})
	p := m.Open()
	x := newTerminal(t, p)
	defer func() {
		p.Close()
		for range x.c {
		}
	}()

	x.ask("AT", "AT\r"+ok)     // echo is on after a start
	x.ask("ATE0", "ATE0\r"+ok) // and covers the line that ends it
	x.ask("\x1b", "")          // ESC and CR: how many programs begin
	x.ask("hello", "")         // not for a modem
	x.ask("\x00\x00AT", ok)    // noise before a line
	x.say("\nAT+CSX\x08Q\r\n") // correction, and LF around a line
	x.expect(info("+CSQ: 20,99"))
	x.ask("AT+CSQ;+NOSUCH;+CREG?", "\r\n+CSQ: 20,99\r\n"+failed) // the rest of the line is not done
	x.ask("AT"+strings.Repeat(" ", lineMax), failed)
	x.ask("ATV0", "0\r")
	x.ask("AT+CSQ", "+CSQ: 20,99\r\n0\r")
	x.ask("AT+NOSUCH", "4\r")
	x.ask("ATE9", "4\r")
	x.ask("AT+CMGR=1", "\r\n+CMS ERROR: 321\r\n")
	x.ask("ATA", "3\r")
	x.ask("ATV1", ok)
	x.ask("ATQ1", "")
	x.ask("AT+CSQ", "\r\n+CSQ: 20,99\r\n")
	x.ask("ATQ0", ok)
	x.ask("AT+CMEE=2;+CREG=2;+CNMI=2,1,0,1", ok)
	x.ask("ATZ", ok)
	x.ask("AT+CNMI?", "AT+CNMI?\r"+info("+CNMI: 0,0,0,0,0")) // with its echo again
	x.ask("AT&F", "AT&F\r"+ok)
	x.ask("ATE0", "ATE0\r"+ok)
	x.quiet()
}

func TestPIN(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{PIN: "1234", PINTries: 2})
	x := attach(t, m)
	if got := m.State(); got != "pin" {
		t.Errorf("state %q", got)
	}
	x.ask("AT+CMEE=1;+CREG=1", ok)
	x.ask("AT+CPIN?", info("+CPIN: SIM PIN"))
	x.ask("AT+CREG?", info("+CREG: 1,0"))
	x.ask("AT+COPS?", info("+COPS: 0"))
	x.ask("AT+CSQ", info("+CSQ: 99,99"))
	x.ask("AT+CIMI", "\r\n+CME ERROR: 11\r\n")
	x.ask("AT+CMGS=14", "\r\n+CMS ERROR: 311\r\n")
	x.ask(`AT+CPIN="0000"`, "\r\n+CME ERROR: 16\r\n")
	x.ask("AT+CPINR", info("+CPINR: SIM PIN,1,3", "+CPINR: SIM PUK,10,10"))
	x.ask(`AT+CPIN="0001"`, "\r\n+CME ERROR: 12\r\n")
	x.ask("AT+CPIN?", info("+CPIN: SIM PUK"))
	x.ask("AT+CIMI", "\r\n+CME ERROR: 12\r\n")
	x.ask("AT+CMGL=4", "\r\n+CMS ERROR: 316\r\n")
	x.ask(`AT+CPIN="1234"`, "\r\n+CME ERROR: 12\r\n")
	if err := h.Send(m.Number(), "too early"); err != nil {
		t.Fatal(err)
	}
	x.ask(`AT+CPIN="11111111","4321"`, "\r\n+CME ERROR: 16\r\n")
	x.ask(`AT+CPIN="12345678","4321"`, ok+"\r\n+CPIN: READY\r\n"+"\r\n+CREG: 1\r\n")
	x.ask("AT+CPIN?", info("+CPIN: READY"))
	x.ask("AT+CPMS?", info(`+CPMS: "SM",1,50,"SM",1,50,"SM",1,50`))
	x.ask("AT+CFUN=1,1", ok+"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: SIM PIN\r\n")
	x.ask("ATE0", "ATE0\r"+ok)
	x.ask(`AT+CPIN="4321"`, ok+"\r\n+CPIN: READY\r\n")
}

func TestUSSD(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	x.ask(`AT+CUSD=1,"*100#",15`, ok+"\r\n+CUSD: 0,\"Balance: 12.34 EUR\",15\r\n")
	x.ask(`AT+CUSD=1,"*101#",15`, ok+"\r\n+CUSD: 1,\"Lab Mobile\n1 Balance\n2 My number\n3 Data\",15\r\n")
	x.ask(`AT+CUSD=1,"2",15`, ok+"\r\n+CUSD: 0,\"Your number: +15550191\",15\r\n")
	x.ask(`AT+CUSD=1,"2",15`, ok+"\r\n+CUSD: 4\r\n") // the session is over
	x.ask(`AT+CUSD=1,"*101#"`, ok)
	x.until(",15\r\n")
	x.ask(`AT+CUSD=1,"3"`, ok+"\r\n+CUSD: 1,\"Data\n1 Buy 1 GB\n2 Nothing\",15\r\n")
	x.ask("AT+CUSD=2", ok)
	x.ask(`AT+CUSD=1,"1"`, ok+"\r\n+CUSD: 4\r\n")
	x.ask("ATD*100#;", ok+"\r\n+CUSD: 0,\"Balance: 12.34 EUR\",15\r\n")
	x.ask(`AT+CSCS="UCS2"`, ok)
	x.ask(`AT+CUSD=1,"002A0031003000300023",15`, ok)
	x.until(`+CUSD: 0,"00420061006C`)
	x.until("\r\n")
	x.ask("AT+CUSD=1,\"*100#\"", "\r\nERROR\r\n") // not hex
	x.ask(`AT+CUSD=0,"002A0031003000300023"`, ok) // answered, but not shown
	x.quiet()
}

func TestFunction(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{})
	x := attach(t, m)
	x.ask("AT+CREG=1;+CNMI=2,1;+CMEE=1", ok)
	x.ask("AT+CFUN=4", ok+"\r\n+CREG: 0\r\n")
	if err := h.Send(m.Number(), "waits"); err != nil {
		t.Fatal(err)
	}
	if got := m.State(); got != "off" {
		t.Errorf("state %q", got)
	}
	x.ask(`AT+CUSD=1,"*100#"`, "\r\n+CME ERROR: 30\r\n")
	x.ask("AT+CFUN=1", ok+"\r\n+CREG: 1\r\n\r\n+CMTI: \"SM\",1\r\n")
	x.ask("AT+CFUN=1,1", ok+"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n\r\nSMS Ready\r\n")
	x.ask("ATE0", "ATE0\r"+ok)
	x.ask("AT+CNMI?", info("+CNMI: 0,0,0,0,0"))
}
