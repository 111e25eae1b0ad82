package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const unitFile = "smsbridge.service"

// mostExposed is the worst score that the unit may have, in tenths, as
// systemd-analyze counts it: a bare unit has 96.
const mostExposed = "16"

// TestUnit_exposure lets systemd judge how much the service could do if it were
// taken over.
func TestUnit_exposure(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		const lacking = "no systemd-analyze here (apt-get install systemd): the unit was not judged"
		if os.Getenv("SMSBRIDGE_TEST_ALL") == "1" {
			t.Fatal(lacking)
		}
		t.Skip(lacking)
	}
	text, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	judge := func(unit string, args ...string) (string, error) {
		path := filepath.Join(t.TempDir(), unitFile)
		if err := os.WriteFile(path, []byte(unit), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(analyze, append(args, path)...).CombinedOutput()
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return lines[len(lines)-1], err
	}
	security := []string{"security", "--no-pager", "--offline=true", "--threshold=" + mostExposed}
	verdict, err := judge(string(text), security...)
	t.Log(verdict)
	if err != nil {
		t.Errorf("the unit is more exposed than %s: %s", mostExposed, verdict)
	}
	// Negative controls: each of these lines taken out is seen.
	for _, line := range []string{"CapabilityBoundingSet=\n", "SystemCallFilter=@system-service\n", "RestrictNamespaces=yes\n", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK\n"} {
		weak := strings.Replace(string(text), "\n"+line, "\n", 1)
		if weak == string(text) {
			t.Errorf("the unit lacks %q", line)
		}
		if verdict, err := judge(weak, security...); err == nil {
			t.Errorf("without %q the unit still passes: %s", line, verdict)
		}
	}
	t.Run("systemd knows every word of it", func(t *testing.T) {
		// verify looks for the programs too, which are not installed here.
		known := strings.NewReplacer("/usr/local/bin/smsbridge serve", "/bin/true serve", "=kill ", "=/bin/kill ").Replace(string(text))
		if said, err := judge(known, "verify", "--man=no"); err != nil || said != "" {
			t.Errorf("%s %v", said, err)
		}
		if said, _ := judge(strings.Replace(known, "ProtectClock", "ProtectClok", 1), "verify", "--man=no"); !strings.Contains(said, "ProtectClok") {
			t.Errorf("control: a misspelt line was not seen: %s", said)
		}
	})
}

// unitCommand is what a unit runs, in words.
func unitCommand(t *testing.T, text string) []string {
	t.Helper()
	for line := range strings.Lines(text) {
		if command, ok := strings.CutPrefix(line, "ExecStart="); ok {
			return strings.Fields(command)
		}
	}
	t.Fatal("the unit runs nothing")
	return nil
}

// The unit and the sample of settings say only what serve understands.
func TestUnit_flags(t *testing.T) {
	text, err := os.ReadFile(unitFile)
	if err != nil {
		t.Fatal(err)
	}
	understood := func(words []string) error {
		root := newRootCommand()
		cmd, rest, err := root.Find(words[1:])
		if err != nil {
			return err
		}
		return cmd.ParseFlags(rest)
	}
	words := unitCommand(t, string(text))
	if err := understood(words); err != nil || words[1] != "serve" {
		t.Errorf("%v: %v", words, err)
	}
	if understood(append(words, "--confg=x")) == nil {
		t.Error("control: a flag that there is not passes")
	}
	for _, want := range []string{"Type=notify", "WatchdogSec=", "DynamicUser=yes", "DevicePolicy=closed", "SupplementaryGroups=dialout", "StateDirectory=smsbridge", "RuntimeDirectory=smsbridge"} {
		if !strings.Contains(string(text), "\n"+want) {
			t.Errorf("the unit lacks %s", want)
		}
	}
	if strings.Contains(string(text), "\nPrivateUsers=yes") {
		t.Error("PrivateUsers hides who is at the other end of the administrator's socket")
	}
}

// Every example in the sample of settings could be taken out of its comment.
func TestSampleSettings(t *testing.T) {
	f, err := os.Open("smsbridge.conf")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	settings := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, ok := strings.CutPrefix(lines.Text(), "#")
		if !ok || line == "" || strings.HasPrefix(line, " ") {
			continue
		}
		settings++
		if err := fromFile(newServeCommand(), write(t, t.TempDir(), line+"\n")); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if settings < 8 {
		t.Errorf("only %d settings were found", settings)
	}
	if fromFile(newServeCommand(), "smsbridge.conf") != nil {
		t.Error("the sample as it is is refused")
	}
}
