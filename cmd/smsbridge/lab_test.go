package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"smsbridge/modem/simulator"
)

// runningLab is "lab modem" in this process.
type runningLab struct {
	t       *testing.T
	folder  string
	control string
	printed []string
}

// startLab runs a lab and returns when it has said that it is ready. It ends with the test.
func startLab(t *testing.T, args ...string) *runningLab {
	t.Helper()
	l := &runningLab{t: t, folder: t.TempDir()}
	l.control = filepath.Join(l.folder, "lab.sock")
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	c := newLabCommand()
	c.SetArgs(append([]string{"modem", "--control", l.control, "--pty", l.folder}, args...))
	c.SetOut(w)
	go func() {
		err := c.ExecuteContext(ctx)
		w.CloseWithError(io.EOF)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("lab ended with %v", err)
		}
	})
	for lines := bufio.NewScanner(r); lines.Scan(); {
		if lines.Text() == "ready" {
			return l
		}
		l.printed = append(l.printed, lines.Text())
	}
	t.Fatalf("the lab ended before it was ready; it said %q", l.printed)
	return nil
}

// say runs another verb against the lab.
func (l *runningLab) say(args ...string) (string, error) {
	return labVerb(append(args, "--control", l.control)...)
}

func labVerb(args ...string) (string, error) {
	var out bytes.Buffer
	c := newLabCommand()
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&out)
	c.SilenceUsage = true
	err := c.ExecuteContext(context.Background())
	return out.String(), err
}

func TestLab(t *testing.T) {
	l := startLab(t, "--record", filepath.Join(t.TempDir(), "air.jsonl"), "--capacity", "600")
	want := []string{
		"modem 1 +15550191 " + filepath.Join(l.folder, "modem1"),
		"modem 2 +15550192 " + filepath.Join(l.folder, "modem2"),
	}
	if strings.Join(l.printed, "|") != strings.Join(want, "|") {
		t.Errorf("printed %q, want %q", l.printed, want)
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"handset", "send", "--to", "+15550191", "is", "it", "open?"}, []string{"to +15550191, parts 1, delivered"}},
		{[]string{"handset", "send", "--from", "+4711", "--to", "+15550192", "--count", "3", "x"}, []string{"delivered"}},
		{[]string{"handset", "list", "+15550100"}, []string{`"is it open?"`, "+15550191", "delivered"}},
		{[]string{"handset", "list", "+4711"}, []string{`"x"`, `"x 2"`, `"x 3"`}},
		{[]string{"fault", "lose-final", "--modem", "2", "--count", "3"}, nil},
		{[]string{"fault", "unplug", "--modem", "+15550191"}, nil},
		{[]string{"list"}, []string{"+15550191", "unplugged", "registered", "lose-final 0 done 3 left", "8949010000000000016"}},
	} {
		out, err := l.say(c.args...)
		if err != nil {
			t.Errorf("%v: %v", c.args, err)
		}
		for _, word := range c.want {
			if !strings.Contains(out, word) {
				t.Errorf("%v: no %q in\n%s", c.args, word, out)
			}
		}
	}
	if _, err := os.Lstat(filepath.Join(l.folder, "modem1")); err == nil {
		t.Error("the unplugged modem's link is there")
	}
}

func TestLab_refuses(t *testing.T) {
	l := startLab(t, "--count", "1")
	for _, c := range []struct{ args, want string }{
		{"fault earthquake", "there is no \"earthquake\""},
		{"fault unplug --modem 7", "neither the index nor the number"},
		{"handset send --to +4711 x", "nobody has the number"},
		{"handset list +4711", "no handset has"},
	} {
		if _, err := l.say(strings.Fields(c.args)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.args, err, c.want)
		}
	}
	if _, err := l.say("modem", "--count", "1"); err == nil || !strings.Contains(err.Error(), "runs on") {
		t.Errorf("a second lab on the socket: %v", err)
	}
	if _, err := labVerb("modem", "--count", "0"); err == nil {
		t.Error("no modem at all")
	}
	_, err := labVerb("list", "--control", filepath.Join(l.folder, "none.sock"))
	if f, ok := errors.AsType[*failure](err); !ok || f.code != exitUnreachable || !errors.Is(err, syscall.ENOENT) {
		t.Errorf("no lab there: %v", err)
	}
}

// Two labs, one after the other, write one record; the socket is for its owner alone.
func TestLab_record(t *testing.T) {
	record := filepath.Join(t.TempDir(), "air.jsonl")
	for range 2 {
		t.Run("lab", func(t *testing.T) {
			l := startLab(t, "--count", "1", "--record", record)
			if _, err := l.say("handset", "send", "--to", "+15550191", "x"); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(l.control)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("control socket: %v, %v", info.Mode(), err)
			}
		})
	}
	b, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, line := range bytes.Split(bytes.TrimSpace(b), []byte("\n")) {
		var e simulator.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		kinds = append(kinds, e.Kind)
	}
	if got := strings.Join(kinds, " "); got != "deliver deliver-stored deliver deliver-stored" {
		t.Errorf("the record is %q", got)
	}
}
