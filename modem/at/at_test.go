package at

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestParseParams(t *testing.T) {
	for _, c := range []struct {
		list string
		want Params
	}{
		{"", nil},
		{"  ", nil},
		{`"SM",3,10`, Params{{"SM", true}, {"3", false}, {"10", false}}},
		{`,-1`, Params{{}, {"-1", false}}},
		{`1,,`, Params{{"1", false}, {}, {}}},
		{` "a, b" , 5 `, Params{{"a, b", true}, {"5", false}}},
		{`"",128,,,,2`, Params{{"", true}, {"128", false}, {}, {}, {}, {"2", false}}},
		{`"never closed, it goes on`, Params{{"never closed, it goes on", true}}},
		{`1,"say \22hi\22 \5C",15`, Params{{"1", false}, {`say "hi" \`, true}, {"15", false}}},
	} {
		if got := ParseParams(c.list); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.list, got, c.want)
		}
	}
}

func TestParams(t *testing.T) {
	p := ParseParams(`"SM",3,"7",x`)
	if p.Text(0) != "SM" || p.Text(9) != "" || p.Text(-1) != "" {
		t.Error("Text")
	}
	for i, want := range []struct {
		n  int
		ok bool
	}{{0, false}, {3, true}, {7, true}, {0, false}, {0, false}} {
		if n, ok := p.Int(i); n != want.n || ok != want.ok {
			t.Errorf("Int(%d) = %d, %v", i, n, ok)
		}
	}
}

func TestQuote(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[ -~]*`).Draw(t, "s")
		if got := ParseParams(Quote(s)); len(got) != 1 || got[0].Text != s || !got[0].Quoted {
			t.Fatalf("%q came back as %+v", s, got)
		}
	})
}

// The strings are real ones: TS 27.005's examples, an MC75i, an A7670, phonesim, an M26, python-gsmmodem's.
func TestParseSets(t *testing.T) {
	type set struct {
		numbers []int
		names   []string
	}
	for _, c := range []struct {
		text string
		want []set
	}{
		{"", nil},
		{"(0-3),(0,1),(0,2,3),(0,2),(1)", []set{
			{[]int{0, 1, 2, 3}, nil}, {[]int{0, 1}, nil}, {[]int{0, 2, 3}, nil}, {[]int{0, 2}, nil}, {[]int{1}, nil}}},
		{"(2),(0-1,3),(0,2),(0-1),(0)", []set{
			{[]int{2}, nil}, {[]int{0, 1, 3}, nil}, {[]int{0, 2}, nil}, {[]int{0, 1}, nil}, {[]int{0}, nil}}},
		{"(),(),()", []set{{}, {}, {}}},
		{`("SM","ME"),("SM")`, []set{{nil, []string{"SM", "ME"}}, {nil, []string{"SM"}}}},
		{`(("SM","BM","SR"),("SM"))`, []set{{nil, []string{"SM", "BM", "SR"}}, {nil, []string{"SM"}}}},
		{"(0,128)", []set{{[]int{0, 128}, nil}}},
		{"(GSM,IRA)", []set{{nil, []string{"GSM", "IRA"}}}},
		{"1,(0-1)", []set{{[]int{1}, nil}, {[]int{0, 1}, nil}}},
		{`(0),,("1")`, []set{{[]int{0}, nil}, {}, {[]int{1}, []string{"1"}}}},
		{"(3-1),(a-b)", []set{{nil, []string{"3-1"}}, {nil, []string{"a-b"}}}},
		{"(0-3", []set{{[]int{0, 1, 2, 3}, nil}}},
	} {
		var got []set
		for _, s := range ParseSets(c.text) {
			got = append(got, set{s.Numbers(), s.Names()})
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.text, got, c.want)
		}
	}
}

func TestSet(t *testing.T) {
	s := ParseSets("(0-3,7,100-4294967295)")[0]
	for n, want := range map[int]bool{-1: false, 0: true, 3: true, 4: false, 7: true, 99: false, 4000000000: true} {
		if s.Has(n) != want {
			t.Errorf("Has(%d) = %v", n, !want)
		}
	}
	if n := len(s.Numbers()); n != numbersMax {
		t.Errorf("%d numbers", n)
	}
}

func TestParseCommand(t *testing.T) {
	for _, c := range []struct {
		line string
		want []Command
	}{
		{"AT", nil},
		{"at", nil},
		{"AT+CMGS=23", []Command{{"+CMGS", Assign, "23"}}},
		{"at+cmgs=23", []Command{{"+CMGS", Assign, "23"}}},
		{"ATE0", []Command{{"E", Assign, "0"}}},
		{"ATE", []Command{{"E", Execute, ""}}},
		{"ATE0V1", []Command{{"E", Assign, "0"}, {"V", Assign, "1"}}},
		{"ATE0Q0V1X4&C1&D2", []Command{{"E", Assign, "0"}, {"Q", Assign, "0"}, {"V", Assign, "1"}, {"X", Assign, "4"},
			{"&C", Assign, "1"}, {"&D", Assign, "2"}}},
		{"AT+CMGF=0;+CPMS?", []Command{{"+CMGF", Assign, "0"}, {"+CPMS", Read, ""}}},
		{"AT+CMGF=0 ; +CPMS?;", []Command{{"+CMGF", Assign, "0"}, {"+CPMS", Read, ""}}},
		{"ATE0+CMGF=0", []Command{{"E", Assign, "0"}, {"+CMGF", Assign, "0"}}},
		{"AT+CNMI=?", []Command{{"+CNMI", Test, ""}}},
		{"AT+CNMI= ?", []Command{{"+CNMI", Test, ""}}},
		{"AT+CMGL", []Command{{"+CMGL", Execute, ""}}},
		{`AT+CUSD=1,"*100#;?",15`, []Command{{"+CUSD", Assign, `1,"*100#;?",15`}}},
		{"ATS3?", []Command{{"S3", Read, ""}}},
		{"ATS3=13", []Command{{"S3", Assign, "13"}}},
		{"ATS3=?", []Command{{"S3", Test, ""}}},
		{"ATD*100#;", []Command{{"D", Assign, "*100#;"}}},
		{"AT^CURC=0", []Command{{"^CURC", Assign, "0"}}},
		{"AT+X=", []Command{{"+X", Assign, ""}}},
	} {
		got, err := ParseCommand(c.line)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", c.line, got, err, c.want)
		}
	}
	for _, line := range []string{"", "A", "BT+X", "AT+", "AT+X!5 7", "AT1", "AT&", "AT=3"} {
		if got, err := ParseCommand(line); err == nil && line != "AT+X!5 7" {
			t.Errorf("%q is understood as %+v", line, got)
		}
	}
}

