package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// notRun are pieces of examples that are only read: what goes on until it is
// stopped, what writes where it must not in a test, what other programs must be
// there for, and what another test takes long enough for.
var notRun = []string{
	"sudo ", "smsbridge serve", "smsbridge tail\n", "--exec", "smsbridge modem watch", "smsbridge lab modem", "smsbridge find",
	"/etc/", "~/.config", "fpath", "PROFILE", "Out-String", "<(", "| source", "man -l", "journalctl", "smsbridge api check",
}

// refusedHere are examples that a demo box refuses, and what it says.
var refusedHere = map[string]string{
	"smsbridge call dial +15550100 --line +15550191":           "this modem makes no calls",
	"smsbridge call dial +15550100 --line ln_7Q2M0K3XJ9AB1CDE": "this modem makes no calls",
	"smsbridge call tones '12#' --line +15550191":              "this modem makes no calls",
	"smsbridge call tones 1 --line ln_7Q2M0K3XJ9AB1CDE":        "this modem makes no calls",
	"smsbridge db restore /mnt/stick/ledger.db":                "stop that one first",
	"smsbridge db vacuum":                                      "stop that one first",
	"smsbridge hook replay hk_7Q2M0K3XJ9AB1CDE --seq 4711":     "the log has no event 4711",
	"smsbridge hook replay hk_7Q2M0K3XJ9AB1CDE --since 4700":   "it can be put back to one before it",
	"smsbridge line move ln_OLD ln_NEW":                        "take it out first",
	"smsbridge line move ln_OLD ln_NEW --yes":                  "take it out first",
}

// TestExamples runs every example of the help as it stands there, against a demo
// box that has what the example is about. What cannot be run is read: the verb
// exists, and takes these flags and so many words.
func TestExamples(t *testing.T) {
	w := newWorld(t)
	walk(newRootCommand(), func(cmd *cobra.Command) {
		if cmd.HasSubCommands() {
			return // its examples are those of others
		}
		t.Run(nameOf(cmd), func(t *testing.T) {
			for line := range strings.Lines(cmd.Example) {
				line = strings.TrimSpace(line)
				err := w.try(t, nameOf(cmd), line)
				want, refused := refusedHere[line]
				if !refused && err != nil || refused && (err == nil || !strings.Contains(err.Error(), want)) {
					t.Errorf("%s\n%v", line, err)
				}
			}
		})
	})
	for _, wrong := range []string{
		"smsbridge line list --nope", "smsbridge line frob", "smsbridge thread show", "smsbridge message show ms_NONE",
		"smsbridge serve --nope", "smsbridge modem watch here", "echo x | smsbridge count -o xml -", "sudo smsbridge udev --nope",
	} {
		if err := w.try(t, "", wrong); err == nil {
			t.Errorf("%s is found good", wrong)
		}
	}
}

// TestExamples_sheet: each heading is a verb, and each line under it calls it.
func TestExamples_sheet(t *testing.T) {
	known := make(map[string]bool)
	walk(newRootCommand(), func(cmd *cobra.Command) { known[nameOf(cmd)] = true })
	for name, lines := range exampleSheet(examplesText) {
		if !known[name] {
			t.Errorf("there is no verb %q", name)
		}
		for _, line := range lines {
			if !strings.Contains(line, "smsbridge "+name) {
				t.Errorf("%q is no example of %s", line, name)
			}
		}
	}
}

