package pdu

import "time"

// Timestamp is a time as a service centre writes it: year, month, day, hour, minute, second and
// zone, two swapped digits each (3GPP TS 23.040, 9.2.3.11). The octets are kept, so that a time with
// a bad digit is a missing time and not a lost message.
type Timestamp [7]byte

// firstYear is where the window of two-digit years begins. The first SMS was sent in 1992.
const firstYear = 1990

// zoneWest is the sign of the zone, the highest bit of its tens.
const zoneWest = 0x08

// TimestampOf returns t with its zone, to the second and to the quarter of an hour (3GPP TS 23.040,
// 9.2.3.11).
// Years outside 1990-2089 lose their century.
func TimestampOf(t time.Time) Timestamp {
	_, offset := t.Zone()
	quarters := offset / (15 * 60)
	t = t.In(time.FixedZone("", quarters*15*60))
	ts := Timestamp{
		swapped(t.Year() % 100), swapped(int(t.Month())), swapped(t.Day()),
		swapped(t.Hour()), swapped(t.Minute()), swapped(t.Second()), swapped(max(quarters, -quarters)),
	}
	if quarters < 0 {
		ts[6] |= zoneWest
	}
	return ts
}

// Time returns the time in the zone it was written in, and false when the digits make no time (3GPP
// TS 23.040, 9.2.3.11).
func (ts Timestamp) Time() (time.Time, bool) {
	v, ok := ts.digits()
	if !ok {
		return time.Time{}, false
	}
	zone := time.UTC
	if v[6] != 0 {
		zone = time.FixedZone("", v[6]*15*60)
	}
	return time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], 0, zone), true
}

// digits returns the seven numbers, the year with its century and the zone with its sign, and
// whether they make a time.
func (ts Timestamp) digits() (v [7]int, ok bool) {
	for i, octet := range ts {
		if i == 6 {
			octet &^= zoneWest
		}
		tens, units := int(octet&0x0F), int(octet>>4)
		if tens > 9 || units > 9 {
			return v, false
		}
		v[i] = 10*tens + units
	}
	v[0] = firstYear + (v[0]+100-firstYear%100)%100
	if ts[6]&zoneWest != 0 {
		v[6] = -v[6]
	}
	return v, v[1] >= 1 && v[1] <= 12 && v[2] >= 1 && v[2] <= daysIn(v[0], v[1]) &&
		v[3] < 24 && v[4] < 60 && v[5] < 60
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 { // true from 1990 to 2089
			return 29
		}
		return 28
	}
	return 31
}

func (r *reader) timestamp(field string, bad Warnings) Timestamp {
	var ts Timestamp
	if octets := r.take(field, len(ts)); octets != nil {
		ts = Timestamp(octets)
		_, ok := ts.digits()
		r.warn(!ok, bad)
	}
	return ts
}

// swapped writes a number of two digits, the tens in the low half.
func swapped(n int) byte { return byte(n%10<<4 | n/10%10) }

func unswapped(b byte) (int, bool) {
	tens, units := int(b&0x0F), int(b>>4)
	return tens*10 + units, tens < 10 && units < 10
}
