package pdu

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]Address{
		"+46705550123":          {TONInternational, NPITelephone, "46705550123"},
		" +46 70-555 01 23\r\n": {TONInternational, NPITelephone, "46705550123"},
		"+1 (555) 555.0123":     {TONInternational, NPITelephone, "15555550123"},
		"0705550123":            {TONUnknown, NPITelephone, "0705550123"},
		"71234":                 {TONUnknown, NPITelephone, "71234"},
		"*100#":                 {TONUnknown, NPITelephone, "*100#"},
		"12345678901234567890":  {TONUnknown, NPITelephone, "12345678901234567890"},
		"ACME":                  {TONAlphanumeric, NPIUnknown, "ACME"},
		"A-B.C":                 {TONAlphanumeric, NPIUnknown, "A-B.C"},
		"abc":                   {TONAlphanumeric, NPIUnknown, "abc"},
		"7 Eleven":              {TONAlphanumeric, NPIUnknown, "7 Eleven"},
		"Smörgåsbord":           {TONAlphanumeric, NPIUnknown, "Smörgåsbord"},
		"12345678€":             {TONAlphanumeric, NPIUnknown, "12345678€"},
	} {
		if got, err := ParseAddress(in); got != want || err != nil {
			t.Errorf("ParseAddress(%q) = %+v, %v, want %+v", in, got, err, want)
		}
	}
	for in, want := range map[string]error{
		"":                       ErrAddress,
		" ":                      ErrAddress,
		"+":                      ErrAddress,
		"-":                      nil, // a name, if an odd one
		"+46abc":                 ErrAddress,
		"++46":                   ErrAddress,
		"４６７０":                   ErrAddress, // digits, but not those of ASCII
		"日本":                     ErrAddress,
		"a\x1b":                  ErrAddress,
		"a\xff":                  ErrAddress,
		"123456789012345678901":  ErrTooLong,
		"+123456789012345678901": ErrTooLong,
		"TwelveLetter":           ErrTooLong,
		"€€€€€€":                 ErrTooLong, // twelve septets
	} {
		got, err := ParseAddress(in)
		if !errors.Is(err, want) || (want != nil) != (got == Address{}) {
			t.Errorf("ParseAddress(%q) = %+v, %v, want %v", in, got, err, want)
		}
		if e, ok := errors.AsType[*Error](err); want != nil && (!ok || e.Field != "address") {
			t.Errorf("ParseAddress(%q): %v does not name its field", in, err)
		}
	}
}

func TestAddressesThatCannotBeWritten(t *testing.T) {
	for _, a := range []Address{
		{TONInternational, NPITelephone, "+46"},
		{TONUnknown, NPITelephone, "12 34"},
		{TONUnknown, NPITelephone, "A"},
		{TONAlphanumeric, NPIUnknown, "ж"},
		{TONAlphanumeric, NPIUnknown, "TwelveLetter"},
		{TONUnknown, NPITelephone, "123456789012345678901"},
	} {
		if _, err := (&Deliver{OA: a}).Append(nil); err == nil {
			t.Errorf("%+v is written as TP-OA", a)
		}
		if _, err := (Frame{SMSC: a, TPDU: &Deliver{}}).AppendHex(nil); err == nil {
			t.Errorf("%+v is written as service centre", a)
		}
		if _, err := (Message{To: a}).Submits(); err == nil {
			t.Errorf("%+v is written as recipient", a)
		}
	}
}

// TestAddressString holds that what String shows can be given to ParseAddress, for the addresses
// that ParseAddress makes.
func TestAddressString(t *testing.T) {
	numbers := rapid.StringMatching(`\+?[0-9*#]{1,20}`)
	names := rapid.StringMatching(`[A-Za-z][A-Za-z0-9 &@]{0,9}[A-Za-z]`)
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(numbers, names).Draw(t, "address")
		a, err := ParseAddress(in)
		if err != nil || a.String() != in {
			t.Fatalf("%q reads as %+v, %q, %v", in, a, a.String(), err)
		}
	})
	if (Address{}).String() != "" || (Address{TON: TONInternational}).String() != "" {
		t.Error("no address is shown as something")
	}
}
