package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUdev(t *testing.T) {
	code, rules, errs := verb("", "udev")
	if code != 0 || errs != "" || !strings.HasPrefix(rules, "# smsbridge") || !strings.Contains(rules, `ATTRS{idVendor}=="2c7c", ATTRS{idProduct}=="0125"`) {
		t.Fatalf("exit %d\n%s%s", code, rules, errs)
	}

	file := filepath.Join(t.TempDir(), "60-smsbridge.rules")
	if err := os.WriteFile(file, []byte("# an older one, and longer\n"+rules), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := verb("", "udev", "--install", "--file", file)
	if code != 0 || !strings.Contains(out, file) || !strings.Contains(out, "udevadm control --reload") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != rules {
		t.Errorf("what is installed is not what is printed (%v)", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o044 != 0o044 {
		t.Errorf("udev's file is not for everybody to read: %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}

	code, _, errs = verb("", "udev", "--install", "--file", filepath.Join(t.TempDir(), "rules.d", "x.rules"))
	if code != exitError || !strings.Contains(errs, "is udev installed?") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, _, _ := verb("", "udev", "ttyUSB0"); code == 0 {
		t.Error("an argument was taken")
	}
}
