package modem

import (
	"strings"
	"time"
)

// profile is what a family of modems does differently, as data. A field left empty means generic's.
type profile struct {
	name    string
	makers  []string      // in +CGMI, lower case
	models  []string      // in +CGMM, lower case; empty: all of the maker's
	first   []string      // sent before the rest of the start; a refusal does not matter
	iccid   []string      // questions for the ICCID, until one is answered
	reports []int         // <ds> of +CNMI, best first
	buffer  []int         // <bfr> of +CNMI, best first
	result  time.Duration // for the result of +CMGS
	bareOK  bool          // OK without +CMGS is a success
}

// generic is what most modems understand. Reports are wanted pushed (<ds>=1) before stored (<ds>=2), for
// an EC25 announces "+CDSI: "SM",0" and keeps the report where nothing can read it.
var generic = profile{
	name:    "generic",
	iccid:   []string{"+CCID", "+ICCID", "+QCCID"},
	reports: []int{1, 2, 0},
	buffer:  []int{0, 1},
}

// families are tried in order; the first that fits is laid over generic.
var families = []profile{
	{
		name:   "huawei",
		makers: []string{"huawei"},
		first:  []string{"^CURC=0"}, // silences ^RSSI, ^DSFLOWRPT and their like
		iccid:  []string{"^ICCID?", "+CCID", "+ICCID"},
	},
	{name: "quectel", makers: []string{"quectel"}, iccid: []string{"+QCCID", "+CCID", "+ICCID"}, result: 300 * time.Second},
	{name: "simcom", makers: []string{"simcom"}, iccid: []string{"+CCID", "+CICCID", "+ICCID"}},
	{name: "telit", makers: []string{"telit"}, iccid: []string{"+CCID", "#CCID"}},
	{name: "sierra", makers: []string{"sierra"}, iccid: []string{"+CCID", "!ICCID?"}},
	{name: "cinterion", makers: []string{"cinterion", "gemalto", "thales", "siemens"}, iccid: []string{"+CCID", "^SCID"}},
}

// profileOf returns the profile of a modem.
func profileOf(id Identity) profile {
	maker, model := strings.ToLower(id.Manufacturer), strings.ToLower(id.Model)
	for _, f := range families {
		if contains(maker, f.makers) && (len(f.models) == 0 || contains(model, f.models)) {
			return f.over(generic)
		}
	}
	return generic
}

func contains(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// over fills what is empty from the profile below.
func (p profile) over(below profile) profile {
	if p.iccid == nil {
		p.iccid = below.iccid
	}
	if p.reports == nil {
		p.reports = below.reports
	}
	if p.buffer == nil {
		p.buffer = below.buffer
	}
	return p
}
