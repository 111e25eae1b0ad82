package modem

import (
	"errors"
	"fmt"
	"testing"

	"smsbridge/modem/at"
)

func TestClass(t *testing.T) {
	for _, c := range []struct {
		final  string
		phase  phase
		class  Class
		result Outcome
	}{
		{"+CMS ERROR: 1", sent, Permanent, Rejected},
		{"+CMS ERROR: 21", sent, Permanent, Rejected},
		{"+CMS ERROR: 38", sent, Transient, Rejected},
		{"+CMS ERROR: 69", sent, Permanent, Rejected},
		{"+CMS ERROR: 111", sent, Permanent, Rejected},
		{"+CMS ERROR: 128", sent, Permanent, Rejected},
		{"+CMS ERROR: 192", sent, Transient, Rejected},
		{"+CMS ERROR: 197", sent, Duplicate, Rejected},
		{"+CMS ERROR: 208", sent, Transient, Rejected},
		{"+CMS ERROR: 300", sent, Uncertain, Rejected},
		{"+CMS ERROR: 300", prompting, Transient, NotSent},
		{"+CMS ERROR: 302", prompting, Transient, NotSent},
		{"+CMS ERROR: 303", prompting, Permanent, NotSent},
		{"+CMS ERROR: 310", prompting, Hold, NotSent},
		{"+CMS ERROR: 314", prompting, Transient, NotSent},
		{"+CMS ERROR: 330", sent, Hold, Rejected},
		{"+CMS ERROR: 331", sent, Transient, Rejected},
		{"+CMS ERROR: 332", sent, Uncertain, Rejected},
		{"+CMS ERROR: 500", sent, Uncertain, Rejected},
		{"+CMS ERROR: 512", sent, Uncertain, Rejected},
		{"+CMS ERROR: 512", prompting, Transient, NotSent},
		{"+CMS ERROR: something new", sent, Uncertain, Rejected},
		{"+CMS ERROR: network out of order", sent, Transient, Rejected},
		{"+CME ERROR: 10", prompting, Hold, NotSent},
		{"+CME ERROR: SIM PUK required", sent, Hold, Rejected},
		{"+CME ERROR: 14", prompting, Transient, NotSent},
		{"+CME ERROR: 30", sent, Transient, Rejected},
		{"+CME ERROR: 31", sent, Uncertain, Rejected},
		{"+CME ERROR: 100", sent, Uncertain, Rejected},
		{"ERROR", sent, Uncertain, Rejected},
		{"ERROR", prompting, Transient, NotSent},
	} {
		t.Run(fmt.Sprintf("%s/%d", c.final, c.phase), func(t *testing.T) {
			r, ok := at.ParseResult(c.final)
			if !ok {
				t.Fatal("no final result")
			}
			e := refusal(&call{text: "+CMGS=8", pdu: "00", phase: c.phase}, r)
			if e.Class() != c.class || e.Outcome != c.result {
				t.Errorf("%v, %v, want %v, %v", e.Class(), e.Outcome, c.class, c.result)
			}
		})
	}
}

// TestClassTotal: every code has a class, and Unknown is always uncertain.
func TestClassTotal(t *testing.T) {
	for code := -1; code < 4000; code++ {
		for kind := Plain; kind <= CMS; kind++ {
			e := &Error{Kind: kind, Code: code}
			if c := e.Class(); c > Duplicate {
				t.Fatalf("%d %d: class %d", kind, code, c)
			}
			e.Outcome = Unknown
			if e.Class() != Uncertain {
				t.Fatalf("%d %d: unknown is %v", kind, code, e.Class())
			}
		}
	}
}

func TestPINError(t *testing.T) {
	err := fmt.Errorf("unlock: %w", &PINError{Tries: 2})
	e, ok := errors.AsType[*PINError](err)
	if !errors.Is(err, ErrPINRequired) || !ok || e.Tries != 2 {
		t.Error(err)
	}
}
