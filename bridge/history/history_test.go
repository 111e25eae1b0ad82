package history

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

// reads opens a source and gives its messages in short, and its faults.
func reads(t testing.TB, kind, path string, o Options) (messages, faults []string) {
	t.Helper()
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	records, err := Open(kind, path, o)
	if err != nil {
		return nil, []string{err.Error()}
	}
	for m, err := range records {
		if err != nil {
			faults = append(faults, err.Error())
			continue
		}
		messages = append(messages, fmt.Sprintf("%s %s %s %s %q", m.Dir, m.Peer, m.State, m.At.Format("2006-01-02T15:04:05"), m.Text))
	}
	return messages, faults
}

// put writes files into a folder of the test; a name may have folders.
func put(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const gammuSchema = `
CREATE TABLE inbox (ReceivingDateTime, SenderNumber, Coding, UDH, TextDecoded, ID, id_folder);
CREATE TABLE sentitems (SendingDateTime, DeliveryDateTime, DestinationNumber, Coding, UDH, TextDecoded, ID, SequencePosition, Status);
CREATE TABLE outbox (SendingDateTime, DestinationNumber, Coding, UDH, TextDecoded, ID, MultiPart, Status);
CREATE VIEW phones AS SELECT * FROM inbox;
INSERT INTO inbox VALUES ('2019-05-01 08:00:00', '+15550100', 'Default_No_Compression', '', 'hello; it''s me', 1, 1);
INSERT INTO inbox VALUES ('2019-05-01 08:01:00', '+15550100', 'Default_No_Compression', '050003070202', 'second', 2, 1);
INSERT INTO inbox VALUES ('2019-05-01 08:01:00', '+15550100', 'Default_No_Compression', '050003070201', 'first ', 3, 1);
INSERT INTO inbox VALUES ('2019-05-01 08:02:00', '+15550100', 'Default_No_Compression', '050003080302', 'a middle', 4, 1);
INSERT INTO inbox VALUES ('2019-05-01 08:03:00', '+15550101', 'Default_No_Compression', '', 'thrown away', 5, 5);
INSERT INTO inbox VALUES ('never', '+15550100', 'Default_No_Compression', '', 'no time', 6, 1);
INSERT INTO inbox VALUES ('2019-05-01 08:04:00', '0151 2345678', 'Default_No_Compression', '', 'no country', 7, 1);
INSERT INTO sentitems VALUES ('2019-05-01 09:00:00', '2019-05-01 09:00:05', '+15550100', 'Default_No_Compression', '', 'delivered', 1, 1, 'DeliveryOK');
INSERT INTO sentitems VALUES ('2019-05-01 09:01:00', NULL, '+15550100', 'Default_No_Compression', '050003090201', 'one ', 2, 1, 'SendingOKNoReport');
INSERT INTO sentitems VALUES ('2019-05-01 09:01:00', NULL, '+15550100', 'Default_No_Compression', '050003090202', 'two', 2, 2, 'SendingError');
INSERT INTO outbox VALUES ('2019-05-01 10:00:00', '+15550100', 'Default_No_Compression', '', 'never went', 9, 'false', 'Reserved');
`

var gammuWant = []string{
	`in +15550100 received 2019-05-01T08:00:00 "hello; it's me"`,
	`in +15550100 received 2019-05-01T08:01:00 "first second"`,
	`in +15550101 received 2019-05-01T08:03:00 "thrown away"`,
	`out +15550100 delivered 2019-05-01T09:00:00 "delivered"`,
	`out +15550100 failed 2019-05-01T09:01:00 "one two"`,
	`out +15550100 canceled 2019-05-01T10:00:00 "never went"`,
	`in +15550100 received 2019-05-01T08:02:00 "a middle"`,
}

func TestGammuAndKalkun_N14(t *testing.T) {
	dir := put(t, map[string]string{
		"dump.sql": gammuSchema,
		"my.sql": "-- MySQL dump\nCREATE TABLE `inbox` (`ID` int, `UDH` text, `SenderNumber` varchar(20) DEFAULT 'a,b', `ReceivingDateTime` timestamp, `TextDecoded` text, PRIMARY KEY (`ID`), KEY `x` (`ID`));\n" +
			"/*!40000 ALTER TABLE `inbox` DISABLE KEYS */;\nINSERT INTO `inbox` VALUES (1,'','+15550100','2019-05-01 08:00:00','it\\'s (a), \\\"b\\\"; \\\\ \\n c'),(2,'','Bank','2019-05-01 08:01:00',NULL);\n",
	})
	db, err := sql.Open("sqlite3", filepath.Join(dir, "smsd.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(gammuSchema); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"dump.sql", "smsd.db"} {
		got, faults := reads(t, "gammu", filepath.Join(dir, file), Options{})
		if !reflect.DeepEqual(got, gammuWant) {
			t.Errorf("%s: got\n%s\nwant\n%s", file, strings.Join(got, "\n"), strings.Join(gammuWant, "\n"))
		}
		if len(faults) != 2 || !strings.Contains(faults[0], "inbox, row 6: \"never\" is no time") || !strings.Contains(faults[1], "row 7: \"0151 2345678\" is no number") {
			t.Errorf("%s: %q", file, faults)
		}
		if got, faults := reads(t, "kalkun", filepath.Join(dir, file), Options{Country: "49"}); len(got) != len(gammuWant) || len(faults) != 1 || strings.Contains(fmt.Sprint(got), "thrown away") {
			t.Errorf("kalkun, %s: %q %q", file, got, faults)
		}
	}
	want := []string{`in +15550100 received 2019-05-01T08:00:00 "it's (a), \"b\"; \\ \n c"`, `in Bank received 2019-05-01T08:01:00 ""`}
	if got, faults := reads(t, "kalkun", filepath.Join(dir, "my.sql"), Options{}); !reflect.DeepEqual(got, want) || len(faults) > 0 {
		t.Errorf("%q %q", got, faults)
	}
}

func TestSMSToolsSpool_N14(t *testing.T) {
	dir := put(t, map[string]string{
		"incoming/1": "From: 15550100\nFrom_TOA: 91 international, ISDN/telephone\nSent: 26-11-21 16:24:10\nReceived: 26-11-21 16:24:13\nAlphabet: ISO\n\n5 \xa4 \xfc",
		"incoming/2": "From: MyBank\nFrom_TOA: D0 alphanumeric, unknown\nSent: 26-11-21 16:25:10\nAlphabet: UCS2\n\n\x00h\x00i\xd8\x3d\xde\x00",
		"incoming/3": "From: 15550100\nFrom_TOA: 91\nSent: 26-11-21 16:26:10\nAlphabet: binary\n\n\x00\x01",
		"incoming/4": "no headers",
		"sent/1":     "To: 15550100\nSent: 26-11-21 16:27:13\n\nout\n",
		"sent/2":     "To: s12345\nSent: 26-11-21 16:28:13\n\nshort\n",
		"failed/1":   "To: +15550100\nFailed: 26-11-21 16:29:13\nFail_reason: x\n\nlost\n",
		"checked/1":  "To: +15550100\n\nwaits\n",
	})
	got, faults := reads(t, "smstools", dir, Options{})
	want := []string{
		`in +15550100 received 2026-11-21T16:24:10 "5 € ü"`, `in MyBank received 2026-11-21T16:25:10 "hi😀"`,
		`out +15550100 sent 2026-11-21T16:27:13 "out"`, `out 12345 sent 2026-11-21T16:28:13 "short"`, `out +15550100 failed 2026-11-21T16:29:13 "lost"`,
	}
	if !reflect.DeepEqual(got, want) || len(faults) != 1 || !strings.Contains(faults[0], "incoming/4: there is no empty line") {
		t.Errorf("got\n%s\n%q", strings.Join(got, "\n"), faults)
	}
	if _, faults := reads(t, "smstools", filepath.Join(dir, "sent"), Options{}); len(faults) != 1 || !strings.Contains(faults[0], "name the spool") {
		t.Errorf("%q", faults)
	}
}

func TestRaspiSMS_N14(t *testing.T) {
	dir := put(t, map[string]string{
		"dump.sql": "CREATE TABLE `received` (`id` int, `at` datetime, `text` varchar(1000), `origin` varchar(25), `destination` varchar(25), `command` tinyint);\n" +
			"INSERT INTO `received` VALUES (1,'2019-05-01 08:00:00','hello','+15550100','1',0);\n" +
			"INSERT INTO `sended` (`id`, `at`, `text`, `destination`, `flash`, `status`) VALUES (1,'2019-05-01 09:00:00','ok','+15550100',0,'delivered');\n",
		"sendeds.csv":  "id,at,target,content,before_delivered,failed,delivered\n1,2019-05-01 09:00:00,+15550100,ok,0,0,1\n2,2019-05-01 09:01:00,+15550100,bad,0,1,0\n",
		"received.csv": "\"id\";\"at\";\"text\";\"origin\";\"command\"\n\"1\";\"2019-05-01 08:00:00\";\"hello; you\";\"+15550100\";\"0\"\n",
		"empty.sql":    "",
		"other.sql":    "CREATE TABLE x (y);",
	})
	for file, want := range map[string][]string{
		"dump.sql":     {`in +15550100 received 2019-05-01T08:00:00 "hello"`, `out +15550100 delivered 2019-05-01T09:00:00 "ok"`},
		"sendeds.csv":  {`out +15550100 delivered 2019-05-01T09:00:00 "ok"`, `out +15550100 failed 2019-05-01T09:01:00 "bad"`},
		"received.csv": {`in +15550100 received 2019-05-01T08:00:00 "hello; you"`},
	} {
		if got, faults := reads(t, "raspisms", filepath.Join(dir, file), Options{}); !reflect.DeepEqual(got, want) || len(faults) > 0 {
			t.Errorf("%s: %q %q", file, got, faults)
		}
	}
	for _, file := range []string{"empty.sql", "other.sql"} {
		if got, faults := reads(t, "raspisms", filepath.Join(dir, file), Options{}); len(got) > 0 || len(faults) != 1 {
			t.Errorf("%s: %q %q", file, got, faults)
		}
	}
}

const androidXML = `<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<smses count="6">
  <sms protocol="0" address="+1 (555) 01-00" date="1556697600000" type="1" subject="null" body="a &#55357;&#56832; &amp; &#10; b &#0; &#55357;" read="1" status="-1" />
  <sms address="+15550100" date="1556697660000" type="2" body="ok" status="0" />
  <sms address="+15550100" date="1556697720000" type="5" body="failed" status="64" />
  <sms address="+15550100" date="1556697780000" type="3" body="a draft" />
  <sms address="+15550100" date="soon" type="1" body="no date" />
  <mms date="1556697840000" msg_box="1" address="+15550100"><parts><part ct="application/smil" text="x"/><part ct="image/jpeg" data="AAAA"/><part ct="text/plain" text="look"/></parts><addrs><addr address="x" type="137"/></addrs></mms>
  <mms date="1556697840000" msg_box="2" address="+15550100~+15550101"><parts></parts></mms>
</smses>`

func TestAndroid_N14(t *testing.T) {
	dir := put(t, map[string]string{"sms.xml": androidXML, "cut.xml": androidXML[:420], "other.xml": "<html></html>", "bomb.xml": `<smses><sms body="` + strings.Repeat("x", maxMedia+1<<20)})
	want := []string{
		`in +15550100 received 2019-05-01T08:00:00 "a 😀 & \n b � �"`, `out +15550100 delivered 2019-05-01T08:01:00 "ok"`,
		`out +15550100 failed 2019-05-01T08:02:00 "failed"`, `in +15550100 received 2019-05-01T08:04:00 "[image/jpeg]\nlook"`,
	}
	got, faults := reads(t, "android-xml", filepath.Join(dir, "sms.xml"), Options{})
	if !reflect.DeepEqual(got, want) || len(faults) != 2 || !strings.Contains(faults[0], `row 5: its date is "soon"`) || !strings.Contains(faults[1], "group") {
		t.Errorf("got\n%s\n%q", strings.Join(got, "\n"), faults)
	}
	for _, file := range []string{"cut.xml", "other.xml", "bomb.xml"} {
		if _, faults := reads(t, "android-xml", filepath.Join(dir, file), Options{}); len(faults) != 1 {
			t.Errorf("%s: %q", file, faults)
		}
	}
}

func TestTable_N14(t *testing.T) {
	dir := put(t, map[string]string{
		"a.csv":  "\xEF\xBB\xBFPhone;Direction;When;Message\n'+15550100;incoming;01.05.2019 08:00:00;\"'=1+1\nnext\"\n+15550100;sent;1556697660;out\n+15550100;sideways;1556697660;x\n",
		"b.csv":  "at,dir,from,to,text,state\n2019-05-01T08:00:00.000Z,out,+15550191,+15550100,hi,delivered\n2019-05-01T08:01:00.000Z,in,+15550100,+15550191,hi,read\n",
		"no.csv": "a,b\n1,2\n", "quote.csv": "peer,dir,at,text\n\"" + strings.Repeat("x", 3<<20),
	})
	for _, c := range []struct {
		file    string
		columns map[string]string
		want    []string
		fault   string
	}{
		{"a.csv", map[string]string{"at": "when"}, []string{`in +15550100 received 2019-05-01T08:00:00 "=1+1\nnext"`, `out +15550100 sent 2019-05-01T08:01:00 "out"`}, "row 4: the direction is \"sideways\""},
		{"a.csv", nil, nil, "no column is at; there are Phone, Direction, When, Message"},
		{"a.csv", map[string]string{"at": "Date"}, nil, `there is no column "Date"`},
		{"b.csv", nil, []string{`out +15550100 delivered 2019-05-01T08:00:00 "hi"`, `in +15550100 received 2019-05-01T08:01:00 "hi"`}, ""},
		{"no.csv", nil, nil, "no column is"},
		{"quote.csv", nil, nil, "is a quote missing?"},
	} {
		got, faults := reads(t, "csv", filepath.Join(dir, c.file), Options{Columns: c.columns})
		if !reflect.DeepEqual(got, c.want) || c.fault == "" && len(faults) > 0 || c.fault != "" && (len(faults) != 1 || !strings.Contains(faults[0], c.fault)) {
			t.Errorf("%s %v: %q %q", c.file, c.columns, got, faults)
		}
	}
}

func TestGammuFolder_N14(t *testing.T) {
	dir := put(t, map[string]string{
		"inbox/IN20190501_080000_00_+15550100_00.txt":              "whole",
		"inbox/IN20190501_080100_00_+15550100_00.txt":              "one ",
		"inbox/IN20190501_080100_00_+15550100_01.txt":              "two",
		"inbox/IN20190501_080200_00_Bank_00.txt":                   "\xfe\xff\x00h\x00i\x00\x00\x00x",
		"sentsms/OUTC20190501_090000_00_+15550100_sms0.smsbackup":  "[SMSBackup000]\nPDU = Submit\nDateTime = 20190501T090000\nState = Sent\nNumber = \"+15550100\"\nText00 = 006F006B\nCoding = Default_No_Compression\nLength = 2\n",
		"errorsms/OUTA20190501_100000_00_+15550100_note_of_it.txt": "bad",
		"inbox/README": "nothing",
	})
	got, faults := reads(t, "gammu", dir, Options{})
	want := []string{
		`in +15550100 received 2019-05-01T08:00:00 "whole"`, `in +15550100 received 2019-05-01T08:01:00 "one two"`, `in Bank received 2019-05-01T08:02:00 "hi"`,
		`out +15550100 sent 2019-05-01T09:00:00 "ok"`, `out +15550100 failed 2019-05-01T10:00:00 "bad"`,
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(got, "\n"), w) {
			t.Errorf("no %s", w)
		}
	}
	if len(got) != len(want) || len(faults) > 0 {
		t.Errorf("%q %q", got, faults)
	}
	if _, faults := reads(t, "gammu", t.TempDir(), Options{}); len(faults) != 1 || !strings.Contains(faults[0], "nothing of gammu") {
		t.Errorf("%q", faults)
	}
}

// Whatever stands in a file, a reader ends, does not panic, and gives only what
// a ledger takes.
func FuzzReaders_N14(f *testing.F) {
	backup := "[SMSBackup000]\nPDU = Deliver\nDateTime = 20190501T080000Z\nNumber = \"+15550100\"\nUDH = 050003010201\nText00 = 0068\nLength = 1\n"
	for _, seed := range []string{
		gammuSchema, androidXML, backup, "peer,dir,at,text\n+15550100,in,1556697660,x\n", `{"message":{"dir":"in","channel":"sms","from":"+15550100","text":"x","created_at":"2019-05-01T08:00:00Z","state":"received"}}`,
		"From: 15550100\nSent: 26-11-21 16:24:10\nAlphabet: UCS2\n\n\x00h", "INSERT INTO inbox VALUES ((((", "CREATE TABLE inbox (a, 'b', \"c",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		dir := put(t, map[string]string{"x": string(octets), "x.csv": string(octets), "spool/incoming/1": string(octets), "spool/sent/1": string(octets),
			"inbox/IN20190501_080000_00_+15550100_00.txt": string(octets)})
		for kind, name := range map[string]string{"gammu": "x", "kalkun": "x", "raspisms": "x.csv", "android-xml": "x", "csv": "x.csv", "jsonl": "x", "smstools": "spool"} {
			records, err := Open(kind, filepath.Join(dir, name), Options{Zone: time.UTC})
			if err != nil {
				continue
			}
			n := 0
			for m, err := range records {
				if n++; n > len(octets)+10 {
					t.Fatalf("%s: more records than octets", kind)
				}
				if err == nil && m.Tidy(storage.Now()) != nil {
					t.Errorf("%s: %+v", kind, m)
				}
				if errors.Is(err, errSkip) {
					t.Errorf("%s: what is no message was told", kind)
				}
			}
		}
		for range mustOpen(t, filepath.Join(dir, "inbox")) {
		}
	})
}

func mustOpen(t testing.TB, folder string) Records {
	t.Helper()
	records, err := Open("gammu", folder, Options{Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	return records
}
