package storage

// Note is one sentence of the journal: what the radio bank saw or did, and why,
// so that a person can read in the morning what happened in the night. It goes
// out as a line.note, or as a modem.note where no line is known.
type Note struct {
	At    Time   `json:"at"`
	Port  string `json:"port,omitempty"`
	Line  string `json:"line,omitempty"`
	Step  string `json:"step"` // what kind of thing: a state of a port, or a rung of the recovery
	Words string `json:"words"`
	Level Level  `json:"level"`
}

// Level says who should look at a note.
type Level string

// The levels.
const (
	Info  Level = "info"  // it changed
	Warn  Level = "warn"  // a person may want to look
	Alarm Level = "alarm" // a person must look
)
