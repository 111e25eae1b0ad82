package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestLetGo lets this very program go, which goes on. What other tests use at the
// same time is mapped again at once, so that it may want more than one try; what is
// never let go does not become less in any (planted: an advice that does nothing).
func TestLetGo(t *testing.T) {
	var mapped []int
	for range 20 {
		n, err := letGo()
		if err != nil {
			t.Fatal(err)
		}
		mapped = append(mapped, n)
		if n < mapped[0]*3/4 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if first, last := mapped[0], mapped[len(mapped)-1]; first < 2<<20 || last >= first*3/4 {
		t.Errorf("so many octets are mapped, and stay so: %d", mapped)
	}
	if out := eachVerb(t); !strings.Contains(out, "serve") {
		t.Errorf("the program is not what it was: %q", out)
	}
}

// eachVerb prints the help, which uses much of the program.
func eachVerb(t *testing.T) string {
	var out strings.Builder
	root := newRootCommand()
	root.SetOut(&out)
	root.SetArgs([]string{"--help"})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestAsInFile: what was written to must stay, it is nowhere else.
func TestAsInFile(t *testing.T) {
	of := func(where, mode, name, anonymous string) string {
		return where + " " + mode + " 00003000 fe:00 42         " + name + "\nSize:   8 kB\nRss:    4 kB\nAnonymous:   " + anonymous + " kB\nVmFlags: rd mr\n"
	}
	const here = "/opt/my box/smsbridge"
	smaps := of("1000-3000", "r-xp", here, "0") + // taken
		of("3000-5000", "r--p", here, "4") + // relocated
		of("5000-7000", "rw-p", here, "0") +
		of("7000-9000", "r-xp", "/lib/libc.so.6", "0") +
		of("9000-b000", "r-xp", here+" (deleted)", "0") +
		of("7f0000000000-7f0000002000", "r--p", here, "0") // taken
	want := []mapping{{0x1000, 0x3000, 4096}, {0x7f0000000000, 0x7f0000002000, 4096}}
	if got := asInFile(strings.NewReader(smaps), here); !slices.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
	// Control: of this process its program is found, and not all that is mapped.
	b, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	program, _ := os.Executable()
	if n, all := len(asInFile(strings.NewReader(string(b)), program)), strings.Count(string(b), program+"\n"); n == 0 || n >= all {
		t.Errorf("%d of %d mappings of the program can be let go", n, all)
	}
}
