package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestImportVerb_N14(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	file := filepath.Join(t.TempDir(), "sms.xml")
	xml := `<?xml version='1.0'?><smses count="3">
<sms address="+15550177" date="1556697600000" type="1" body="is it ready? &#55357;&#56832;" status="-1"/>
<sms address="+15550177" date="1556697660000" type="2" body="at three" status="0"/>
<sms address="+15550177" date="1556697660000" type="2" body="at three" status="0"/>
<sms address="nobody at all, and too long for a name" date="x" type="2" body="lost"/>
</smses>`
	if err := os.WriteFile(file, []byte(xml), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want, said string }{
		{"--preview", "2,1,1,1,2019-05-01,2019-05-01", "Nothing has changed yet"},
		{"", "2,1,1,1,2019-05-01,2019-05-01", "left out: "},
		{"", "0,3,1,1,-,-", ""},
		{"--preview", "0,3,1,1,-,-", ""},
	} {
		args := append([]string{"import", "android-xml", file, "--admin", admin, "-o", "csv"}, strings.Fields(c.args)...)
		code, out, errs := verb("", args...)
		if code != 0 || !strings.Contains(out, c.want) || !strings.Contains(errs, c.said) {
			t.Errorf("%v: exit %d\n%s%s", args, code, out, errs)
		}
	}
	code, out, errs := verb("", "thread", "show", "+15550177", "--admin", admin, "-o", "csv")
	if code != 0 || !strings.Contains(out, "is it ready? 😀") || strings.Count(out, "at three") != 1 {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}
