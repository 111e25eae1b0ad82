//go:build unix

package usb

import (
	"os"
	"os/user"
	"slices"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// groupMay is the mode bits that let a group read and write.
const groupMay = 0o060

// Access looks at a node without opening it.
func (FS) Access(path string) Access {
	a := Access{Path: path}
	info, err := os.Stat(path)
	if err != nil {
		return a
	}
	a.Exists, a.Mode = true, info.Mode()
	a.Read, a.Write = may(path, unix.R_OK), may(path, unix.W_OK)
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return a
	}
	gid := int(s.Gid)
	a.Group = groupName(gid)
	if !a.OK() && gid != 0 && info.Mode()&groupMay == groupMay {
		a.Join, a.Joined = a.Group, listed(gid) && !inForce(gid)
	}
	return a
}

func groupName(gid int) string {
	if g, err := user.LookupGroupId(strconv.Itoa(gid)); err == nil {
		return g.Name
	}
	return strconv.Itoa(gid)
}

// listed reports whether the user database has this user in the group.
func listed(gid int) bool {
	u, err := user.Current()
	if err != nil {
		return false
	}
	groups, err := u.GroupIds()
	return err == nil && slices.Contains(groups, strconv.Itoa(gid))
}

// inForce reports whether this process has the group.
func inForce(gid int) bool {
	groups, err := os.Getgroups()
	return err == nil && (slices.Contains(groups, gid) || os.Getegid() == gid)
}
