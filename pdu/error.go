package pdu

import (
	"errors"
	"fmt"
)

// What an [Error] may wrap; what is too long or too short is so by 3GPP TS 23.040, 9.1.2.5 and
// 9.2.3.16.
var (
	ErrShort       = errors.New("the octets end before this field does")
	ErrHex         = errors.New("a PDU line has only the digits 0-9 and A-F, two for each octet")
	ErrType        = errors.New("messages of this type are not read in this direction")
	ErrStrict      = errors.New("not as the standard has it")
	ErrTooLong     = errors.New("too long")
	ErrNotUTF8     = errors.New("the text is not valid UTF-8")
	ErrEscape      = errors.New("the text holds U+001B, which would turn the next character into another")
	ErrNoRecipient = errors.New("the message has no recipient")
	ErrAddress     = errors.New("not an address")
	ErrMismatch    = errors.New("the parts of this value contradict each other")
)

// Error says which field of 3GPP TS 23.040, 9.2.2 could not be read or written.
type Error struct {
	Field  string // as in the standard: "TP-OA", "SMSC"; also "hex", "text", "address"
	Offset int    // of the octet, or of the character for "hex" and "text"; -1 when writing
	Err    error
}

// Error says it in a sentence, with the field as 3GPP TS 23.040, 9.2.2 names it.
func (e *Error) Error() string {
	switch {
	case e.Offset < 0:
		return fmt.Sprintf("%s: %v", e.Field, e.Err)
	case e.Field == "hex":
		return fmt.Sprintf("hex at character %d: %v", e.Offset, e.Err)
	}
	return fmt.Sprintf("%s at octet %d: %v", e.Field, e.Offset, e.Err)
}

// Unwrap returns Err, for errors.Is; the field of 3GPP TS 23.040, 9.2.2 is in the Error.
func (e *Error) Unwrap() error { return e.Err }

// unwritable is an Error of Append and of everything else that builds.
func unwritable(field string, err error) *Error {
	return &Error{Field: field, Offset: -1, Err: err}
}
