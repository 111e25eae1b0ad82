package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"smsbridge/storage"
)

// reviser is an owner at a desk, who makes things and changes them.
type reviser struct {
	*box
	t      *testing.T
	secret string
	cases  int // that were opened, each with another number
}

// ask gives status and answer; the object in the answer is that under its only
// other name than of what stands beside it.
func (r *reviser) ask(verb, path, body string) (int, map[string]any) {
	r.t.Helper()
	a, text := r.box.ask(r.t, verb, "/api/v1"+path, body, "Authorization", bearer(r.secret))
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		r.t.Fatalf("%s %s: %d %s", verb, path, a.StatusCode, text)
	}
	return a.StatusCode, got
}

// made posts body and gives the id of the object named in the answer.
func (r *reviser) made(path, body, object string) string {
	r.t.Helper()
	status, got := r.ask("POST", path, body)
	of, _ := got[object].(map[string]any)
	id, _ := of["id"].(string)
	if status >= 300 || id == "" {
		r.t.Fatalf("%s %s: %d %v", path, body, status, got)
	}
	return id
}

func (r *reviser) theLine() string { return r.line.ID }

func (r *reviser) list() string {
	id := r.made("/lists", `{"name":"`+r.t.Name()+`"}`, "list")
	r.ask("POST", "/lists/"+id+"/rows", `{"rows":[{"number":"+15550100"}]}`)
	return id
}

func (r *reviser) template() string {
	return r.made("/templates", `{"name":"`+r.t.Name()+`","text":"b"}`, "template")
}
func (r *reviser) reply() string {
	return r.made("/auto-replies", `{"name":"`+r.t.Name()+`","text":"b"}`, "auto_reply")
}
func (r *reviser) contact() string {
	return r.made("/contacts", `{"name":"A","numbers":["+15550100"]}`, "contact")
}
func (r *reviser) hook() string { return r.made("/webhooks", `{"url":"https://1.1.1.1/"}`, "hook") }
func (r *reviser) openCase() string {
	r.cases++
	return r.made("/cases", fmt.Sprintf(`{"to":{"number":"+1555010%04d"},"from":%q}`, r.cases, r.line.ID), "case")
}

func (r *reviser) closedCase() string {
	id := r.openCase()
	r.ask("POST", "/cases/"+id+"/close", `{}`)
	return id
}

func (r *reviser) policy() string {
	r.ask("PUT", "/policies", `{"line":"`+r.line.ID+`","pace":10}`)
	return r.line.ID
}

func (r *reviser) quiet() string {
	r.ask("PUT", "/quiet-hours", `{"line":"`+r.line.ID+`","from":"20:00","to":"08:00","zone":"UTC"}`)
	return r.line.ID
}

func (r *reviser) balance() string {
	r.ask("POST", "/balance-rules", `{"operator":"26201","code":"*100#","pattern":"(?P<amount>[0-9]+)"}`)
	return "26201"
}

func (r *reviser) limit() string {
	r.ask("PUT", "/limits", `{"subject":"line","id":"`+r.line.ID+`","window":"day","parts":5}`)
	return r.line.ID
}

func (r *reviser) campaign(acts ...string) func() string {
	return func() string {
		id := r.made("/campaigns", `{"name":"c","text":"b","list":"`+r.list()+`"}`, "campaign")
		for _, act := range acts {
			if status, got := r.ask("POST", "/campaigns/"+id+"/"+act, `{}`); status >= 300 {
				r.t.Fatal(act, got)
			}
		}
		return id
	}
}

