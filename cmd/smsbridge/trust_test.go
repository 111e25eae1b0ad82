package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smsbridge/bridge/trust"
)

// The verbs on the files of a box that runs: what they say is what it serves, and
// a new authority is taken without a restart.
func TestTrust(t *testing.T) {
	o := newOffice(t, "--tls", "local", "--host", "sms.example.com")
	folder := filepath.Join(o.folder, "tls")
	before := o.root(t)
	code, out, errs := verb("", "trust", "show", "--tls-folder", folder)
	served, page := asked(t, o.browser(t), "GET", "http://"+o.host(t)+"/trust/smsbridge.crt", "")
	c, err := x509.ParseCertificate([]byte(page))
	if err != nil {
		t.Fatal(served.Status, err)
	}
	print := trust.Hex(trust.Fingerprint(c))
	if code != 0 || !strings.Contains(out, print) || !strings.Contains(out, trust.Pin(c)) || !strings.Contains(out, "sms.example.com") || !strings.Contains(o.log.String(), print) {
		t.Errorf("exit %d; the verb, the page and the log do not tell one fingerprint: %s\n%s%s\n%s", code, print, out, errs, o.log)
	}
	_, text, _ := verb("", "trust", "export", "--tls-folder", folder)
	if block, _ := pem.Decode([]byte(text)); block == nil || !bytes.Equal(block.Bytes, c.Raw) {
		t.Errorf("export says %s", text)
	}
	for _, v := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"export", "--format", "der"}, 0, ""},
		{[]string{"export", "--format", "mobileconfig"}, 0, "com.apple.security.root"},
		{[]string{"export", "--format", "p12"}, exitUsage, "mobileconfig"},
		{[]string{"renew"}, exitUsage, "--yes"},
		{[]string{"renew", "--yes", "--host", "a b"}, exitUsage, "a b"},
	} {
		code, out, errs := verb("", append(append([]string{"trust"}, v.args...), "--tls-folder", folder)...)
		if code != v.code || !strings.Contains(out+errs, v.want) {
			t.Errorf("%v: exit %d %s%s", v.args, code, out, errs)
		}
	}
	if !o.root(t).Equal(before) {
		t.Fatal("renewed without a word")
	}
	old := o.browser(t)
	if code, _, errs := verb("", "trust", "renew", "--yes", "--host", "desk.example", "--tls-folder", folder); code != 0 {
		t.Fatal(errs)
	}
	later := time.Now().Add(time.Minute) // the change counts by its time, which may be the same in a test
	os.Chtimes(filepath.Join(folder, "intermediate.key"), later, later)
	if names := trust.Names(o.root(t)); !strings.Contains(strings.Join(names, " "), "sms.example.com") || !strings.Contains(strings.Join(names, " "), "desk.example") {
		t.Errorf("the new one may vouch for %v", names)
	}
	if answer, _ := asked(t, o.browser(t), "GET", "https://"+o.host(t)+"/api/v1/health", ""); answer.StatusCode != 200 {
		t.Error(answer.Status)
	}
	if _, err := old.Get("https://" + o.host(t) + "/"); err == nil {
		t.Error("who trusts only the old authority believes the new one")
	}
	if code, _, errs := verb("", "trust", "show", "--tls-folder", t.TempDir()); code != exitError || !strings.Contains(errs, "smsbridge serve") {
		t.Errorf("no authority: exit %d, %s", code, errs)
	}
}
