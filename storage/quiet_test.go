package storage

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestZoneOf_H6(t *testing.T) {
	for number, want := range map[string]string{
		"+4915112345678": "Europe/Berlin", "+442071838750": "Europe/London", "+81312345678": "Asia/Tokyo",
		"+12025550100": "", "+34600000000": "", // several clocks
		"+76123456": "", "88888": "", "INFO": "", "": "", "+999": "",
	} {
		if got := ZoneOf(number); got != want {
			t.Errorf("%s: %q, want %q", number, got, want)
		}
	}
	q := Quiet{Zone: "UTC", Recipient: true}
	if q.In("Asia/Tokyo").Zone != "Asia/Tokyo" || q.In("").Zone != "UTC" {
		t.Error("the clock is not the recipient's, or the line's where that is not known")
	}
	if q.Recipient = false; q.In("Asia/Tokyo").Zone != "UTC" {
		t.Error("control: hours that go by the line's clock go by the recipient's")
	}
}

// TestQuietByTheClock jumps to moments far apart, forth and back, as a clock
// does that is set anew, over ten years of summers and winters. What counts is
// what a clock on the wall shows, and the end is the next moment at which it
// shows To.
func TestQuietByTheClock_H6(t *testing.T) {
	q := Quiet{From: "20:00", To: "08:00", Zone: "UTC", Recipient: true}
	numbers := []string{"+4915112345678", "+442071838750", "+81312345678", "+919876543210", "+9779812345678", "+12025550100", "+61291234567"}
	random := rand.New(rand.NewPCG(6, 327))
	wrong := func(judge func(Quiet, time.Time) (time.Time, bool)) (n int, first string) {
		for range 20_000 {
			now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.Int64N(int64(10 * 365 * 24 * time.Hour))))
			hours := q.In(ZoneOf(numbers[random.IntN(len(numbers))]))
			zone, err := time.LoadLocation(hours.Zone)
			if err != nil {
				t.Fatal(err)
			}
			wall := now.In(zone).Format("15:04")
			end, quiet := judge(hours, now)
			bad := quiet != (wall >= q.From || wall < q.To)
			if quiet && (end.In(zone).Format("15:04") != q.To || !end.After(now) || end.Sub(now) > 13*time.Hour) {
				bad = true
			}
			if bad {
				if n++; first == "" {
					first = fmt.Sprint(hours.Zone, " at ", now, ": quiet ", quiet, " until ", end)
				}
			}
		}
		return n, first
	}
	if n, first := wrong(Quiet.Until); n > 0 {
		t.Errorf("%d wrong, such as %s", n, first)
	}
	// Negative control: a clock that knows no summer is wrong, but only half the year.
	winter := func(q Quiet, now time.Time) (time.Time, bool) {
		zone, _ := time.LoadLocation(q.Zone)
		_, offset := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).In(zone).Zone()
		q.Zone = "UTC"
		end, quiet := q.Until(now.Add(time.Duration(offset) * time.Second))
		return end.Add(-time.Duration(offset) * time.Second), quiet
	}
	if n, _ := wrong(winter); n == 0 {
		t.Error("a clock without summer time was not found out")
	}
}
