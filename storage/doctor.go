package storage

// Finding is one thing that the doctor has to say of the box or a modem.
type Finding struct {
	Level string `json:"level"`           // fault, warning, note, fine
	Rule  string `json:"rule"`            // its name, for programs
	Where string `json:"where,omitempty"` // the port, the memory or the stick
	Cause string `json:"cause"`
	Next  string `json:"next,omitempty"` // the next step
}

// Fact is one question that a modem was asked, with what the answer means.
// Private parts are taken out.
type Fact struct {
	Name    string `json:"name"`
	Command string `json:"command"` // with AT
	Answer  string `json:"answer,omitempty"`
	State   string `json:"state"` // good, missing, bad, unknown
	Words   string `json:"words,omitempty"`
}

// Examined is what one modem said of itself.
type Examined struct {
	Port   string `json:"port"`
	Line   string `json:"line,omitempty"`
	Family string `json:"family,omitempty"` // whose habits it is taken to have
	Facts  []Fact `json:"facts"`
}

// Diagnosis is what the doctor found, the worst first.
type Diagnosis struct {
	At       Time       `json:"at"`
	Findings []Finding  `json:"findings"`
	Modems   []Examined `json:"modems"`
}

// Said is one line of a conversation with a modem, redacted.
type Said struct {
	Seq  int64  `json:"seq"` // counts up, over all modems
	Port string `json:"port"`
	Line string `json:"line"` // time, > for what we say or < for what we hear, and the words
}

// Typed is what a modem answered to a line that a person typed.
type Typed struct {
	Info  []string `json:"info"`
	Final string   `json:"final"`
}
