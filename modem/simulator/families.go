package simulator

// families are all there are; what a family leaves empty it takes from the first.
var families = []Family{
	generic,
	huawei, zte,
	sim800, sim7600, a7670,
	quectelM35, quectelEC25, quectelEP06, bg95,
	ublox, sierra, telit, cinterion, fibocom, air724, neoway, wavecom,
}

// generic is what most modems understand, and no make in particular.
var generic = Family{
	Name: "generic", Maker: "Lab", Model: "Simulator", Revision: "1.0",
	Says: Said{
		"+CCID": "+CCID: {iccid}", "+ICCID": "+ICCID: {iccid}", "+QCCID": "+QCCID: {iccid}",
		"+CICCID": "+CICCID: {iccid}", "^ICCID?": "^ICCID: {iccid}", "#CCID": "#CCID: {iccid}", "!ICCID?": "!ICCID: {iccid}",
		"+CESQ": "+CESQ: {csq},99,255,255,255,255",
		"+CURC": "", "+CURC=": "", "^CURC": "", "^CURC=": "",
	},
	Banner:     []Line{{0, "RDY"}, {0, "+CFUN: 1"}, {0, "{cpin}"}, {0, "Call Ready"}, {0, "SMS Ready"}},
	Levels:     "(0,1,4),(0,1)",
	CLAC:       "\r\n",
	CNMI:       "(0-2),(0-3),(0,2),(0-2),(0,1)",
	CSMS:       "(0,1)",
	CPMS:       [3]string{`("SM","ME","SR")`, `("SM","ME")`, `("SM","ME")`},
	CPMSValues: 3,
	USSD:       Plain, Answers: Plain,
	CardOut: []string{"+CPIN: NOT READY"}, CardIn: []string{"{cpin}"},
	Voice: Voice{Ends: []string{"NO CARRIER"}},
}

// threefold is the +CPMS=? of a modem whose three memories are chosen from the same ones.
func threefold(names string) [3]string { return [3]string{names, names, names} }

// joined is how the modems that know MT mean it here: as another name of ME.
var joined = map[string]string{"MT": "ME"}
