package simulator

import "time"

// Sources: ModemManager (ublox, sierra, telit, cinterion, fibocom), gammu 272 and 1207, MKRNB 45 and 57,
// u-blox UBX-17003787 9.9, Sierra forum 7898 and 35851, QModem's port rules and PR 233, gammu's model flags,
// smstools3's manual, python-gsmmodem's fake modems; the makers' AT manuals for tries, temperature and calls.

// ublox is SARA-U2, LARA-R2 or TOBY-R2.
var ublox = Family{
	Name: "ublox", Maker: "u-blox", Model: "SARA-U201", Revision: "23.60",
	USB: USB{
		Vendor: "1546", Product: "1102", Maker: "u-blox", Title: "u-blox Wireless Module", ACM: true,
		Ports: []USBPort{{0, PortAT, "02", "02", "01"}, {2, PortAT2, "02", "02", "01"}, {4, PortNMEA, "02", "02", "01"}},
	},
	Says: Said{
		"+CCID": "+CCID: {iccid}", "+CCID?": "+CCID: {iccid}", "+UPINCNT": "+UPINCNT: {pin},3,{puk},10", "+CESQ": "+CESQ: {rxlev},99,255,255,255,255",
		"+UTEMP?": "+UTEMP: {celsius}", "+UGPIOC=": "", "+UCALLSTAT=": "", "+UCALLSTAT?": "+UCALLSTAT: 0",
	},
	Lacks:  []string{"+CPINR"},
	Banner: []Line{{3 * time.Second, "+AT: READY"}, {6 * time.Second, "+PBREADY"}},
	Gone:   8 * time.Second, Reset: []string{"+CFUN=16", "+CFUN=15"}, Levels: "(0,1,4,6-9,15,16),(0-1)",
	CPMS: [3]string{`("ME","SM","MT")`, `("ME","SM")`, `("ME","SM","MT")`}, Alias: joined,
	CardOut: []string{"+CIEV: 8,0"}, CardIn: []string{"+CIEV: 8,1"}, Filled: []string{"+CIEV: 10,1"},
	Voice: Voice{
		Enable: "+UCALLSTAT", Offered: []string{"+UCALLSTAT: {call},4"}, Dialing: []string{"+UCALLSTAT: {call},2"}, Alerting: []string{"+UCALLSTAT: {call},3"},
		Connected: []string{"+UCALLSTAT: {call},7", "+UCALLSTAT: {call},0"}, Over: []string{"+UCALLSTAT: {call},6"},
	},
}

// sierra is MC74xx, EM7455 or EM7565.
var sierra = Family{
	Name: "sierra", Maker: "Sierra Wireless, Incorporated", Model: "MC7455", Revision: "SWI9X30C_02.24.05.06 r7040 CARMD-EV-FRMWR2",
	USB: USB{
		Vendor: "1199", Product: "9071", Maker: "Sierra Wireless, Incorporated", Title: "Sierra Wireless MC7455 Qualcomm Snapdragon X7 LTE-A",
		Ports: []USBPort{{0, PortDiag, "ff", "ff", "ff"}, {2, PortNMEA, "ff", "00", "00"}, {3, PortAT, "ff", "00", "00"}},
	},
	Says: Said{
		"!ICCID?": "!ICCID: {iccid}", "+CCID": "+CCID: {iccid}", "+CCID?": "+CCID: {iccid}", "+CPINC": "+CPINC: {pin},3,{puk},10", "+CPINC?": "+CPINC: {pin},3,{puk},10",
		"!PCTEMP?": "Temp state: Normal\nTemperature: {celsius}.00", "!ENTERCND=": "",
		"!GSTATUS?": "!GSTATUS:\nCurrent Time:  1234             Temperature: {celsius}\nMode:          ONLINE\nSystem mode:   LTE              PS state:    Attached\n" +
			"IMS reg state: NOT REGISTERED   IMS mode:    Normal\nRSSI (dBm):    {dbm}              RSRP (dBm):  {rsrp}",
	},
	Lacks:  []string{"+CPINR"},
	Banner: []Line{{6 * time.Second, "+PACSP1"}},
	Gone:   15 * time.Second, Reset: []string{"!RESET"},
	CPMS: [3]string{`("SM","ME","MT","SR")`, `("SM","ME","MT")`, `("SM","ME","MT")`}, Alias: joined,
}

