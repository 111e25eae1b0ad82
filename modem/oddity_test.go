package modem

import (
	"fmt"
	"strings"
	"testing"

	"smsbridge/modem/at"
	"smsbridge/modem/profile"
)

// odd is a line a real modem said, and what must be understood by it.
type odd struct{ source, line, want string }

// misread says which lines are understood in another way.
func misread(table []odd, read func(line string) string) (wrong []string) {
	for _, o := range table {
		if got := read(o.line); got != o.want {
			wrong = append(wrong, fmt.Sprintf("%s: %s\n got %s\nwant %s", o.source, o.line, got, o.want))
		}
	}
	return wrong
}

func understand(t *testing.T, table []odd, read func(line string) string) {
	t.Helper()
	for _, w := range misread(table, read) {
		t.Error(w)
	}
}

// groups writes a test answer as its groups, parted by a stroke.
func groups(text string) string {
	var list []string
	for _, s := range at.ParseSets(payload(text)) {
		if names := s.Names(); len(names) > 0 {
			list = append(list, strings.Join(names, " "))
			continue
		}
		list = append(list, strings.Trim(fmt.Sprint(s.Numbers()), "[]"))
	}
	return strings.Join(list, " | ")
}

// fields writes an answer as its fields.
func fields(text string) string {
	var list []string
	for _, p := range at.ParseParams(payload(text)) {
		list = append(list, p.Text)
	}
	return strings.Join(list, "/")
}

// TestOddMemories: the forms of +CPMS, TS 27.005, 3.2.2.
func TestOddMemories(t *testing.T) {
	understand(t, []odd{
		{"python-gsmmodem, Wavecom", `+CPMS: (("SM","BM","SR"),("SM"))`, "SM BM SR | SM"},
		{"python-gsmmodem, Huawei K3715", `+CPMS: ("ME","MT","SM","SR"),("ME","MT","SM","SR"),("ME","MT","SM","SR")`, "ME MT SM SR | ME MT SM SR | ME MT SM SR"},
		{"gammu", `+CPMS: (),(),()`, " |  | "},
		{"gammu, two groups", `+CPMS: ("SM","ME"),("SM")`, "SM ME | SM"},
		{"ModemManager, Cinterion", `+CPMS: ("MT","SM","ME"),("MT","SM","ME"),("SM","MT")`, "MT SM ME | MT SM ME | SM MT"},
		{"ModemManager, no quotes", `+CPMS: (ME,MT),(ME),(SM)`, "ME MT | ME | SM"},
		{"ModemManager, blanks", `+CPMS: ("SM" , "ME" ), ("SM")`, "SM ME | SM"},
	}, groups)
	understand(t, []odd{
		{"python-gsmmodem, Wavecom", `+CPMS: 14,50,14,50`, "14/50/14/50"},
		{"QModem, Air724UG", `+CPMS: "SM",0,40`, "SM/0/40"},
		{"TS 27.005, read form", `+CPMS: "SM",3,20,"SM",3,20,"ME",0,255`, "SM/3/20/SM/3/20/ME/0/255"},
	}, fields)
}

// TestOddIndications: the forms of +CNMI=?, and what is asked for then.
func TestOddIndications(t *testing.T) {
	understand(t, []odd{
		{"phonesim", `+CNMI: (2),(0-1,3),(0,2),(0-1),(0)`, "2 | 0 1 3 | 0 2 | 0 1 | 0"},
		{"gammu #1207, MC75i", `+CNMI: (0-3),(0,1),(0,2,3),(0,2),(1)`, "0 1 2 3 | 0 1 | 0 2 3 | 0 2 | 1"},
		{"gammu", `+CNMI: (0,1,2),(0-3),(0,2,3),(0-2),(0,1)`, "0 1 2 | 0 1 2 3 | 0 2 3 | 0 1 2 | 0 1"},
		{"SIM800", `+CNMI: (0-3),(0-3),(0,2),(0,1),(0,1)`, "0 1 2 3 | 0 1 2 3 | 0 2 | 0 1 | 0 1"},
	}, groups)
	for _, c := range []struct{ family, legal, want string }{
		{"quectel", "(0-2),(0-3),(0,2),(0-2),(0,1)", "2,1,0,1,0 2,1,0,0,0"}, // never <ds>=2
		{"simcom-2g", "", "2,1,0,1,0 2,1,0,0,0"},
		{"cinterion", "(0-3),(0,1),(0,2,3),(0,2),(1)", "2,1,0,2,1 2,1,0,0,1"},
		{"cinterion", "", "2,1,0,1,1 2,1,0,2,1"},
		{"huawei", "(2),(0-1,3),(0,2),(0-1),(0)", "2,1,0,1,0 2,1,0,0,0"},
	} {
		p, ok := profile.Named(c.family)
		if !ok {
			t.Fatalf("no family %s", c.family)
		}
		if got := strings.Join(indications(p, at.ParseSets(c.legal))[:2], " "); got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.family, c.legal, got, c.want)
		}
	}
}