// TestIfRev: each method that changes what people edit refuses who knows an older
// rev, with the object as it stands, and does it for who knows the newest.
func TestIfRev(t *testing.T) {
	b := newBox(t)
	boss, _ := b.person(t, "Boss", storage.RoleOwner)
	_, secret := b.tokenOf(t, boss.ID)
	r := &reviser{box: b, t: t, secret: secret}
	none := func() string { return "" }
	rows := map[string]struct {
		make func() string
		body string
	}{
		"contact.save":     {r.contact, `{"id":"ID","name":"B"}`},
		"contact.delete":   {r.contact, `{}`},
		"template.update":  {r.template, `{"text":"c"}`},
		"template.delete":  {r.template, `{}`},
		"list.rename":      {r.list, `{"name":"other"}`},
		"list.delete":      {r.list, `{}`},
		"list.add":         {r.list, `{"rows":[{"number":"+15550101"}]}`},
		"list.remove":      {r.list, `{"who":["+15550100"]}`},
		"autoreply.update": {r.reply, `{"text":"c"}`},
		"autoreply.delete": {r.reply, `{}`},
		"line.update":      {r.theLine, `{"name":"Shop"}`},
		"line.switch":      {r.theLine, `{"enabled":true}`},
		"desk.set":         {func() string { r.ask("PATCH", "/lines/"+r.line.ID+"/desk", `{"wait_s":30}`); return r.line.ID }, `{"wait_s":40}`},
		"case.close":       {r.openCase, `{}`},
		"case.continue":    {r.closedCase, `{}`},
		"case.transfer":    {r.openCase, `{"to":"Boss","note":"x"}`},
		"case.release":     {r.openCase, `{}`},
		"case.note":        {r.openCase, `{"note":"x"}`},
		"case.outcome":     {r.openCase, `{"outcome":"x"}`},
		"setting.set":      {func() string { r.ask("PUT", "/settings/call_way", `{"value":"tel"}`); return "call_way" }, `{"value":"none"}`},
		"preference.set":   {func() string { r.ask("PUT", "/preferences/theme", `{"value":"dark"}`); return "theme" }, `{"value":"light"}`},
		"hook.update":      {r.hook, `{"label":"x"}`},
		"hook.delete":      {r.hook, `{}`},
		"agent.update":     {func() string { return r.made("/agents", `{"name":"Ben","role":"agent"}`, "agent") }, `{"sms_enabled":false}`},
		"me.update":        {none, `{"voice_number":"+15550177"}`},
		"retention.set":    {func() string { r.ask("PUT", "/retention", `{"days":30}`); return "" }, `{"days":31}`},
		"block.remove":     {func() string { return r.made("/blocks", `{"value":"+15550166"}`, "block") }, `{}`},
		"campaign.add":     {r.campaign(), `{"rows":[{"number":"+15550102"}]}`},
		"campaign.start":   {r.campaign(), `{}`},
		"campaign.pause":   {r.campaign("start"), `{}`},
		"campaign.resume":  {r.campaign("start", "pause"), `{}`},
		"campaign.cancel":  {r.campaign(), `{}`},
		"rule.set":         {func() string { r.ask("POST", "/rules", `{"destinations":["FR"]}`); return "" }, `{"destinations":["AT"]}`},
		"rule.delete":      {func() string { r.ask("POST", "/rules", `{"destinations":["FR"]}`); return "" }, `{"destinations":["FR"]}`},
		"policy.set":       {r.policy, `{"line":"ID","pace":20}`},
		"quiet.set":        {r.quiet, `{"line":"ID","from":"21:00","to":"08:00","zone":"UTC"}`},
		"quiet.delete":     {r.quiet, `{"line":"ID"}`},
		"limit.set":        {r.limit, `{"subject":"line","id":"ID","window":"day","parts":6}`},
		"balance.save":     {r.balance, `{"operator":"ID","code":"*101#","pattern":"(?P<amount>[0-9]+)"}`},
		"balance.delete":   {r.balance, `{"operator":"ID"}`},
		"thread.view":      {func() string { return r.thread() }, `{"muted":true}`},
		"autoreply.create": {},
	}
	seen := 0
	for _, m := range methods {
		if _, takes := m.do.kinds["if_rev"]; !takes {
			continue
		}
		row, known := rows[m.name]
		if !known {
			t.Errorf("%s takes if_rev, and nobody tries it", m.name)
		}
		if row.make == nil {
			continue
		}
		seen++
		t.Run(m.name, func(t *testing.T) {
			r.t = t
			id := row.make()
			change := func(rev int64) (int, map[string]any) {
				path := strings.TrimPrefix(m.path, "/api/v1")
				if i := strings.Index(path, "{"); i >= 0 {
					path = path[:i] + id + path[strings.Index(path, "}")+1:]
				}
				body := strings.Replace(strings.ReplaceAll(row.body, `"ID"`, `"`+id+`"`), "{", fmt.Sprintf(`{"if_rev":%d,`, rev), 1)
				return r.ask(m.verb, path, strings.Replace(body, ",}", "}", 1))
			}
			status, got := change(1 << 40)
			current, _ := got["current"].(map[string]any)
			rev, _ := current["rev"].(float64)
			if status != 409 || got["code"] != 4003.0 || got["field"] != "if_rev" || rev == 0 || !strings.Contains(fmt.Sprint(got["detail"]), fmt.Sprintf("rev is %d", int64(rev))) {
				t.Fatalf("with a rev of nobody's: %d %v", status, got)
			}
			if status, got := change(int64(rev)); status != m.status {
				t.Errorf("with its own rev: %d %v", status, got)
			}
		})
	}
	if seen < 41 {
		t.Errorf("only %d methods take if_rev", seen)
	}
}