// world is a demo box with people, a lab, and files, as the examples have them.
type world struct {
	t       *testing.T
	url     string
	binary  string
	dir     string
	line    string // id of +15550191
	other   string // of +15550192
	peers   int    // strangers that were used up
	here    *strings.Replacer
	control string
	code    string // of a pairing that is shown twice
	shown   bool
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, dir: t.TempDir(), binary: build(t, "")}
	for name, value := range map[string]string{
		"HOME": w.dir, "XDG_STATE_HOME": w.dir, "XDG_CONFIG_HOME": w.dir, "SMSBRIDGE_ADMIN": filepath.Join(w.dir, "admin.sock"),
		"PATH": filepath.Dir(w.binary) + string(os.PathListSeparator) + os.Getenv("PATH"),
	} {
		t.Setenv(name, value)
	}
	w.control = startLab(t).control
	t.Setenv("SMSBRIDGE_CONTROL", w.control)
	bridgeOn(t, "--tls", "local", "--tls-folder", filepath.Join(w.dir, "smsbridge", "tls"), "--modem", "simulator:1")
	start(t, func(line string) {
		if address, ok := strings.CutPrefix(line, "ready "); ok {
			w.url = address
		}
	}, w.binary, "serve", "--demo", "--listen", "127.0.0.1:0", "--db", filepath.Join(w.dir, "smsbridge", "ledger.db"),
		"--hook-allow", "127.0.0.1", "--hook-port", "any").atEnd(t)
	endpoint := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(endpoint.Close)
	t.Chdir(w.dir)
	w.files()
	numbers := make(map[string]string)
	for row := range strings.Lines(w.say("line list -o csv --columns number,id")) {
		number, id, _ := strings.Cut(strings.TrimSpace(row), ",")
		numbers[number] = id
	}
	w.line, w.other = numbers["+15550191"], numbers["+15550192"]
	w.here = strings.NewReplacer(
		"http://desk-pi:8780", w.url, "http://shop-pi:8780", w.url, "https://desk-pi.local", w.url, "https://crm.example/sms", endpoint.URL, "https://ntfy.sh", endpoint.URL,
		"/dev/ttyUSB2", "simulator:1", "/mnt/stick", w.dir, "/usr/local/share/man/man1", w.dir, "/var/spool/gammu", filepath.Join(w.dir, "gammu"),
		"/var/spool/sms", filepath.Join(w.dir, "spool"), "/tmp/lab.sock", w.control, "/tmp/box.zip", filepath.Join(w.dir, "box.zip"),
		"/var/lib/smsbridge/ledger.db", filepath.Join(w.dir, "stopped.db"), "ln_7Q2M0K3XJ9AB1CDE", w.line, "ln_OLD", w.line,
		"ln_NEW", w.other)
	for _, line := range []string{
		"agent add Ana", "agent add Ben", "agent add Boss --role owner", "line assign LINE Ana", "line assign LINE Ben", "send +15550100 Hello --from LINE --wait delivered",
		`contact save "Ana Ruiz" +15550100`,
	} {
		w.say(line)
	}
	w.post("/lab/ussd", `{"code":"*123#","answer":{"text":"1 Balance 2 More","status":1,"choices":{"2":{"text":"More"},"4711":{"text":"Thanks"}}}}`)
	return w
}

// say runs one verb, without "smsbridge", and gives what it prints on stdout.
// LINE is the first line.
func (w *world) say(line string) string {
	out, err := w.ask(line)
	if err != nil {
		w.t.Fatalf("%s: %v", line, err)
	}
	return out
}

func (w *world) ask(line string) (string, error) {
	words, shell := split(strings.ReplaceAll(line, "LINE", w.line))
	if shell {
		return "", fmt.Errorf("%q needs a shell", line)
	}
	var out, errs bytes.Buffer
	if code := run(w.t.Context(), words, strings.NewReader(""), &out, &errs); code != 0 {
		return out.String(), fmt.Errorf("exit %d: %s", code, errs.String())
	}
	return strings.TrimSpace(out.String()), nil
}

func (w *world) first(line string) string {
	id, _, _ := strings.Cut(w.say(line), "\n")
	return id
}

func (w *world) last(line string) string {
	out := w.say(line)
	return out[strings.LastIndex(out, "\n")+1:]
}

// stranger is a number that was never texted.
func (w *world) stranger() string {
	w.peers++
	return fmt.Sprintf("+1555012%04d", w.peers)
}

// post asks the box over HTTP, as the administrator's token may.
func (w *world) post(path, body string) map[string]any {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), "POST", w.url+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.say("token create --label world --scope admin -q"))
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode >= 300 {
		w.t.Fatalf("%s: %d %s %v", path, a.StatusCode, text, err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		w.t.Fatalf("%s: %s: %v", path, text, err)
	}
	return got
}

