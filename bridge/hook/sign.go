package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"smsbridge/storage"
)

// sign makes the webhook-signature header of one try: for each secret that
// holds at that time "v1," and the base64 of HMAC-SHA256 over id, time stamp
// and body with full stops between, as Standard Webhooks has it. With no secret
// left there is no signature, and nothing must be sent.
func sign(secrets []storage.HookSecret, id string, at time.Time, body []byte) (string, bool) {
	var all []string
	for _, s := range secrets {
		if len(s.Key) == 0 || !s.Expires.IsZero() && !at.Before(s.Expires.Time) {
			continue
		}
		m := hmac.New(sha256.New, s.Key)
		m.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		m.Write(body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(m.Sum(nil)))
	}
	return strings.Join(all, " "), len(all) > 0
}
