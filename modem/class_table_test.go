package modem

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"text/tabwriter"

	"smsbridge/modem/at"
	"smsbridge/pdu"
)

var update = flag.Bool("update", false, "write testdata/classes.table anew; then read it, line by line")

// TestClassTable: the table of errors has no gap and no overlap, no code that has a name hides in a range, and every row
// says where it has its meaning from. testdata/classes.table is what a person has read.
func TestClassTable(t *testing.T) {
	for _, kind := range []ErrorKind{CMS, CME} {
		next := 0
		for _, r := range rulesOf(kind) {
			if r.from != next || r.to < r.from {
				t.Errorf("%d: row %d to %d, want one from %d", kind, r.from, r.to, next)
			}
			next = r.to + 1
			if r.text(kind) == "" || r.clause == "" || r.class > Duplicate {
				t.Errorf("%d: row %d to %d is not complete: %+v", kind, r.from, r.to, r)
			}
			if r.from < r.to && r.meaning == "" {
				t.Errorf("%d: the range %d to %d has a single code's name", kind, r.from, r.to)
			}
		}
		if next != codeMax+1 {
			t.Errorf("%d: the table ends at %d", kind, next-1)
		}
		for code := range codeMax + 1 {
			r, ok := ruleOf(kind, code)
			if !ok || code < r.from || r.to < code {
				t.Fatalf("%d %d: row %+v, %v", kind, code, r, ok)
			}
			name := map[ErrorKind]func(int) string{CMS: at.CMSText, CME: at.CMEText}[kind](code)
			if name != "" && r.from != r.to && r.clause != psError {
				t.Errorf("%d %d: %q has no row of its own", kind, code, name)
			}
		}
	}
	for _, code := range []int{-1, codeMax + 1} {
		if r, ok := ruleOf(CMS, code); ok {
			t.Errorf("%d: %+v", code, r)
		}
	}
}

// TestClassTableRead compares the tables with what was read and found right.
func TestClassTableRead(t *testing.T) {
	const file = "testdata/classes.table"
	got := classTable()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		old := strings.Split(string(want), "\n")
		for i, text := range strings.Split(string(got), "\n") {
			if i >= len(old) || old[i] != text {
				t.Fatalf("line %d is not what was read; -update, then read it\n%s", i+1, text)
			}
		}
		t.Fatal("the table has fewer lines than what was read")
	}
}

func classTable() []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, `# What each error asks of the sender, and what each status report says. Written from class_table.go and
# pdu/status.go by "go test ./modem -run TestClassTableRead -update"; read by a person after each change.
# An uncertain error is transient if it came before Ctrl-Z, when nothing was sent. Of a status, completed is an
# end without certainty, and pending no end.`)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, k := range []ErrorKind{CMS, CME} {
		name := map[ErrorKind]string{CMS: "CMS", CME: "CME"}[k]
		fmt.Fprintln(w)
		for _, r := range rulesOf(k) {
			row(w, name, r.from, r.to, "%d", r.class.String(), r.clause, r.text(k), r.note)
		}
	}
	fmt.Fprintln(w)
	for from := 0; from < 256; {
		to := from
		for to < 255 && sameStatus(pdu.Status(from), pdu.Status(to+1)) {
			to++
		}
		s, note := pdu.Status(from), ""
		text := s.String()
		switch {
		case s.Reserved():
			text, note = "reserved", "to be taken as 0x63, service rejected"
		case from < to:
			text = "by a rule of the service centre"
		}
		row(w, "ST", from, to, "0x%02X", s.Class().String(), "TS 23.040, 9.2.3.15", text, note)
		from = to + 1
	}
	w.Flush()
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return []byte(strings.Join(lines, "\n"))
}

// sameStatus reports whether two values belong on one line: reserved ones of a block, or the service centre's own.
func sameStatus(a, b pdu.Status) bool {
	own := func(s pdu.Status) bool { return !s.Reserved() && s&0x10 != 0 }
	return a.Class() == b.Class() && (a.Reserved() && b.Reserved() || own(a) && own(b))
}

func row(w *tabwriter.Writer, kind string, from, to int, format, class, clause, text, note string) {
	codes := fmt.Sprintf(format, from)
	if from != to {
		codes += fmt.Sprintf(" to "+format, to)
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", kind, codes, class, clause, text, note)
}
