package storage

// Line is one of our own SMS numbers: a SIM in a modem, what a desk texts
// from. It is known by the SIM's ICCID, so it survives a change of port and
// modem; a SIM that tells no ICCID is known by the modem's IMEI.
type Line struct {
	ID           string    `json:"id"`
	Number       string    `json:"number,omitempty"` // own number (MSISDN), E.164
	Name         string    `json:"name,omitempty"`
	State        LineState `json:"state"`
	Reason       string    `json:"reason,omitempty"` // why not ready, and who can mend it, for people
	Operator     string    `json:"operator,omitempty"`
	Registration string    `json:"registration,omitempty"`
	Signal       int       `json:"signal_dbm,omitempty"`
	Port         string    `json:"port,omitempty"`
	ICCID        string    `json:"iccid,omitempty"`
	IMSI         string    `json:"imsi,omitempty"`
	IMEI         string    `json:"imei,omitempty"`
	Manufacturer string    `json:"manufacturer,omitempty"`
	Model        string    `json:"model,omitempty"`
	Revision     string    `json:"revision,omitempty"`
	Balance      *Balance  `json:"balance,omitempty"`      // credit, when it was last told
	Alarm        string    `json:"alarm,omitempty"`        // what is wrong though the modem says that all is well
	TestedAt     Time      `json:"tested_at,omitzero"`     // a self-test arrived at this number
	SMSDisabled  bool      `json:"sms_disabled,omitempty"` // switched off for texts from here
	Rev          int64     `json:"rev"`
}

// LineChange is what a person says of a line; nil stays as it is.
type LineChange struct {
	Name *string `json:"name"`

	// Number is for a card that does not tell its own. What a card tells later
	// takes its place.
	Number *string `json:"number"`
}

// LineState is what a line can do now.
type LineState string

// The states of a line.
const (
	LineReady         LineState = "ready"          // registered: sends and receives
	LineNotRegistered LineState = "not_registered" // the modem speaks, the network does not take it
	LineAbsent        LineState = "absent"         // no modem at the port, or the line is not open
	LineSIMMissing    LineState = "sim_missing"    // the modem is there, its card is not, or cannot be read
	LineFailed        LineState = "failed"         // the modem is there and does not answer as it should
)

// Facts are what the modem and the SIM say of themselves when a port opens.
type Facts struct {
	Port, Number, ICCID, IMSI, IMEI, Manufacturer, Model, Revision string
}

// LineStatus is what a line does at the moment.
type LineStatus struct {
	State        LineState
	Reason       string
	Operator     string
	Registration string
	Signal       int
}