// thread is one that the owner sees.
func (r *reviser) thread() string {
	r.texted(r.t, r.line.ID, "+15550100", "Hello")
	_, got := r.box.ask(r.t, "GET", "/api/v1/threads", "", "Authorization", bearer(r.secret))
	var page struct{ Threads []storage.Thread }
	if err := json.Unmarshal([]byte(got), &page); err != nil || len(page.Threads) == 0 {
		r.t.Fatal(got)
	}
	id := page.Threads[0].ID
	r.ask("PATCH", "/threads/"+id+"/view", `{"muted":false}`)
	return id
}

// A change that takes a rev and compares it with nothing would overwrite in
// silence what it was asked not to: it is refused, and nothing has changed.
func TestIfRev_forgotten(t *testing.T) {
	b := newBox(t)
	ctx := storage.WithRev(t.Context(), 7)
	if err := b.db.SaveBalanceSchedule(ctx, storage.BalanceSchedule{Line: b.line.ID, Every: 24, Most: 1}); err == nil || !strings.Contains(err.Error(), "leave if_rev out") {
		t.Errorf("a schedule has no rev, and it says %v", err)
	}
	if found, err := b.db.BalanceSchedules(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("%v %v", found, err)
	}
}

// TestIfRev_unset: what nobody has set yet has no rev, and a desk that has seen
// one knows of something that is not there any more.
func TestIfRev_unset(t *testing.T) {
	b := newBox(t)
	boss, _ := b.person(t, "Boss", storage.RoleOwner)
	_, secret := b.tokenOf(t, boss.ID)
	r := &reviser{box: b, t: t, secret: secret}
	for path, body := range map[string]string{
		"/policies":    `"line":"` + r.line.ID + `","pace":20`,
		"/quiet-hours": `"line":"` + r.line.ID + `","from":"21:00","to":"08:00","zone":"UTC"`,
		"/limits":      `"subject":"line","id":"` + r.line.ID + `","window":"day","parts":6`,
	} {
		if status, got := r.ask("PUT", path, `{"if_rev":5,`+body+`}`); status != 409 || !strings.Contains(fmt.Sprint(got["detail"]), "rev is 0") {
			t.Errorf("%s: %d %v", path, status, got)
		}
		if status, got := r.ask("PUT", path, `{"if_rev":0,`+body+`}`); status != 200 {
			t.Errorf("%s: %d %v", path, status, got)
		}
	}
}
