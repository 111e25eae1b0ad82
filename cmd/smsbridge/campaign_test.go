package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smsbridge/storage"
)

// A campaign from a file to its report, and who is in its way, by the verbs
// alone, over the simulated network.
func TestVerbs_campaign_S65(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	ask := func(code int, want string, args ...string) string {
		t.Helper()
		got, out, errs := verb("", append(args, "--admin", admin)...)
		if got != code || !strings.Contains(out+errs, want) {
			t.Fatalf("%v: exit %d, want %d with %q\n%s%s", args, got, code, want, out, errs)
		}
		return strings.TrimSpace(out)
	}
	file := filepath.Join(t.TempDir(), "people.csv")
	rows := "Telefon;Vorname\n+15550100;Ana\n+15550101;Bob\nnobody;Eve\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	mapped := []string{"--file", file, "--map", "Telefon=number,Vorname=first_name"}

	ask(0, "first_name", "template", "add", "ready", "Dear {{first_name}}, it is ready.")
	ask(0, "ready", "template", "list")
	ask(0, "Dear Eva", "template", "render", "ready", "--set", "first_name=Eva")
	ask(0, "it is here", "template", "edit", "ready", "--text", "Dear {{first_name}}, it is here.")
	ask(exitRefused, "not saved", "send", "+15550100", "--template", "ready")
	ask(0, "would be refused", "send", "+15550100", "--template", "ready", "--dry-run")
	ask(0, "delivered", "send", "+15550100", "--template", "ready", "--set", "first_name=Eva", "--wait", "delivered")

	ask(0, "3 people can be read", append([]string{"campaign", "create", "x", "--template", "ready", "--validate-only"}, mapped...)...)
	ask(exitUsage, "no column", "campaign", "create", "x", "--template", "ready", "--file", file, "--map", "Phone=number")
	ask(exitUsage, "Row 3", append([]string{"campaign", "create", "x", "--template", "ready"}, mapped...)...)
	ask(0, "nothing was sent", append([]string{"campaign", "create", "x", "--template", "ready", "--dry-run", "--continue-on-error"}, mapped...)...)
	if left := ask(0, "", "campaign", "list", "-q"); left != "" {
		t.Errorf("a dry run has left %s", left)
	}
	id := ask(0, "cg_", append([]string{"campaign", "create", "real", "--template", "ready", "-q", "--continue-on-error"}, mapped...)...)
	ask(0, "COPIES", "campaign", "preview", id)
	ask(0, "running", "campaign", "start", id)
	ask(0, "campaign.progress", "tail", "--type", "campaign.progress", "--poll", "--since", "0", "-o", "jsonl")
	ask(exitRefused, "nothing to start", "campaign", "start", id)
	ask(0, "real", "campaign", "list")
	ask(0, "real", "campaign", "status", id)
	ask(0, "+15550101", "campaign", "report", id)

	ask(0, "li_", "list", "create", "regulars")
	ask(0, "2", "list", "add", "regulars", "+15550100", "+15550101")
	ask(0, "+15550101", "list", "show", "regulars")
	ask(0, "1", "list", "remove", "regulars", "+15550101")
	ask(0, "guests", "list", "rename", "regulars", "guests")
	ask(0, "guests", "list", "delete", "guests")

	ask(0, "none", "optout", "add", "+15550100", "--note", "by phone")
	ask(0, "by phone", "optout", "list")
	ask(exitRefused, "does not want texts", "send", "+15550100", "x")
	ask(exitUsage, "note", "optout", "remove", "+15550100")
	ask(0, "texts", "optout", "remove", "+15550100", "--note", "in the shop")

	ask(0, "free prize", "block", "add", "free prize", "--kind", "keyword")
	ask(0, "keyword", "block", "list")
	ask(0, "keyword", "block", "remove", "free prize")

	rule := ask(0, "ar_", "auto-reply", "add", "closed", "We are closed.", "--from", "18:00", "--to", "08:00", "--zone", "UTC", "-q")
	ask(0, "off", "auto-reply", "list")
	ask(0, "on", "auto-reply", "on", rule)
	ask(0, "18:00-07:00", "auto-reply", "edit", rule, "--to", "07:00")
	ask(0, "off", "auto-reply", "off", rule)
	ask(0, "closed", "auto-reply", "delete", rule)
	ask(0, "ready", "template", "delete", "ready")
}

// TestRowsFile reads people of every kind of file.
func TestRowsFile_A22(t *testing.T) {
	for _, c := range []struct {
		name, text string
		columns    map[string]string
		want       string // numbers and values; or what is said against it
		bad        bool
	}{
		{"comma", "number,first_name\n+1,Ana\n+2,\n", nil, "+1 map[first_name:Ana];+2 map[]", false},
		{"semicolon and another name", "Phone;First Name\n+1;Ana\n", nil, "+1 map[first_name:Ana]", false},
		{"mark of the encoding", "\ufeffphone,x\n+1,y\n", nil, "+1 map[x:y]", false},
		{"numbers alone", "\ufeff+1 (555) 01-00\n+2\n", nil, "+1 (555) 01-00 map[];+2 map[]", false},
		{"a column of one letter is a name", "x\n+1\n", nil, "needs a contact or a number", true},
		{"quotes", "number,note\n+1,\"a, b\"\"c\"\n", nil, `+1 map[note:a, b"c]`, false},
		{"map", "a,number\n+1,7\n", map[string]string{"a": "number", "number": "house"}, "+1 map[house:7]", false},
		{"JSON", `{"number":"+1","n":3}` + "\n\n" + `{"contact":"ct_1","first_name":null}`, nil, "+1 map[n:3];ct_1 map[]", false},
		{"nobody", "number,x\n,y\n", nil, "line 2", true},
		{"no such column", "number\n+1\n", map[string]string{"b": "number"}, "b", true},
		{"empty", "number\n", nil, "no people", true},
		{"half a record", "number,x\n+1\n", nil, "line 2", true},
		{"deep", `{"number":{"a":1}}`, nil, "neither text nor number", true},
	} {
		r := rowsFile{file: "-", columns: c.columns}
		rows, err := r.read(strings.NewReader(c.text), os.Stderr)
		var got []string
		for _, x := range rows {
			got = append(got, x.Contact+x.Number+" "+fmt.Sprint(x.Values))
		}
		said := strings.Join(got, ";")
		if c.bad {
			said = fmt.Sprint(err)
		}
		if (err != nil) != c.bad || !strings.Contains(said, c.want) || !c.bad && said != c.want {
			t.Errorf("%s: %q %v, want %q", c.name, said, err, c.want)
		}
	}
	r := rowsFile{file: "-", skip: true}
	var warned strings.Builder
	rows, err := r.read(strings.NewReader("number\n\"\"\n+1\n"), &warned)
	if err != nil || len(rows) != 1 || !strings.Contains(warned.String(), "line 2") {
		t.Errorf("%v %v %q", rows, err, warned.String())
	}
	n := 0
	pieces(make([]storage.Row, 2500), func(some []storage.Row) error { n++; return nil })
	if n != 3 {
		t.Errorf("%d pieces", n)
	}
}
