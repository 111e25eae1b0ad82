package modem

import (
	"errors"

	library "github.com/warthog618/modem/at"

	"smsbridge/modem/at"
)

// vocabulary names a refusal in the words of warthog618/modem/at, so that who knows that library finds
// its CMEError and CMSError here. Its conversation is not used: library_test.go shows why not.
func vocabulary(r at.Result) error {
	switch r.Kind {
	case at.CME:
		return library.CMEError(r.Text)
	case at.CMS:
		return library.CMSError(r.Text)
	case at.ERROR:
		return library.ErrError
	case at.NoCarrier, at.Busy, at.NoAnswer, at.NoDialtone:
		return library.ConnectError(r.String())
	}
	return errors.New(r.String())
}
