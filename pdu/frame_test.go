package pdu

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const plainDeliver = "00040B916407550521F3000062108251037440" + "02C834"

func TestParseFrameMindsNoSpace(t *testing.T) {
	for _, line := range []string{plainDeliver + "\r", plainDeliver + "\r\n", " \t" + plainDeliver, strings.ToLower(plainDeliver)} {
		f, err := ParseFrame(line, MobileTerminated)
		if err != nil || f.Warnings != 0 {
			t.Errorf("%q: %v, %v", line, f.Warnings, err)
		}
	}
}

func TestParseFrameKeepsWhatItCan(t *testing.T) {
	f, err := ParseFrame("0691640705050104", MobileTerminated)
	if err == nil || f.TPDU != nil || f.SMSC.String() != "+4670505010" || len(f.Raw) != 8 {
		t.Errorf("%+v, %v", f, err)
	}
	f, err = ParseFrame("0004zz", MobileTerminated)
	if e, ok := errors.AsType[*Error](err); !ok || e.Field != "hex" || e.Offset != 4 || len(f.Raw) != 2 {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestErrorCountsTheServiceCentre(t *testing.T) {
	_, err := ParseFrame("06916407050501040B916407550521F300006210", MobileTerminated)
	if e, ok := errors.AsType[*Error](err); !ok || e.Field != "TP-SCTS" || e.Offset != 18 {
		t.Errorf("%v, want one at octet 18", err)
	}
}

// TestErrorPoints holds that an Error says where in the line, for every place a Deliver can end.
func TestErrorPoints(t *testing.T) {
	for end := 0; end < len(plainDeliver)-6; end += 2 {
		_, err := ParseFrame(plainDeliver[:end], MobileTerminated)
		e, ok := errors.AsType[*Error](err)
		if !ok || !errors.Is(err, ErrShort) || e.Offset > end/2 {
			t.Errorf("%d octets: %v", end/2, err)
		}
	}
}

func TestFramesThatCannotBeWritten(t *testing.T) {
	to := Address{TON: TONInternational, NPI: NPITelephone, Value: "46705550123"}
	for name, tpdu := range map[string]TPDU{
		"no TPDU":                       nil,
		"141 octets":                    &Deliver{OA: to, DCS: 4, UD: UserData{Octets: make([]byte, 141)}},
		"161 septets":                   &Deliver{OA: to, UD: UserData{Octets: make([]byte, 141), Septets: 161}},
		"septets in octets":             &Deliver{OA: to, DCS: 4, UD: UserData{Octets: make([]byte, 7), Septets: 8}},
		"octets without septets":        &Deliver{OA: to, UD: UserData{Octets: []byte{1}}},
		"header of 141 octets":          &Deliver{OA: to, UD: UserData{UDH: UDH{{0x70, make([]byte, 138)}}}},
		"header of an element too long": &Deliver{OA: to, DCS: 4, UD: UserData{UDH: UDH{{0x70, make([]byte, 256)}}}},
		"validity of no format":         &Submit{DA: to, VP: Validity{Format: 4}},
		"TP-FCS that is TP-PI":          &SubmitReport{FCS: 0x12},
		"TP-PI that is TP-FCS":          &DeliverReport{PI: []byte{0x80, 0}},
		"TP-PI of a deliver report":     &DeliverReport{PI: []byte{}},
		"159 octets in a report":        &SubmitReport{DCS: 4, UD: UserData{Octets: make([]byte, 153)}},
		"158 octets in a command":       &Command{DA: to, Data: UserData{Octets: make([]byte, 158)}},
		"a command about nobody":        &Command{DA: Address{Value: "x"}},
		"a report about nobody":         &StatusReport{RA: Address{Value: "x"}},
		"TP-PI that is empty":           &StatusReport{RA: to, PI: []byte{}},
		"TP-PI that promises more":      &StatusReport{RA: to, PI: []byte{0x81}},
		"TP-PI that says too little":    &StatusReport{RA: to, PI: []byte{0x01}, DCS: 8},
	} {
		if hex, err := (Frame{TPDU: tpdu}).AppendHex(nil); err == nil {
			t.Errorf("%s: written as %s", name, hex)
		} else if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("%s: %T is no *Error", name, err)
		}
	}
}

func TestUnusedBitsAreWrittenAsZero(t *testing.T) {
	dirty := UserData{Octets: []byte{0xFF}, Septets: 1}
	for _, h := range []UDH{nil, {{0x70, []byte{1, 2, 3}}}, {{0x70, []byte{1, 2, 3, 4}}}} {
		dirty.UDH = h
		octets, err := (&Deliver{SCTS: TimestampOf(at2026), UD: dirty}).Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, w, err := ParseTPDU(octets, MobileTerminated); w != 0 || err != nil {
			t.Errorf("% X: %v, %v", octets, w, err)
		}
	}
}

// TestReportWithoutPI holds that Append works out TP-PI.
func TestReportWithoutPI(t *testing.T) {
	for want, r := range map[string]StatusReport{
		"":                  {},
		"0141":              {PID: 0x41},
		"0208":              {DCS: 8},
		"0400":              {UD: UserData{Octets: []byte{}}},
		"07410802" + "0416": {PID: 0x41, DCS: 8, UD: UserData{Octets: []byte{4, 0x16}}},
	} {
		octets, err := r.Append(nil)
		bare, _ := (&StatusReport{}).Append(nil)
		if got := fmt.Sprintf("%X", octets[len(bare):]); err != nil || got != want {
			t.Errorf("optional part is %s, %v, want %s", got, err, want)
		}
	}
}

func TestFields(t *testing.T) {
	fields, err := Fields(plainDeliver+"FF", MobileTerminated)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	if got, want := strings.Join(names, " "), "SMSC TP-MTI TP-OA TP-PID TP-DCS TP-SCTS TP-UDL TP-UD filling"; got != want {
		t.Errorf("fields %s, want %s", got, want)
	}
	checkFields(t, plainDeliver+"FF", MobileTerminated)

	fields, err = Fields(plainDeliver[:30], MobileTerminated)
	if err == nil || len(fields) != 5 {
		t.Errorf("of a cut line: %d fields, %v", len(fields), err)
	}
}

// TestReservedFromTheMobile holds that what nobody has defined is refused and not misread.
func TestReservedFromTheMobile(t *testing.T) {
	if m, _, err := ParseTPDU([]byte{0x03, 0, 0}, MobileOriginated); m != nil || !errors.Is(err, ErrType) {
		t.Errorf("%v, %v", m, err)
	}
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range Warnings(1<<32 - 1).Names() {
		if seen[name] || name == "" {
			t.Errorf("warning %q twice, or without a name", name)
		}
		seen[name] = true
	}
	if got := len(seen); LengthDiffers != 1<<(got-1) || got != len(fieldNames) {
		t.Errorf("%d names do not reach the last warning", got)
	}
	if s := (BadUDH | ShortUD).String(); s != "short_ud, bad_udh" {
		t.Errorf("two warnings are %q", s)
	}
	for s := range 256 {
		if Status(s).String() == "" {
			t.Errorf("status %02X has no words", s)
		}
	}
}
