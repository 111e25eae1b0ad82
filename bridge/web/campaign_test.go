package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// card saves a contact.
func (b *box) card(t *testing.T, name, number string) storage.Contact {
	t.Helper()
	c, err := b.db.SaveContact(t.Context(), storage.Contact{Name: name + " Ruiz", First: name, Last: "Ruiz", Numbers: []string{number}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTemplates: a template is filled for a saved contact and counted then; a
// missing value stops the send and names the field; nobody sees another's own.
func TestTemplates_S59_S60_S61(t *testing.T) {
	b := newBox(t)
	ctx := t.Context()
	c := b.client(t, storage.ScopeAdmin)
	b.card(t, "Ana", "+15550100")
	made, err := c.AddTemplate(ctx, client.NewTemplate{Name: "ready", Text: "Dear {{first_name}} {{custom.car}}"})
	if err != nil || len(made.Fields) != 2 {
		t.Fatal(made, err)
	}
	r, err := c.Render(ctx, "ready", "+15550100", map[string]string{"custom.car": "€" + strings.Repeat("x", 150)})
	if err != nil || r.Text != "Dear Ana €"+strings.Repeat("x", 150) || r.Count.Parts != 2 || len(r.Missing) != 0 {
		t.Errorf("%+v %v", r, err)
	}
	if r, err = c.Render(ctx, "ready", "+15550100", nil); err != nil || len(r.Missing) != 1 || r.Missing[0] != "custom.car" {
		t.Errorf("%+v %v", r, err)
	}
	_, secret := b.token(t, storage.ScopeAdmin)
	send := func(body string) (int, problem, string) {
		resp, text := b.ask(t, "POST", "/api/v1/messages", body, "Authorization", bearer(secret))
		var p problem
		json.Unmarshal([]byte(text), &p)
		return resp.StatusCode, p, text
	}
	if status, p, text := send(`{"to":{"number":"+15550100"},"template":"ready"}`); status != 422 || p.Code != 2005 || p.Field != "custom.car" {
		t.Errorf("%d %s", status, text)
	}
	if status, p, text := send(`{"to":{"number":"+15550199"},"text":"Dear {{first_name}}"}`); status != 422 || p.Code != 2005 || !strings.Contains(text, "not saved") {
		t.Errorf("%d %s", status, text)
	}
	if status, _, text := send(`{"to":{"number":"+15550100"},"template":"ready","values":{"custom.car":"Seat"}}`); status != 202 || !strings.Contains(text, `"text":"Dear Ana Seat"`) {
		t.Errorf("%d %s", status, text)
	}
	if status, _, text := send(`{"to":{"number":"+15550100"},"text":"{{line_number}}"}`); status != 202 || !strings.Contains(text, `"text":"`+b.line.Number+`"`) {
		t.Errorf("%d %s", status, text)
	}
	if status, p, text := send(`{"to":{"number":"+15550100"},"text":"{{first name}}"}`); status != 400 || p.Field != "text" {
		t.Errorf("%d %s", status, text)
	}
	if status, p, text := send(`{"to":{"number":"+15550100"},"text":"x","template":"ready"}`); status != 400 || p.Field != "template" {
		t.Errorf("%d %s", status, text)
	}
	n, err := c.Try(ctx, client.Draft{To: "+15550100", Text: "Dear {{first_name}} {{x}}"})
	if err != nil || n.Text != "Dear Ana {{x}}" || len(n.Missing) != 1 {
		t.Errorf("%+v %v", n, err)
	}
}

// A template of one's own is seen and changed by nobody else; everybody's is
// changed by who looks after the office.
func TestPersonalTemplates_S59(t *testing.T) {
	b := newBox(t)
	_, ana := b.person(t, "Ana", storage.RoleAgent)
	_, ben := b.person(t, "Ben", storage.RoleAgent)
	ask := func(as, verb, path, body string, want int) string {
		t.Helper()
		resp, text := b.page(t, as, verb, "/api/v1"+path, body)
		if resp.StatusCode != want {
			t.Fatalf("%s %s: %d %s", verb, path, resp.StatusCode, text)
		}
		return text
	}
	ask(ana, "POST", "/templates", `{"name":"mine","text":"Hello"}`, 403)
	ask(ana, "POST", "/templates", `{"name":"mine","text":"Hello","personal":true}`, 201)
	if text := ask(ben, "GET", "/templates", "", 200); strings.Contains(text, "Hello") {
		t.Errorf("another's own template: %s", text)
	}
	ask(ben, "DELETE", "/templates/mine", "", 404)
	ask(ben, "POST", "/messages", `{"to":{"number":"+15550100"},"template":"mine"}`, 404)
	ask(ana, "PATCH", "/templates/mine", `{"text":"Hi"}`, 200)
	if text := ask(ana, "GET", "/templates", "", 200); !strings.Contains(text, `"Hi"`) {
		t.Error(text)
	}
	told, err := b.db.Events(t.Context(), 0, 500)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range told {
		if strings.HasPrefix(e.Type, "template.") && (len(e.For) != 1 || strings.Contains(string(e.Data), "Ben")) {
			t.Errorf("%s is told to %v", e.Type, e.For)
		}
	}
}

// TestPreviewSendsNothing: a preview tells people, parts, time, limits and who is
// left out, as the campaign will do; the ledger is the same after it as before.
func TestPreviewSendsNothing_H4_S31(t *testing.T) {
	b := newBox(t)
	ctx := t.Context()
	c := b.client(t, storage.ScopeAdmin)
	b.card(t, "Ana", "+15550100")
	rows := []storage.Row{{Number: "+15550100"}, {Number: "+15550101", Values: map[string]string{"first_name": strings.Repeat("n", 200)}},
		{Number: "+15550100"}, {Number: "+15550102"}, {Number: "+15550103", Values: map[string]string{"first_name": "Out"}}}
	if _, err := c.SetOptOut(ctx, storage.OptOut{Number: "+15550103", Out: true}); err != nil {
		t.Fatal(err)
	}
	if err := b.db.SetLimit(ctx, storage.Limit{Subject: storage.OfBox, Window: storage.PerHour, Parts: 2}); err != nil {
		t.Fatal(err)
	}
	made, _, err := c.CreateCampaign(ctx, client.NewCampaign{Name: "spring", Text: "Dear {{first_name}}", Rows: rows, From: b.line.ID, Pace: 2})
	if err != nil || made.People != 5 || made.State != storage.CampaignDraft {
		t.Fatal(made, err)
	}
	before, err := b.db.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.PreviewCampaign(ctx, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	after, err := b.db.Head(ctx)
	if err != nil || after != before {
		t.Errorf("a preview has changed the ledger: %+v, %+v %v", before, after, err)
	}
	if p.People != 5 || p.Copies != 2 || p.Parts != 3 || p.Skipped != 3 || p.Seconds != 60 || p.Pace != 2 {
		t.Errorf("%+v", p)
	}
	for _, why := range []storage.SkipReason{storage.SkipDuplicate, storage.SkipMissing, storage.SkipOptedOut} {
		if p.Reasons[why] != 1 {
			t.Errorf("%s: %d", why, p.Reasons[why])
		}
	}
	if len(p.Short) != 1 || p.Short[0].Subject != storage.OfBox || p.Short[0].Left != 2 {
		t.Errorf("limits: %+v", p.Short)
	}
	if len(p.Samples) != 2 || p.Samples[0].Text != "Dear Ana" {
		t.Errorf("%+v", p.Samples)
	}
}

// TestCampaignMethods is a campaign from its list to its end, as a desk does it.
func TestCampaignMethods_S65(t *testing.T) {
	b := newBox(t)
	ctx := t.Context()
	c := b.client(t, storage.ScopeAdmin)
	ana := b.card(t, "Ana", "+15550100")
	if _, err := c.CreateList(ctx, "regulars"); err != nil {
		t.Fatal(err)
	}
	l, bad, err := c.AddToList(ctx, "regulars", []storage.Row{{Contact: ana.ID}, {Number: "no number"}, {Number: "+1 555 0101"}}, true)
	if err != nil || l.People != 2 || len(bad) != 1 || bad[0].Row != 2 {
		t.Fatal(l, bad, err)
	}
	if rows, err := c.ListRows(ctx, "regulars", storage.Page{}); err != nil || len(rows.Rows) != 2 || !slices.ContainsFunc(rows.Rows, func(r storage.Row) bool { return r.Contact == ana.ID && r.Name == "Ana Ruiz" }) ||
		!slices.ContainsFunc(rows.Rows, func(r storage.Row) bool { return r.Number == "+15550101" && r.Name == "" }) {
		t.Errorf("%+v %v", rows, err)
	}
	if _, _, err := c.AddToList(ctx, "regulars", []storage.Row{{Number: "no number"}}, false); err == nil || !strings.Contains(err.Error(), "Row 1") {
		t.Errorf("a bad row: %v", err)
	}
	made, _, err := c.CreateCampaign(ctx, client.NewCampaign{Name: "spring", Text: "Hello", List: "regulars"})
	if err != nil || made.People != 2 {
		t.Fatal(made, err)
	}
	if l, err = c.RemoveFromList(ctx, "regulars", []string{"+15550101"}); err != nil || l.People != 1 {
		t.Errorf("%+v %v", l, err)
	}
	if made, _, err = c.AddToCampaign(ctx, made.ID, []storage.Row{{Number: "+15550102"}}, false); err != nil || made.People != 3 {
		t.Errorf("%+v %v", made, err)
	}
	if made, err = c.StartCampaign(ctx, made.ID); err != nil || made.State != storage.CampaignRunning || made.Author == nil {
		t.Fatal(made, err)
	}
	if _, err := c.StartCampaign(ctx, made.ID); err == nil {
		t.Error("started twice")
	}
	if made, err = c.PauseCampaign(ctx, made.ID); err != nil || made.State != storage.CampaignPaused {
		t.Error(made, err)
	}
	if made, err = c.ResumeCampaign(ctx, made.ID); err != nil || made.State != storage.CampaignRunning {
		t.Error(made, err)
	}
	if made, err = c.CancelCampaign(ctx, made.ID); err != nil || made.State != storage.CampaignCanceled {
		t.Error(made, err)
	}
	report, err := c.CampaignReport(ctx, made.ID, "", storage.Page{Limit: 2})
	if err != nil || len(report.Copies) != 2 || report.Next == "" {
		t.Errorf("%+v %v", report, err)
	}
	if page, err := c.Campaigns(ctx, storage.Page{}); err != nil || len(page.Campaigns) != 1 {
		t.Errorf("%+v %v", page, err)
	}
}

// A campaign is its maker's and the managers'; nobody else finds it.
func TestCampaignIsItsMakers(t *testing.T) {
	b := newBox(t)
	_, ana := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	_, ben := b.person(t, "Ben", storage.RoleAgent, b.line.ID)
	_, boss := b.person(t, "Boss", storage.RoleManager)
	resp, text := b.page(t, ana, "POST", "/api/v1/campaigns", `{"name":"x","text":"y","rows":[{"number":"+15550100"}]}`)
	var made struct{ Campaign storage.Campaign }
	if err := json.Unmarshal([]byte(text), &made); err != nil || resp.StatusCode != 201 || made.Campaign.Line != b.line.ID {
		t.Fatalf("%d %s", resp.StatusCode, text)
	}
	for _, c := range []struct {
		who    string
		status int
	}{{ana, 200}, {ben, 404}, {boss, 200}} {
		for _, path := range []string{"", "/report"} {
			if resp, text := b.page(t, c.who, "GET", "/api/v1/campaigns/"+made.Campaign.ID+path, ""); resp.StatusCode != c.status {
				t.Errorf("%s: %d %s", path, resp.StatusCode, text)
			}
		}
		if resp, text := b.page(t, c.who, "GET", "/api/v1/campaigns", ""); strings.Contains(text, made.Campaign.ID) != (c.status == 200) {
			t.Errorf("%d %s", resp.StatusCode, text)
		}
	}
}

// TestOptOutMethods: who opted out is refused with 3005, and a person, not a
// program, records that they agreed again, and how.
func TestOptOutMethods_S31(t *testing.T) {
	b := newBox(t)
	_, ana := b.person(t, "Ana", storage.RoleAgent)
	_, program := b.token(t, storage.ScopeSend)
	for i, c := range []struct {
		who, path, body string
		status          int
		word            string
	}{
		{program, "/opt-outs", `{"number":"+15550100"}`, 200, `"out":true`},
		{program, "/messages", `{"to":{"number":"+15550100"},"text":"x"}`, 403, `"code":3005`},
		{program, "/opt-outs/remove", `{"number":"+15550100","note":"they said so"}`, 403, "person"},
		{ana, "/opt-outs/remove", `{"number":"+15550100"}`, 400, "note"},
		{ana, "/opt-outs/remove", `{"number":"+15550100","note":"by phone"}`, 200, `"out":false`},
		{program, "/messages", `{"to":{"number":"+15550100"},"text":"x"}`, 202, "queued"},
	} {
		header := []string{"Authorization", bearer(c.who)}
		if c.who == ana {
			header = []string{"Cookie", ana, "Origin", b.url}
		}
		resp, text := b.ask(t, "POST", "/api/v1"+c.path, c.body, header...)
		if resp.StatusCode != c.status || !strings.Contains(text, c.word) {
			t.Errorf("%d %s: %d %s", i, c.path, resp.StatusCode, text)
		}
	}
	rows, err := b.db.AuditRows(t.Context(), 0, 50)
	if err != nil || !strings.Contains(fmt.Sprint(rows), "optout.remove") {
		t.Errorf("the audit says nothing of it: %v %v", rows, err)
	}
}

func TestBlockAndAutoReplyMethods_B10_H7(t *testing.T) {
	b := newBox(t)
	ctx := t.Context()
	c := b.client(t, storage.ScopeAdmin)
	if _, err := c.AddBlock(ctx, storage.Block{Kind: storage.BlockBegins, Value: "+4990*"}); err != nil {
		t.Fatal(err)
	}
	if all, err := c.Blocks(ctx); err != nil || len(all) != 1 || all[0].Value != "+4990" || all[0].By.Kind != "token" {
		t.Errorf("%+v %v", all, err)
	}
	if _, err := c.RemoveBlock(ctx, "+4990"); err != nil {
		t.Error(err)
	}
	a, err := c.AddAutoReply(ctx, storage.AutoReply{Name: "closed", Text: "We are closed."})
	if err != nil || a.On || a.Every != 24 {
		t.Fatal(a, err)
	}
	if a, err = c.ChangeAutoReply(ctx, a.ID, map[string]any{"on": true, "keyword": "hours"}); err != nil || !a.On || a.Keyword != "hours" || a.Text != "We are closed." {
		t.Errorf("%+v %v", a, err)
	}
	if a, err = c.ChangeAutoReply(ctx, a.ID, map[string]any{"keyword": "", "on": false}); err != nil || a.On || a.Keyword != "" {
		t.Errorf("%+v %v", a, err)
	}
	if _, err := c.DeleteAutoReply(ctx, a.ID); err != nil {
		t.Error(err)
	}
	if all, err := c.AutoReplies(ctx); err != nil || len(all) != 0 {
		t.Errorf("%+v %v", all, err)
	}
}
