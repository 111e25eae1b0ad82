package storage

// Contact is a person or firm outside the box, with the numbers that reach it.
type Contact struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Numbers []string `json:"numbers"` // E.164
	Rev     int64    `json:"rev,omitempty"`
}