// TestOddService: +CSMS, TS 27.005, 3.2.1.
func TestOddService(t *testing.T) {
	understand(t, []odd{
		{"phonesim", `+CSMS=(0)`, "0"},
		{"warthog618/modem #17, M26", `+CSMS: (0,128)`, "0 128"},
		{"TS 27.005", `+CSMS: (0,1)`, "0 1"},
		{"ModemManager", `+CSMS: 0`, "0"},
	}, groups)
	if s := (shape{prefix: "+CSMS"}); !s.owns("+CSMS=(0)") || s.owns("+CSMSX: 0") {
		t.Error("the equals sign of phonesim")
	}
}

// TestOddRegistration: URC and read form, TS 27.007, 7.2, 10.1.20 and 10.1.22. MM is ModemManager's
// tests/test-modem-helpers.c.
func TestOddRegistration(t *testing.T) {
	understand(t, []odd{
		{"MM, one field", `+CREG: 3`, "URC denied"},
		{"MM, two fields", `+CREG: 1,3`, "read denied"},
		{"MM, Mercury", `+CREG: 0,1,84CD,00D30173`, "read home"},
		{"MM, Mercury", `+CREG: 1,84CD,00D30156`, "URC home"},
		{"MM, K850i", `+CREG: 2,1,"CE00","01CEAD8F"`, "read home"},
		{"MM, K850i", `+CREG: 1,"CE00","00005449"`, "URC home"},
		{"MM, E160G", `+CREG: 2,0,00,0`, "read not_registered"},
		{"MM, E160G", `+CREG: 2,1,8BE3,2BAF`, "read home"},
		{"MM, E160G", `+CREG: 2,8BE3,2BAF`, "URC searching"},
		{"MM, TM-506", `+CREG: 2,1,"8BE3","2BAF"`, "read home"},
		{"MM, XU870", `+CREG: 2,,`, "URC searching"},
		{"MM, MD400", `+CREG: 2,5,"0502","0404736D"`, "read roaming"},
		{"MM, MD400", `+CREG: 5,"0502","0404736D",2`, "URC roaming"},
		{"MM, S8500 Wave", `+CREG: 2,1,000B,2816, B, C2816`, "read home"},
		{"MM, Thuraya", `+CREG: 1, "0426", "F0,0F"`, "URC home"},
		{"MM, F3607gw", `+CGREG: 2,1,"8BE3","00002B5D",3`, "read home"},
		{"MM, F3607gw", `+CGREG: 1,"8BE3","00002B5D",3`, "URC home"},
		{"MM, X220", `+CGREG: 2, 81ED, 1A9CEB`, "URC searching"},
		{"MM, X220", `+CGREG: 2,1, 81ED, 1A9CEB`, "read home"},
		{"MM, with a routing area", `+CGREG: 1,"1422","00000142",3,"00"`, "URC home"},
		{"MM, LTE", `+CEREG: 2,1, 1F00, 20 ,79D903 ,7`, "read home"},
		{"MM, LTE", `+CEREG: 1, 1F00, 20 ,79D903 ,7`, "URC home"},
		{"MM, LTE", `+CEREG: 2,1,"1F00","20","79D903",7`, "read home"},
		{"Quectel, messages only", `+CEREG: 2,7,"1A2D","1A2D003",7`, "read roaming_sms_only"},
		{"LilyGo-Modem-Series #247", `+CREG: 0,11`, "read unknown"},
	}, func(line string) string {
		p := at.ParseParams(payload(line))
		form := "URC"
		if isRegistrationRead(p) {
			form = "read"
		}
		return form + " " + parseRegistration(p).String()
	})
}

