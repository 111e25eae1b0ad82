package usb

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// nobody is a user without rights, and no member of the group of the test's node.
const (
	nobody = 65534
	group  = 20 // dialout on Debian; any will do
)

// as runs f on a thread with another user's rights, which are what counts, while
// it was still root who started it. The thread ends with it.
func as(t *testing.T, uid, gid int, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may play another user")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked
		unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0)
		same := ^uintptr(0)
		unix.RawSyscall(unix.SYS_SETRESGID, same, uintptr(gid), same)
		if _, _, err := unix.RawSyscall(unix.SYS_SETRESUID, same, uintptr(uid), same); err != 0 {
			t.Error(err)
			return
		}
		f()
	}()
	<-done
}

func TestAccess(t *testing.T) {
	dir, err := os.MkdirTemp("", "access")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o755)
	for _, c := range []struct {
		name        string
		mode        os.FileMode
		gid         int
		user        int // with the group of the same number
		ok, join    bool
		hint        string
		read, write bool
	}{
		{name: "everybody", mode: 0o666, gid: group, user: nobody, ok: true, read: true, write: true},
		{name: "member of the group", mode: 0o660, gid: nobody, user: nobody, ok: true, read: true, write: true},
		{name: "not in the group", mode: 0o660, gid: group, user: nobody, join: true, hint: "usermod -aG"},
		{name: "reads only", mode: 0o664, gid: group, user: nobody, read: true, join: true, hint: "usermod -aG"},
		{name: "no group may", mode: 0o600, gid: group, user: nobody, hint: "smsbridge udev --install"},
		{name: "root's group", mode: 0o660, gid: 0, user: nobody, hint: "smsbridge udev --install"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, strings.ReplaceAll(c.name, " ", "_"))
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(path, 0, c.gid); err != nil {
				t.Skip("only root may give files away: ", err)
			}
			os.Chmod(path, c.mode)
			as(t, c.user, c.user, func() {
				a := FS{}.Access(path)
				if !a.Exists || a.Mode.Perm() != c.mode || a.Group != groupName(c.gid) || a.Read != c.read || a.Write != c.write {
					t.Errorf("got %+v", a)
				}
				if a.OK() != c.ok || (a.Join != "") != c.join || c.join && a.Join != a.Group {
					t.Errorf("allowed %v, join %q", a.OK(), a.Join)
				}
				if !strings.Contains(a.Hint(), c.hint) || c.ok != (a.Hint() == "") {
					t.Errorf("the hint is %q", a.Hint())
				}
				if usable(path) != c.ok {
					t.Errorf("usable: %v", !c.ok)
				}
			})
		})
	}
	if a := (FS{}).Access(filepath.Join(dir, "none")); a.Exists || a.OK() || !strings.Contains(a.Hint(), "plugged in") {
		t.Errorf("what is not there: %+v", a)
	}
}

// Who is in the group by the book, and was not when he logged in, is told to log
// in again instead of to join once more.
func TestAccess_joined(t *testing.T) {
	if hint := (Access{Exists: true, Join: "dialout", Joined: true}).Hint(); !strings.Contains(hint, "log in again") || strings.Contains(hint, "usermod") {
		t.Error(hint)
	}
}
