package plan

import (
	_ "embed"
	"strings"
)

//go:embed zones.txt
var zones string

// Zone is the time zone of a country (ISO 3166-1) with one clock, such as
// Europe/Berlin; empty for one with several, as the United States, Spain or
// Russia, and for one that is not known. A number does not tell where in a
// country its owner is.
func Zone(country string) string {
	if len(country) != 2 {
		return ""
	}
	_, after, ok := strings.Cut(zones, "\n"+country+" ")
	if !ok {
		return ""
	}
	zone, _, _ := strings.Cut(after, "\n")
	return zone
}
