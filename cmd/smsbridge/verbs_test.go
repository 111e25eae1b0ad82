package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// bridgeOn runs serve in this process until the test ends and gives its admin
// socket.
func bridgeOn(t *testing.T, args ...string) (admin string) {
	t.Helper()
	dir := t.TempDir()
	admin = filepath.Join(dir, "admin.sock")
	out, in := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	var log lockedBuffer
	serving.Go(func() {
		defer in.Close()
		run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0", "--db", filepath.Join(dir, "ledger.db"), "--admin", admin}, args...), nil, in, &log)
	})
	t.Cleanup(serving.Wait)
	t.Cleanup(stop)
	first := make([]byte, 6)
	if _, err := io.ReadFull(out, first); err != nil || string(first) != "ready " {
		t.Fatalf("serve says %q, %v\n%s", first, err, log.String())
	}
	serving.Go(func() { io.Copy(io.Discard, out) })
	return admin
}

// verb runs one command line and gives its exit code and what it printed.
func verb(in string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(in), &o, &e)
	return code, o.String(), e.String()
}

func TestVerbs(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	ids := regexp.MustCompile(`\b(ms|th|ln|tk)_[0-9A-Z]{16}\b`)
	for _, c := range []struct {
		name, in string
		args     []string
		code     int
		want     string // in stdout if the code is 0, else in stderr
	}{
		{"line list", "", []string{"line", "list"}, 0, "+15550191  ready"},
		{"doctor", "", []string{"doctor"}, 0, "sends and receives"},
		{"modem probe", "", []string{"modem", "probe"}, 0, "the card is open"},
		{"modem at", "", []string{"modem", "at", "simulator:1", "AT+CSQ"}, 0, "+CSQ: "},
		{"modem at refused", "", []string{"modem", "at", "simulator:1", "AT+CFUN=0"}, exitUsage, "say --unsafe if you mean it"},
		{"modem transcript", "", []string{"modem", "transcript", "--port", "simulator:1"}, 0, "> AT+CMGF=0"},
		{"modem reset of none", "", []string{"modem", "reset", "simulator:9"}, exitRefused, "there is no modem"},
		{"modem list", "", []string{"modem", "list", "-o", "jsonl"}, 0, `"port":"simulator:1","state":"ready"`},
		{"send waits", "", []string{"send", "+1 (555) 01-00", "hello", "--wait", "delivered"}, 0, "delivered"},
		{"send from stdin", "from a pipe\n", []string{"send", "+15550100", "-", "-q", "--wait", "sent"}, 0, "ms_"},
		{"dry run", "", []string{"send", "+15550100", strings.Repeat("€", 100), "--dry-run"}, 0, "2 parts, 200 units of gsm7"},
		{"chat", "one\n\ntwo\n", []string{"chat", "+15550100"}, 0, "> hello  (delivered)"},
		{"thread list", "", []string{"thread", "list"}, 0, "+15550100"},
		{"thread show", "", []string{"thread", "show", "+15550100", "-o", "csv"}, 0, "from a pipe"},
		{"tail", "", []string{"tail", "--poll", "--type", "message.queued"}, 0, "from a pipe"},
		{"tail as JSON", "", []string{"tail", "--since", "0", "--poll", "-o", "jsonl"}, 0, `"type":"line.updated"`},
		{"token create", "", []string{"token", "create", "--label", "crm", "--scope", "messages:send,messages:read", "-q"}, 0, "scp_"},
		{"token list", "", []string{"token", "list"}, 0, "messages:send messages:read"},
		{"setup", "", []string{"setup"}, 0, "Code: "},

		{"letters in a number", "", []string{"send", "+1555x0100", "hi"}, exitRefused, "to.number"},
		{"CR in a number", "", []string{"send", "+15550100\r", "hi"}, exitRefused, `'\r' cannot stand in one`},
		{"empty text", "", []string{"send", "+15550100", ""}, exitRefused, "text"},
		{"unknown line", "", []string{"send", "+15550100", "hi", "--from", "ln_nope"}, exitRefused, "there is no line ln_nope"},
		{"too many parts", "", []string{"send", "+15550100", strings.Repeat("x", 3000)}, exitRefused, "text"},
		{"unknown scope", "", []string{"token", "create", "--label", "x", "--scope", "all"}, exitUsage, `no scope "all"`},
		{"unknown token", "", []string{"token", "revoke", "tk_nope"}, exitRefused, "tk_nope"},
		{"unknown thread", "", []string{"thread", "show", "+15559999"}, exitRefused, "nothing was ever said"},
		{"unknown format", "", []string{"line", "list", "-o", "xml"}, exitUsage, `"xml"`},
		{"unknown flag", "", []string{"line", "list", "--nope"}, exitUsage, "--nope"},
		{"unknown wait", "", []string{"send", "+15550100", "hi", "--wait", "read"}, exitUsage, `"read"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := verb(c.in, append(c.args, "--admin", admin)...)
			said := out
			if c.code != 0 {
				said = errs
			}
			if code != c.code || !strings.Contains(said, c.want) {
				t.Errorf("exit %d, want %d with %q\n%s%s", code, c.code, c.want, ids.ReplaceAllString(out, "$1_…"), errs)
			}
		})
	}
}

// A hook from its making to its end, by the verbs alone.
func TestVerbs_hook(t *testing.T) {
	types := make(chan string, 100)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e struct{ Type string }
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil || !strings.HasPrefix(r.Header.Get("webhook-signature"), "v1,") {
			t.Errorf("%v %v", err, r.Header)
		}
		types <- e.Type
	}))
	defer endpoint.Close()
	admin := bridgeOn(t, "--modem", "simulator:1", "--hook-allow", "127.0.0.1", "--hook-port", "any")
	ask := func(code int, want string, args ...string) string {
		t.Helper()
		got, out, errs := verb("", append(args, "--admin", admin)...)
		if got != code || !strings.Contains(out+errs, want) {
			t.Fatalf("%v: exit %d, want %d with %q\n%s%s", args, got, code, want, out, errs)
		}
		return out
	}
	ask(0, "whsec_", "hook", "add", endpoint.URL, "--event", "message.queued", "--label", "crm", "-q")
	id := strings.TrimSpace(ask(0, "hk_", "hook", "list", "-q"))
	ask(0, "200 in ", "hook", "test", id)
	if got := <-types; got != "hook.ping" {
		t.Errorf("the test sent %s", got)
	}
	ask(0, "", "send", "+15550100", "hello", "--wait", "delivered")
	if got := <-types; got != "message.queued" {
		t.Errorf("the hook was told of %s", got)
	}
	ask(0, "crm", "hook", "list")
	delivered := func() bool {
		_, out, _ := verb("", "hook", "deliveries", id, "--state", "delivered", "-q", "--admin", admin)
		return strings.TrimSpace(out) != ""
	}
	for !delivered() {
		time.Sleep(time.Millisecond)
	}
	seq := strings.TrimSpace(ask(0, "", "hook", "deliveries", id, "-q"))
	ask(0, "told again", "hook", "replay", id, "--seq", seq)
	if got := <-types; got != "message.queued" {
		t.Errorf("the replay told of %s", got)
	}
	ask(0, "told again", "hook", "replay", id, "--since", "0")
	if got := <-types; got != "message.queued" {
		t.Errorf("the replay of all told of %s", got)
	}
	ask(0, "whsec_", "hook", "rotate", id)
	ask(0, "disabled: a person disabled it", "hook", "disable", id)
	ask(exitRefused, "enable it first", "hook", "replay", id, "--since", "0")
	ask(0, ": ok.", "hook", "enable", id)
	ask(0, "is removed", "hook", "remove", id)
	ask(exitRefused, "there is no hook "+id, "hook", "remove", id)

	ask(exitUsage, "--hook-allow 10.0.0.1", "hook", "add", "http://10.0.0.1/")
	ask(exitUsage, "no name and password", "hook", "add", "http://me:pw@127.0.0.1/")
	ask(exitUsage, "there is no order", "hook", "add", endpoint.URL, "--order", "any")
	ask(exitUsage, "--since", "hook", "replay", id)
}

func TestVerbs_away(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no bridge", []string{"line", "list", "--admin", filepath.Join(dir, "none.sock")}, exitUnreachable, "smsbridge serve"},
		{"no token", []string{"line", "list", "--url", "http://127.0.0.1:1"}, exitDenied, "smsbridge token create"},
		{"unknown verb", []string{"sned"}, exitUsage, "sned"},
		{"unknown verb of a noun", []string{"line", "lst"}, exitUsage, "did you mean `smsbridge line list`?"},
		{"unknown verb of a noun's noun", []string{"agent", "pair", "frob"}, exitUsage, "smsbridge agent pair --help"},
		{"too few words", []string{"list", "rename", "regulars"}, exitUsage, "has 1 argument here; it is called as: smsbridge list rename LIST NAME"},
		{"too many words", []string{"line", "list", "all"}, exitUsage, "it is called as: smsbridge line list"},
		{"listen to all", []string{"serve", "--listen", "0.0.0.0:0", "--tls", "off"}, exitUsage, "--insecure"},
		{"listen to nothing", []string{"serve", "--listen", "nowhere"}, exitUsage, "HOST:PORT"},
		{"simulators", []string{"serve", "--modem", "simulator:x"}, exitUsage, "simulator:N"},
		{"family", []string{"lab", "modem", "--family", "nokia"}, exitUsage, "generic"},
		{"log level", []string{"serve", "--log-level", "loud"}, exitUsage, `"loud"`},
		{"hook-allow", []string{"serve", "--hook-allow", "http://nas"}, exitUsage, "nas.local"},
		{"config", []string{"serve", "--config", write(t, dir, "pace 3\n")}, exitUsage, `no setting "pace"`},
		{"config value", []string{"serve", "--config", write(t, dir, "# names\nname desk # ours\ndemo maybe\n")}, exitUsage, ":3: demo"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, errs := verb("", c.args...)
			if code != c.code || !strings.Contains(errs, c.want) {
				t.Errorf("exit %d, want %d with %q: %s", code, c.code, c.want, errs)
			}
		})
	}
}

func write(t *testing.T, dir, text string) string {
	t.Helper()
	f, err := os.CreateTemp(dir, "config")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// An empty list says that it is one and how to begin, to people; programs get
// nothing but the list.
func TestVerbs_none(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	for _, c := range []struct {
		args []string
		out  string
		errs string
	}{
		{[]string{"campaign", "list"}, "ID  NAME", "None yet; make one with `smsbridge campaign create`.\n"},
		{[]string{"message", "queue"}, "ID  PLACE", "None.\n"},
		{[]string{"campaign", "list", "-o", "json"}, "[]\n", ""},
		{[]string{"campaign", "list", "-q"}, "", ""},
		{[]string{"line", "list"}, "ID ", ""},
	} {
		code, out, errs := verb("", append(c.args, "--admin", admin)...)
		if code != 0 || !strings.HasPrefix(out, c.out) || c.out == "" && out != "" || errs != c.errs {
			t.Errorf("%v: exit %d, %q, %q", c.args, code, out, errs)
		}
	}
}

// A line is named by its id, its number or its name, wherever one is asked for.
func TestVerbs_lines(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:2")
	say := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := verb("", append(args, "--admin", admin)...)
		if code != want {
			t.Fatalf("%v: exit %d: %s", args, code, errs)
		}
		return out + errs
	}
	say(0, "line", "name", "+15550192", "Reception")
	for _, named := range []string{"reception", "+15550192"} {
		if said := say(0, "send", "+15550100", "hello", "--from", named); !strings.Contains(said, "from +15550192, 1 part") {
			t.Errorf("%s: %s", named, said)
		}
		if said := say(0, "line", "disable", named); !strings.Contains(said, "Reception are off") {
			t.Errorf("%s: %s", named, said)
		}
		say(0, "line", "enable", named)
	}
	if said := say(exitUsage, "line", "show"); !strings.Contains(said, "say which one: +15550191, +15550192") {
		t.Errorf("without a name: %s", said)
	}
	if said := say(exitUsage, "send", "+15550100", "hello", "--from", "Kitchen"); !strings.Contains(said, `there is no line "Kitchen"`) {
		t.Errorf("an unknown name: %s", said)
	}
}

// A port that cannot be opened is told of where one looks for it, with the way
// out, and stops nothing else.
func TestVerbs_ports(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "ttyUSB7")
	file := write(t, t.TempDir(), "not a tty")
	admin := bridgeOn(t, "--modem", missing, "--modem", file, "--modem", "simulator:1")
	_, out, _ := verb("", "modem", "list", "-o", "csv", "--admin", admin)
	for _, want := range []string{
		missing + ",absent,,,", "does not exist; is the modem plugged in",
		file + ",failed,", "is no serial port",
		"simulator:3,ready,",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestVerbs_environment(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	t.Setenv("SMSBRIDGE_ADMIN", admin)
	t.Setenv("SMSBRIDGE_OUTPUT", "json")
	if code, out, errs := verb("", "line", "list"); code != 0 || !strings.HasPrefix(out, "[\n") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if code, out, _ := verb("", "line", "list", "-o", "csv"); code != 0 || !strings.HasPrefix(out, "id,number") {
		t.Errorf("a flag does not win over the environment: %d %s", code, out)
	}
}
