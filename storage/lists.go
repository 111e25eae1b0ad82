package storage

// List is a named group of people to write to.
type List struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	People int    `json:"people"`
	Rev    int64  `json:"rev"`
}

// Tidy takes blanks off, and refuses what cannot be kept.
func (l *List) Tidy() (err error) {
	l.Name, err = tidyName(l.Name)
	return err
}

// Row is one person of a list or of a campaign: a contact, then by the first
// number on the card, or a number. Values go before those of the card.
type Row struct {
	Contact string            `json:"contact,omitempty"` // its id
	Number  string            `json:"number,omitempty"`
	Values  map[string]string `json:"values,omitempty"`
	Name    string            `json:"name,omitempty"` // of the contact; in answers only
}

// Check refuses a row that names nobody, and values that cannot be kept.
func (r Row) Check() error {
	switch {
	case r.Contact == "" && r.Number == "":
		return Refuse(CodeInvalid, "rows", "a row needs a contact or a number")
	case r.Contact != "" && r.Number != "":
		return Refuse(CodeInvalid, "rows", "a row has a contact or a number, not both")
	case len(r.Values) > maxCustom:
		return Refuse(CodeInvalid, "rows", "a row has %d values; %d are the most", len(r.Values), maxCustom)
	}
	for name, value := range r.Values {
		if !mergeName(name) || len(value) > maxLong {
			return Refuse(CodeInvalid, "rows", "the value %q cannot be kept: its name is letters, digits and _, and it has at most %d bytes", name, maxLong)
		}
	}
	return nil
}

// MostRows is how many rows one request takes; a list or a campaign takes more
// of them one after the other.
const MostRows = 1000

// RowPage is one answer of the people of a list.
type RowPage struct {
	List List   `json:"list"`
	Rows []Row  `json:"rows"`
	Next string `json:"next,omitempty"`
	Head Head   `json:"head"`
}
