package storage

// Flag is a setting of the program and where it comes from. A secret is no
// setting: it stands in a file, and the setting names the file.
type Flag struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"` // default, command line, environment, or a file with the line
}
