//go:build !linux

package sqlite

import "time"

// machine tells of the time that smsbridge is up; which start of the machine it
// was, nobody says here in a way that outlives the process.
func machine() (boot string, since time.Duration) { return process, time.Since(began) }
