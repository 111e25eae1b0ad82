package simulator

import "time"

// Sources: the device tables and plug-ins of ModemManager (huawei, zte), gammu's model flags and issues 4,
// 486 and 517, the fake modems of python-gsmmodem, chan_dongle and chan_quectel, smstools3's manual.

// huawei is an E-series stick: URCs without end until ^CURC=0, slots from 0, USSD as packed hex.
var huawei = Family{
	Name: "huawei", Maker: "huawei", Model: "E173", Revision: "11.126.85.00.209",
	USB: USB{
		Vendor: "12d1", Product: "1436", Maker: "HUAWEI", Title: "HUAWEI Mobile", Storage: "1446",
		Ports: []USBPort{
			{0, PortAT2, "ff", "ff", "ff"}, {3, PortDiag, "ff", "ff", "ff"}, {4, PortAT, "ff", "ff", "ff"},
		},
	},
	Says: Said{
		"^ICCID?": "^ICCID: {iccid}F", "^CURC=": "", "^CURC?": "^CURC: 1", "^PORTSEL=": "", "^USSDMODE=": "", "^USSDMODE?": "^USSDMODE: 1",
		"^CPIN?": "^CPIN: {wants},,{puk},{pin},10,3", "^SYSINFO": "^SYSINFO:2,3,0,5,1,,4", "^HCSQ?": `^HCSQ:"WCDMA",{csq},{csq},30`,
		"^CHIPTEMP?":   "^CHIPTEMP: {decicelsius},{decicelsius},{decicelsius},{decicelsius},{decicelsius}",
		"^GETPORTMODE": "^GETPORTMODE: TYPE: WCDMA: huawei, MDM:0, DIAG:1, PCUI:2", "^CARDLOCK?": "^CARDLOCK: 2,0,0",
		"^CVOICE?": "^CVOICE:0,8000,16,20", "^CVOICE=": "", "^DDSETEX=": "", "^VERSION?": "^VERSION:EXTS:{revision}",
	},
	Lacks:   []string{"+CPINR"},
	Unknown: "COMMAND NOT SUPPORT",
	CLAC:    "\r\r\n",
	Banner: []Line{
		{2 * time.Second, "^BOOT:8589934,0,0,0,75"}, {3 * time.Second, "^SIMST:1"}, {4 * time.Second, "^SRVST:2"},
		{4 * time.Second, "^RSSI:{csq}"}, {5 * time.Second, "^MODE:5,4"},
	},
	Gone: 8 * time.Second, Reset: []string{"^RESET"}, Levels: "(0,1,4,5,6,7),(0,1)",
	CNMI:     "(0-2),(0-3),(0,2,3),(0-2),(0,1)",
	CPMS:     threefold(`("SM","ME")`),
	FromZero: true, Lag: 500 * time.Millisecond,
	USSD: Packed, Answers: Packed, PlainUSSD: "^USSDMODE=0",
	CardOut: []string{"^SIMST:255"}, CardIn: []string{"^SIMST:1"}, Filled: []string{`^SMMEMFULL: "SM"`},
	Voice: Voice{
		Dialing: []string{"^ORIG:{call},0"}, Alerting: []string{"^CONF:{call}"}, Connected: []string{"^CONN:{call},0"},
		Over: []string{"^CEND:{call},{seconds},104,16"},
	},
}

// zte is a stick of the MF series: the SIM is busy for a while, and +CSMP costs the service centre.
var zte = Family{
	Name: "zte", Maker: "ZTE INCORPORATED", Model: "MF180", Revision: "BD_MF180V1.0.0B01",
	USB: USB{
		Vendor: "19d2", Product: "2003", Maker: "ZTE,Incorporated", Title: "ZTE WCDMA Technologies MSM", Storage: "2000",
		Ports: []USBPort{{0, PortDiag, "ff", "ff", "ff"}, {1, PortAT2, "ff", "ff", "ff"}, {3, PortAT, "ff", "ff", "ff"}},
	},
	Says: Said{
		"+CCID": "+CCID: {iccid}", "+ZGETICCID": "+ZGETICCID: {iccid}", "+ZCDRUN=": "Close autorun state result(0:FAIL 1:SUCCESS):1",
		"+ZOPRT=": "", "+ZSNT=": "", "+ZPAS?": `+ZPAS: "UMTS","CS_PS"`, "+ZPINPUK=?": "+ZPINPUK: {pin},{puk}", "+ZPINPUK": "",
	},
	Lacks:  []string{"+CPINR"},
	Banner: []Line{{time.Second, "+ZDONR: \"Lab Mobile\",001,01,\"CS_PS\",\"ROAM_OFF\""}, {2 * time.Second, "+ZUSIMR:2"}, {3 * time.Second, `+ZPASR:"UMTS"`}},
	Gone:   8 * time.Second, SIMBusy: 10 * time.Second,
	CPMS: threefold(`("ME","MT","SM","SR")`), Alias: joined,
	CSMPClearsCentre: true, USSD: Raw, Answers: Raw,
	CardOut: []string{"+ZUSIMR:0"}, CardIn: []string{"+ZUSIMR:2"},
	Voice: Voice{Over: []string{"HANGUP: {call}"}},
}
