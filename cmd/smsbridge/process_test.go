package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// build makes the program; with plant, one with a bug in it.
func build(t *testing.T, plant string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "smsbridge")
	args := []string{"build", "-o", binary}
	if plant == "unmarked" {
		args = append(args, "-overlay", overlay(t, "../../bridge/gateway/outbound.go",
			"Prompted: release})", "Prompted: func(context.Context) error { return nil }})\n\trelease(ctx)"))
	}
	out, err := exec.Command("go", append(args, ".")...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// overlay is a file for go build that replaces old by new in one source file.
func overlay(t *testing.T, file, old, new string) string {
	t.Helper()
	file, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), old) != 1 {
		t.Fatalf("%s does not hold %q once: the planted bug must be planted anew", file, old)
	}
	dir := t.TempDir()
	planted := filepath.Join(dir, "planted.go")
	if err := os.WriteFile(planted, bytes.Replace(text, []byte(old), []byte(new), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	list, _ := json.Marshal(map[string]any{"Replace": map[string]string{file: planted}})
	name := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(name, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// process is a program that a test started and ends.
type process struct {
	cmd  *exec.Cmd
	log  *bytes.Buffer
	done chan struct{}
}

// start runs the program until its line begins with ready, and hands the lines
// before it to said.
func start(t testing.TB, said func(string), binary string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(binary, args...), log: new(bytes.Buffer), done: make(chan struct{})}
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	ready := false
	for !ready && lines.Scan() {
		ready = strings.HasPrefix(lines.Text(), "ready")
		if said != nil {
			said(lines.Text())
		}
	}
	go func() {
		io.Copy(io.Discard, out)
		p.cmd.Wait()
		close(p.done)
	}()
	if !ready {
		<-p.done
		t.Fatalf("%s %s ended: %v\n%s", binary, strings.Join(args, " "), p.cmd.ProcessState, p.log)
	}
	return p
}

func (p *process) end(s os.Signal) {
	p.cmd.Process.Signal(s)
	<-p.done
}

// overSocket is an HTTP client whose every request goes to a Unix socket.
func overSocket(path string) *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		},
	}}
}

// call sends body as JSON and reads the answer into into.
func call(c *http.Client, method, path string, header http.Header, body, into any) (int, error) {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		in = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, "http://box"+path, in)
	if err != nil {
		return 0, err
	}
	for k, v := range header {
		r.Header[k] = v
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if into == nil || answer.StatusCode >= 300 {
		if answer.StatusCode >= 300 {
			return answer.StatusCode, errors.New(string(b))
		}
		return answer.StatusCode, nil
	}
	return answer.StatusCode, json.Unmarshal(b, into)
}
