package conform

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
)

func unknownPath(ctx context.Context, s *suite) error {
	return s.refused(ctx, []string{"method_not_found"}, "GET", "/api/v1/nothing-here", nil)
}

func wrongVerb(ctx context.Context, s *suite) error {
	a, err := s.ask(ctx, "DELETE", "/api/v1/messages", nil)
	if err != nil {
		return err
	}
	if a.header.Get("Allow") == "" {
		return fmt.Errorf("the answer has no Allow")
	}
	return s.doc.problem(a, "method_not_allowed")
}

// noToken: without a sign of who asks nobody learns anything.
func noToken(ctx context.Context, s *suite) error {
	if s.o.Socket != "" {
		return errSkip("the Unix socket asks for no token")
	}
	for _, header := range [][]string{{stranger, ""}, {"Authorization", "Bearer scp_wrong"}} {
		a, err := s.ask(ctx, "GET", "/api/v1/me", nil, header...)
		if err != nil {
			return err
		}
		if a.header.Get("WWW-Authenticate") == "" {
			return fmt.Errorf("the answer has no WWW-Authenticate")
		}
		if err := s.doc.problem(a, "unauthenticated"); err != nil {
			return err
		}
	}
	return nil
}

func noJSON(ctx context.Context, s *suite) error {
	return s.refused(ctx, []string{"parse_error"}, "POST", "/api/v1/messages/count", []byte(`{"text":`))
}

// wrongType: the refusal names the field.
func wrongType(ctx context.Context, s *suite) error {
	a, err := s.ask(ctx, "POST", "/api/v1/messages/count", []byte(`{"text":7}`))
	if err != nil {
		return err
	}
	if err := s.allowed(a); err != nil {
		return err
	}
	if err := s.doc.problem(a, "invalid_params"); err != nil {
		return err
	}
	if field := a.object()["field"]; field != "text" {
		return fmt.Errorf("the refusal names the field %v and not text", field)
	}
	return nil
}

func unknownObject(ctx context.Context, s *suite) error {
	return s.refused(ctx, []string{"not_found"}, "GET", "/api/v1/messages/ms_0", nil)
}

// plainGET is the commonest mistake; the answer says what to do. Upgrade, which
// belongs to a 426 (RFC 9110, 15.5.22), is not asked for: a proxy takes it out.
func plainGET(ctx context.Context, s *suite) error {
	a, err := s.ask(ctx, "GET", "/api/v1/ws", nil)
	if err != nil {
		return err
	}
	return s.doc.problem(a, "upgrade_required")
}

func (s *suite) refused(ctx context.Context, want []string, verb, path string, body []byte) error {
	a, err := s.ask(ctx, verb, path, body)
	if err != nil {
		return err
	}
	if err := s.allowed(a); err != nil {
		return err
	}
	if a.status < 400 {
		return fmt.Errorf("%s %s was answered with %d and not refused", verb, path, a.status)
	}
	return s.doc.problem(a, want...)
}

// allowed skips what the token may not do.
func (s *suite) allowed(a answer) error {
	if a.status == 401 || a.status == 403 {
		if detail, ok := a.object()["detail"].(string); ok {
			return errSkip(detail)
		}
	}
	return nil
}

// idempotency: the same key and text is one message; with another text it is
// refused.
func idempotency(ctx context.Context, s *suite) error {
	if s.o.SendTo == "" {
		return errSkip("it sends a text: name a number with --send-to, or look at a demo box with --everything")
	}
	lineID, err := s.aLine(ctx)
	if err != nil {
		return err
	}
	key := "check-" + rand.Text()
	send := func(text string) (answer, error) {
		body, _ := json.Marshal(map[string]any{"to": map[string]string{"number": s.o.SendTo}, "from": lineID, "text": text})
		return s.ask(ctx, "POST", "/api/v1/messages", body, "Idempotency-Key", `"`+key+`"`)
	}
	var ids [2]any
	for i := range ids {
		a, err := send("This is one text, sent twice.")
		if err != nil {
			return err
		}
		if err := s.allowed(a); err != nil {
			return err
		}
		if a.status != 202 {
			return fmt.Errorf("the text was answered with %d: %s", a.status, a.body)
		}
		v := a.object()
		if err := s.doc.fits("SendResult", v); err != nil {
			return err
		}
		if v["replayed"] != (i == 1) {
			return fmt.Errorf("time %d: replayed is %v", i+1, v["replayed"])
		}
		message, _ := v["message"].(map[string]any)
		ids[i] = message["id"]
		if want := fmt.Sprintf("/api/v1/messages/%v", ids[i]); a.header.Get("Location") != want {
			return fmt.Errorf("the Location is %q and not %s", a.header.Get("Location"), want)
		}
	}
	s.sent = true
	if ids[0] != ids[1] {
		return fmt.Errorf("the same key made two messages, %v and %v", ids[0], ids[1])
	}
	a, err := send("This is another text.")
	if err != nil {
		return err
	}
	return s.doc.problem(a, "idem_mismatch")
}

// aLine is a line to send from.
func (s *suite) aLine(ctx context.Context) (string, error) {
	a, err := s.ask(ctx, "GET", "/api/v1/lines", nil)
	if err != nil {
		return "", err
	}
	if err := s.allowed(a); err != nil {
		return "", err
	}
	var v struct{ Lines []struct{ ID, State string } }
	if err := json.Unmarshal(a.body, &v); err != nil {
		return "", err
	}
	for _, l := range v.Lines {
		if l.State == "ready" {
			return l.ID, nil
		}
	}
	return "", errSkip("no line of the box is ready")
}
