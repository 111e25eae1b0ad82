package main

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"smsbridge/modem/simulator"
)

// unzip reads every file of a bundle.
func unzip(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

// hits tells which secrets stand where.
func hits(files map[string]string, secrets map[string]string) (found []string) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, what := range slices.Sorted(maps.Keys(secrets)) {
			if strings.Contains(files[name], secrets[what]) {
				found = append(found, what+" in "+name)
			}
		}
	}
	return found
}

// TestSupportBundle lets every secret pass through a bridge, each where it
// belongs and where people put it by mistake, and looks for them in the bundle.
func TestSupportBundle(t *testing.T) {
	const pin, puk, planted = "908172", "41526374", "the name of this box is no secret"
	network := simulator.NewNetwork(simulator.Options{})
	defer network.Close()
	sim := network.AddModem(simulator.ModemOptions{Family: "huawei", PIN: pin, PUK: puk})
	phone := network.Handset(demoHandset)
	dir := t.TempDir()
	port, err := sim.ServePTY(filepath.Join(dir, "tty"))
	if err != nil {
		t.Fatal(err)
	}
	pinFile := filepath.Join(dir, "pin")
	if err := os.WriteFile(pinFile, []byte(pin), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SMSBRIDGE_LATE_WINDOW", "1s")
	admin := bridgeOn(t, "--modem", port, "--pin-file", pinFile, "--name", planted)
	do := func(args ...string) string {
		t.Helper()
		_, out, errs := verb("", append(args, "--admin", admin)...)
		return out + errs
	}
	secrets := map[string]string{
		"the PIN": pin, "the PUK": puk, "an outbound text": "walnut", "an inbound text": "marmalade", "a long text": "juniper",
		"our number": strings.TrimPrefix(sim.Number(), "+"), "the customer's number": strings.TrimPrefix(demoHandset, "+"),
		"the ICCID": sim.ICCID(), "the ICCID without its check digit": sim.ICCID()[:18], "the IMEI": sim.Status().IMEI, "the IMSI": "00101000000000",
		"the token": strings.TrimSpace(do("token", "create", "--label", "crm", "--scope", "messages:send", "-q")),
		"the secret of a hook": regexp.MustCompile(`whsec_[0-9A-Za-z+/=_-]+`).FindString(
			do("hook", "add", "http://127.0.0.1:9/", "--label", "crm")),
	}
	if secrets["the secret of a hook"] == "" {
		secrets["the secret of a hook"] = strings.TrimSpace(do("hook", "add", "https://example.com/", "-q"))
	}
	for what, s := range secrets {
		if len(s) < 6 {
			t.Fatalf("%s is %q", what, s)
		}
	}
	do("send", demoHandset, "a walnut", "--wait", "delivered")
	do("send", demoHandset, strings.Repeat("juniper ", 40), "--wait", "delivered")
	if err := phone.Send(sim.Number(), "some marmalade"); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(do("thread", "list"), "marmalade") {
	}
	do("modem", "at", port, `AT+CPIN="`+puk+`","`+pin+`"`, "--unsafe")
	do("modem", "at", port, `AT+CLCK="SC",0,"`+pin+`"`, "--unsafe")
	do("modem", "at", port, "AT+CIMI")
	do("modem", "at", secrets["the token"], "AT")
	do("ussd", "send", "*100#")

	name := filepath.Join(dir, "bundle.zip")
	if out := do("support-bundle", name, "--goroutines"); !strings.Contains(out, name) {
		t.Fatal(out)
	}
	if out := do("support-bundle", name); !strings.Contains(out, "exists") {
		t.Errorf("a file was written over: %s", out)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := unzip(t, text)
	for file, words := range map[string]string{
		"version.json": `"version"`, "settings.json": `"source": "environment SMSBRIDGE_LATE_WINDOW"`, "runtime.json": `"goroutines"`,
		"box.json": `"kernel"`, "lines.json": `"state": "ready"`, "modems.json": `"manufacturer": "huawei"`, "ledger.json": `"message": `,
		"doctor.json": `"AT+CSQ"`, "journal.txt": "console: ", "transcript.txt": "> AT+CMGS=", "goroutines.txt": "goroutine profile",
	} {
		if !strings.Contains(files[file], words) {
			t.Errorf("%q is not in %s:\n%.2000s", words, file, files[file])
		}
	}
	if files["errors.txt"] != "" {
		t.Error(files["errors.txt"])
	}
	if found := hits(files, secrets); len(found) > 0 {
		t.Errorf("%d secrets are in the bundle: %q", len(found), found)
	}
	// The negative control: what is no secret is there, and the same look finds it.
	if found := hits(files, map[string]string{"the name": planted}); len(found) != 1 {
		t.Errorf("the planted words were found %q", found)
	}
	raw := map[string]string{"lines": do("line", "list", "-o", "json"), "threads": do("thread", "list", "-o", "json")}
	if found := hits(raw, secrets); len(found) < 5 { // number, ICCID, and IMEI; the customer and his text
		t.Errorf("of what people with a right to it see, the look finds only %q", found)
	}
}

// Where no bridge runs there is a bundle too.
func TestSupportBundle_alone(t *testing.T) {
	w := newWard(t, simulator.ModemOptions{Family: "quectel-ec25"})
	w.plug()
	name := filepath.Join(t.TempDir(), "bundle.zip")
	code, out, errs := verb("", "support-bundle", name, "--root", w.tree.Root, "--admin", filepath.Join(t.TempDir(), "none"))
	if code != 0 {
		t.Fatalf("exit %d %s%s", code, out, errs)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := unzip(t, text)
	if !strings.Contains(files["doctor.json"], "sends and receives") || !strings.Contains(files["box.json"], `"ttyUSB2"`) {
		t.Errorf("%v", files)
	}
	if found := hits(files, map[string]string{"the number": strings.TrimPrefix(w.m.Number(), "+"), "the ICCID": w.m.ICCID()}); len(found) > 0 {
		t.Error(found)
	}
}