// telit tells with #QSS when SIM and messages are ready, once it has been asked to.
var telit = Family{
	Name: "telit", Maker: "Telit", Model: "LE910C1-EU", Revision: "25.20.226",
	USB: USB{
		Vendor: "1bc7", Product: "1201", Maker: "Telit Wireless Solutions", Title: "LE910C1-EU",
		Ports: []USBPort{
			{0, PortDiag, "ff", "ff", "ff"}, {3, PortNMEA, "ff", "ff", "ff"}, {4, PortAT, "ff", "fe", "ff"}, {5, PortAT2, "ff", "fe", "ff"},
		},
	},
	Says: Said{
		"#CCID": "#CCID: {iccid}", "+CCID": "+CCID: {iccid}", "#PCT": "#PCT: {pin}", "#QSS=": "", "#QSS?": "#QSS: 2,3", "#RFSTS": `#RFSTS: "001 01",1500,{rsrp},{dbm},-10,00C3`,
		"#TEMPMON=1": "#TEMPMEAS: 0,{celsius}", "#SIMDET?": "#SIMDET: 2,1", "#SIMDET=": "", "+CESQ": "+CESQ: 99,99,255,255,20,{rsrplevel}", "#BND?": "#BND: 0,0,1",
	},
	Lacks:  []string{"+CPINR"},
	Banner: []Line{{4 * time.Second, "#QSS: 1"}, {5 * time.Second, "#QSS: 2"}, {8 * time.Second, "#QSS: 3"}},
	Gone:   12 * time.Second, Reset: []string{"#REBOOT"},
	CNMI:    "(0-3),(0-3),(0,2,3),(0-2),(0,1)",
	CPMS:    threefold(`("SM","ME")`),
	CardOut: []string{"#QSS: 0"}, CardIn: []string{"#QSS: 1", "#QSS: 2", "#QSS: 3"}, Filled: []string{"+CIEV: 8,1"},
}

// cinterion wants 1 as the fifth value of +CNMI and has no third memory but SM and MT.
var cinterion = Family{
	Name: "cinterion", Maker: "Cinterion", Model: "PLS8-E", Revision: "REVISION 03.017",
	USB: USB{
		Vendor: "1e2d", Product: "0061", Maker: "Cinterion", Title: "LTE Modem", ACM: true,
		Ports: []USBPort{{0, PortAT2, "02", "02", "01"}, {2, PortAT, "02", "02", "01"}, {4, PortNMEA, "02", "02", "01"}},
	},
	Says: Said{
		"^SCID": "^SCID: {iccid}", "+CCID": "+CCID: {iccid}", "+CCID?": "+CCID: {iccid}", "^SPIC": "^SPIC: {pin}", "^SPIC?": "^SPIC: {wants}", "^SSMSS=": "",
		"^SMONI": "^SMONI: 4G,1500,3,5,5,FDD,001,01,00C3,000012AB,100,20,{rsrp},-10,NOCONN", "^SCTM?": "^SCTM: 0,0,{celsius}", "^SIND=": "", "^SCFG=": "", "^SLCC=": "",
	},
	Lacks:  []string{"+CPINR"},
	Banner: []Line{{4 * time.Second, "^SYSSTART"}, {5 * time.Second, "+CIEV: simstatus,5"}},
	Gone:   12 * time.Second,
	CNMI:   "(0-3),(0,1),(0,2,3),(0,2),(1)",
	CPMS:   [3]string{`("ME","SM","MT")`, `("ME","SM","MT")`, `("SM","MT")`}, Alias: joined,
	CardOut: []string{"+CIEV: simstatus,0"}, CardIn: []string{"+CIEV: simstatus,1", "+CIEV: simstatus,5"}, Filled: []string{`^SMGO: 2`},
	Voice: Voice{
		Offered: []string{`^SLCC: {call},1,4,0,0,0,"{from}",{toa}`, "^SLCC:"}, Dialing: []string{`^SLCC: {call},0,2,0,0,1,"{from}",{toa}`, "^SLCC:"},
		Alerting: []string{`^SLCC: {call},0,3,0,0,1,"{from}",{toa}`, "^SLCC:"}, Connected: []string{`^SLCC: {call},{way},0,0,0,1,"{from}",{toa}`, "^SLCC:"},
		Over: []string{"^SLCC:"},
	},
}

