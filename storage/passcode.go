package storage

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A text with a code is short: what is longer is prose, in which a number near
// the word "code" means nothing.
const (
	passcodeText  = 320 // characters
	passcodeReach = 10  // words between the word and the code
)

// passWords say that there is a code, folded. A word that ends with one of
// passEnds does so too, as Bestätigungscode does.
var (
	passWords = map[string]bool{
		"code": true, "codes": true, "otp": true, "pin": true, "passcode": true, "password": true, "verification": true,
		"tan": true, "mtan": true, "smstan": true, "passwort": true, "kennwort": true, "2fa": true, "token": true,
		"codigo": true, "contrasena": true, "clave": true, "codice": true, "senha": true, "kod": true, "kodu": true, "kode": true, "koden": true,
		"koodi": true, "koodisi": true, "sifre": true, "haslo": true, "heslo": true, "kodas": true, "kods": true, "cod": true, "codul": true,
		"код": true, "кода": true, "кодом": true, "пароль": true, "κωδικος": true, "رمز": true, "كود": true, "קוד": true, "कोड": true, "ओटीपी": true,
	}
	passEnds = []string{"code", "kode", "kod", "passwort", "kennwort", "otp"}
	// passJoined stand in scripts without blanks, or are several words.
	passJoined = []string{"验证码", "驗證碼", "校验码", "动态码", "認証コード", "確認コード", "認証番号", "인증번호", "인증코드", "รหัส", "mã xác"}
)

// notPass are words that make a code another one: of a shop, a place, a parcel.
var notPass = map[string]bool{
	"promo": true, "promotion": true, "promotional": true, "discount": true, "coupon": true, "voucher": true, "gutschein": true,
	"gutscheincode": true, "rabatt": true, "rabattcode": true, "promocode": true, "zip": true, "zipcode": true, "postal": true, "postcode": true, "area": true,
	"country": true, "dress": true, "qr": true, "bar": true, "barcode": true, "sort": true, "source": true, "referral": true, "offer": true,
	"tracking": true, "parcel": true, "sendung": true, "off": true, "sale": true, "checkout": true, "descuento": true, "remise": true, "sconto": true,
	"postleitzahl": true, "error": true, "product": true, "model": true, "winner": true, "prize": true,
}

// codeShape is what a code looks like: digits, also in two groups or behind a
// letter as in G-123456, or capitals and digits mixed.
var (
	digitsShape = regexp.MustCompile(`^(?:[A-Z]-)?(\d{4,8}|\d{3}[- ]\d{3}|\d{4}[- ]\d{4})$`)
	mixedShape  = regexp.MustCompile(`^[A-Z0-9]{5,8}$`)
	tokenShape  = regexp.MustCompile(`\d{3}[- ]\d{3}\b|\d{4} \d{4}\b|[A-Z]-\d{4,8}|[\p{L}\p{M}\p{N}]+(?:[-'’][\p{L}\p{M}\p{N}]+)*`)
)

// passcodeIn finds the code of a text that is about one; empty if there is none,
// or if there are several and nothing tells which.
func passcodeIn(text string) string {
	if utf8.RuneCountInString(text) > passcodeText {
		return ""
	}
	var words []passWord
	for _, at := range tokenShape.FindAllStringIndex(text, 100) {
		words = append(words, passWord{text[at[0]:at[1]], at[0], at[1]})
	}
	var about []int // the words that say so
	for i, w := range words {
		folded := Fold(w.text)
		switch {
		case notPass[folded]:
			return ""
		case passWords[folded] || slices.ContainsFunc(passEnds, func(e string) bool { return strings.HasSuffix(folded, e) && len(folded) > len(e)+2 }),
			slices.ContainsFunc(passJoined, func(p string) bool { return strings.Contains(text[w.start:min(len(text), w.end)], p) }):
			about = append(about, i)
		}
	}
	best, code, tie := passcodeReach+1, "", false
	for i, w := range words {
		found, ok := w.code(text)
		if !ok {
			continue
		}
		for _, a := range about {
			distance := i - a
			if distance < 0 {
				distance = -distance + 1 // a code stands behind its word more often
			}
			if isYear(found) && distance > 2 || a == i {
				continue
			}
			if distance < best {
				best, code, tie = distance, found, false
			} else if distance == best && found != code {
				tie = true
			}
		}
	}
	if tie {
		return ""
	}
	return code
}

// passWord is a word and its place, in bytes.
type passWord struct {
	text       string
	start, end int
}

// code is the word as a code, if it can be one: not a part of an amount, a
// time, a date, a number to call or an address.
func (w passWord) code(text string) (string, bool) {
	shape := digitsShape.FindStringSubmatch(w.text)
	mixed := mixedShape.MatchString(w.text) && strings.ContainsFunc(w.text, unicode.IsDigit) && strings.ContainsFunc(w.text, unicode.IsUpper)
	if shape == nil && !mixed {
		return "", false
	}
	before, n := utf8.DecodeLastRuneInString(text[:w.start])
	after, m := utf8.DecodeRuneInString(text[w.end:])
	if strings.ContainsRune("+€$£¥₹#/@=&_", before) || strings.ContainsRune("%€$£¥₹/@&_=", after) {
		return "", false
	}
	near := func(mark rune, rest string, last bool) bool { // a digit behind the mark
		r, _ := utf8.DecodeRuneInString(rest)
		if last {
			r, _ = utf8.DecodeLastRuneInString(rest)
		}
		return strings.ContainsRune(".,:-", mark) && unicode.IsDigit(r)
	}
	if near(before, text[:w.start-n], true) || near(after, text[w.end+m:], false) {
		return "", false
	}
	spaced := func(r rune, rest string, last bool) bool { // more digits, or a currency, behind a blank
		if r != ' ' {
			return false
		}
		rest = strings.TrimSpace(rest)
		c, _ := utf8.DecodeRuneInString(rest)
		if last {
			c, _ = utf8.DecodeLastRuneInString(rest)
		}
		return strings.ContainsRune("€$£¥₹", c) || unicode.IsDigit(c)
	}
	if spaced(before, text[:w.start-n], true) || spaced(after, text[w.end+m:], false) {
		return "", false
	}
	if shape == nil {
		return w.text, true
	}
	return strings.NewReplacer(" ", "", "-", "").Replace(shape[1]), true
}

// isYear tells what is more often a year than a code.
func isYear(code string) bool {
	return len(code) == 4 && (strings.HasPrefix(code, "19") || strings.HasPrefix(code, "20"))
}