// TestOddICCID: ITU-T E.118 gives 19 digits, many cards 20, and a nibble left over reads F.
func TestOddICCID(t *testing.T) {
	understand(t, []odd{
		{"SIM800", `89460000000000000012`, "89460000000000000012"},
		{"SIM900", `8946000000000000001F`, "8946000000000000001"},
		{"lower case", `8946000000000000001f`, "8946000000000000001"},
		{"M95", `+CCID: "89460000000000000012"`, "89460000000000000012"},
		{"u-blox", `+CCID: 8946000000000000001`, "8946000000000000001"},
		{"SIM7600", `+ICCID: 8946000000000000001F`, "8946000000000000001"},
		{"EC25", `+QCCID: 8946000000000000001F`, "8946000000000000001"},
		{"Huawei", `^ICCID: 8946000000000000001F`, "8946000000000000001"},
		{"Sierra", `!ICCID: 89460000000000000012`, "89460000000000000012"},
		{"Telit", `#CCID: 89460000000000000012`, "89460000000000000012"},
		{"Cinterion", `^SCID: 89460000000000000012`, "89460000000000000012"},
		{"no card", `+CCID: ""`, ""},
		{"an IMEI", `860000000000001`, ""},
	}, iccid)
	asked := shape{prefix: "+CICCID", also: []string{"+CCID", "+ICCID", "^ICCID", "+QCCID", "!ICCID"}}
	if !asked.owns("+ICCID: 8946") || !isICCID("89460000000000000012") || isICCID("860000000000001") {
		t.Error("an answer under another name")
	}
}

// TestOddSignal: TS 27.007, 8.5 and 8.69.
func TestOddSignal(t *testing.T) {
	understand(t, []odd{
		{"TS 27.007", `+CSQ: 0,99`, "-113"},
		{"TS 27.007", `+CSQ: 31,0`, "-51"},
		{"TS 27.007", `+CSQ: 99,99`, "0"},
		{"SIMCom", `+CSQ: 100,99`, "-116"}, // TD-SCDMA
		{"SIMCom", `+CSQ: 191,99`, "-25"},
		{"SIMCom", `+CSQ: 199,99`, "0"},
		{"no blank", `+CSQ:18,99`, "-77"},
		{"a fraction", `+CSQ: 17.5,99`, "0"},
		{"nothing", `+CSQ: `, "0"},
	}, func(line string) string { return fmt.Sprint(dBm(number(at.ParseParams(payload(line)), 0, 99))) })
	understand(t, []odd{{"QModem, Air724UG", `+CESQ: 99,99,255,255,19,51`, "99/99/255/255/19/51"}}, fields)
}

// TestOddCaller: TS 27.007, 7.11.
func TestOddCaller(t *testing.T) {
	understand(t, []odd{
		{"withheld", `+CLIP: "",128,,,,2`, "/128////2"},
		{"python-gsmmodem, Wavecom", `+CLIP: "+46705550123",145`, "+46705550123/145"},
		{"python-gsmmodem, Huawei", `+CLIP: "+46705550123",145,,,,0`, "+46705550123/145////0"},
		{"a name beside the number", `+CLIP: "+46705550123",145,,,"Anna, home",0`, "+46705550123/145///Anna, home/0"},
		{"a name in its place", `+CLIP: "Voicemail",208`, "Voicemail/208"},
		{"no quotes", `+CLIP: 0705550123,129`, "0705550123/129"},
	}, fields)
}

// TestOddControl: a reader that cuts at every comma, and one that takes the first field for the state, as
// are easily written, misread these tables.
func TestOddControl(t *testing.T) {
	byComma := func(line string) string { return strings.ReplaceAll(payload(line), ",", "/") }
	if n := len(misread([]odd{{"", `+CLIP: "1",145,,,"Anna, home",0`, "1/145///Anna, home/0"}}, byComma)); n != 1 {
		t.Error("commas within quotes prove nothing")
	}
	first := func(line string) string {
		return RegistrationState(number(at.ParseParams(payload(line)), 0, 4)).String()
	}
	if n := len(misread([]odd{{"", `+CREG: 0,1,84CD,00D30173`, "home"}, {"", `+CREG: 2,5,"0502","0404736D"`, "roaming"}}, first)); n != 2 {
		t.Error("read forms prove nothing")
	}
}
