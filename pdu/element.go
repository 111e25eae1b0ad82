package pdu

import (
	"fmt"
	"strings"
)

// elements are the information elements by identifier: what they are, and where that stands
// (3GPP TS 23.040, 9.2.3.24).
var elements = map[byte]struct{ name, clause string }{
	0x00: {"concatenation, 8-bit reference", "9.2.3.24.1"},
	0x01: {"message waiting", "9.2.3.24.2"},
	0x04: {"ports, 8 bits", "9.2.3.24.3"},
	0x05: {"ports, 16 bits", "9.2.3.24.4"},
	0x06: {"service centre control", "9.2.3.24.5"},
	0x07: {"source of the header", "9.2.3.24.6"},
	0x08: {"concatenation, 16-bit reference", "9.2.3.24.8"},
	0x09: {"wireless control message", "9.2.3.24.9"},
	0x0A: {"text formatting", "9.2.3.24.10.1.1"},
	0x0B: {"predefined sound", "9.2.3.24.10.1.2"},
	0x0C: {"user defined sound", "9.2.3.24.10.1.3"},
	0x0D: {"predefined animation", "9.2.3.24.10.1.4"},
	0x0E: {"large animation", "9.2.3.24.10.1.5"},
	0x0F: {"small animation", "9.2.3.24.10.1.6"},
	0x10: {"large picture", "9.2.3.24.10.1.7"},
	0x11: {"small picture", "9.2.3.24.10.1.8"},
	0x12: {"variable picture", "9.2.3.24.10.1.9"},
	0x13: {"user prompt", "9.2.3.24.10.1.10"},
	0x14: {"extended object", "9.2.3.24.10.1.11"},
	0x15: {"reused extended object", "9.2.3.24.10.1.12"},
	0x16: {"compression control", "9.2.3.24.10.1.13"},
	0x17: {"object distribution", "9.2.3.24.10.1.14"},
	0x18: {"standard vector graphics", "9.2.3.24.10.1.15"},
	0x19: {"character size vector graphics", "9.2.3.24.10.1.16"},
	0x1A: {"extended object data request", "9.2.3.24.10.1.17"},
	0x20: {"e-mail header", "9.2.3.24.11"},
	0x21: {"hyperlink", "9.2.3.24.12"},
	0x22: {"address to reply to", "9.2.3.24.13"},
	0x23: {"enhanced voice mail", "9.2.3.24.14"},
	0x24: {"national language single shift", "9.2.3.24.15"},
	0x25: {"national language locking shift", "9.2.3.24.16"},
}

// Name says in words what the element is (3GPP TS 23.040, 9.2.3.24).
func (e IE) Name() string {
	switch known, ok := elements[e.ID]; {
	case ok:
		return known.name
	case e.ID >= 0x70 && e.ID < 0x80:
		return "SIM toolkit security header"
	case e.ID >= 0x80 && e.ID < 0xA0:
		return "for use between mobiles"
	case e.ID >= 0xC0 && e.ID < 0xE0:
		return "for use by this service centre"
	}
	return "reserved element"
}

func (e IE) clause() string {
	if known, ok := elements[e.ID]; ok {
		return "23.040 " + known.clause
	}
	return "23.040 9.2.3.24"
}

// words says what the element says.
func (e IE) words() string {
	h := UDH{e}
	what := fmt.Sprintf("% X", e.Data)
	if c, ok := h.Concat(); ok {
		what = fmt.Sprintf("part %d of %d, reference %d", c.Seq, c.Total, c.Ref)
	} else if p, ok := h.Ports(); ok {
		what = fmt.Sprintf("to %d, from %d", p.Destination, p.Source)
	} else if w := h.Waiting(); w != nil {
		what = w[0].String()
	} else if locking, single, ok := h.Shifts(); ok && (shifts{locking, single}) != (shifts{}) {
		what = Language(e.Data[0]).String()
	}
	return strings.TrimSpace(fmt.Sprintf("%s (element %02X): %s", e.Name(), e.ID, what))
}
