package exchange

import (
	"bytes"
	"encoding/csv"
	"reflect"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

var talk = storage.Thread{ID: "th_1", Channel: storage.ChannelSMS, Peer: "+15550100", Contact: &storage.Contact{Name: "Ana <b>Ruiz</b>"}}

func said(dir storage.Direction, text string) storage.Message {
	m := storage.Message{ID: "ms_1", Dir: dir, Channel: storage.ChannelSMS, From: "+15550100", To: "+15550191", Text: text, State: storage.Received,
		CreatedAt: storage.At(time.Date(2026, 11, 21, 15, 0, 0, 5e6, time.UTC))}
	if dir == storage.Outbound {
		m.From, m.To, m.State = m.To, m.From, storage.Delivered
	}
	return m
}

func form(t *testing.T, f Format, messages ...storage.Message) string {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(f, &b, talk, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if err := w.Message(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestExportText_C16(t *testing.T) {
	forged := "yes\n\n2026-11-21 16:00:00 +00:00  +15550191 (delivered)\n    I owe you\u2028everything"
	got := form(t, Text, said(storage.Inbound, forged), said(storage.Outbound, "ok"))
	want := "Ana <b>Ruiz</b> (+15550100)\n\n2026-11-21 15:00:00 +00:00  +15550100\n    yes\n    \n    2026-11-21 16:00:00 +00:00  +15550191 (delivered)\n        I owe you\n    everything\n\n" +
		"2026-11-21 15:00:00 +00:00  +15550191 (delivered)\n    ok\n\n"
	if got != want {
		t.Errorf("%q, want\n%q", got, want)
	}
}

func TestExportPage_C16(t *testing.T) {
	got := form(t, HTML, said(storage.Inbound, `<script>alert(1)</script><img src=x onerror=alert(1)>"'`), said(storage.Outbound, "a\nb"))
	for _, never := range []string{"<script", "<img", "<b>", "http://", "https://", "src="} {
		if strings.Contains(strings.ReplaceAll(got, "&lt;img src=x", ""), never) {
			t.Errorf("%q stands in\n%s", never, got)
		}
	}
	for _, must := range []string{"default-src 'none'", "&lt;script&gt;", `class="m out"`, "</html>"} {
		if !strings.Contains(got, must) {
			t.Errorf("no %q in\n%s", must, got)
		}
	}
}

func TestExportTable_C16(t *testing.T) {
	texts := []string{"plain", "=HYPERLINK(\"http://evil.example\")", "+1", "-1", "@SUM(A1)", "\tx", "'=1", "''@x", "'quoted'", "a,\"b\"\nc", ""}
	var messages []storage.Message
	for _, text := range texts {
		messages = append(messages, said(storage.Inbound, text))
	}
	rows, err := csv.NewReader(strings.NewReader(form(t, CSV, messages...))).ReadAll()
	if err != nil || len(rows) != len(texts)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows[1:] {
		for _, field := range row {
			if field != "" && strings.Contains("=+-@\t\r", field[:1]) {
				t.Errorf("a spreadsheet would reckon with %q", field)
			}
		}
		if got := Unguard(row[4]); got != texts[i] || Unguard(row[2]) != "+15550100" {
			t.Errorf("%q came back as %q", texts[i], got)
		}
	}
}

func FuzzGuard_C16(f *testing.F) {
	f.Add("=1")
	f.Add("''-")
	f.Fuzz(func(t *testing.T, field string) {
		safe := Guard(field)
		if safe != "" && strings.Contains(formula, safe[:1]) || Unguard(safe) != field {
			t.Errorf("%q became %q, and then %q", field, safe, Unguard(safe))
		}
	})
}

// whole is a contact with everything that a card can carry.
func whole() storage.Contact {
	return storage.Contact{Name: `Ana; "Ñandú", Ruiz\`, First: "Ana", Last: "Ruiz, the elder", Organisation: "Ruiz; Sons",
		Numbers: []string{"+15550100", "+15550101"}, Types: map[string]string{"+15550100": "mobile", "+15550101": "work"},
		Emails: []storage.Email{{Address: "ana@example.org", Type: "work"}}, Address: "1 Road\nTown", Language: "pt-BR",
		Notes: strings.Repeat("čéšť 😀; ", 30) + "\nend", Custom: map[string]string{"Shoe; size": "39, \\ 40"}}
}

func cards(t *testing.T, text string) (all []storage.Contact) {
	t.Helper()
	for c, err := range ReadVCards(strings.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func TestVCardRoundTrip_D7(t *testing.T) {
	var b bytes.Buffer
	for range 2 {
		if err := WriteVCard(&b, whole()); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(b.String()) {
		if len(line) > 77 || !strings.HasSuffix(line, "\r\n") {
			t.Errorf("a line has %d octets: %q", len(line), line)
		}
	}
	want := whole()
	want.Notes = strings.TrimSpace(want.Notes)
	if got := cards(t, b.String()); len(got) != 2 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

func TestVCardVersions_D7_S112(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want storage.Contact
	}{
		"2.1": {"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=BDlut=C3=\r\n=A1;Eva;;;\r\nTEL;HOME:0555 0101\r\nTEL;CELL;PREF:+1 555 0100\r\nTEL;FAX:+15550199\r\nEMAIL;INTERNET:eva@example.org\r\nEND:VCARD\r\n",
			storage.Contact{First: "Eva", Last: "Žlutá", Numbers: []string{"+1 555 0100", "0555 0101"},
				Types: map[string]string{"+1 555 0100": "mobile", "0555 0101": "home"}, Emails: []storage.Email{{Address: "eva@example.org"}}}},
		"2.1 in Latin-1": {"BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=ISO-8859-1:M\xfcller\nTEL:+15550100\nEND:VCARD\n",
			storage.Contact{Name: "Müller", Numbers: []string{"+15550100"}}},
		"3.0": {"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\n  Ruiz\r\nitem1.TEL;type=CELL;type=pref:+15550100\r\nitem1.X-ABLabel:phone\r\nORG:Shop;Desk\r\nADR;TYPE=WORK:;;1 Road;Town;;12345;Land\r\nPHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n AAAA\r\nNOTE:one\\ntwo\\, three\r\nEND:VCARD\r\n",
			storage.Contact{Name: "Ana Ruiz", Organisation: "Shop, Desk", Numbers: []string{"+15550100"}, Types: map[string]string{"+15550100": "mobile"},
				Address: "1 Road\nTown\n12345\nLand", Notes: "one\ntwo, three"}},
		"4.0": {"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana\r\nTEL;VALUE=uri;PREF=1;TYPE=\"voice,work\":tel:+15550100\r\nEND:VCARD\r\n",
			storage.Contact{Name: "Ana", Numbers: []string{"+15550100"}, Types: map[string]string{"+15550100": "work"}}},
	} {
		if got := cards(t, c.text); len(got) != 1 || !reflect.DeepEqual(got[0], c.want) {
			t.Errorf("%s: got\n%+v, want\n%+v", name, got, c.want)
		}
	}
	for _, bad := range []string{"", "hello", "BEGIN:VCARD\nFN:Ana\n", "BEGIN:VCARD\nTEL:1\nEND:VCARD\n", "BEGIN:VCARD\nNOTE:" + strings.Repeat("x", maxCard) + "\nEND:VCARD\n"} {
		faults := 0
		for _, err := range ReadVCards(strings.NewReader(bad)) {
			if err != nil {
				faults++
			}
		}
		if faults != 1 {
			t.Errorf("%.40q is read with %d faults", bad, faults)
		}
	}
}

func TestContactTable_D7(t *testing.T) {
	var b bytes.Buffer
	w := NewContactWriter(&b)
	one := whole()
	one.Custom = nil
	if err := w.Contact(one); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	one.Notes = strings.TrimSpace(one.Notes)
	foreign := "Name;Mobile Phone;E-mail Address;Shoe size\nAna;+1 555 0100;ana@example.org;39\n"
	for text, want := range map[string]storage.Contact{
		b.String(): one,
		foreign:    {Name: "Ana", Numbers: []string{"+1 555 0100"}, Emails: []storage.Email{{Address: "ana@example.org"}}, Custom: map[string]string{"Shoe size": "39"}},
	} {
		for got, err := range ReadContacts(strings.NewReader(text)) {
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%+v, %v, want\n%+v", got, err, want)
			}
		}
	}
}

func FuzzReadVCards_D7(f *testing.F) {
	var b bytes.Buffer
	WriteVCard(&b, whole())
	f.Add(b.String())
	f.Add("BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=\n=C3\nTEL;CELL:1\nEND:VCARD\n")
	f.Fuzz(func(t *testing.T, text string) {
		for c, err := range ReadVCards(strings.NewReader(text)) {
			if err == nil && c.Name+c.First+c.Last+c.Organisation == "" {
				t.Errorf("%+v has no name", c)
			}
		}
		for range ReadContacts(strings.NewReader(text)) {
		}
	})
}
