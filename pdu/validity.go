package pdu

import "time"

// ValidityFormat is TP-VPF (3GPP TS 23.040, 9.2.3.3).
type ValidityFormat uint8

// The formats of 3GPP TS 23.040, 9.2.3.3.
const (
	ValidityNone ValidityFormat = iota
	ValidityEnhanced
	ValidityRelative
	ValidityAbsolute
)

// Validity is how long the service centre is to keep trying (3GPP TS 23.040, 9.2.3.12). The zero value leaves it to
// the service centre. A relative one is the first octet of Octets.
type Validity struct {
	Format ValidityFormat
	Octets [7]byte
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// RelativeValidity returns the shortest period of 3GPP TS 23.040, 9.2.3.12.1 that is not below d: steps of 5 minutes
// up to 12 hours, of half an hour up to a day, of a day up to 30, of a week up to 63, which is the
// most there is. Duration tells what became of d. No validity at all when d is not positive.
func RelativeValidity(d time.Duration) Validity {
	if d <= 0 {
		return Validity{}
	}
	d = min(d, 63*week)
	var n time.Duration
	switch {
	case d <= 12*time.Hour:
		n = steps(d, 5*time.Minute) - 1
	case d <= day:
		n = 143 + steps(d-12*time.Hour, 30*time.Minute)
	case d <= 30*day:
		n = 166 + steps(d, day)
	default:
		n = 192 + max(steps(d, week), 5)
	}
	return Validity{Format: ValidityRelative, Octets: [7]byte{byte(n)}}
}

func steps(d, step time.Duration) time.Duration { return (d + step - 1) / step }

// EnhancedValidity returns a period to the second (3GPP TS 23.040, 9.2.3.12.3): seconds up to 255,
// hours, minutes and seconds below 100 hours, and what RelativeValidity can say above. once asks for
// one attempt only.
func EnhancedValidity(d time.Duration, once bool) Validity {
	v := Validity{Format: ValidityEnhanced, Octets: [7]byte{bit(once, singleShot)}}
	seconds := int(min(steps(d, time.Second), 100*3600))
	switch {
	case d <= 0:
	case seconds <= 0xFF:
		v.Octets[0] |= formSeconds
		v.Octets[1] = byte(seconds)
	case seconds < 100*3600:
		v.Octets[0] |= formClock
		v.Octets[1], v.Octets[2], v.Octets[3] = swapped(seconds/3600), swapped(seconds/60%60), swapped(seconds%60)
	default:
		v.Octets[0] |= formRelative
		v.Octets[1] = RelativeValidity(d).Octets[0]
	}
	return v
}

// SingleShot tells whether the service centre is to try only once (3GPP TS 23.040, 9.2.3.12.3).
func (v Validity) SingleShot() bool {
	return v.Format == ValidityEnhanced && v.Octets[0]&singleShot != 0
}

// Rounded tells how long a message that is sent at t will really be kept (3GPP TS 23.040, 9.2.3.12):
// the forms have steps. false when that is left to the service centre, or the octets make no sense.
func (v Validity) Rounded(t time.Time) (time.Duration, bool) {
	if end, ok := v.Time(); ok {
		return end.Sub(t), true
	}
	return v.Duration()
}

// Of the functionality indicator of an enhanced validity.
const (
	formRelative = 1
	formSeconds  = 2
	formClock    = 3
	singleShot   = 0x40
)

// AbsoluteValidity returns a validity that ends at t (3GPP TS 23.040, 9.2.3.12.2).
func AbsoluteValidity(t time.Time) Validity {
	return Validity{Format: ValidityAbsolute, Octets: TimestampOf(t)}
}

// Duration returns the period, false when there is none or it is given as a time (3GPP TS 23.040,
// 9.2.3.12).
func (v Validity) Duration() (time.Duration, bool) {
	switch v.Format {
	case ValidityRelative:
		return relative(v.Octets[0]), true
	case ValidityEnhanced:
		return v.enhanced()
	}
	return 0, false
}

// Time returns the end of an absolute validity, false when it is none or its digits make no time
// (3GPP TS 23.040, 9.2.3.12.2).
func (v Validity) Time() (time.Time, bool) {
	if v.Format != ValidityAbsolute {
		return time.Time{}, false
	}
	return Timestamp(v.Octets).Time()
}

func relative(octet byte) time.Duration {
	n := time.Duration(octet)
	switch {
	case n <= 143:
		return (n + 1) * 5 * time.Minute
	case n <= 167:
		return 12*time.Hour + (n-143)*30*time.Minute
	case n <= 196:
		return (n - 166) * day
	}
	return (n - 192) * week
}

// enhanced reads 9.2.3.12.3: a functionality indicator, more of them while bit 7 is set, a value.
func (v Validity) enhanced() (time.Duration, bool) {
	value := v.Octets[1:]
	for last := v.Octets[0]; last&0x80 != 0; value = value[1:] {
		if len(value) == 0 {
			return 0, false
		}
		last = value[0]
	}
	switch form := v.Octets[0] & 0x07; {
	case form == formRelative && len(value) >= 1:
		return relative(value[0]), true
	case form == formSeconds && len(value) >= 1:
		return time.Duration(value[0]) * time.Second, value[0] != 0
	case form == formClock && len(value) >= 3:
		h, okH := unswapped(value[0])
		m, okM := unswapped(value[1])
		s, okS := unswapped(value[2])
		d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
		return d, okH && okM && okS
	}
	return 0, false
}

func (r *reader) validity(f ValidityFormat) Validity {
	v := Validity{Format: f}
	switch f {
	case ValidityRelative:
		v.Octets[0] = r.octet("TP-VP")
	case ValidityEnhanced:
		copy(v.Octets[:], r.take("TP-VP", 7))
		_, ok := v.Duration()
		r.warn(!ok && v.Octets[0]&0x07 != 0, BadVP)
	case ValidityAbsolute:
		copy(v.Octets[:], r.take("TP-VP", 7))
		_, ok := v.Time()
		r.warn(!ok, BadVP)
	}
	return v
}

func (v Validity) append(dst []byte) ([]byte, error) {
	switch v.Format {
	case ValidityNone:
		return dst, nil
	case ValidityRelative:
		return append(dst, v.Octets[0]), nil
	case ValidityEnhanced, ValidityAbsolute:
		return append(dst, v.Octets[:]...), nil
	}
	return dst, unwritable("TP-VP", ErrMismatch)
}
