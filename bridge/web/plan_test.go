package web

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// TestPlanLeavesNothing plans what nobody has made: the figures are those of the
// campaign that is then made, in one piece or in two, and before that nothing
// has changed: no event, no campaign, no row of the audit.
func TestPlanLeavesNothing_H4_S31(t *testing.T) {
	b := newBox(t)
	ctx := t.Context()
	c := b.client(t, storage.ScopeAdmin)
	ana := b.card(t, "Ana", "+15550100")
	if _, err := c.SetOptOut(ctx, storage.OptOut{Number: "+15550103", Out: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateList(ctx, "regulars"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.AddToList(ctx, "regulars", []storage.Row{{Contact: ana.ID}, {Number: "+15550109", Values: map[string]string{"first_name": "Ned"}}}, false); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{"first_name": "Out"}
	rows := []storage.Row{{Number: "+15550101", Values: map[string]string{"first_name": strings.Repeat("n", 200)}}, {Number: "+1 555 0102"},
		{Number: "+15550103", Values: out}, {Number: "+15550104", Values: out}, {Number: "+15550104", Values: out}}
	n := client.NewCampaign{Name: "spring", Text: "Dear {{first_name}}", List: "regulars", Rows: rows, From: b.line.ID, Pace: 2}
	left := func() any {
		t.Helper()
		head, err := b.db.Head(ctx)
		if err != nil {
			t.Fatal(err)
		}
		page, err := c.Campaigns(ctx, storage.Page{})
		if err != nil {
			t.Fatal(err)
		}
		audit, err := c.Audit(ctx, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		return []any{head, len(page.Campaigns), len(audit)}
	}
	before := left()
	whole, _, err := c.PlanCampaign(ctx, n, nil)
	if err != nil || whole.People != 7 || whole.Copies != 4 || whole.Parts != 5 || whole.Skipped != 3 {
		t.Fatalf("%+v %v", whole, err)
	}
	first, rest := n, client.NewCampaign{Name: n.Name, Text: n.Text, From: n.From, Pace: n.Pace, Rows: rows[2:]}
	first.Rows = rows[:2]
	some, _, err := c.PlanCampaign(ctx, first, nil)
	if err != nil {
		t.Fatal(err)
	}
	pieces, _, err := c.PlanCampaign(ctx, rest, &some)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]func(*client.NewCampaign){
		"no name":      func(n *client.NewCampaign) { n.Name = "" },
		"no such list": func(n *client.NewCampaign) { n.List = "nobody" },
		"no such line": func(n *client.NewCampaign) { n.From = "ln_NONE" },
		"a bad row":    func(n *client.NewCampaign) { n.Rows = []storage.Row{{Number: "x"}} },
		"a bad text":   func(n *client.NewCampaign) { n.Text = "{{" },
	} {
		wrong := n
		bad(&wrong)
		_, _, err := c.PlanCampaign(ctx, wrong, nil)
		_, _, made := c.CreateCampaign(ctx, wrong)
		e, ok := errors.AsType[*client.Error](err)
		f, both := errors.AsType[*client.Error](made)
		if !ok || !both || e.Code != f.Code {
			t.Errorf("%s: planned %v, made %v", name, err, made)
		}
	}
	// Refusals stand in the audit, as refusals of creating do; nothing else is there.
	after, want := left().([]any), before.([]any)
	if !reflect.DeepEqual(after[:2], want[:2]) {
		t.Errorf("a plan has left something behind: %+v, then %+v", before, after)
	}
	made, _, err := c.CreateCampaign(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	if reflect.DeepEqual(left(), before) {
		t.Error("control: a campaign that was made is not seen to be there")
	}
	real, err := c.PreviewCampaign(ctx, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]storage.Plan{"in one piece": whole, "in two": pieces} {
		if plain(p) != plain(real) {
			t.Errorf("planned %s\n%s\nand it is\n%s", name, plain(p), plain(real))
		}
	}
}

// plain is a plan without what tells one campaign and one moment from another.
func plain(p storage.Plan) string {
	p.EndsAt = storage.Time{}
	for i := range p.Skips {
		p.Skips[i].Campaign = ""
	}
	return string(encode(p))
}
