package storage

import (
	"testing"
	"time"
)

func TestAutoReplyAnswers_H7(t *testing.T) {
	at := func(s string) time.Time {
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		moment, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	const monday = "2026-11-23 "
	night := AutoReply{On: true, From: "18:00", To: "08:00", Zone: "Europe/Berlin"}
	weekend := AutoReply{On: true, From: "00:00", To: "00:00", Days: []string{"sat", "sun"}, Zone: "Europe/Berlin"}
	fridays := AutoReply{On: true, From: "18:00", To: "08:00", Days: []string{"fri"}, Zone: "Europe/Berlin"}
	for _, c := range []struct {
		name  string
		rule  AutoReply
		line  string
		text  string
		first bool
		at    string
		want  bool
	}{
		{"off", AutoReply{}, "ln_1", "x", true, monday + "12:00", false},
		{"always", AutoReply{On: true}, "ln_1", "x", false, monday + "12:00", true},
		{"line", AutoReply{On: true, Line: "ln_1"}, "ln_1", "x", false, monday + "12:00", true},
		{"another line", AutoReply{On: true, Line: "ln_2"}, "ln_1", "x", false, monday + "12:00", false},
		{"first", AutoReply{On: true, First: true}, "ln_1", "x", true, monday + "12:00", true},
		{"not first", AutoReply{On: true, First: true}, "ln_1", "x", false, monday + "12:00", false},
		{"keyword", AutoReply{On: true, Keyword: "opening hours"}, "ln_1", "Your OPENING, hours?", false, monday + "12:00", true},
		{"half a keyword", AutoReply{On: true, Keyword: "opening hours"}, "ln_1", "opening", false, monday + "12:00", false},
		{"part of a word", AutoReply{On: true, Keyword: "art"}, "ln_1", "start", false, monday + "12:00", false},
		{"by day", night, "", "", false, monday + "12:00", false},
		{"evening", night, "", "", false, monday + "18:00", true},
		{"morning", night, "", "", false, monday + "07:59", true},
		{"end", night, "", "", false, monday + "08:00", false},
		{"Saturday", weekend, "", "", false, "2026-11-28 23:59", true},
		{"Monday", weekend, "", "", false, monday + "00:00", false},
		{"Saturday morning is Friday's night", fridays, "", "", false, "2026-11-28 07:00", true},
		{"Friday morning is not", fridays, "", "", false, "2026-11-27 07:00", false},
	} {
		if got := c.rule.Answers(c.line, c.text, c.first, at(c.at)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestBlockHits_B10(t *testing.T) {
	for _, c := range []struct {
		kind                BlockKind
		value, number, text string
		want                bool
	}{
		{BlockNumber, "+15550166", "+15550166", "", true},
		{BlockNumber, "+15550166", "+155501661", "", false},
		{BlockNumber, "CASINO", "Casino", "", true},
		{BlockBegins, "+4990*", "+49900123456", "", true},
		{BlockBegins, "+4990", "+4989123456", "", false},
		{BlockKeyword, "Free Prize", "+15550100", "win a FREE  prizé!", true},
		{BlockKeyword, "free prize", "+15550100", "prize free", false},
		{BlockKeyword, "art", "+15550100", "start", false},
	} {
		b := Block{Kind: c.kind, Value: c.value}
		if err := b.Tidy(); err != nil {
			t.Fatal(err)
		}
		if got := b.Hits(c.number, c.text); got != c.want {
			t.Errorf("%+v on %s %q: %v", b, c.number, c.text, got)
		}
	}
	for _, b := range []Block{{Kind: BlockBegins, Value: "*"}, {Kind: BlockKeyword, Value: "!?"}, {Kind: BlockNumber}, {Kind: "sound", Value: "x"}} {
		if err := b.Tidy(); err == nil {
			t.Errorf("%+v would block nothing, or everything", b)
		}
	}
}
