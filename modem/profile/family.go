package profile

import "time"

// generic is what most modems understand. Reports are wanted pushed (<ds>=1) before stored (<ds>=2), for
// an EC25 announces "+CDSI: "SM",0" and keeps the report where nothing can read it. Messages are wanted
// on the SIM, which every modem can and which stays with the number.
var generic = Profile{
	Name:      "generic",
	Title:     "a modem of no known family",
	Source:    "TS 27.005, TS 27.007, V.250",
	Ready:     []string{"RDY", "+CPIN: READY"},
	Modes:     []int{2, 1, 3, 0},
	Reports:   []int{1, 2, 0},
	Buffer:    []int{0, 1},
	Memories:  []string{"SM", "ME"},
	SlotBase:  1,
	USSD:      []USSDForm{USSDPlain, USSDPacked, USSDUCS2},
	Signal:    []string{"+CSQ", "+CESQ"},
	ICCID:     []string{"+CCID", "+ICCID", "+QCCID"},
	Reset:     "+CFUN=1,1", // TS 27.007, 8.2
	ResetTime: time.Minute,
}

// families are tried in order; the first that fits is laid over generic.
var families = []Profile{
	huawei, zte, simcomA, simcom2G, simcom, quectelM, quectelBG, quectel,
	ublox, sierra, telit, cinterion, fibocom, air724, neoway, wavecom,
}

var huawei = Profile{
	Name:     "huawei",
	Title:    "Huawei E, K and MU series",
	Tries:    Tries{"^CPIN?", 3, 2},
	Source:   "ModemManager src/plugins/huawei; gammu gsmphones.c; gammu #4 #486 #517; wdoekes/asterisk-chan-dongle #29 #38 #116; QModem (temperature)",
	Makers:   []string{"huawei"},
	Ready:    []string{"^BOOT", "^SIMST:", "^SRVST:"},
	First:    []string{"^CURC=0"}, // silences ^RSSI, ^DSFLOWRPT and their like
	Settle:   3 * time.Second,
	Lag:      500 * time.Millisecond,
	SlotBase: 0,
	USSD:     []USSDForm{USSDPacked, USSDPlain, USSDUCS2},
	Signal:   []string{"+CSQ", "^HCSQ?"},
	ICCID:    []string{"^ICCID?", "+CCID", "+ICCID"},
	// ^CHIPTEMP? gives several sensors, in tenths of a degree.
	Temperature: "^CHIPTEMP?",
	Reset:       "^RESET",
	Voice:       true, // tones need ^DTMF=call,tone
	Quirks: []Quirk{
		{Sign: "messages are found only by the sweep", Words: "its bells may ring on its other AT port: ^PORTSEL=0 sends them to the PCUI port, ^PORTSEL=1 to the modem port", Source: "wdoekes/asterisk-chan-dongle"},
		{Sign: "COMMAND NOT SUPPORT", Words: "it says so instead of ERROR", Source: "python-gsmmodem test/fakemodems.py (E1752)"},
		{Sign: "+CPMS counts nothing right after +CMTI", Words: "the counters come half a second late", Source: "gammu, E3531"},
		{Sign: "USSD is refused with a bare ERROR", Words: "it wants the text as packed septets in hexadecimal, unless ^USSDMODE=0 was sent", Source: "python-gsmmodem, chan_dongle"},
		{Sign: "a listing is never answered after some twenty minutes", Words: "some sticks hang; only a reset helps", Source: "gammu #4"},
		{Sign: "no indications with 2,1,0,2", Words: "owners of an E3531 needed +CNMI=2,0,0,2,1 or 1,2,0,0,0", Source: "gammu #486 #517"},
		{Sign: "an MU736 does not know ^RESET", Words: "it restarts with +CFUN=16", Source: "ModemManager src/plugins/huawei"},
	},
}

