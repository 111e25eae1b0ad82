package simulator

import "time"

// Sources: ModemManager (simtech), smstools3's manual, T-SIM7600X 63, LilyGo-Modem-Series 184, 247 and 340,
// arduino-sim808 23, lwcell 7, the makers' AT manuals for the ICCID and temperature commands.

// sim800 is the common module on a serial line; SIM868 and SIM900 are like it.
var sim800 = Family{
	Name: "sim800", Maker: "SIMCOM_Ltd", Model: "SIMCOM_SIM800L", Revision: "Revision:1418B05SIM800L24",
	Says: Said{
		"+CCID": "{iccid}", "+ICCID": "+ICCID: {iccid}", "+SPIC": "+SPIC: {pin},{puk},3,10", "+CMTE?": "+CMTE: 0,{celsius}.00",
		"+CSCLK=": "", "+CSCLK?": "+CSCLK: 0", "+CALM=": "", "+CSGS=": "",
	},
	Lacks: []string{"+CEREG", "+CPINR"},
	Banner: []Line{
		{time.Second, "RDY"}, {time.Second, "+CFUN: 1"}, {2 * time.Second, "{cpin}"}, {5 * time.Second, "Call Ready"}, {5 * time.Second, "SMS Ready"},
	},
	Gone: time.Second,
	CNMI: "(0-3),(0-3),(0,2),(0,1),(0,1)",
	CPMS: threefold(`("SM")`),
}

// sim7600 and SIM7000 tell of calls and of a full store in words of their own.
var sim7600 = Family{
	Name: "sim7600", Maker: "SIMCOM INCORPORATED", Model: "SIMCOM_SIM7600E-H", Revision: "LE20B04SIM7600M22",
	USB: USB{
		Vendor: "1e0e", Product: "9001", Maker: "SimTech, Incorporated", Title: "SimTech, Incorporated",
		Ports: []USBPort{
			{0, PortDiag, "ff", "ff", "ff"}, {1, PortNMEA, "ff", "00", "00"}, {2, PortAT, "ff", "00", "00"},
			{3, PortAT2, "ff", "00", "00"}, {4, PortDumb, "ff", "00", "00"},
		},
	},
	Says: Said{
		"+CICCID": "+ICCID: {iccid}", "+CCID": "+CCID: {iccid}", "+SPIC": "+SPIC: {pin},3,{puk},10", "+CPMUTEMP": "+CPMUTEMP: {celsius}",
		"+CPSI?":  `+CPSI: LTE,Online,001-01,0x00C3,4779,100,EUTRAN-BAND3,1500,5,5,-90,{rsrp},{dbm},14`,
		"+CNSMOD": "", "+CNSMOD=": "", "+CNSMOD?": "+CNSMOD: 0,8", "+AUTOCSQ=": "", "+CESQ": "+CESQ: 99,99,255,255,20,{rsrplevel}",
		"+UIMHOTSWAPON?": "+UIMHOTSWAPON: 1",
	},
	Lacks: []string{"+CPINR"},
	Banner: []Line{
		{time.Second, "RDY"}, {6 * time.Second, "{cpin}"}, {8 * time.Second, "SMS DONE"}, {10 * time.Second, "PB DONE"},
	},
	Gone: 12 * time.Second, Reset: []string{"+CRESET"}, Levels: "(0-1,4-7),(0-1)",
	CNMI: "(0,1,2),(0,1,2,3),(0,2),(0,1,2),(0,1)",
	CPMS: threefold(`("ME","MT","SM","SR")`), Alias: joined,
	Filled: []string{"+SMS FULL"},
	Voice: Voice{
		Connected: []string{"VOICE CALL: BEGIN"}, Over: []string{"VOICE CALL: END: {hhmmss}"}, Missed: []string{"MISSED_CALL: {clock} {from}"},
	},
}

// a7670 is the ASR branch: it refuses broadcast routing with <ds> 1 though its =? allows both.
var a7670 = Family{
	Name: "a7670", Maker: "INCORPORATED", Model: "A7670E-FASE", Revision: "A110B03A7670M7",
	USB: USB{
		Vendor: "1e0e", Product: "9011", Maker: "SIMCOM", Title: "A76XX Series LTE Module",
		Ports: []USBPort{{2, PortDumb, "ff", "00", "00"}, {4, PortAT, "ff", "00", "00"}, {5, PortAT2, "ff", "00", "00"}},
	},
	Says: Said{
		"+CICCID": "+ICCID: {iccid}", "+SPIC": "+SPIC: {pin},{puk},3,10", "+CPMUTEMP": "+CPMUTEMP: {celsius}",
		"+CPSI?": `+CPSI: LTE,Online,001-01,0x00C3,4779,100,EUTRAN-BAND3,1500,{csq},0,25,{rsrplevel},{rsrplevel},14`,
	},
	Lacks: []string{"+CPINR", "+CMMS"},
	Banner: []Line{
		{2 * time.Second, "*ATREADY: 1"}, {5 * time.Second, "{cpin}"}, {6 * time.Second, "SMS DONE"}, {7 * time.Second, "PB DONE"},
	},
	Gone: 10 * time.Second, Reset: []string{"+CRESET"},
	CNMI: "(0,1,2),(0-3),(0,2),(0,1,2),(0,1)", RefusesCNMI: []string{"2,2,0,1,0"},
	CPMS:   threefold(`("ME","SM")`),
	Filled: []string{"+SMS FULL"},
	Voice: Voice{
		Connected: []string{"VOICE CALL: BEGIN"}, Over: []string{"VOICE CALL: END: {hhmmss}"}, Missed: []string{"MISSED_CALL: {clock} {from}"},
	},
}
