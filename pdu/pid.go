package pdu

import "fmt"

// Protocol identifiers that ask for something (3GPP TS 23.040, 9.2.3.9).
const (
	PIDSilent     = 0x40 // type 0: the phone confirms it and shows nothing
	PIDReplace1   = 0x41 // up to 47: takes the place of an earlier one of the same number and sender
	PIDReplace7   = 0x47
	PIDReturnCall = 0x5F // a call was missed
	PIDToMobile   = 0x7D // data for the mobile equipment
	PIDDepersonal = 0x7E // de-personalisation of the mobile equipment
	PIDToSIM      = 0x7F // data for the SIM
)

// PIDText says a protocol identifier in words (3GPP TS 23.040, 9.2.3.9).
func PIDText(pid byte) string {
	switch {
	case pid == 0:
		return "an ordinary message"
	case pid < 0x20:
		return fmt.Sprintf("protocol %d between service centre and sender", pid)
	case pid < 0x40:
		return "interworking with " + telematic(pid&0x1F)
	case pid == PIDSilent:
		return "type 0: confirmed, but not shown"
	case pid >= PIDReplace1 && pid <= PIDReplace7:
		return fmt.Sprintf("replaces an earlier message of type %d", pid&0x07)
	case pid == 0x48:
		return "device triggering"
	case pid == 0x5E:
		return "enhanced message service (obsolete)"
	case pid == PIDReturnCall:
		return "a call was missed"
	case pid == 0x7C:
		return "ANSI-136 R-data"
	case pid == PIDToMobile:
		return "data for the mobile equipment"
	case pid == PIDDepersonal:
		return "de-personalisation of the mobile equipment"
	case pid == PIDToSIM:
		return "data for the SIM"
	case pid >= 0xC0:
		return fmt.Sprintf("a protocol of this service centre (0x%02X)", pid)
	}
	return fmt.Sprintf("reserved protocol 0x%02X", pid)
}

func telematic(device byte) string {
	if device >= 0x18 && device < 0x1F {
		return fmt.Sprintf("a device of this service centre (%d)", device)
	}
	if name := devices[device&0x1F]; name != "" {
		return name
	}
	return fmt.Sprintf("a reserved device (%d)", device)
}

var devices = [0x20]string{
	0x00: "a device that the service centre knows", 0x01: "telex", 0x02: "group 3 fax", 0x03: "group 4 fax",
	0x04: "a voice telephone", 0x05: "ERMES paging", 0x06: "national paging", 0x07: "videotex",
	0x08: "teletex", 0x09: "teletex over PSPDN", 0x0A: "teletex over CSPDN", 0x0B: "teletex over PSTN",
	0x0C: "teletex over ISDN", 0x0D: "UCI", 0x10: "a message handling facility", 0x11: "X.400",
	0x12: "Internet mail", 0x1F: "a GSM mobile station",
}