var zte = Profile{
	Name:     "zte",
	Title:    "ZTE MF and K series",
	Source:   "ModemManager src/plugins/zte; gammu gsmphones.c; python-gsmmodem test/fakemodems.py (K3565-Z)",
	Makers:   []string{"zte"},
	Ready:    []string{"+ZUSIMR", "+ZPASR", "+ZDONR"},
	First:    []string{"E0+CPMS?", "+ZCDRUN=8", "+ZOPRT=5"}, // the second ends the CD-ROM for good
	SlotBase: 1,
	Voice:    true,
	DTMF:     true,
	Quirks: []Quirk{
		{Sign: "+CME ERROR: 14 after the start", Words: "the SIM is busy for about ten seconds", Source: "python-gsmmodem"},
		{Sign: "the service centre is gone", Words: "+CSMP erases it on a K3565-Z and an M6280; this bridge does not send +CSMP", Source: "python-gsmmodem"},
		{Sign: "USSD replies in the GSM alphabet", Words: "an MF667 does not use UCS2", Source: "gammu issues"},
	},
}

var simcom2G = Profile{
	Name:     "simcom-2g",
	Title:    "SIMCom SIM800, SIM868, SIM900",
	Tries:    Tries{"+SPIC", 0, 1},
	Source:   "blemasle/arduino-sim808 #23; GPRS_SIM900 #39; lwcell #7; smstools3 doc/configure.html",
	Makers:   []string{"simcom"},
	Models:   []string{"sim80", "sim86", "sim90"},
	Ready:    []string{"RDY", "+CPIN: READY", "Call Ready", "SMS Ready"},
	Reports:  []int{1, 0}, // +CNMI: (0-3),(0-3),(0,2),(0,1),(0,1)
	Memories: []string{"SM"},
	SlotBase: 1,
	Signal:   []string{"+CSQ"},
	ICCID:    []string{"+CCID", "+ICCID"},
	Voice:    true,
	DTMF:     true,
	Quirks: []Quirk{
		{Sign: "+CMGF is refused", Words: "it is not up before SMS Ready", Source: "GPRS_SIM900 #39"},
		{Sign: "no RDY after a restart", Words: "with automatic speed it says none; fix the speed with +IPR", Source: "smstools3 doc/configure.html"},
		{Sign: "the first characters of a command are lost", Words: "it sleeps; +CSCLK=0 keeps it awake", Source: "SIM800 AT manual", Doubt: "+CSCLK was not met in the sources read"},
		{Sign: "garbled lines at 115200", Words: "long wires: 57600 was fine", Source: "lwcell #7"},
		{Sign: "a SIM put in later is not seen", Words: "the radio must be switched off and on: +CFUN=0, +CFUN=1", Source: "smstools3 doc/configure.html"},
	},
}

var simcom = Profile{
	Name:     "simcom",
	Title:    "SIMCom SIM5300, SIM7000, SIM7100, SIM7600",
	Tries:    Tries{"+SPIC", 0, 2},
	Source:   "ModemManager src/plugins/simtech; T-SIM7600X #63; LilyGo-Modem-Series #340; QModem (temperature)",
	Doubt:    "+CICCID is from general knowledge",
	Makers:   []string{"simcom"},
	Ready:    []string{"RDY", "+CPIN: READY", "SMS DONE", "PB DONE"},
	SlotBase: 1,
	Signal:   []string{"+CSQ", "+CPSI?"},
	ICCID:    []string{"+CCID", "+CICCID", "+ICCID"},
	// +CPMUTEMP is the chip's.
	Temperature: "+CPMUTEMP",
	Reset:       "+CRESET",
	Voice:       true,
	DTMF:        true,
	Quirks: []Quirk{
		{Sign: "+CMTI: ,-1", Words: "a SIM7000G stored the message nowhere; it cannot be read, and the network may send it again", Source: "T-SIM7600X #63"},
		{Sign: "every message is refused", Words: "a stored profile can block sending; AT&F and AT&W clear it", Source: "LilyGo-Modem-Series #340"},
	},
}

