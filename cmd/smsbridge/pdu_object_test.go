package main

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// TestPDUDecodeAllTypes shows one of each type that issue 2 did not have, and what is in them.
func TestPDUDecodeAllTypes(t *testing.T) {
	for _, c := range []struct{ direction, line, want string }{
		{"submit-report", "000100" + "62108251037440", `{"ok":true,"type":"submit-report","timestamp":"2026-01-28T15:30:47+01:00"}`},
		{"submit-report", "0001C500" + "62108251037440", `{"ok":true,"type":"submit-report","timestamp":"2026-01-28T15:30:47+01:00",` +
			`"cause":197,"cause_text":"the message is a duplicate, and was rejected"}`},
		{"deliver-report", "000000", `{"ok":true,"type":"deliver-report"}`},
		{"deliver-report", "0000D304" + "02C834", `{"ok":true,"type":"deliver-report","text":"Hi","data_hex":"C834","pid":0,"dcs":0,"alphabet":"gsm7",` +
			`"cause":211,"cause_text":"the memory is full"}`},
		{"command", "00020500024D0B916407550521F300", `{"ok":true,"type":"command","address":"+46705550123","data_hex":"","mr":5,"pid":0,` +
			`"command":2,"about_mr":77}`},
		{"deliver", "00440B916407550521F300C86210825103744006040102000300", `{"ok":true,"type":"deliver","address":"+46705550123","text":"",` +
			`"data_hex":"","timestamp":"2026-01-28T15:30:47+01:00","pid":0,"dcs":200,"alphabet":"gsm7",` +
			`"elements":[{"id":1,"name":"message waiting","data_hex":"0003"}],` +
			`"waiting":[{"kind":"voicemail","active":true,"store":false},{"kind":"voicemail","active":true,"count":3,"store":false}]}`},
	} {
		out, err := runVerb(newPDUCommand(), "", "decode", "-o", "jsonl", "--direction", c.direction, c.line)
		if err != nil || strings.TrimSpace(out) != c.want {
			t.Errorf("%s: %v, got\n%swant\n%s", c.line, err, out, c.want)
		}
	}
}

// TestPDUDecodesEveryVector reads all vectors of the codec in each form of output.
func TestPDUDecodesEveryVector(t *testing.T) {
	for _, name := range []string{"report", "data", "language", "waiting", "element", "submit"} {
		b, err := os.ReadFile("../../pdu/testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Vectors []struct {
				Name, Direction, Line, Error string
				Want                         struct{ Text, Type, Content string }
			}
		}
		if err := json.Unmarshal(b, &doc); err != nil || len(doc.Vectors) == 0 {
			t.Fatalf("%s: %d vectors, %v", name, len(doc.Vectors), err)
		}
		for _, v := range doc.Vectors {
			direction := map[string]string{"mt": "deliver", "mo": "submit"}[v.Direction]
			out, err := runVerb(newPDUCommand(), "", "decode", "-o", "jsonl", "--direction", direction, v.Line)
			if v.Error != "" {
				if err == nil {
					t.Errorf("%s: no error", v.Name)
				}
				continue
			}
			var o pduObject
			if err := json.Unmarshal([]byte(out), &o); err != nil || !o.OK || o.Type != v.Want.Type || o.Text != nil && *o.Text != v.Want.Text {
				t.Errorf("%s: %v, %s", v.Name, err, out)
			}
			if o.Type != "command" && o.Content != v.Want.Content {
				t.Errorf("%s: content %q, want %q", v.Name, o.Content, v.Want.Content)
			}
			table, err := runVerb(newPDUCommand(), "", "decode", "--direction", direction, v.Line)
			if err != nil || !strings.Contains(table, "TP-MTI") {
				t.Errorf("%s: %v\n%s", v.Name, err, table)
			}
		}
	}
}

func TestPDUDecodeMMS(t *testing.T) {
	b, err := os.ReadFile("../../pdu/testdata/data.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Vectors []struct{ Name, Line string } }
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	for _, v := range doc.Vectors {
		if v.Name != "MMS notice" {
			continue
		}
		out, err := runVerb(newPDUCommand(), "", "decode", "-o", "jsonl", v.Line)
		for _, want := range []string{`"from":"+46705550123","subject":"Summer","class":"personal","size":40000,"url":"http://mmsc.example/a7"`,
			`"validity_seconds":259200`, `"ports":{"destination":2948,"source":9200,"bits":16}`} {
			if err != nil || !strings.Contains(out, want) {
				t.Errorf("%v, no %s in %s", err, want, out)
			}
		}
		out, err = runVerb(newPDUCommand(), "", "decode", v.Line)
		if err != nil || !strings.Contains(out, `multimedia message from +46705550123, "Summer", 40000 octets, at http://mmsc.example/a7`) ||
			!strings.Contains(out, "23.040 9.2.3.24.4") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	t.Fatal("there is no such vector")
}

func TestPDUDecodeStrict(t *testing.T) {
	if _, err := runVerb(newPDUCommand(), "", "decode", pduHello+"FF"); err != nil {
		t.Errorf("lenient: %v", err)
	}
	out, err := runVerb(newPDUCommand(), "", "decode", "-o", "jsonl", "--strict", pduHello+"FF")
	if err == nil || !strings.Contains(out, "trailing_octets") {
		t.Errorf("strict: %v, %s", err, out)
	}
}

func TestPDUEncodeAll(t *testing.T) {
	for args, want := range map[string]string{
		"--data 010203 --port 2948:9200":                                  "0041000B916407550521F300040A0605040B8423F0010203",
		"--text Hi --unicode":                                             "0001000B916407550521F300080400480069",
		"--text Hi --reject-duplicates --reply-path --pid 65":             "0085000B916407550521F3410002C834",
		"--language Turkish --text " + strings.Repeat("ş", 71):            "",
		"--language all --text " + strings.Repeat("ş", 71):                "",
		"--port 2948 --text Hi":                                           "",
		"--text " + strings.Repeat("x", 100) + " --validity 5m --class 0": "",
		"--text Hi --port 70000":                                          "usage",
		"--text Hi --port 1:x":                                            "usage",
		"--data 0":                                                        "usage",
		"--text Hi --language Klingon":                                    "usage",
		"--data 01 --text Hi":                                             "error",
	} {
		out, err := runVerb(newPDUCommand(), "", append([]string{"encode", "-o", "jsonl", "--to", "+46705550123"}, strings.Split(args, " ")...)...)
		var usage pduUsage
		switch want {
		case "usage":
			if !errors.As(err, &usage) {
				t.Errorf("%s: %v", args, err)
			}
			continue
		case "error":
			if err == nil {
				t.Errorf("%s: no error", args)
			}
			continue
		}
		var line pduLine
		if err != nil || json.Unmarshal([]byte(out), &line) != nil || want != "" && line.PDU != want || len(line.PDU) != 2+2*line.Length {
			t.Errorf("%s: %v, got %s want %s", args, err, out, want)
		}
	}
}
