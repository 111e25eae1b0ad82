package pdu

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func addresses() *rapid.Generator[Address] {
	digits := rapid.StringMatching(`[0-9*#abc]{0,20}`)
	names := rapid.StringMatching(`[A-Za-z0-9 _&ö{}]{0,5}[A-Za-z]`)
	return rapid.Custom(func(t *rapid.T) Address {
		a := Address{TON: TON(rapid.IntRange(0, 7).Draw(t, "ton")), NPI: NPI(rapid.IntRange(0, 15).Draw(t, "npi"))}
		if a.TON == TONAlphanumeric {
			a.Value = names.Draw(t, "name")
		} else {
			a.Value = digits.Draw(t, "digits")
		}
		return a
	})
}

// userDatas draws user data that fit a scheme, with or without a header.
func userDatas(d DCS) *rapid.Generator[UserData] {
	return rapid.Custom(func(t *rapid.T) UserData {
		var ud UserData
		for range rapid.IntRange(0, 3).Draw(t, "elements") {
			ud.UDH = append(ud.UDH, IE{
				ID:   rapid.ByteRange(0x70, 0x7F).Draw(t, "id"),
				Data: append([]byte{}, rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "data")...),
			})
		}
		header := ud.UDH.headerLen()
		if !d.inSeptets() {
			ud.Octets = append([]byte{}, rapid.SliceOfN(rapid.Byte(), 0, 140-header).Draw(t, "octets")...)
			return ud
		}
		septets := rapid.SliceOfN(rapid.ByteMax(0x7F), 0, (140-header)*8/7).Draw(t, "septets")
		packed := septetsOf(septets...)
		ud.Octets, ud.Septets = packed.Octets, packed.Septets
		return ud
	})
}

func schemes() *rapid.Generator[DCS] {
	return rapid.SampledFrom([]DCS{0x00, 0x01, 0x04, 0x08, 0x10, 0x13, 0x18, 0x40, 0x58, 0xC8, 0xD0, 0xE0, 0xF0, 0xF5})
}

func times() *rapid.Generator[Timestamp] {
	return rapid.Custom(func(t *rapid.T) Timestamp {
		pick := func(name string, low, high int) byte { return swapped(rapid.IntRange(low, high).Draw(t, name)) }
		return Timestamp{pick("year", 0, 99), pick("month", 1, 12), pick("day", 1, 28), pick("hour", 0, 23),
			pick("minute", 0, 59), pick("second", 0, 59), pick("zone", 0, 79) | rapid.SampledFrom([]byte{0, zoneWest}).Draw(t, "sign")}
	})
}

func tpdus() *rapid.Generator[TPDU] {
	return rapid.Custom(func(t *rapid.T) TPDU {
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		d := schemes().Draw(t, "dcs")
		ud := userDatas(d).Draw(t, "ud")
		causes := rapid.SampledFrom([]Cause{0, 0x80, 0xD3, 0xFF})
		mr, pid, address := rapid.Byte().Draw(t, "mr"), rapid.Byte().Draw(t, "pid"), addresses().Draw(t, "address")
		switch rapid.SampledFrom([]string{"deliver", "submit", "report", "submit report", "deliver report", "command"}).Draw(t, "type") {
		case "deliver":
			return &Deliver{MMS: flag("mms"), LP: flag("lp"), SRI: flag("sri"), RP: flag("rp"), OA: address,
				PID: pid, DCS: d, SCTS: times().Draw(t, "scts"), UD: ud}
		case "submit":
			vp := rapid.SampledFrom([]Validity{{}, RelativeValidity(day), AbsoluteValidity(at2026),
				EnhancedValidity(30*time.Second, true), EnhancedValidity(time.Hour, false), EnhancedValidity(30*day, false)}).Draw(t, "vp")
			return &Submit{RD: flag("rd"), RP: flag("rp"), SRR: flag("srr"), MR: mr, DA: address, PID: pid, DCS: d, VP: vp, UD: ud}
		case "command":
			data := userDatas(DCSData8).Draw(t, "data")
			return &Command{SRR: flag("srr"), MR: mr, PID: pid, CT: CommandType(rapid.Byte().Draw(t, "ct")), MN: pid, DA: address, Data: data}
		case "submit report":
			s := &SubmitReport{FCS: causes.Draw(t, "fcs"), PI: []byte{0}, SCTS: times().Draw(t, "scts")}
			if flag("optional") {
				s.PI, s.PID, s.DCS, s.UD = []byte{piPID | piDCS | piUD}, pid, d, ud
			}
			return s
		case "deliver report":
			s := &DeliverReport{FCS: causes.Draw(t, "fcs"), PI: []byte{0x00}}
			if flag("optional") {
				s.PI, s.PID, s.DCS, s.UD = []byte{piPID | piDCS | piUD}, pid, d, ud
			}
			if s.FCS != 0 && flag("more") {
				s.PI = []byte{s.PI[0] | piMore, 0x01}
			}
			return s
		}
		r := &StatusReport{MMS: flag("mms"), LP: flag("lp"), SRQ: flag("srq"), MR: mr, RA: address,
			SCTS: times().Draw(t, "scts"), DT: times().Draw(t, "dt"), ST: Status(rapid.Byte().Draw(t, "st"))}
		if flag("optional") {
			r.PI, r.PID, r.DCS, r.UD = []byte{piPID | piDCS | piUD}, pid, d, ud
		}
		return r
	})
}

// TestRoundTrip holds that whatever can be said in values is said in octets and back, without a
// warning, and in no more octets than a TPDU may have.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sent := Frame{SMSC: Address{TONInternational, NPITelephone, "4670505010"}, TPDU: tpdus().Draw(t, "tpdu")}
		hex, err := sent.AppendHex(nil)
		if err != nil {
			t.Fatal(err)
		}
		d := MobileTerminated
		switch sent.TPDU.MessageType() {
		case TypeSubmit, TypeCommand, TypeDeliverReport:
			d = MobileOriginated
		}
		got, err := Reader{Strict: true}.Frame(string(hex), d)
		if err != nil {
			t.Fatalf("%s: %v", hex, err)
		}
		if got.Warnings != 0 || got.SMSC != sent.SMSC || !reflect.DeepEqual(got.TPDU, sent.TPDU) {
			t.Fatalf("%s: read %+v, %v, sent %+v", hex, got.TPDU, got.Warnings, sent.TPDU)
		}
	})
}
