package simulator

import "time"

// Sources: ModemManager (quectel), QModem's test cases, asterisk-chan-quectel PR 75, warthog618/modem 17,
// Quectel forum 4452, 7820 and 18493, the EC25/EC21 AT manual.

var quectelPorts = []USBPort{
	{0, PortDiag, "ff", "ff", "ff"}, {1, PortNMEA, "ff", "00", "00"}, {2, PortAT, "ff", "00", "00"}, {3, PortAT2, "ff", "00", "00"},
}

// quectelM35 is a module on a serial line; M26 and M95 are like it. Phase 2+ is not to be had.
var quectelM35 = Family{
	Name: "quectel-m35", Maker: "Quectel_Ltd", Model: "Quectel_M35", Revision: "Revision: M35FAR01A07",
	Says: Said{
		"+CCID": "+CCID: \"{iccid}\"", "+QCCID": "{iccid}", "+QTRPIN": "+QTRPIN: {pin},3,{puk},10", "+QTEMP?": "+QTEMP: 0,{celsius}.00",
		"+QTRPIN?": "", "+QINDI=": "", "+QSCLK=": "",
	},
	Lacks:  []string{"+CEREG", "+CPINR"},
	Banner: []Line{{time.Second, "RDY"}, {time.Second, "+CFUN: 1"}, {2 * time.Second, "{cpin}"}, {5 * time.Second, "Call Ready"}},
	Gone:   2 * time.Second,
	CNMI:   "(0-3),(0-3),(0,2),(0,1),(0,1)",
	CSMS:   "(0,128)",
	CPMS:   threefold(`("SM","ME","MT")`), Alias: joined,
	CardOut: []string{"+CPIN: NOT READY"},
}

// quectelEC25 stands for EC21, EC25, EG25 and EG9x. A report it is told to keep, it hides.
var quectelEC25 = Family{
	Name: "quectel-ec25", Maker: "Quectel", Model: "EC25", Revision: "EC25EFAR06A04M4G",
	USB:   USB{Vendor: "2c7c", Product: "0125", Maker: "Quectel", Title: "EC25-EU", Ports: quectelPorts},
	Says:  quectelSays,
	Lacks: []string{"+CPINR"},
	Banner: []Line{
		{time.Second, "RDY"}, {4 * time.Second, "{cpin}"}, {6 * time.Second, "+QUSIM: 1"}, {7 * time.Second, "+CFUN: 1"},
		{9 * time.Second, "+QIND: SMS DONE"}, {11 * time.Second, "+QIND: PB DONE"},
	},
	Gone: 15 * time.Second,
	CPMS: [3]string{`("SM","ME","MT","SR")`, `("SM","ME","MT")`, `("SM","ME","MT")`}, Alias: joined,
	LosesReports: true, IMSDelay: 135 * time.Second,
	CardOut: []string{"+CPIN: NOT READY", "+QSIMSTAT: 1,0"}, CardIn: []string{"+QSIMSTAT: 1,1", "{cpin}"}, Filled: []string{`+QIND: "smsfull","SM"`},
	Voice: quectelVoice,
}

var quectelSays = Said{
	"+QCCID": "+QCCID: {iccid}", "+ICCID": "+ICCID: {iccid}", "+QPINC?": "+QPINC: \"SC\",{pin},{puk}\n+QPINC: \"P2\",3,10",
	"+QPINC=\"SC\"": "+QPINC: \"SC\",{pin},{puk}", "+QTEMP": "+QTEMP: {celsius},{celsius},{celsius}",
	"+QCSQ": `+QCSQ: {lte}`, "+CESQ": "+CESQ: 99,99,255,255,20,{rsrplevel}",
	`+QURCCFG="urcport"`: `+QURCCFG: "urcport","usbat"`, "+QURCCFG=": "", "+QINDCFG=": "", "^DSCI=": "", "^DSCI?": "^DSCI: 0", "+QSIMSTAT=": "", "+QSIMSTAT?": "+QSIMSTAT: 1,1",
	"+QSIMDET?": "+QSIMDET: 0,0", "+QSIMDET=": "", `+QCFG="ims"`: `+QCFG: "ims",0,0`, "+QCFG=": "", "+CGSMS?": "+CGSMS: 1", "+CGSMS=": "",
	"+QNWINFO": `+QNWINFO: "FDD LTE","00101","LTE BAND 3",1500`, "+QPOWD": "", "+QGMR": "{revision}",
}

// quectelVoice is ^DSCI as AT^DSCI=1 switches it on: id, direction, state, type, number, number type.
var quectelVoice = Voice{
	Dialing: []string{`^DSCI: {call},0,2,0,{from},{toa}`}, Alerting: []string{`^DSCI: {call},0,3,0,{from},{toa}`},
	Connected: []string{`^DSCI: {call},{way},0,0,{from},{toa}`}, Over: []string{`^DSCI: {call},{way},6,0,{from},{toa}`},
	Enable: "^DSCI",
}

// quectelEP06 has an error for an empty list: Quectel forum 7820.
var quectelEP06 = Family{
	Name: "quectel-ep06", Maker: "Quectel", Model: "EP06", Revision: "EP06ELAR02A08M4G",
	USB:  USB{Vendor: "2c7c", Product: "0306", Maker: "Quectel", Title: "EP06-E", Ports: quectelPorts},
	Says: quectelSays, Lacks: quectelEC25.Lacks, Banner: quectelEC25.Banner, Gone: quectelEC25.Gone,
	CNMI: quectelEC25.CNMI, CPMS: quectelEC25.CPMS, Alias: quectelEC25.Alias,
	EmptyList: 303, IMSDelay: 135 * time.Second,
	CardOut: quectelEC25.CardOut, CardIn: quectelEC25.CardIn, Filled: quectelEC25.Filled, Voice: quectelVoice,
}

// bg95 is for LTE-M and NB-IoT and looks for its network for minutes.
var bg95 = Family{
	Name: "bg95", Maker: "Quectel", Model: "BG95-M3", Revision: "BG95M3LAR02A04",
	USB: USB{
		Vendor: "2c7c", Product: "0700", Maker: "Quectel", Title: "BG95-M3",
		Ports: []USBPort{{0, PortDiag, "ff", "ff", "ff"}, {1, PortNMEA, "ff", "ff", "ff"}, {2, PortAT, "ff", "ff", "ff"}},
	},
	Says: Said{
		"+QCCID": "+QCCID: {iccid}", "+CCID": "+CCID: {iccid}", "+QPINC?": "+QPINC: \"SC\",{pin},{puk}\n+QPINC: \"P2\",3,10",
		"+QCSQ": `+QCSQ: {emtc}`, "+CGSMS?": "+CGSMS: 1", "+CGSMS=": "", "+QURCCFG=": "", "+QCFG=": "",
	},
	Lacks:  []string{"+CPINR", "D", "A", "+CHUP", "+CLCC", "+VTS"},
	Banner: []Line{{time.Second, "RDY"}, {2 * time.Second, "APP RDY"}, {3 * time.Second, "{cpin}"}},
	Gone:   5 * time.Second,
	CNMI:   "(0-2),(0-3),(0,2),(0-2),(0,1)",
	CPMS:   threefold(`("ME")`),
}
