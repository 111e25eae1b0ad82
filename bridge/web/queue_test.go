package web

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// TestSendOptions is when and how a text may be sent, and what is refused.
func TestSendOptions(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeAdmin)
	soon := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for _, c := range []struct {
		option string
		status int
		word   string
	}{
		{`"priority":"high"`, 202, `"priority":"high"`},
		{`"priority":"urgent"`, 400, "priority"},
		{`"undo_s":10`, 202, `"due_at":"`},
		{`"undo_s":11`, 400, "undo_s"},
		{`"expires_in_s":600`, 202, `"expires_at":"`},
		{`"expires_in_s":5`, 400, "expires_in_s"},
		{`"flash":true`, 202, `"flash":true`},
		{`"at":"` + soon + `"`, 202, `"due_at":"` + soon[:16]},
		{`"at":"tomorrow"`, 400, `"at"`},
		{`"at":"2001-01-01T00:00:00Z"`, 400, "ahead"},
		{`"offline_age_s":600`, 202, "queued"},
		{`"offline_age_s":601`, 409, `"code":4006`},
	} {
		resp, text := b.ask(t, "POST", "/api/v1/messages", `{"to":{"number":"+15550100"},"text":"x",`+c.option+`}`, "Authorization", bearer(secret))
		if resp.StatusCode != c.status || !strings.Contains(text, c.word) {
			t.Errorf("%s: %d %s", c.option, resp.StatusCode, text)
		}
	}
	t.Run("the same key with another option is another text", func(t *testing.T) {
		send := func(option string) int {
			resp, _ := b.ask(t, "POST", "/api/v1/messages", `{"to":{"number":"+15550100"},"text":"x","idem":"k"`+option+`}`, "Authorization", bearer(secret))
			return resp.StatusCode
		}
		if first, same, other := send(`,"undo_s":5`), send(`,"undo_s":5`), send(`,"undo_s":6`); first != 202 || same != 202 || other != 422 {
			t.Errorf("%d %d %d", first, same, other)
		}
	})
	t.Run("a limit that is used up says when it is free", func(t *testing.T) {
		if err := b.db.SetLimit(t.Context(), storage.Limit{Subject: storage.OfBox, Window: storage.PerHour, Parts: 1}); err != nil {
			t.Fatal(err)
		}
		resp, text := b.ask(t, "POST", "/api/v1/messages", `{"to":{"number":"+15550100"},"text":"x"}`, "Authorization", bearer(secret))
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		var p problem
		if err := json.Unmarshal([]byte(text), &p); err != nil || resp.StatusCode != 429 || p.Code != 3006 || seconds < 1 || seconds > 3600 || p.After < 1 {
			t.Errorf("%d after %d s: %s %v", resp.StatusCode, seconds, text, err)
		}
	})
}

