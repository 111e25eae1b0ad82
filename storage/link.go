package storage

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Link is an address in a text, with where it really leads.
type Link struct {
	Text string   `json:"text"` // as it stands in the message
	URL  string   `json:"url"`
	Host string   `json:"host"`           // that would be asked
	Warn LinkWarn `json:"warn,omitempty"` // why Host may not be who it seems
}

// LinkWarn says why a host may not be who it seems.
type LinkWarn string

// The warnings of a link.
const (
	LinkUser    LinkWarn = "user"    // what stands before an @ looks like the host, and is not
	LinkLetters LinkWarn = "letters" // letters beyond ASCII, which can look like others
	LinkAddress LinkWarn = "ip"      // a bare address
)

// maxLinks is how many links of a text are told.
const maxLinks = 20

var (
	linkShape = regexp.MustCompile(`(?i)\bhttps?://[^\s<>"“”]+|\bwww\.[^\s<>"“”]+|\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,12}/[^\s<>"“”]+`)
	hostShape = regexp.MustCompile(`^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.-]*[\p{L}\p{N}\p{M}])?$`)
)

// linksIn finds the links of a text.
func linksIn(text string) (found []Link) {
	for _, at := range linkShape.FindAllStringIndex(text, maxLinks) {
		if before, _ := utf8.DecodeLastRuneInString(text[:at[0]]); before == '@' || before == '/' || before == '.' || before == '-' {
			continue // the rest of an e-mail address, or of something longer
		}
		if l, ok := linkOf(ending(text[at[0]:at[1]])); ok {
			found = append(found, l)
		}
	}
	return found
}

// ending takes off what belongs to the sentence.
func ending(s string) string {
	for s != "" {
		r, n := utf8.DecodeLastRuneInString(s)
		switch {
		case strings.ContainsRune(".,;:!?'…»*_", r):
		case r == ')' && strings.Count(s, ")") > strings.Count(s, "("), r == ']' && !strings.Contains(s, "["), r == '}' && !strings.Contains(s, "{"):
		default:
			return s
		}
		s = s[:len(s)-n]
	}
	return s
}

func linkOf(s string) (Link, bool) {
	l := Link{Text: s, URL: s}
	if !strings.Contains(strings.ToLower(s[:min(len(s), 8)]), "://") {
		l.URL = "https://" + s
	}
	u, err := url.Parse(l.URL)
	if err != nil || u.Hostname() == "" {
		return l, false
	}
	l.Host = strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	_, noName := netip.ParseAddr(l.Host)
	switch {
	case noName == nil:
		l.Warn = LinkAddress
	case !hostShape.MatchString(l.Host) || !strings.Contains(l.Host, "."):
		return l, false
	case strings.Trim(l.Host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" || strings.Contains("."+l.Host, ".xn--"):
		l.Warn = LinkLetters
	}
	if u.User != nil {
		l.Warn = LinkUser
	}
	return l, true
}
