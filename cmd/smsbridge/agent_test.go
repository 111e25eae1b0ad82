package main

import (
	"os/user"
	"regexp"
	"strings"
	"testing"
)

// TestVerbs_people is an office being set up: people, a line for one of them,
// and what the audit says of it afterwards.
func TestVerbs_people(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:2")
	ids := regexp.MustCompile(`\b(ag|ln|tk|se)_[0-9A-Z]{16}\b`)
	_, out, _ := verb("", "line", "list", "-q", "--admin", admin)
	line := strings.Fields(out)[0]
	_, head, _ := verb("", "audit", "verify", "--admin", admin)
	for _, c := range []struct {
		in, args string
		code     int
		want     string // in what was printed
	}{
		{"", "agent add Olga --role owner", 0, "Code: "},
		{"", "agent add Ana", 0, "line assign LINE"},
		{"", "agent add ana", exitRefused, `an account "ana" already`},
		{"", "agent add crm --role service", 0, "token create --agent"},
		{"", "agent add x --role boss", exitUsage, `no role "boss"`},
		{"", "agent list", 0, "Ana   agent"},
		{"", "line assign " + line + " Ana", 0, "Ana (agent) works on: " + line},
		{"", "line unassign " + line + " Ana", 0, "works on: no line"},
		{"", "line assign " + line + " crm", 0, "crm (service) works on: " + line},
		{"", "line assign ln_0 Ana", exitRefused, "there is no line ln_0"},
		{"", "line disable " + line, 0, "are off"},
		{"", "send +15550100 x --from " + line, exitRefused, "is switched off"},
		{"", "line enable " + line, 0, "are on"},
		{"", "token create --label crm --scope messages:send --agent crm --line " + line + " -q", 0, "scp_"},
		{"", "token create --label x --scope messages:send --agent nobody", exitRefused, `no account "nobody"`},
		{"a password of hers\n", "agent password Ana", 0, "The password of Ana is set"},
		{"short\n", "agent password Ana", exitUsage, "10 to 200"},
		{"", "agent password Ana", exitUsage, "standard input is empty"},
		{"", "agent role Ana manager", 0, "manager, enabled, texting on"},
		{"", "agent role Ana boss", exitUsage, "none of owner"},
		{"", "agent sms Ana off", 0, "texting off"},
		{"", "agent disable Olga", exitRefused, "the last owner"},
		{"", "agent disable Ana", 0, "disabled"},
		{"", "agent invite Ana", exitDenied, "switched off"},
		{"", "agent enable Ana", 0, "enabled"},
		{"", "agent invite Ana", 0, "signs Ana in once"},
		{"", "agent sessions Ana", 0, "SINCE"},
		{"", "agent sessions Ana --end all", 0, "0 ended"},
		{"", "agent pair approve BBBB-BBBB --agent Ana", exitRefused, "No program waits"},
		{"", "audit list --limit 100", 0, "agent.password"},
		{"", "audit verify", 0, "all in order"},
		{"", "audit verify --head 9999:" + strings.Repeat("0", 64), exitRefused, "cut off"},
		{"", "audit verify --head x", exitUsage, "NUMBER:HASH"},
	} {
		t.Run(ids.ReplaceAllString(c.args, "$1"), func(t *testing.T) {
			code, out, errs := verb(c.in, append(strings.Fields(c.args), "--admin", admin)...)
			if code != c.code || !strings.Contains(out+errs, c.want) {
				t.Errorf("exit code %d, not %d; said\n%s%s", code, c.code, out, errs)
			}
		})
	}
	if code, _, errs := verb("", "audit", "verify", "--head", strings.TrimSpace(head), "--admin", admin); code != 0 && !strings.HasPrefix(head, "0:") {
		t.Errorf("against the head from before: %s", errs)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if _, out, _ := verb("", "audit", "list", "--admin", admin); !strings.Contains(out, "admin "+me.Username) {
		t.Errorf("the audit does not say who of the box it was:\n%s", out)
	}
}