// TestQueueMethods is what a desk does with a text that waits, through the client.
func TestQueueMethods(t *testing.T) {
	b := newBox(t)
	c := b.client(t, storage.ScopeAdmin)
	send := func() string {
		sent, err := c.Send(t.Context(), client.Draft{To: "+15550100", Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		return sent.Message.ID
	}
	first, second := send(), send()
	if m, err := c.Prioritize(t.Context(), second, storage.PriorityHigh); err != nil || m.Priority != storage.PriorityHigh {
		t.Errorf("%+v %v", m, err)
	}
	q, err := c.Queue(t.Context(), 10)
	if err != nil || q.Total != 2 || q.Messages[0].Message.ID != second || q.Messages[0].Position != 1 || q.Messages[0].Words == "" {
		t.Fatalf("%+v %v", q, err)
	}
	if m, err := c.Hold(t.Context(), first); err != nil || m.State != storage.Held {
		t.Errorf("%+v %v", m, err)
	}
	if m, err := c.Release(t.Context(), first); err != nil || m.State != storage.Queued {
		t.Errorf("%+v %v", m, err)
	}
	if m, err := c.Cancel(t.Context(), first); err != nil || m.State != storage.Canceled {
		t.Errorf("%+v %v", m, err)
	}
	again, err := c.Retry(t.Context(), first, "", "k")
	if err != nil || again.Message.ResendOf != first {
		t.Errorf("%+v %v", again, err)
	}
	if _, err := c.Resend(t.Context(), second, "", "k2"); err == nil {
		t.Error("a program decides that a text is sent twice")
	}
	if s, err := c.StopSending(t.Context(), "wild"); err != nil || !s.Stopped || s.Reason != "wild" {
		t.Errorf("%+v %v", s, err)
	}
	if s, err := c.ResumeSending(t.Context()); err != nil || s.Stopped {
		t.Errorf("%+v %v", s, err)
	}
}

// Somebody else's text is as if it were not there.
func TestQueueMethods_othersLines(t *testing.T) {
	b := newBox(t)
	other := b.attach(t, "8902", "+15550192")
	m, _, err := b.db.Compose(t.Context(), storage.Draft{To: "+15550100", Line: other.ID, Text: "x", Count: storage.Count{Parts: 1}})
	if err != nil {
		t.Fatal(err)
	}
	_, cookie := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	for _, what := range []string{"cancel", "hold", "release", "priority", "retry", "resend", "close"} {
		resp, text := b.page(t, cookie, "POST", "/api/v1/messages/"+m.ID+"/"+what, `{"priority":"high","as":"sent"}`)
		if resp.StatusCode != 404 {
			t.Errorf("%s: %d %s", what, resp.StatusCode, text)
		}
	}
	if _, text := b.page(t, cookie, "GET", "/api/v1/queue", ""); strings.Contains(text, m.ID) || !strings.Contains(text, `"total":0`) {
		t.Error(text)
	}
}

func TestRulesOfSending(t *testing.T) {
	b := newBox(t)
	c := b.client(t, storage.ScopeAdmin)
	ctx := t.Context()
	if r, err := c.SetRules(ctx, storage.Rules{Destinations: []string{"fr"}, Blocked: []string{"+1900"}}); err != nil || len(r.Destinations) != 2 || r.Destinations[1] != "FR" {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := c.Send(ctx, client.Draft{To: "+19005550100", Text: "x"}); err == nil || !strings.Contains(err.Error(), "begins with +1900") {
		t.Errorf("it is taken: %v", err)
	}
	if r, err := c.DeleteRules(ctx, storage.Rules{Destinations: []string{"fr"}, Blocked: []string{"+1900"}}); err != nil || len(r.Destinations) != 1 || len(r.Blocked) != 0 {
		t.Errorf("%+v %v", r, err)
	}
	if err := c.SetLimit(ctx, storage.Limit{Subject: "planet", Window: storage.PerDay}); err == nil {
		t.Error("a limit of nobody is taken")
	}
	if err := c.SetPolicy(ctx, storage.Policy{Line: b.line.ID, Pace: 10}); err != nil {
		t.Error(err)
	}
	all, err := c.Policies(ctx)
	if err != nil || len(all) != 1 || all[0].Pace != 10 {
		t.Fatalf("%+v %v", all, err)
	}
	seen := client.IfRev(ctx, all[0].Rev)
	if err := c.SetPolicy(seen, storage.Policy{Line: b.line.ID, Pace: 20}); err != nil {
		t.Error(err)
	}
	late := c.SetPolicy(seen, storage.Policy{Line: b.line.ID, Pace: 30})
	if e, ok := errors.AsType[*client.Error](late); !ok || e.Type != "conflict" || e.Field != "if_rev" {
		t.Errorf("what somebody else has set meanwhile is overwritten: %v", late)
	}
	if err := c.SetQuiet(ctx, storage.Quiet{From: "20:00", To: "08:00", Zone: "Europe/Berlin"}); err != nil {
		t.Error(err)
	}
	if all, err := c.Quiet(ctx); err != nil || len(all) != 1 || all[0].Policy != storage.QuietHold {
		t.Errorf("%+v %v", all, err)
	}
	if err := c.DeleteQuiet(ctx, ""); err != nil {
		t.Error(err)
	}
}
