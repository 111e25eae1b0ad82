package pdu

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimestampOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := time.Date(1990, 1, 2, 0, 0, 0, 0, time.UTC).Unix()
		last := time.Date(2089, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
		quarters := rapid.IntRange(-79, 79).Draw(t, "quarters")
		at := time.Unix(rapid.Int64Range(first, last).Draw(t, "second"), 0).
			In(time.FixedZone("", quarters*15*60))
		got, ok := TimestampOf(at).Time()
		if !ok || got.Format(time.RFC3339) != at.Format(time.RFC3339) {
			t.Fatalf("%v reads back as %v, %v", at, got, ok)
		}
	})
}

func TestTimestampOfOddZone(t *testing.T) {
	stockholm1870 := time.FixedZone("", 1*3600+12*60+14) // no quarter of an hour
	at := time.Date(2026, 1, 28, 15, 30, 47, 0, stockholm1870)
	got, ok := TimestampOf(at).Time()
	if !ok || !got.Equal(at) {
		t.Errorf("%v became %v: the zone may be rounded, the instant may not", at, got)
	}
}

func TestTimestampOctets(t *testing.T) {
	at := time.Date(2026, 1, 28, 15, 30, 47, 0, time.FixedZone("", -6*3600))
	if got, want := TimestampOf(at), (Timestamp{0x62, 0x10, 0x82, 0x51, 0x03, 0x74, 0x4A}); got != want {
		t.Errorf("% X, want % X", got[:], want[:])
	}
}

// TestEveryDate compares the small calendar of this package with the one of the library.
func TestEveryDate(t *testing.T) {
	for year := 1990; year < 2090; year++ {
		for month := 1; month <= 12; month++ {
			want := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
			if got := daysIn(year, month); got != want {
				t.Fatalf("%d-%02d has %d days, not %d", year, month, want, got)
			}
		}
	}
}

func TestRelativeValidity(t *testing.T) {
	for _, c := range []struct {
		ask, get time.Duration
		octet    byte
	}{
		{time.Second, 5 * time.Minute, 0},
		{5 * time.Minute, 5 * time.Minute, 0},
		{5*time.Minute + 1, 10 * time.Minute, 1},
		{12 * time.Hour, 12 * time.Hour, 143},
		{12*time.Hour + 1, 12*time.Hour + 30*time.Minute, 144},
		{day, day, 167},
		{36 * time.Hour, 2 * day, 168},
		{30 * day, 30 * day, 196},
		{30*day + 1, 5 * week, 197},
		{52 * week, 52 * week, 244},
		{63 * week, 63 * week, 255},
		{1 << 62, 63 * week, 255},
	} {
		v := RelativeValidity(c.ask)
		got, ok := v.Duration()
		if !ok || got != c.get || v.Octets[0] != c.octet {
			t.Errorf("%v gives %v (octet %d), want %v (%d)", c.ask, got, v.Octets[0], c.get, c.octet)
		}
	}
	for _, none := range []time.Duration{0, -time.Hour} {
		if v := RelativeValidity(none); v != (Validity{}) {
			t.Errorf("%v gives %+v", none, v)
		}
	}
}

// TestEveryRelativeValidity holds that each octet asks for itself, and that nothing shorter does.
func TestEveryRelativeValidity(t *testing.T) {
	for octet := range 256 {
		d := relative(byte(octet))
		if got := RelativeValidity(d); got.Octets[0] != byte(octet) {
			t.Errorf("%v, which is octet %d, gives %d", d, octet, got.Octets[0])
		}
		if octet > 0 && relative(byte(octet-1)) >= d {
			t.Errorf("octet %d is not longer than the one before", octet)
		}
	}
}

var at2026 = time.Date(2026, 1, 28, 15, 30, 47, 0, time.UTC)