var simcomA = Profile{
	Name:     "simcom-a",
	Title:    "SIMCom A7600, A7602, A7670, A8200",
	Tries:    Tries{"+SPIC", 0, 1},
	Source:   "ModemManager src/plugins/simtech; LilyGo-Modem-Series #184 #247; morgverd/sms-server #12; PavelVe/home-assistant-addons #27",
	Doubt:    "+CICCID is from general knowledge",
	Makers:   []string{"simcom"},
	Models:   []string{"a760", "a767", "a820"},
	Ready:    []string{"*ATREADY: 1", "+CPIN: READY", "SMS DONE", "PB DONE"},
	Memories: []string{"ME", "SM"},
	SlotBase: 1,
	Signal:   []string{"+CSQ"},
	ICCID:    []string{"+CICCID", "+CCID", "+ICCID"},
	Reset:    "+CRESET",
	Quirks: []Quirk{
		{Sign: "+CNMI=2,2,0,1,0 is refused", Words: "2,2,0,0,0 and 2,1,0,0,0 are taken", Source: "morgverd/sms-server #12"},
		{Sign: "nothing arrives after a message was deleted", Words: "some firmware stops receiving until a restart", Source: "LilyGo-Modem-Series #184"},
		{Sign: "+CREG: 0,11 and +CMGF is refused", Words: "firmware for data only: it has no messages at all", Source: "LilyGo-Modem-Series #247", Doubt: "inferred"},
	},
}

var quectelM = Profile{
	Name:     "quectel-m",
	Title:    "Quectel M26, M35, M95",
	Tries:    Tries{`+QPINC="SC"`, 1, 2},
	Source:   "warthog618/modem #17; Quectel forum 18493",
	Makers:   []string{"quectel"},
	Models:   []string{"m26", "m35", "m95"},
	Ready:    []string{"RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready"},
	SlotBase: 1,
	Signal:   []string{"+CSQ"},
	ICCID:    []string{"+CCID", "+QCCID"},
	Voice:    true,
	DTMF:     true,
	Quirks: []Quirk{
		{Sign: "+CSMS=1 is refused", Words: "an M26 says +CSMS: (0,128); this bridge does not need it", Source: "warthog618/modem #17"},
		{Sign: "+CMS ERROR: 3870 or 304 after a few messages", Words: "it helps to restart it", Source: "Quectel forum 18493"},
	},
}

var quectelBG = Profile{
	Name:     "quectel-bg",
	Title:    "Quectel BG95, BG96, BG77",
	Tries:    Tries{`+QPINC="SC"`, 1, 2},
	Source:   "Sixfab_PPP_Installer #24; Quectel EC25/EC21 AT manual",
	Doubt:    "little was found; APP RDY is from general knowledge",
	Makers:   []string{"quectel"},
	Models:   []string{"bg95", "bg96", "bg77"},
	Ready:    []string{"APP RDY"},
	First:    []string{`+QURCCFG="urcport","all"`},
	Reports:  []int{1, 0},
	Memories: []string{"ME", "SM"},
	SlotBase: 1,
	Signal:   []string{"+CSQ", "+QCSQ"},
	ICCID:    []string{"+QCCID", "+CCID"},
	Quirks: []Quirk{
		{Sign: "registered, and every message is refused", Words: "subscriptions for NB-IoT often have no messages", Source: "Quectel forum"},
		{Sign: "minutes without a network", Words: "its search for a network is long", Source: "Sixfab_PPP_Installer #24"},
	},
}

var quectel = Profile{
	Name:        "quectel",
	Title:       "Quectel EC, EG, EP, EM and RM series",
	Tries:       Tries{`+QPINC="SC"`, 1, 2},
	Source:      "ModemManager src/plugins/quectel; IchthysMaranatha/asterisk-chan-quectel PR #75; Quectel EC25/EC21 AT manual; Quectel forum 4452 7820; QModem (temperature)",
	Makers:      []string{"quectel"},
	Ready:       []string{"RDY", "+QIND: SMS DONE", "+QIND: PB DONE"},
	First:       []string{`+QURCCFG="urcport","all"`}, // else they go to one port only
	Reports:     []int{1, 0},
	SlotBase:    1,
	USSD:        []USSDForm{USSDPlain, USSDUCS2, USSDPacked},
	Signal:      []string{"+CSQ", "+QCSQ", "+CESQ"},
	ICCID:       []string{"+QCCID", "+ICCID", "+CCID"},
	Temperature: "+QTEMP",
	ResetTime:   62 * time.Second,
	Result:      300 * time.Second, // an EG06 refused after 135 s
	Voice:       true,
	DTMF:        true,
	Quirks: []Quirk{
		{Sign: `+CDSI: "SM",0`, Words: "asked to store reports it keeps them where nothing can read them; they are asked for pushed instead", Source: "asterisk-chan-quectel PR #75"},
		{Sign: "+CMS ERROR: 303 for a list", Words: "an EP06 or EM06 has an empty memory", Source: "Quectel forum 7820"},
		{Sign: "+CMS ERROR: 350 after two minutes", Words: "the network offers messages neither over IMS nor by falling back: +QCFG=\"ims\", or another network mode", Source: "Quectel forum 4452"},
		{Sign: "+CMS ERROR: 340", Words: "an acknowledgement too many; harmless", Source: "Quectel EC25/EC21 AT manual"},
	},
}