// files are those that examples read.
func (w *world) files() {
	for name, text := range map[string]string{
		"letter.txt":   "See you at 5",
		"hours.txt":    "Wir haben von 9 bis 17 Uhr offen.",
		"pdus.txt":     "0011000B916407281553F80000AA0AE8329BFD4697D9EC37\n",
		"ana.password": "correct horse battery staple\n",
		"guests.csv":   "Mobil,Vorname\n+15550144,Bea\n",
		"orders.csv":   "Telefon,first_name\n+15550145,Cem\n",
		"contacts.csv": "name,number\nDora,+15550146\n",
		"contacts.vcf": "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Emil\r\nTEL:+15550147\r\nEND:VCARD\r\n",
		"texts.csv":    "Phone,When,text,dir\n+15550148,2026-11-01 10:00:00,Hello,in\n",
		"sms-20261121.xml": `<?xml version='1.0' encoding='UTF-8'?><smses count="1">` +
			`<sms address="+15550149" date="1556697660000" type="2" body="ok" status="0" /></smses>`,
		"gammu/inbox/IN20190501_080000_00_+15550150_00.txt": "hello",
		"spool/incoming/1": "From: 15550151\nFrom_TOA: 91 international, ISDN/telephone\nSent: 26-11-21 16:24:10\n" +
			"Received: 26-11-21 16:24:13\nAlphabet: ISO\n\nhello",
		"kalkun.sql": "CREATE TABLE inbox (ReceivingDateTime, SenderNumber, Coding, UDH, TextDecoded, ID, id_folder);\n" +
			"INSERT INTO inbox VALUES ('2019-05-01 08:00:00', '+15550152', 'Default_No_Compression', '', 'hello', 1, 1);\n",
		"raspisms.sql": "CREATE TABLE `received` (`id` int, `at` datetime, `text` varchar(1000), `origin` varchar(25), `destination` varchar(25), `command` tinyint);\n" +
			"INSERT INTO `received` VALUES (1,'2019-05-01 08:00:00','hello','+15550153','1',0);\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(w.dir, name)), 0o700); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}

// before makes what the examples of a verb, or of all verbs of a noun, are
// about. What it answers stands in place of the id in the example.
var before = map[string]func(w *world) string{
	"send": func(w *world) string { return w.template() },
	"thread": func(w *world) string {
		w.say("send +15550100 Hello --from LINE --wait sent")
		return w.first("thread list --with +15550100 -q")
	},
	"message":        func(w *world) string { return w.say("send +15550100 secret --from LINE --at 3h -q") },
	"message delete": func(w *world) string { return w.say("send +15550100 \"The van\" --from LINE --wait sent -q") },
	"thread delete": func(w *world) string {
		for id := range strings.Lines(w.say("message queue -q")) {
			w.say("message cancel " + strings.TrimSpace(id))
		}
		w.say("send +15550100 Hello --from LINE --wait delivered")
		return w.first("thread list --with +15550100 -q")
	},
	"message release": func(w *world) string {
		id := w.say("send +15550100 Hello --from LINE --at 3h -q")
		w.say("message hold " + id)
		return id
	},
	"message retry": func(w *world) string {
		id := w.say("send +15550100 Hello --from LINE --at 3h -q")
		w.say("message cancel " + id)
		return id
	},
	"message resend": func(w *world) string { return w.unconfirmed() },
	"message close":  func(w *world) string { return w.unconfirmed() },
	"thread read-all": func(w *world) string {
		w.ask("thread unmute +15550100 --agent Ana") // what is muted is not unread
		// Another text each time: the same one within a second is a copy of the first.
		w.post("/lab/handsets/%2B15550100/send", fmt.Sprintf(`{"to":"+15550191","text":"Is %s ready?"}`, w.stranger()))
		var undo string
		w.until("something is unread", func() bool {
			var out, errs bytes.Buffer
			if code := run(w.t.Context(), []string{"thread", "read-all", "--agent", "Ana"}, nil, &out, &errs); code != 0 {
				w.t.Fatal(errs.String())
			}
			undo = regexp.MustCompile(`ra_\w+`).FindString(errs.String())
			return undo != ""
		})
		return undo
	},
	"contact": func(w *world) string { return w.say("contact save Ben +15550144 -q") },
	"contact delete": func(w *world) string {
		w.say(`contact save "Ana Ruiz" +15550100`)
		return w.say("contact save Ben +15550144 -q")
	},
	"contact merge": func(w *world) string {
		w.say(`contact save "Ana Ruiz" +15550100`)
		return w.say("contact save Ben +15550144 -q")
	},
	"contact lookup": func(w *world) string { return w.say(`contact save "Ana Ruiz" +15550100 -q`) },
	"contact unmerge": func(w *world) string {
		a, b := w.say("contact save A "+w.stranger()+" -q"), w.say("contact save B "+w.stranger()+" -q")
		var out, errs bytes.Buffer
		run(w.t.Context(), []string{"contact", "merge", a, b}, nil, &out, &errs)
		return regexp.MustCompile(`cm_\w+`).FindString(errs.String())
	},
	"template": func(w *world) string { return w.template() },
	"template add": func(w *world) string {
		w.ask("template delete ready")
		return ""
	},
	"list":           func(w *world) string { return w.list() },
	"campaign":       func(w *world) string { w.template(); return w.campaign() },
	"campaign pause": func(w *world) string { id := w.campaign(); w.say("campaign start " + id); return id },
	"campaign resume": func(w *world) string {
		id := w.campaign()
		w.say("campaign start " + id)
		w.say("campaign pause " + id)
		return id
	},
	"optout remove": func(w *world) string {
		w.say("optout add +15550109")
		w.say("optout add +15550109 --line LINE")
		return ""
	},
	"block remove": func(w *world) string { w.say("block add +15550166"); return w.first("block list -q") },
	"auto-reply":   func(w *world) string { return w.say("auto-reply add hours Closed. -q") },
	"import jsonl": func(w *world) string { w.say("export all -f smsbridge.jsonl"); return "" },
	"quiet delete": func(w *world) string {
		w.say("quiet set 20:00 08:00 UTC")
		w.say("quiet set 20:00 08:00 UTC --line LINE")
		return ""
	},
	"limit": func(w *world) string { return w.first("agent list -q") },
	"offer": func(w *world) string { return w.offer() },
	"case":  func(w *world) string { return w.say("case open " + w.stranger() + " --agent Ana --from LINE -q") },
	"case continue": func(w *world) string {
		id := w.say("case open " + w.stranger() + " --agent Ana --from LINE -q")
		w.say("case close " + id)
		return id
	},
	"line number": func(w *world) string { w.say("line name LINE Reception"); return "" },
	"modem reset": func(w *world) string { return w.other }, // the first is away when the second is reset
	"call start":  func(w *world) string { w.say("setting set call_way tel"); return "" },
	"ussd answer": func(w *world) string { return w.menu() },
	"ussd cancel": func(w *world) string { return w.menu() },
	"ussd balance": func(w *world) string {
		w.say(`ussd rule --operator "Lab Mobile" --code '*100#' --pattern 'Balance: (?P<amount>[0-9.]+) (?P<currency>[A-Z]+)'`)
		return ""
	},
	"ussd rule delete": func(w *world) string {
		w.say(`ussd rule --operator 26201 --code '*100#' --pattern '(?P<amount>[0-9.]+)'`)
		w.say(`ussd rule --operator "Lab Mobile" --code '*100#' --pattern 'Balance: (?P<amount>[0-9.]+) (?P<currency>[A-Z]+)'`)
		return ""
	},
	"token": func(w *world) string {
		w.token()
		w.say("token create --label x --scope messages:send")
		return w.last("token list -q")
	},
	"hook": func(w *world) string { return w.hook() },
	"hook enable": func(w *world) string {
		id := w.hook()
		w.say("hook disable " + id)
		return id
	},
	"agent disable": func(w *world) string { return w.last("agent list -q") },
	"agent enable":  func(w *world) string { return w.last("agent list -q") },
	"agent add":     func(w *world) string { return "" },
	"agent sessions": func(w *world) string {
		w.post("/session", fmt.Sprintf(`{"code":%q}`, w.say("agent invite Ana -q")))
		return w.first("agent sessions Ana -q")
	},
	"agent pair deny": func(w *world) string { // the one that was shown goes first
		if code := w.code; code != "" {
			w.code = ""
			return code
		}
		return w.pair()
	},
	"agent pair": func(w *world) string { return w.pair() },
	"agent pair show": func(w *world) string { // four at a time, and approved ones count until their program came for its token
		if !w.shown {
			w.shown, w.code = true, w.pair()
		}
		return w.code
	},
	"context use": func(w *world) string {
		w.token()
		w.say("context add desk --url " + w.url + " --token-file desk.token")
		return ""
	},
	"audit verify": func(w *world) string { return "" },
	"db": func(w *world) string {
		for _, name := range []string{"ledger.db", "stopped.db"} {
			os.Remove(name)
			w.say("db backup " + filepath.Join(w.dir, name))
		}
		return ""
	},
	"db backup":      func(w *world) string { os.Remove("ledger.db"); return "" },
	"support-bundle": func(w *world) string { os.Remove("box.zip"); return "" },
}

// after undoes what would be in the way of the examples of others.
var after = map[string][]string{
	"setting set":   {"setting set sms_enabled true"},
	"stop-sending":  {"resume-sending"},
	"line disable":  {"line enable LINE"},
	"line policy":   {"line policy LINE --pace 0"},
	"line desk":     {"line desk LINE --cases auto --strategy all"},
	"offer":         {"line desk LINE --cases off"},
	"quiet set":     {"quiet delete", "quiet delete --line LINE"},
	"optout add":    {"optout remove +15550109", "optout remove +15550109 --line LINE"},
	"limit set":     {"limit set line hour any"},
	"agent disable": {"agent enable Ben", "agent enable Boss"},
	"agent role":    {"agent role Ben agent"},
	"context use":   {"context use -"},
	"db retention":  {"db retention 0"},
}

// ofNoun is what a table says of a verb, or else of its noun.
func ofNoun[T any](table map[string]T, name string) (found T) {
	for at := name; at != "" && at != "."; at = strings.TrimSuffix(at[:strings.LastIndex(" "+at, " ")], " ") {
		if v, ok := table[at]; ok {
			return v
		}
	}
	return found
}

func (w *world) token() {
	if err := os.WriteFile(filepath.Join(w.dir, "desk.token"), []byte(w.say("token create --label desk --scope admin --agent Boss -q")), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) template() string {
	w.ask("template delete ready")
	w.ask("template delete done")
	w.ask("template delete hours")
	return w.say(`template add ready "Dear {{first_name}}, it is ready." -q`)
}

func (w *world) list() string {
	for _, name := range []string{"regulars", "guests", `"Guests of May"`} {
		w.ask("list delete " + name)
	}
	id := w.say("list create regulars -q")
	w.say("list add regulars +15550100")
	return id
}

func (w *world) campaign() string {
	w.list()
	w.say("list add regulars +15550101 +15550102")
	return w.say("campaign create holidays Closed. --list regulars --from LINE --pace 1 -q")
}

// unconfirmed is a text whose modem was pulled out while it had it. The octets are
// counted over all that is said, so that it takes some tries to hit the text.
func (w *world) unconfirmed() (id string) {
	w.until("a text is in doubt", func() bool {
		w.ready()
		w.post("/lab/faults", `{"fault":"unplug","modem":1,"octets":55,"delay_ms":100}`)
		out, err := w.ask("send +15550100 Hello --from LINE --wait delivered -q")
		id = strings.TrimSpace(out)
		return err != nil && strings.Contains(err.Error(), "unconfirmed")
	})
	return id
}

// until asks again and again, but not for ever: whoever made this box would be
// left with it.
func (w *world) until(what string, holds func() bool) {
	w.t.Helper()
	for range 2000 {
		if holds() {
			return
		}
	}
	w.t.Fatalf("not so: %s\n%s\n%s", what, w.say("thread list -o json"), w.say("thread show +15550100"))
}

// ready waits until both modems are.
func (w *world) ready() {
	w.until("both modems are ready", func() bool { return strings.Count(w.say("line list"), "  ready  ") == 2 })
}

// offer is the text of a stranger, which rings for Ana.
func (w *world) offer() string {
	w.say("line desk LINE --cases on")
	known := w.say("offer list -q")
	w.post("/lab/handsets/%2B"+w.stranger()[1:]+"/send", `{"to":"+15550191","text":"Is the van ready?"}`)
	now := known
	w.until("the text is offered", func() bool { now = w.say("offer list -q"); return now != known })
	return now[strings.LastIndex(now, "\n")+1:]
}

func (w *world) pair() string {
	code, _ := w.post("/pair", `{"name":"desk agent","scopes":["messages:read"]}`)["user_code"].(string)
	return code
}

func (w *world) hook() string {
	w.say("hook add " + w.here.Replace("https://crm.example/sms") + " --label x")
	return w.last("hook list -q")
}

func (w *world) menu() string {
	for id := range strings.Lines(w.say("ussd list -q")) {
		w.ask("ussd cancel " + id)
	}
	w.say("ussd send '*123#' --line LINE")
	return w.first("ussd list -q")
}

var anID = regexp.MustCompile(`\b[a-z]{2}_7Q2M0K3XJ9AB1CDE\b|\bWDJB-MJHT\b`)

// try runs an example, or reads it; the error is what a user would see.
func (w *world) try(t *testing.T, name, line string) error {
	w.t = t
	t.Helper()
	if strings.Contains(line, "desk.token") {
		w.token()
	}
	if slices.ContainsFunc(notRun, func(piece string) bool { return strings.Contains(line+"\n", piece) }) {
		return readOnly(line)
	}
	id := ""
	if make := ofNoun(before, name); make != nil {
		id = make(w)
	}
	defer func() {
		for _, line := range ofNoun(after, name) {
			w.ask(line)
		}
	}()
	if id != "" {
		line = anID.ReplaceAllStringFunc(line, func(theirs string) string {
			switch {
			case theirs[:3] == id[:3] || !strings.Contains(theirs, "_"):
				return id
			case theirs[:3] == "ct_":
				return w.say("contact save Other " + w.stranger() + " -q")
			}
			return theirs
		})
		line = strings.ReplaceAll(line, "wdjbmjht", strings.ToLower(strings.ReplaceAll(id, "-", "")))
	}
	line = w.here.Replace(line)
	if strings.Contains(line, "ct_7Q2M0K3XJ9AB1CDF") {
		line = strings.ReplaceAll(line, "ct_7Q2M0K3XJ9AB1CDF", w.say("contact save Other "+w.stranger()+" -q"))
	}
	words, shell := split(line)
	if !shell && words[0] == "smsbridge" {
		var out, errs bytes.Buffer
		if code := run(t.Context(), words[1:], strings.NewReader(""), &out, &errs); code != 0 {
			return fmt.Errorf("exit %d: %s", code, errs.String())
		}
		return nil
	}
	c := exec.CommandContext(t.Context(), "sh", "-c", line)
	c.Dir = w.dir
	if text, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, text)
	}
	return nil
}

// readOnly looks whether each call of smsbridge in an example could be made.
func readOnly(line string) error {
	for call := range strings.SplitSeq(line, "|") {
		_, call, found := strings.Cut(call, "smsbridge ")
		if !found {
			continue
		}
		call, _, _ = strings.Cut(call, ">")
		call, _, _ = strings.Cut(call, "   #")
		words, _ := split(strings.TrimSuffix(strings.TrimSpace(call), ")"))
		cmd, rest, err := newRootCommand().Find(words)
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err == nil {
			err = cmd.ValidateArgs(cmd.Flags().Args())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// split divides a command line into words, as a shell does with quotes; shell
// tells whether there is more in it than words.
func split(line string) (words []string, shell bool) {
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == '\'', quote == '"' && r != '$' && r != '`':
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, open = r, true
		case r == ' ':
			if open || word.Len() > 0 {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			shell = shell || strings.ContainsRune("|<>$`#;&*~", r)
			word.WriteRune(r)
		}
	}
	if open || word.Len() > 0 {
		words = append(words, word.String())
	}
	return words, shell
}

func TestSplit(t *testing.T) {
	for line, want := range map[string]string{
		`send +1 "a b" --x`: "send|+1|a b|--x", `a '' b`: "a||b", `a 'x "y" $z'`: `a|x "y" $z`, `a x'y z'`: "a|xy z",
	} {
		if got, shell := split(line); strings.Join(got, "|") != want || shell {
			t.Errorf("%s: %q %v", line, got, shell)
		}
	}
	for _, line := range []string{`a > b`, `a | b`, `a "$(b)"`, `a # b`} {
		if _, shell := split(line); !shell {
			t.Errorf("%s needs no shell?", line)
		}
	}
	if names := slices.Sorted(maps.Keys(before)); len(names) == 0 || ofNoun(map[string]int{"a": 1, "a b": 2}, "a b") != 2 || ofNoun(map[string]int{"a": 1}, "a b c") != 1 {
		t.Error("a verb is not found by its noun")
	}
}
