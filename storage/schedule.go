package storage

import "time"

// BalanceSchedule says how often the network is asked for the credit of a
// line's card while nobody needs the line, and how often at most: each asking
// may cost.
type BalanceSchedule struct {
	Line  string `json:"line"`
	Every int    `json:"every_h"`    // hours between two answers; 0: never
	Most  int    `json:"most_a_day"` // askings within 24 hours, those without an answer too; default 2
}

// Limits of a schedule.
const (
	scheduleMost  = 24       // askings a day
	scheduleHours = 24 * 366 // between two
)

// ScheduleRetry is how long an asking without an answer rests before the next.
const ScheduleRetry = 30 * time.Minute

// Check refuses a schedule that cannot be kept, and fills in the default.
func (s *BalanceSchedule) Check() error {
	if s.Most == 0 {
		s.Most = 2
	}
	switch {
	case s.Every < 0 || s.Every > scheduleHours:
		return Refuse(CodeInvalid, "every_h", "%d hours are none: say 1 to %d, or 0 for never", s.Every, scheduleHours)
	case s.Most < 1 || s.Most > scheduleMost:
		return Refuse(CodeInvalid, "most_a_day", "%d askings a day are not possible: say 1 to %d", s.Most, scheduleMost)
	}
	return nil
}

// Scheduler is the author of what the box asks by itself.
var Scheduler = Author{Kind: "box", Name: "balance schedule"}
