package storage

// Modem is a port that the gateway keeps open or tries to: what the box can
// see of its radio, whether or not a SIM has made a line of it. Modems are not
// kept in the ledger; they are what is plugged in now.
type Modem struct {
	Port         string `json:"port"`
	Place        string `json:"place,omitempty"` // where it is plugged in, for one that was found
	State        string `json:"state"`           // opening, ready, failed, absent
	Reason       string `json:"reason,omitempty"`
	Line         string `json:"line,omitempty"`
	Number       string `json:"number,omitempty"`
	Manufacturer string `json:"manufacturer,omitempty"`
	Model        string `json:"model,omitempty"`
	Revision     string `json:"revision,omitempty"`
	IMEI         string `json:"imei,omitempty"`
	ICCID        string `json:"iccid,omitempty"`
	Commands     int64  `json:"commands"` // AT command lines written since the port was opened

	Access      string        `json:"access,omitempty"` // 2G, 3G, LTE, ...
	Roaming     bool          `json:"roaming,omitempty"`
	SMSOnly     bool          `json:"sms_only,omitempty"`      // the network takes the SIM for texts only
	Temperature int           `json:"temperature_c,omitempty"` // of the hottest sensor; 0: not told
	Memories    []ModemMemory `json:"memories,omitempty"`      // how full they are
	Since       Time          `json:"since,omitzero"`
}

// ModemMemory is how full a store of messages is.
type ModemMemory struct {
	Memory string `json:"memory"` // SM, ME, SR
	Used   int    `json:"used"`
	Total  int    `json:"total"`
}

// NearlyFull tells that messages may soon find no room: at four fifths.
func (m ModemMemory) NearlyFull() bool { return m.Total > 0 && 5*m.Used >= 4*m.Total }
