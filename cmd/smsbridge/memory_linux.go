package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// letGo unmaps the pages of the program's own file. Most of them were read by the
// start, which does not come again; what is used is mapped again as it is, from the
// system's cache. It tells how many octets were mapped.
//
// Linux counts them as the process's while they are mapped (RssFile in proc(5)).
// When memory is short it takes first what nobody has mapped.
func letGo() (octets int, err error) {
	program, err := os.Executable()
	if err != nil {
		return 0, err
	}
	smaps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return 0, err
	}
	defer smaps.Close()
	for _, m := range asInFile(smaps, program) {
		if _, _, errno := unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_DONTNEED); errno != 0 {
			return octets, fmt.Errorf("madvise: %w", errno)
		}
		octets += m.resident
	}
	return octets, nil
}

// mapping is a part of a file in memory.
type mapping struct {
	from, to uintptr
	resident int // octets
}

// asInFile reads smaps (proc(5)): the mappings of a file that are in memory as they
// are in the file. They cannot be written, and no page of them was, as a loader
// does that moves a program, or a debugger.
func asInFile(smaps io.Reader, name string) (list []mapping) {
	var m mapping
	ours := false
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) < 2:
		case !strings.HasSuffix(f[0], ":"): // from-to mode offset device inode name
			m, ours = mapping{}, strings.HasSuffix(lines.Text(), " "+name) && !strings.Contains(f[1], "w")
			if n, err := fmt.Sscanf(f[0], "%x-%x", &m.from, &m.to); err != nil || n != 2 {
				ours = false
			}
		case !ours:
		case f[0] == "Rss:":
			kB, _ := strconv.Atoi(f[1])
			m.resident = kB << 10
		case f[0] == "Anonymous:" && f[1] == "0":
			list = append(list, m)
		}
	}
	return list
}