var ublox = Profile{
	Name:     "ublox",
	Title:    "u-blox SARA, LARA, LISA, TOBY",
	Tries:    Tries{"+UPINCNT", 0, 2},
	Source:   "ModemManager src/plugins/ublox; u-blox UBX-17003787, 9.9; MKRNB #45 #57",
	Makers:   []string{"u-blox"},
	Ready:    []string{"+AT: READY", "+PBREADY"},
	SlotBase: 1,
	Signal:   []string{"+CSQ", "+CESQ"},
	ICCID:    []string{"+CCID"},
	Reset:    "+CFUN=16",
	Voice:    true,
	DTMF:     true,
	Quirks: []Quirk{
		{Sign: "+CNMI reads 0 where 2 was asked", Words: "received directly and not acknowledged in time, it ends indications by itself; stored messages are not concerned", Source: "UBX-17003787, 9.9"},
		{Sign: "nothing arrives any more", Words: "a SARA-R410 stops receiving until something is sent, or a restart", Source: "MKRNB #45 #57"},
	},
}

var sierra = Profile{
	Name:     "sierra",
	Title:    "Sierra Wireless MC, EM, RC and HL series",
	Tries:    Tries{"+CPINC", 0, 2},
	Source:   "ModemManager src/plugins/sierra; Sierra forum 7898, 35851 and the MC7455 thread on messages; QModem (temperature)",
	Makers:   []string{"sierra"},
	Ready:    []string{"+PACSP"},
	Settle:   10 * time.Second,
	SlotBase: 1,
	Signal:   []string{"+CSQ", "!GSTATUS?"},
	ICCID:    []string{"!ICCID?", "+CCID"},
	// !PCTEMP? is answered in words: Temp state: Normal, Temperature: 36.55 C.
	Temperature: "!PCTEMP?",
	Reset:       "!RESET",
	Quirks: []Quirk{
		{Sign: `+CMTI: "ME",15 and then +CMS ERROR: 321`, Words: "an RC76 cannot read what it announced until its memory is emptied", Source: "Sierra forum 35851"},
		{Sign: "a prompt and OK before the message was written", Words: "an MC7455 with GPS on; such a message counts as not sent", Source: "Sierra forum, MC7455"},
		{Sign: "registered, and every message is refused", Words: "look for NO SMS at IMS in the answer to !GSTATUS?", Source: "Sierra forum 35851"},
		{Sign: "ERROR for message after message, then one goes", Words: "an HL6 took ten to forty tries", Source: "Sierra forum 7898"},
	},
}

var telit = Profile{
	Name:     "telit",
	Title:    "Telit LE910, ME910, LM9x0 and others",
	Tries:    Tries{"#PCT", 0, 0},
	Source:   "ModemManager src/plugins/telit; gammu #272",
	Doubt:    "#CCID and #RFSTS are from general knowledge",
	Makers:   []string{"telit"},
	Ready:    []string{"#QSS: 3"}, // SIM and messages
	First:    []string{"#QSS=2"},
	SlotBase: 1,
	Signal:   []string{"+CSQ", "+CESQ"},
	ICCID:    []string{"+CCID", "#CCID"},
	Reset:    "#REBOOT",
	Quirks: []Quirk{
		{Sign: "no reports", Words: "they come with <ds>=1 and a message that asks for them", Source: "gammu #272"},
		{Sign: "no answer for some seconds after it was plugged in", Words: "LM, LN and FN series need time", Source: "ModemManager src/plugins/telit"},
		{Sign: "+CMS ERROR: 41 for messages sent close together", Words: "a pause between messages helps", Source: "gammu issues"},
	},
}

