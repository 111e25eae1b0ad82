package pdu

import (
	"errors"
	"testing"
	"time"
)

// TestPushesThatAreNone holds that hostile octets are refused, and end nothing but themselves.
func TestPushesThatAreNone(t *testing.T) {
	for name, octets := range map[string]string{
		"empty":                               "",
		"no headers":                          "\x01\x06\x00",
		"lengths within lengths without end":  "%\x06\x01\x1e\x1e\x1e\xae\x02\x05q\x00",
		"a length within a length":            "%\x06\x03\x02\x01\xbe",
		"a length of more than there is":      "%\x06\x7f\xbe",
		"a length that does not end":          "%\x06\xff\xff\xff\xff\xff\xff\xbe",
		"a length beyond any message":         "%\x06\xff\xff\x7f\xbe",
		"a quoted length that is not there":   "%\x06\x01\x1f",
		"a content type in nothing":           "%\x06\x01\x00",
		"neither a push nor a confirmed push": "%\x05\x01\xbe",
	} {
		if p, err := ParsePush([]byte(octets)); !errors.Is(err, ErrPush) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

func TestContentTypes(t *testing.T) {
	for octets, want := range map[string]string{
		"%\x07\x01\xbe":                  typeMMS,
		"%\x06\x01\xff":                  "0x7F",
		"%\x06\x05x/y\x00\x80":           "x/y",
		"%\x06\x05\x04x/y\x00":           "x/y",
		"%\x06\x04\x1f\x02\xae\x00":      "application/vnd.wap.sic",
		"%\x06\x06\x7f\xffx\x00abc":      "\xffx",
		"%\x06\x08\"a/b\x00\x00\x00\x00": "a/b",
	} {
		if p, err := ParsePush([]byte(octets)); err != nil || p.ContentType != want {
			t.Errorf("%q: %q, %v, want %q", octets, p.ContentType, err, want)
		}
	}
}

// TestMMSFields goes through values that the vectors do not have.
func TestMMSFields(t *testing.T) {
	head := "%\x06\x01\xbe\x8c\x82"
	for body, want := range map[string]MMS{
		"":                                       {},
		"\x8a\x83":                               {Class: "auto"},
		"\x8a\x8f":                               {},
		"\x8e\x85":                               {Size: 5},
		"\x8e\x09":                               {},
		"\x88\x02\x81\x85":                       {ValidFor: 5 * time.Second},
		"\x88\x03\x81\x09\x00":                   {},
		"\x88\x01":                               {},
		"\x89\x00":                               {},
		"\x89\x03\x80a\x00":                      {From: "a"},
		"\x96\x00":                               {},
		"\x96\x06\x02\x03\xe8\xff\xfe\x41":       {},
		"\x96\x09\x02\x03\xe8\xff\xfeA\x00B\x00": {Subject: "AB"},
		"\x90\x81\x91\x02ab\x92text\x00\x8e\x01\x07": {Size: 7},
		"\x96\xe4\x00": {Subject: "ä"},
	} {
		p, err := ParsePush([]byte(head + body))
		if err != nil {
			t.Fatal(err)
		}
		if m, err := p.MMS(); err != nil || m != want {
			t.Errorf("%q: %+v, %v, want %+v", body, m, err, want)
		}
	}
	for _, other := range []string{"%\x06\x01\xae", "%\x06\x01\xbe", "%\x06\x01\xbe\x8c\x80"} {
		p, _ := ParsePush([]byte(other))
		if m, err := p.MMS(); !errors.Is(err, ErrPush) {
			t.Errorf("%q: %+v, %v", other, m, err)
		}
	}
}