// fibocom is L610 or L850: plain 3GPP, and +CFUN=15 to restart.
var fibocom = Family{
	Name: "fibocom", Maker: "Fibocom Wireless Inc.", Model: "L850-GL", Revision: "18500.5001.00.05.27.12",
	USB: USB{
		Vendor: "2cb7", Product: "0007", Maker: "Fibocom", Title: "L850-GL", ACM: true,
		Ports: []USBPort{{2, PortAT, "02", "02", "01"}, {4, PortDumb, "02", "02", "01"}, {6, PortDumb, "02", "02", "01"}},
	},
	Says: Said{
		"+ICCID": "+ICCID: {iccid}", "+CCID?": "+CCID: {iccid}", "+TPIN?": "+TPIN: {pin},3,{puk},10", "+MTSM=1": "+MTSM: {celsius}",
		"+CESQ": "+CESQ: 99,99,255,255,20,{rsrplevel}", "+GTUSBMODE?": "+GTUSBMODE: 0", "+XREG?": "+XREG: 0,{stat}",
	},
	Lacks:  []string{"+CPINR"},
	Banner: []Line{{3 * time.Second, "+SIM READY"}, {4 * time.Second, "+PBREADY"}},
	Gone:   12 * time.Second, Reset: []string{"+CFUN=15"}, Levels: "(0,1,4,15),(0-1)",
	CPMS: threefold(`("ME","SM")`),
}

// air724 leaves the bus once while it starts.
var air724 = Family{
	Name: "air724", Maker: "AirM2M", Model: "Air724UG", Revision: "AirM2M_V401_LTE_AT",
	USB: USB{
		Vendor: "1782", Product: "4e00", Maker: "UNISOC", Title: "UNISOC-8910",
		Ports: []USBPort{{2, PortDiag, "ff", "00", "00"}, {3, PortAT, "ff", "00", "00"}, {5, PortDumb, "ff", "00", "00"}},
	},
	Says:   Said{"+ICCID": "+ICCID: {iccid}", "+CCID": "{iccid}", "+CESQ": "+CESQ: 99,99,255,255,19,{rsrplevel}", "+CPINR": "+CPINR: {pin},{puk},3,10"},
	Banner: []Line{{3 * time.Second, "RDY"}, {4 * time.Second, "{cpin}"}, {6 * time.Second, "SMS READY"}, {7 * time.Second, "CALL READY"}},
	Gone:   10 * time.Second, Reset: []string{"+RESET"},
	CPMS: threefold(`("SM","ME")`),
}

// neoway is the M590 on a serial line: a SIM put in while it runs is not seen.
var neoway = Family{
	Name: "neoway", Maker: "NEOWAY", Model: "M590", Revision: "V5.0.0",
	Says:    Said{"+CCID": "+CCID: {iccid}"},
	Lacks:   []string{"+CEREG", "+CPINR", "+COPN"},
	Banner:  []Line{{time.Second, "MODEM:STARTUP"}, {5 * time.Second, "+PBREADY"}},
	Gone:    2 * time.Second,
	CNMI:    "(0-2),(0-3),(0,2),(0-2),(0,1)",
	CPMS:    threefold(`("SM")`),
	ColdSIM: true,
}

// wavecom (and Falcom) leaves out the OK after +CPIN: READY and takes two values for +CPMS at most.
var wavecom = Family{
	Name: "wavecom", Maker: "WAVECOM MODEM", Model: "MULTIBAND  900E  1800", Revision: "641b09gg.Q2403A 1320676 061804 14:38",
	Says:       Said{"+CCID": `+CCID: "{iccid}"`, "+CCID?": `+CCID: "{iccid}"`, "+WIND=": "", "+WIND?": "+WIND: 63", "+WOPEN?": "+WOPEN: 0"},
	Lacks:      []string{"+CEREG", "+CPINR", "+CGREG"},
	Unfinished: []string{"+CPIN?"},
	Banner:     []Line{{time.Second, "+WIND: 1"}, {3 * time.Second, "+WIND: 7"}, {5 * time.Second, "+WIND: 4"}},
	Gone:       3 * time.Second, CFUNBusy: 5 * time.Second,
	CNMI: "(0-2),(0,1,3),(0,2,3),(0-2),(0,1)",
	CPMS: [3]string{`("SM","BM","SR")`, `("SM")`, ``}, CPMSValues: 2,
	CardOut: []string{"+WIND: 0"}, CardIn: []string{"+WIND: 1"},
	Voice: Voice{Alerting: []string{"+WIND: 2"}, Offered: []string{"+WIND: 5,{call}"}, Dialing: []string{"+WIND: 5,{call}"}, Over: []string{"+WIND: 6,{call}"}},
}
