package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An owner sets the box up by the verbs, and two colleagues use it by theirs.
func TestVerbs_talk_S6_S12_S16_S71_S101_S106(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := free.Addr().String()
	free.Close()
	admin := bridgeOn(t, "--modem", "simulator:1", "--listen", at)
	ask := func(code int, want, in string, args ...string) string {
		t.Helper()
		got, out, errs := verb(in, args...)
		if got != code || !strings.Contains(out+errs, want) {
			t.Errorf("%v: exit %d, want %d with %q\n%s%s", args, got, code, want, out, errs)
		}
		return out
	}
	box := func(code int, want string, args ...string) string {
		t.Helper()
		return ask(code, want, "", append(args, "--admin", admin)...)
	}
	token := func(name string) []string {
		box(0, "Code: ", "agent", "add", name)
		file := filepath.Join(t.TempDir(), name)
		secret := box(0, "scp_", "token", "create", "--label", name, "--agent", name, "--scope", "messages:send,messages:read,lines:act", "-q")
		if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{"--url", "http://" + at, "--token-file", file}
	}
	as := func(who []string, code int, want, in string, args ...string) string {
		t.Helper()
		return ask(code, want, in, append(args, who...)...)
	}
	ana, ben := token("Ana"), token("Ben")

	as(ana, 0, "Ben is not here, and will see it at the next login", "lunch at one?\n", "chat", "Ben")
	as(ana, 0, "me: lunch at one?", "and bring the keys\n", "chat", "Ben")
	as(ben, 0, "missed: 2 messages in 1 threads", "", "me")
	as(ben, 0, "Ana: lunch at one?", "yes\n", "chat", "ana")
	as(ana, exitRefused, `no colleague "Cem"`, "", "chat", "Cem")
	box(exitDenied, "from their own accounts", "chat", "Ben")

	box(0, "sms_enabled is false", "setting", "set", "sms_enabled", "false")
	box(exitRefused, "Texts are switched off on this box", "send", "+15550100", "hi")
	box(0, "sms_enabled is true", "setting", "set", "sms_enabled", "null")
	box(exitUsage, "there is no setting", "setting", "set", "theme", "dark")
	as(ana, 0, `theme is "dark"`, "", "setting", "set", "theme", "dark", "--mine")
	as(ana, 0, `"dark"`, "", "setting", "list", "--mine")
	box(0, "https://crm.example", "setting", "set", "embed_origins", "https://crm.example, https://wiki.example")

	box(0, "+15550191", "line", "show")
	box(0, "sms:+15550191", "line", "show")
	box(0, " ▄▄▄▄▄ ", "line", "show", "+15550191")
	box(0, "+15550191\n", "line", "show", "-q")
	box(0, "is +15550191 Reception", "line", "name", "+15550191", "Reception")
	box(exitUsage, "is not a phone number", "line", "number", "+15550191", "+1555x")
	box(0, `"filled": true`, "line", "from", "-o", "json")
	as(ana, 0, "Ben   agent  no", "", "agent", "directory")
	as(ana, 0, "phone not known", "", "me")
	as(ana, 0, "Ana, Ben", "", "thread", "list")
	box(0, "+15550100", "send", "+15550100", "hi")
	if out := box(0, "+15550100", "thread", "list"); strings.Contains(out, "lunch") || strings.Contains(out, "Ana") {
		t.Errorf("the administrator reads what colleagues say:\n%s", out)
	}
	box(0, "call_way is \"tel\"", "setting", "set", "call_way", "tel")
	box(0, "tel:+15550100", "call", "start", "+15550100")
	box(0, "Call", "thread", "show", "+15550100")
}