var cinterion = Profile{
	Name:     "cinterion",
	Title:    "Cinterion, Gemalto, Thales, Siemens",
	Tries:    Tries{"^SPIC", 0, 0},
	Source:   "ModemManager src/plugins/cinterion; gammu #1207",
	Doubt:    "^SCID is from general knowledge",
	Makers:   []string{"cinterion", "gemalto", "thales", "siemens"},
	Ready:    []string{"^SYSSTART", "+CIEV: simstatus"},
	Buffer:   []int{1}, // +CNMI: (0-3),(0,1),(0,2,3),(0,2),(1)
	Memories: []string{"SM", "ME"},
	SlotBase: 1,
	Signal:   []string{"+CSQ", "^SMONI"},
	ICCID:    []string{"+CCID", "^SCID"},
	Voice:    true,
	DTMF:     true,
	Quirks: []Quirk{
		{Sign: "+CNMI is refused", Words: "the fifth value must be 1, and <bm> of 1 is not taken", Source: "gammu #1207 (MC75i)"},
		{Sign: "messages cannot be received into ME", Words: "the third memory takes SM and MT only", Source: "ModemManager src/plugins/cinterion"},
	},
}

var fibocom = Profile{
	Name:     "fibocom",
	Title:    "Fibocom L, FM, NL and MA series",
	Tries:    Tries{"+TPIN?", 0, 2},
	Source:   "ModemManager src/plugins/fibocom",
	Doubt:    "few reports were found",
	Makers:   []string{"fibocom"},
	Ready:    []string{"+CPIN: READY"},
	SlotBase: 1,
	ICCID:    []string{"+ICCID", "+CCID"},
	Reset:    "+CFUN=15",
	Quirks: []Quirk{
		{Sign: "AT on another interface than the table says", Words: "+GTUSBMODE decides which ports there are", Source: "ModemManager src/plugins/fibocom"},
	},
}

var air724 = Profile{
	Name:     "air724",
	Title:    "Luat Air724UG and its kin",
	Source:   "QModem testcases and PR #233",
	Doubt:    "the names it gives itself are from general knowledge; Air780 speaks AT only with AT firmware",
	Makers:   []string{"airm2m", "luat"},
	Ready:    []string{"RDY", "+CPIN: READY"},
	SlotBase: 1,
	ICCID:    []string{"+ICCID", "+CCID"},
	Quirks: []Quirk{
		{Sign: "the device leaves and returns at the start", Words: "it boots as 1782:4d12 and comes back as 1782:4e00", Source: "QModem PR #233"},
	},
}

var neoway = Profile{
	Name:       "neoway",
	Title:      "Neoway M590",
	Source:     "smstools3 doc/configure.html",
	Doubt:      "known from one manual only",
	Makers:     []string{"neoway"},
	Memories:   []string{"SM"},
	SlotBase:   1,
	Signal:     []string{"+CSQ"},
	ICCID:      []string{"+CCID"},
	Reset:      none, // only its power key
	NoRadioOff: true,
	Quirks: []Quirk{
		{Sign: "it stops talking", Words: "it does when the radio is switched off; only its power key brings it back", Source: "smstools3 doc/configure.html"},
		{Sign: "a SIM put in later is not seen", Words: "it must be powered on with the SIM in", Source: "smstools3 doc/configure.html"},
	},
}

var wavecom = Profile{
	Name:     "wavecom",
	Title:    "Wavecom and Falcom",
	Source:   "python-gsmmodem test/fakemodems.py; gammu gsmphones.c",
	Makers:   []string{"wavecom", "falcom"},
	Ready:    []string{"+WIND:"},
	Memories: []string{"SM"},
	SlotBase: 1,
	Signal:   []string{"+CSQ"},
	Reset:    "+CFUN=1",
	NoOK:     []string{"+CPIN?"},
	Voice:    true,
	DTMF:     true,
	Quirks: []Quirk{
		{Sign: "+CME ERROR: 515", Words: "it restarts with +CFUN=1 and is busy for a while", Source: "python-gsmmodem"},
		{Sign: "+CPIN: READY and no OK", Words: "it ends this answer with nothing", Source: "python-gsmmodem"},
		{Sign: "+CPMS with three memories is refused", Words: "it has two", Source: "python-gsmmodem"},
	},
}
