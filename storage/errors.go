package storage

import (
	"fmt"
	"time"
)

// Code says what a desk can do about an error; bridge/web maps each to a
// number, an HTTP status and a close code in one table.
type Code string

// The codes of the ledger.
const (
	CodeInvalid      Code = "invalid"             // a field's value cannot be taken
	CodeNotFound     Code = "not_found"           // no such object
	CodeConflict     Code = "conflict"            // the object has moved on
	CodeDenied       Code = "forbidden"           // known, and not allowed
	CodeSMSOff       Code = "sms_off"             // texts are switched off on the whole box
	CodeLineOff      Code = "sms_disabled_system" // the line is switched off for texts
	CodeNotAssigned  Code = "line_not_assigned"   // the line is somebody else's
	CodeAbsent       Code = "modem_absent"        // the line has no modem that answers
	CodeNoLine       Code = "no_line_available"   // nothing to send from
	CodeFromRequired Code = "from_required"       // several lines, and none was chosen
	CodeChannel      Code = "channel_not_allowed" // the other end is not reached this way
	CodeIdemMismatch Code = "idem_mismatch"       // the same key came with another body
	CodeQuota        Code = "quota_exceeded"      // a limit of parts is used up
	CodeQuiet        Code = "quiet_hours"         // the line is quiet now, and refuses
	CodeRule         Code = "number_rule"         // the rules do not let this number be texted
	CodeTooLong      Code = "too_many_parts"      // a text is longer than allowed
	CodeStorageFull  Code = "storage_full"        // the disk is full
	CodeClaimed      Code = "already_claimed"     // somebody else was first
	CodeCaseClosed   Code = "case_closed"         // the case has ended
	CodeMissing      Code = "merge_value_missing" // a text asks for a value that there is not
	CodeOptedOut     Code = "opted_out"           // they do not want texts
)

// Error is a refusal that a person or program can act on: the field it is
// about, a sentence, and, where there is a choice, the options.
type Error struct {
	Code    Code
	Field   string
	Detail  string
	Options []string
	Current any           // the object as it stands, for who asked for a change of an older one
	After   time.Duration // it may be taken after so long; zero: not by waiting
	Reason  string        // why, in a word that programs go by; empty: the code says all
	By      Role          // who can mend it; empty: whoever asked
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Detail
	}
	return e.Field + ": " + e.Detail
}

// Because adds why and who can mend it.
func (e *Error) Because(reason string, by Role) *Error {
	e.Reason, e.By = reason, by
	return e
}

// Refuse makes an Error from a format.
func Refuse(code Code, field, format string, args ...any) *Error {
	return &Error{Code: code, Field: field, Detail: fmt.Sprintf(format, args...)}
}

// Fresh refuses a change that was asked for of an older object: ifRev is the
// rev that the caller knows, 0 where he does not care, and rev that of current,
// which the refusal carries.
func Fresh(ifRev, rev int64, current any) error {
	if ifRev == 0 || ifRev == rev {
		return nil
	}
	e := Refuse(CodeConflict, "if_rev", "it has changed since: rev is %d and not %d; look at current, and ask again with its rev", rev, ifRev)
	e.Current = current
	return e
}
