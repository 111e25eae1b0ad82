//go:build unix

package trust

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// What root renews, the service can read: it owns the folder.
func TestRenew_as_root(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	const service = 61234
	folder := filepath.Join(t.TempDir(), "tls")
	if _, err := Renew(folder, "b", nil); err != nil {
		t.Fatal(err)
	}
	owner := func() uint32 {
		info, err := os.Stat(filepath.Join(folder, keyFile))
		if err != nil {
			t.Fatal(err)
		}
		return info.Sys().(*syscall.Stat_t).Uid
	}
	if owner() != 0 { // control: it is not everybody's from the start
		t.Fatalf("root's own folder: the key is %d's", owner())
	}
	if err := os.Chown(folder, service, service); err != nil {
		t.Fatal(err)
	}
	if _, err := Renew(folder, "b", nil); err != nil {
		t.Fatal(err)
	}
	if owner() != service {
		t.Errorf("the key is %d's, and the service cannot read it", owner())
	}
}