// TestCommandString: what is written is read again.
func TestCommandString(t *testing.T) {
	for _, line := range []string{
		"ATE0", "AT&F", "ATS3=13", "ATS3?", "AT+CPMS?", "AT+CPMS=?", `AT+CPMS="SM","SM"`, "AT+CMGL", "ATD123;", "ATZ",
	} {
		list, err := ParseCommand(line)
		if err != nil || len(list) != 1 || "AT"+list[0].String() != line {
			t.Errorf("%s became %v, %v", line, list, err)
		}
	}
}

func TestParseResult(t *testing.T) {
	for _, c := range []struct {
		line string
		want Result
	}{
		{"OK", Result{OK, -1, ""}},
		{" OK  ", Result{OK, -1, ""}},
		{"\x00OK", Result{OK, -1, ""}},
		{"ERROR", Result{ERROR, -1, ""}},
		{"ERROR: 5", Result{ERROR, -1, "5"}},
		{"MODEM ERROR: 5", Result{ERROR, -1, "5"}},
		{"+CME ERROR: 10", Result{CME, 10, "10"}},
		{"+CME ERROR 10", Result{CME, 10, "10"}},
		{"+CME ERROR:10", Result{CME, 10, "10"}},
		{"+CME ERROR: SIM not inserted", Result{CME, 10, "SIM not inserted"}},
		{"+CME ERROR: sim NOT inserted ", Result{CME, 10, "sim NOT inserted"}},
		{"+CMS ERROR: network timeout", Result{CMS, 332, "network timeout"}},
		{"+CMS ERROR: 38", Result{CMS, 38, "38"}},
		{"+CMS ERROR: no idea", Result{CMS, -1, "no idea"}},
		{"+CMS ERROR", Result{CMS, -1, ""}},
		{"NO CARRIER", Result{NoCarrier, -1, ""}},
		{"BUSY", Result{Busy, -1, ""}},
		{"NO ANSWER", Result{NoAnswer, -1, ""}},
		{"NO DIALTONE", Result{NoDialtone, -1, ""}},
		{"NO DIAL TONE", Result{NoDialtone, -1, ""}},
		{"CONNECT", Result{Connect, -1, ""}},
		{"CONNECT 9600", Result{Connect, -1, "9600"}},
		{"COMMAND NOT SUPPORT", Result{Unsupported, -1, "COMMAND NOT SUPPORT"}},
		{"TOO MANY PARAMETERS", Result{Unsupported, -1, "TOO MANY PARAMETERS"}},
		{"ABORTED", Result{Aborted, -1, ""}},
	} {
		got, ok := ParseResult(c.line)
		if !ok || got != c.want {
			t.Errorf("%q: %+v, %v, want %+v", c.line, got, ok, c.want)
		}
	}
	for _, line := range []string{
		"", "OKAY", "ok then", "+CMGS: 5", "ERRORS", "+CME ERRORS", "CONNECTED", "0", "RING", "+CMTI: \"SM\",1", "> ",
	} {
		if got, ok := ParseResult(line); ok {
			t.Errorf("%q is taken for %+v", line, got)
		}
	}
}

// TestResultString: what one end says, the other understands.
func TestResultString(t *testing.T) {
	for kind := OK; kind <= Aborted; kind++ {
		r := Result{Kind: kind, Code: -1}
		if kind == CME || kind == CMS {
			r.Code, r.Text = 14, "14"
		}
		got, ok := ParseResult(r.String())
		if !ok || got.Kind != kind || got.Code != r.Code {
			t.Errorf("%d is said %q and understood %+v", kind, r.String(), got)
		}
	}
	if s := (Result{Kind: CMS, Code: 500}).String(); s != "+CMS ERROR: 500" {
		t.Error(s)
	}
}

func TestParseNumeric(t *testing.T) {
	for line, want := range map[string]Kind{"0": OK, "4": ERROR, " 3 ": NoCarrier} {
		if r, ok := ParseNumeric(line); !ok || r.Kind != want {
			t.Errorf("%q: %+v, %v", line, r, ok)
		}
	}
	if _, ok := ParseNumeric("2"); ok { // RING is no final result
		t.Error("2")
	}
}

// TestNames: the name of a code leads back to it, or to the lowest that shares it.
func TestNames(t *testing.T) {
	for kind, names := range map[Kind]map[int]string{CME: cmeNames, CMS: cmsNames} {
		for n, name := range names {
			if again := code(kind, name); again != n && (names[again] != name || again > n) {
				t.Errorf("%d: %s is found as %d", n, name, again)
			}
		}
	}
}

// The parsers take anything.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`"SM",3`, "(0-3),(0,1)", `(("SM"),("ME"))`, "AT+CMGF=0;+CPMS?", "+CMS ERROR: 5", `ATD"`, "((((", "AT&"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkParsers(t, s) })
}
