package web

import (
	"context"
	"errors"
	"strings"
	"testing"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// What the ledger keeps of the radio is answered where no modem runs; what
// needs one is refused with the way out, and is not begun.
func TestRadio(t *testing.T) {
	b := newBox(t)
	ctx := context.Background()
	c := b.client(t, storage.ScopeAdmin)
	if err := b.db.Note(ctx, storage.Note{Port: "tty0", Line: b.line.ID, Step: "reopen", Words: "it was silent", Level: storage.Warn}); err != nil {
		t.Fatal(err)
	}
	notes, err := c.Journal(ctx, 10)
	if err != nil || len(notes) != 1 || notes[0].Words != "it was silent" || notes[0].At.IsZero() {
		t.Errorf("%+v %v", notes, err)
	}
	rule := storage.BalanceRule{Operator: "26201", Code: "*100#", Pattern: `(?P<amount>[0-9.]+)`, Low: 5}
	if err := c.SaveBalanceRule(ctx, rule); err != nil {
		t.Fatal(err)
	}
	rules, err := c.BalanceRules(ctx)
	if err != nil || len(rules) != 1 || rules[0].Rev == 0 {
		t.Fatalf("%+v %v", rules, err)
	}
	seen := rules[0]
	refused := func(err error, as string) bool {
		e, ok := errors.AsType[*client.Error](err)
		return ok && e.Type == as
	}
	if rule.Rev = seen.Rev; seen != rule {
		t.Errorf("%+v is kept as %+v", rule, seen)
	}
	if err := c.SaveBalanceRule(client.IfRev(ctx, seen.Rev), rule); err != nil {
		t.Error(err)
	}
	if err := c.DeleteBalanceRule(client.IfRev(ctx, seen.Rev), rule.Operator); !refused(err, "conflict") {
		t.Errorf("a rule that somebody changed meanwhile is deleted: %v", err)
	}
	if err := c.DeleteBalanceRule(ctx, rule.Operator); err != nil {
		t.Error(err)
	}
	if err := c.DeleteBalanceRule(ctx, rule.Operator); !refused(err, "not_found") || !strings.Contains(err.Error(), `no rule for "26201"`) {
		t.Errorf("a rule that is none is deleted: %v", err)
	}
	rule.Pattern = "("
	if err := c.SaveBalanceRule(ctx, rule); err == nil || !strings.Contains(err.Error(), "pattern") {
		t.Errorf("a pattern that is none was taken: %v", err)
	}
	s, err := b.db.BeginUSSD(ctx, b.line.ID, "*100#", storage.Author{Kind: "admin"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.USSD(ctx, s.ID); err != nil || got.State != storage.USSDWaiting || len(got.Turns) != 1 {
		t.Errorf("%+v %v", got, err)
	}
	if all, err := c.USSDSessions(ctx, b.line.ID, 10); err != nil || len(all) != 1 {
		t.Errorf("%+v %v", all, err)
	}
	if all, cost, err := c.SelfTests(ctx, 10); err != nil || len(all) != 0 || cost != 0 {
		t.Errorf("%+v %d %v", all, cost, err)
	}
	line := b.line.ID
	for name, ask := range map[string]func() error{
		"ussd.send":    func() error { _, err := c.SendUSSD(ctx, line, "*100#"); return err },
		"ussd.answer":  func() error { _, err := c.AnswerUSSD(ctx, s.ID, "1"); return err },
		"ussd.cancel":  func() error { _, err := c.CancelUSSD(ctx, s.ID); return err },
		"line.balance": func() error { _, err := c.Balance(ctx, line); return err },
		"call.dial":    func() error { return c.Dial(ctx, line, "+15550100") },
		"call.hangup":  func() error { return c.Hangup(ctx, line) },
		"call.dtmf":    func() error { return c.DTMF(ctx, line, "1") },
		"line.move":    func() error { _, err := c.Move(ctx, line, line, true); return err },
		"selftest.run": func() error { _, err := c.SelfTest(ctx, line); return err },
	} {
		if err := ask(); err == nil || !strings.Contains(err.Error(), "runs no modems") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
