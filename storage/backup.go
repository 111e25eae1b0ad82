package storage

// Backup is a copy of the ledger.
type Backup struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
	Epoch string `json:"epoch,omitempty"`
	Seq   int64  `json:"seq,omitempty"` // the last event in it
	At    Time   `json:"at"`
	Key   bool   `json:"key"` // FILE-key lies beside it: what secrets in it are sealed with
}

// Check is what an examination of a ledger file found. Faults is empty when it
// is whole.
type Check struct {
	File   string   `json:"file"`
	Epoch  string   `json:"epoch,omitempty"`
	Schema int      `json:"schema"`
	Seq    int64    `json:"seq"`
	Faults []string `json:"faults"`
}

// Restored is what a restore has put in place, and what a person should know.
type Restored struct {
	Check
	From        string   `json:"from"`
	Aside       string   `json:"aside,omitempty"` // where the ledger is that was there before
	Unconfirmed int64    `json:"unconfirmed"`     // parts that waited when the backup was made, and may have gone out since
	Tokens      []string `json:"tokens"`          // labels of those that let somebody in again
}
