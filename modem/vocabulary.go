package modem

import (
	"errors"

	"smsbridge/modem/at"
)

// vocabulary names a refusal.
func vocabulary(r at.Result) error { return errors.New(r.String()) }
