package main

import (
	"strings"
	"testing"

	"smsbridge/bridge/client"
)

// A value that only the box can refuse ends the verb as one does that the verb
// refuses by itself. The control is the same call with a value that is right: it
// is done, so it was that value and nothing else.
func TestVerbs_values(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	_, line, _ := verb("", "line", "list", "-q", "--admin", admin)
	said := strings.NewReplacer("LINE", strings.TrimSpace(line))
	for _, c := range []struct {
		call         string // with VALUE
		wrong, right string
		want         string // in what is said of wrong: the field
	}{
		{"agent add Ana --role VALUE", "boss", "agent", "role"},
		{"token create --label x --scope VALUE", "all", "messages:read", "scope"},
		{"line policy --pace VALUE", "601", "600", "pace"},
		{"line desk LINE --wait VALUE", "-1", "30", "wait_s"},
		{"line number LINE VALUE", "+1555x", "+15550191", "number"},
		{"db retention VALUE", "99999", "30", "days"},
		{"setting set call_way VALUE", "pigeon", "tel", "call_way"},
		{"audit verify --head VALUE", "x", "", "head"},
		{"send +15550100 hi --priority VALUE", "urgent", "high", "priority"},
		{"send +15550100 hi --max-parts VALUE", "-1", "2", "max_parts"},
		{"rule set --costly VALUE", "shrug", "refuse", "costly"},
		{"block add prize --kind VALUE", "smell", "keyword", "kind"},
		{"quiet set 20:00 VALUE UTC", "25:00", "08:00", "to"},
		{"quiet set 20:00 08:00 VALUE", "Mars/Base", "Europe/Berlin", "zone"},
		{"quiet set 21:00 08:00 UTC --policy VALUE", "drop", "refuse", "policy"},
	} {
		ask := func(value string) (int, string) {
			args := strings.Fields(said.Replace(c.call))
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "VALUE", value)
			}
			code, out, errs := verb("", append(args, "--admin", admin)...)
			return code, out + errs
		}
		if code, text := ask(c.wrong); c.want != "" && (code != exitUsage || !strings.Contains(text, c.want)) {
			t.Errorf("%s, %s: exit %d, %s", c.call, c.wrong, code, text)
		}
		if code, text := ask(c.right); code != 0 {
			t.Errorf("%s, %s: exit %d, %s", c.call, c.right, code, text)
		}
	}
}

// What is not the caller's to mend by another value keeps its own exit code.
func TestRefusalExit(t *testing.T) {
	for _, c := range []struct {
		code int
		kind string
		want int
	}{
		{-32602, "invalid_params", exitUsage},
		{-32600, "too_large", exitUsage},
		{-32600, "misdirected", exitError},
		{-32601, "method_not_found", exitError}, // an older box
		{1003, "forbidden", exitDenied},
		{2001, "from_required", exitRefused},
		{3011, "number_rule", exitRefused},
		{4003, "conflict", exitRefused},
		{4007, "not_found", exitRefused},
		{5001, "modem_absent", exitRadio},
		{9001, "storage_full", exitError},
		{0, "unknown", exitError},
	} {
		if got := refusalExit(&client.Error{Code: c.code, Type: c.kind}); got != c.want {
			t.Errorf("%s ends with %d, not %d", c.kind, got, c.want)
		}
	}
}
