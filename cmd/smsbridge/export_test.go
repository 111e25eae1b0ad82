package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

// randomHistory is messages as an export has them, no two of them the same.
func randomHistory(r *rand.Rand, n int) string {
	var b strings.Builder
	texts := []string{"ok", "see you", "=SUM(A1)", "žluť 😀", "two\nlines", "", "Your code is 482913", "\u200f \"quoted\"", strings.Repeat("long ", 200)}
	for i := range n {
		m := storage.Message{ID: fmt.Sprint("ms_", i), Channel: storage.ChannelSMS, Dir: storage.Inbound, State: storage.Received,
			From: fmt.Sprintf("+1555010%d", r.IntN(5)), To: "+15550191", Text: texts[r.IntN(len(texts))],
			CreatedAt: storage.FromMilli(1.5e12 + int64(i)*int64(1+r.IntN(5000)) + int64(r.IntN(3)))}
		if i%7 == 0 {
			m.From = []string{"Bank", "40404"}[r.IntN(2)]
		}
		if r.IntN(2) == 0 {
			m.Dir, m.From, m.To = storage.Outbound, m.To, fmt.Sprintf("+1555010%d", r.IntN(5))
			m.State = []storage.MessageState{storage.Sent, storage.Delivered, storage.Failed, storage.Undelivered}[r.IntN(4)]
		}
		line, _ := json.Marshal(map[string]any{"message": m})
		b.Write(append(line, '\n'))
	}
	return b.String()
}

// told is what an export says of each thread, the oldest first, without what
// differs from box to box.
func told(t *testing.T, jsonl string) map[string][]string {
	t.Helper()
	threads := make(map[string][]string)
	for line := range strings.Lines(jsonl) {
		var row struct{ Message *storage.Message }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if m := row.Message; m != nil {
			peer := m.From
			if m.Dir == storage.Outbound {
				peer = m.To
			}
			threads[peer] = append(threads[peer], fmt.Sprint(m.Dir, m.From, m.To, m.State, m.CreatedAt.Milli(), m.Text, m.Passcode))
		}
	}
	return threads
}

// What a box exports and an empty one imports is the same there, and once.
func TestExportImport_N14_C16(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 14))
		file := filepath.Join(t.TempDir(), "a.jsonl")
		if err := os.WriteFile(file, []byte(randomHistory(r, 300)), 0o600); err != nil {
			t.Fatal(err)
		}
		var all []string
		for box := range 2 {
			admin := bridgeOn(t, "--modem", "simulator:1")
			if box == 0 {
				if code, _, errs := verb("", "send", "+15550100", "sent from here", "--wait", "delivered", "--admin", admin); code != 0 {
					t.Fatal(errs)
				}
			}
			for range 2 { // the second time adds nothing
				if code, _, errs := verb("", "import", "jsonl", file, "--admin", admin); code != 0 || errs != "" {
					t.Fatalf("exit %d: %s", code, errs)
				}
			}
			file = filepath.Join(t.TempDir(), "b.jsonl")
			if code, _, errs := verb("", "export", "all", "-f", file, "--admin", admin); code != 0 {
				t.Fatal(errs)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(text))
		}
		was, is := told(t, all[0]), told(t, all[1])
		if len(was) < 6 {
			t.Fatalf("%d threads", len(was))
		}
		for peer, texts := range was {
			if !slices.Equal(texts, is[peer]) {
				t.Errorf("seed %d: %s was\n%q, is\n%q", seed, peer, texts, is[peer])
			}
		}
		if len(is) != len(was) {
			t.Errorf("%d threads became %d", len(was), len(is))
		}
		// Were a message lost on the way, it would be seen.
		lines := strings.SplitAfter(all[1], "\n")
		lost := told(t, strings.Join(slices.Delete(lines, len(lines)-2, len(lines)-1), ""))
		same := true
		for peer, texts := range was {
			same = same && slices.Equal(texts, lost[peer])
		}
		if same {
			t.Error("a message that is lost is not missed")
		}
	}
}

func TestExportVerbs_C16_D7(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	ask := func(args ...string) string {
		t.Helper()
		code, out, errs := verb("", append(args, "--admin", admin)...)
		if code != 0 {
			t.Fatalf("%v: exit %d\n%s", args, code, errs)
		}
		return out
	}
	vcf := filepath.Join(t.TempDir(), "c.vcf")
	text := "BEGIN:VCARD\nVERSION:3.0\nFN:Ana Ruiz\nTEL;TYPE=CELL:0155 50100\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nTEL:1\nEND:VCARD\n"
	if err := os.WriteFile(vcf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"--preview --country 1", "1,0,0,1"},
		{"--country 1", "1,0,0,1"},
		{"--country 1", "0,0,1,1"},
		{"--preview --country 1", "0,0,1,1"},
		{"", "0,0,0,2"}, // a number without its country
	} {
		if out := ask(append([]string{"contact", "import", vcf, "-o", "csv"}, strings.Fields(c.args)...)...); !strings.Contains(out, c.want) {
			t.Errorf("%q: %s", c.args, out)
		}
	}
	ask("send", "+115550100", "=1+1", "--wait", "sent")
	for _, c := range []struct{ args, want string }{
		{"export contacts", "TEL;VALUE=uri;TYPE=cell:tel:+115550100\r\n"},
		{"contact export --format csv", "Ana Ruiz,,,,'+115550100 mobile"},
		{"export thread +115550100", "Ana Ruiz (+115550100)\n\n" + time.Now().UTC().Format("2006")},
		{"export thread +115550100 --format csv", ",'+115550100,'=1+1,"},
		{"export thread +115550100 --format html", "=1&#43;1</p>"},
		{"export thread +115550100 --format jsonl", `"text":"=1+1"`},
		{"db retention 365", "all others  365"},
		{"db retention --sweep --preview", "0         0        -       false"},
	} {
		if out := ask(strings.Fields(c.args)...); !strings.Contains(out, c.want) {
			t.Errorf("%s:\n%s", c.args, out)
		}
	}
}
