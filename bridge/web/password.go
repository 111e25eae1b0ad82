package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Costs of argon2id. RFC 9106, section 4, recommends for where memory is scarce
// 3 passes over 64 MiB in 4 lanes. A Pi Zero has 512 MiB for everything, so the
// memory is 19 MiB, and only hashesAtOnce are made at a time: whoever tries to
// sign in a hundred times at once waits, and the box does not run out of memory.
// The costs stand in each kept hash, so they can be raised later.
const (
	argonPasses = 3
	argonMemory = 19 << 10 // KiB
	argonLanes  = 4
	argonSalt   = 16
	argonKey    = 32

	hashesAtOnce = 2
)

// Lengths of a password, in characters. Nothing else is asked of it (NIST SP
// 800-63B, 3.1.1.2).
const (
	passwordLeast = 10
	passwordMost  = 200
)

// hashing lets so many hashes be made at a time.
var hashing = make(chan struct{}, hashesAtOnce)

func argon(ctx context.Context, password string, salt []byte, passes, memory uint32, lanes uint8, key uint32) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, key), nil
}

// hashPassword is a password as it is kept, or a refusal of one that is too
// short or too long.
func hashPassword(ctx context.Context, password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < passwordLeast || n > passwordMost {
		return "", invalidParams.say("password", "The password has %d characters; it takes %d to %d. A few words in a row are easy to remember.", n, passwordLeast, passwordMost)
	}
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	key, err := argon(ctx, password, salt, argonPasses, argonMemory, argonLanes, argonKey)
	if err != nil {
		return "", err
	}
	text := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes,
		text.EncodeToString(salt), text.EncodeToString(key)), nil
}

// noPassword is what a guess at an account that is not there, or has no
// password, is checked against: it takes as long, and is never right.
const noPassword = "$argon2id$v=19$m=19456,t=3,p=4$c21zYnJpZGdlLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

var errHashForm = errors.New("the kept password is not in a form that this smsbridge knows")

// samePassword tells whether password is the one that was kept.
func samePassword(ctx context.Context, kept, password string) (bool, error) {
	if kept == "" {
		kept = noPassword
	}
	var version int
	var passes, memory uint32
	var lanes uint8
	var rest string
	if _, err := fmt.Sscanf(kept, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &memory, &passes, &lanes, &rest); err != nil || version != argon2.Version {
		return false, errHashForm
	}
	salt, key, err := saltAndKey(rest)
	if err != nil {
		return false, errHashForm
	}
	if utf8.RuneCountInString(password) > passwordMost {
		password = "" // never right, and not worth hashing
	}
	got, err := argon(ctx, password, salt, passes, memory, lanes, uint32(len(key)))
	return err == nil && subtle.ConstantTimeCompare(got, key) == 1 && kept != noPassword, err
}

func saltAndKey(text string) (salt, key []byte, err error) {
	first, second, ok := strings.Cut(text, "$")
	if !ok {
		return nil, nil, errHashForm
	}
	if salt, err = base64.RawStdEncoding.DecodeString(first); err != nil {
		return nil, nil, err
	}
	key, err = base64.RawStdEncoding.DecodeString(second)
	if err == nil && len(key) < 16 {
		err = errHashForm
	}
	return salt, key, err
}
