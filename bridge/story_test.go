package bridge

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The stories are the founding documents played: agents at sockets, customers
// with phones, the real gateway between them, and modems that are pretended
// from the first byte on. testdata/story/NNN.txt tells the story of document
// NNN, a sentence a line, and after it the log of each agent: every event that
// he was told, and no other. Whoever changes what people are told reads the
// difference and then writes the logs anew:
//
//	go test ./bridge -run '^TestStory' -update-story
//
// A sentence is one of
//
//	line office +15550190                   a modem with this number
//	phone Kim +15550100                     a customer
//	person Ana agent office shop            an account and its lines
//	Ana comes, Ana leaves                   opens and closes her socket
//	Ana asks METHOD {...}                   and has an answer
//	Ana is refused TYPE METHOD {...}        and is told why
//	Ana hears REST                          waits for a line of her log that begins so
//	Ana forgets WORDS                       her log, read anew, has them nowhere
//	Kim texts office REST, Kim reads office REST
//	Kim has read 2                          in all, and no more
//
// with $NAME for the id or the number of whoever is named, and below a request
//
//	  is PATH {...}     what the answer says there
//	  counts PATH 2     how many there are
//	  names PATH NAME   to be called $NAME from here on
//
// A line "control" at the top takes one right away, or gives one, and says which
// complaint must follow: the story played so has to fail. Thus it is known that
// it could.

var updateStory = flag.Bool("update-story", false, "write the logs of testdata/story anew")

// script is a story as it is written.
type script struct {
	file     string
	controls []control
	lines    []string
	logs     map[string][]string
}

// control is a change of rights that a story must not survive.
type control struct {
	with         bool // a right more; else one less
	person, line string
	complaint    string
}

func (c control) String() string {
	return map[bool]string{true: "with ", false: "without "}[c.with] + c.person + " at " + c.line
}

const logHead = "log of "

func readScript(t *testing.T, name string) *script {
	t.Helper()
	file := filepath.Join("testdata", "story", name+".txt")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{file: file, logs: make(map[string][]string)}
	of := ""
	for n, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		person, isLog := strings.CutPrefix(line, logHead)
		switch {
		case isLog:
			of = person
			s.logs[of] = nil
		case of != "":
			s.logs[of] = append(s.logs[of], line)
		case strings.HasPrefix(line, "control "):
			s.controls = append(s.controls, parseControl(t, line))
		default:
			s.lines = append(s.lines, fmt.Sprintf("%d\t%s", n+1, line))
		}
	}
	return s
}

// parseControl reads "control without Ana at office: complaint".
func parseControl(t *testing.T, line string) (c control) {
	t.Helper()
	var way string
	head, complaint, ok := strings.Cut(line, ": ")
	if n, _ := fmt.Sscanf(head, "control %s %s at %s", &way, &c.person, &c.line); n != 3 || !ok || way != "with" && way != "without" {
		t.Fatalf("%q is no control; write control without Ana at office: complaint", line)
	}
	c.with, c.complaint = way == "with", complaint
	return c
}

// write keeps the logs as they were heard.
func (s *script) write(t *testing.T, logs map[string][]string, people []string) {
	t.Helper()
	old, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(old, []byte("\n"+logHead))
	text := bytes.NewBuffer(append(bytes.TrimRight(head, "\n"), "\n\n"...))
	for i, p := range people {
		fmt.Fprintf(text, "%s%s\n", logHead, p)
		for _, line := range logs[p] {
			fmt.Fprintln(text, line)
		}
		if i+1 < len(people) {
			fmt.Fprintln(text)
		}
	}
	if err := os.WriteFile(s.file, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// compare complains of the first line of each log that is not as it is written.
func (s *script) compare(logs map[string][]string, people []string) error {
	var wrong []error
	for _, p := range people {
		want, got := s.logs[p], logs[p]
		if n := len(want); n > 0 && want[n-1] == "" {
			want = want[:n-1]
		}
		for i := range max(len(want), len(got)) {
			if w, g := at(want, i), at(got, i); w != g {
				wrong = append(wrong, fmt.Errorf("the log of %s, line %d:\n was told %s\n is to be told %s", p, i+1, g, w))
				break
			}
		}
	}
	return errors.Join(wrong...)
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing"
}

// The names carry the rows that a story proves from desk to phone.

func TestStory_000_S1_S4_S6_S7_S11_S13_S101_S102(t *testing.T) { tellStory(t, "000") }
func TestStory_001_S18_S20_S21_S22_S23_S24_S31_S32_S33_S34_S35_S125(t *testing.T) {
	tellStory(t, "001")
}
func TestStory_002_S48_S54_S55_S57_S60_S62_S63_S65_S66_S67(t *testing.T) { tellStory(t, "002") }
func TestStory_003_S70_S75_S83_S84_S110_S115(t *testing.T)               { tellStory(t, "003") }
func TestStory_004_S71_S101_S102_S106_S120_S122(t *testing.T)            { tellStory(t, "004") }

func tellStory(t *testing.T, name string) {
	s := readScript(t, name)
	if len(s.controls) == 0 || len(s.lines) == 0 {
		t.Fatalf("%s has %d sentences and %d controls", s.file, len(s.lines), len(s.controls))
	}
	t.Run("as written", func(t *testing.T) {
		st := newStage(t)
		if err := st.play(s.lines); err != nil {
			t.Fatalf("%s:%v", s.file, err)
		}
		people, logs := st.logs()
		if *updateStory {
			s.write(t, logs, people)
			return
		}
		if err := s.compare(logs, people); err != nil {
			t.Errorf("%s: %v", s.file, err)
		}
	})
	for _, c := range s.controls {
		t.Run(c.String(), func(t *testing.T) {
			st := newStage(t)
			err := st.play(c.change(t, s.lines))
			if err == nil {
				people, logs := st.logs()
				err = s.compare(logs, people)
			}
			if err == nil || !strings.Contains(err.Error(), c.complaint) {
				t.Errorf("the complaint %q was expected, and there was %v", c.complaint, err)
			}
		})
	}
}

// change gives or takes the right.
func (c control) change(t *testing.T, lines []string) []string {
	t.Helper()
	lines = slices.Clone(lines)
	for i, line := range lines {
		if words := strings.Fields(line); len(words) > 2 && words[1] == "person" && words[2] == c.person {
			had := len(words)
			if words = slices.DeleteFunc(words, func(w string) bool { return w == c.line }); c.with {
				words = append(words, c.line)
			}
			if cmp.Compare(len(words), had) == map[bool]int{true: 1, false: -1}[c.with] {
				lines[i] = words[0] + "\t" + strings.Join(words[1:], " ")
				return lines
			}
		}
	}
	t.Fatalf("%v: %s has or lacks that line already", c, c.person)
	return nil
}
