package sqlite

import "time"

// uptime is the time since the machine started, and which start that was. It
// goes on while smsbridge does not run, and no setting of the clock moves it.
type uptime func() (boot string, since time.Duration)

// began stands in for the start of a machine that tells of none: there the
// limits count the time that smsbridge was up.
var began, process = time.Now(), word(12)

// spendNow is the moment in the ledger's own count of time: the sum of what the
// machine was up, as far as the ledger has seen it. It never runs ahead of true
// time, so no window closes early.
func spendNow(get func(query string, args []any, dest ...any) (bool, error), up uptime) (now int64, boot string, since int64, err error) {
	name, d := up()
	since = d.Milliseconds()
	var before int64
	known, err := get(`SELECT boot, uptime, now FROM spend_clock`, nil, &boot, &before, &now)
	if known && boot == name {
		return now + max(since-before, 0), name, max(since, before), err
	}
	return now + since, name, since, err
}
