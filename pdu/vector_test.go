package pdu

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// vector is one line and what a reader must make of it.
type vector struct {
	Name, Clause, Direction, Line string
	Error                         string // the field of the Error, for what cannot be read
	Want                          want
}

// want is a frame in words. A vector without warnings must also come out of AppendHex as it came.
type want struct {
	Type, SMSC, Address, Text, Data, Time, Discharge string
	Alphabet, Concat, Validity, Status               string
	MR, PID, DCS                                     byte
	Class                                            *Class
	Warnings                                         []string

	Cause, Command, Locking, Single, Ports, Elements, Content, MMS string
	Waiting                                                        []string
}

// vectorFiles returns the files of testdata that hold vectors, and fails when there are none: tests
// that find nothing to do must not pass.
func vectorFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors in testdata: %v", err)
	}
	return files
}

// loadVectors reads the vectors of one file into list, a pointer to a slice.
func loadVectors(t testing.TB, file string, list any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc := struct {
		About   string
		Vectors any
	}{Vectors: list}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if doc.About == "" || reflect.ValueOf(list).Elem().Len() == 0 {
		t.Fatalf("%s: says nothing about itself, or has no vectors", file)
	}
}

const encodeFile = "testdata/encode.json"

func eachVector(t *testing.T, do func(t *testing.T, v vector)) {
	for _, file := range vectorFiles(t) {
		if filepath.ToSlash(file) == encodeFile {
			continue
		}
		var vectors []vector
		loadVectors(t, file, &vectors)
		for _, v := range vectors {
			name := strings.TrimSuffix(filepath.Base(file), ".json") + "/" + v.Name
			t.Run(name, func(t *testing.T) { do(t, v) })
		}
	}
}

// check returns what is wrong with how v is read.
func (v vector) check() error {
	d := MobileTerminated
	if v.Direction == "mo" {
		d = MobileOriginated
	}
	if v.Clause == "" {
		return errors.New("the vector names no clause")
	}
	f, err := ParseFrame(v.Line, d)
	if e, ok := errors.AsType[*Error](err); ok != (v.Error != "") || ok && e.Field != v.Error {
		return fmt.Errorf("error is %v, want one about %q", err, v.Error)
	}
	if err != nil {
		return nil
	}
	if got := inWords(f); !reflect.DeepEqual(got, v.Want) {
		return fmt.Errorf("read\n%+v, want\n%+v", got, v.Want)
	}
	if f.Warnings != 0 {
		return nil
	}
	again, err := f.AppendHex(nil)
	if err != nil || string(again) != v.Line {
		return fmt.Errorf("writes\n%s, %v, want\n%s", again, err, v.Line)
	}
	if n, err := f.Length(); err != nil || n != len(f.Octets()) {
		return fmt.Errorf("length is %d, %v, want %d", n, err, len(f.Octets()))
	}
	return nil
}

func inWords(f Frame) want {
	w := want{Type: f.TPDU.MessageType().String(), SMSC: f.SMSC.String()}
	warnings := f.Warnings
	userData := func(pid byte, d DCS, ud UserData) {
		w.PID, w.DCS = pid, byte(d)
		if c, ok := d.Class(); ok {
			w.Class = &c
		}
		if ud.Octets == nil {
			return
		}
		w.Alphabet = d.Alphabet().String()
		if d.Alphabet() == Data8 || d.Compressed() {
			w.Data = fmt.Sprintf("%X", ud.Octets)
		}
		var more Warnings
		w.Text, more = ud.Text(d)
		warnings |= more
		w.header(ud.UDH)
		if c := ud.Content(d); c != PlainText {
			w.Content = c.String()
			w.MMS = mmsInWords(ud.Octets)
		}
		if c, ok := ud.UDH.Concat(); ok {
			w.Concat = fmt.Sprintf("%d-bit %d, %d of %d", map[bool]int{false: 8, true: 16}[c.Wide], c.Ref, c.Seq, c.Total)
		}
	}
	switch m := f.TPDU.(type) {
	case *Deliver:
		w.Address, w.Time = m.OA.String(), inTime(m.SCTS)
		userData(m.PID, m.DCS, m.UD)
		for _, lamp := range m.Waiting() {
			words := lamp.String()
			if lamp.Store {
				words += ", kept"
			}
			if lamp.Profile != 0 {
				words += fmt.Sprintf(", profile %d", lamp.Profile)
			}
			w.Waiting = append(w.Waiting, words)
		}
	case *Submit:
		w.Address, w.MR = m.DA.String(), m.MR
		if d, ok := m.VP.Duration(); ok {
			w.Validity = d.String()
		} else if at, ok := m.VP.Time(); ok {
			w.Validity = at.Format(time.RFC3339)
		}
		userData(m.PID, m.DCS, m.UD)
	case *StatusReport:
		w.Address, w.Time, w.Discharge, w.MR = m.RA.String(), inTime(m.SCTS), inTime(m.DT), m.MR
		w.Status = fmt.Sprintf("%s %02X", m.ST.Class(), byte(m.ST))
		userData(m.PID, m.DCS, m.UD)
	case *SubmitReport:
		w.Time, w.Cause = inTime(m.SCTS), causeInWords(m.FCS)
		userData(m.PID, m.DCS, m.UD)
	case *DeliverReport:
		w.Cause = causeInWords(m.FCS)
		userData(m.PID, m.DCS, m.UD)
	case *Command:
		w.Address, w.MR, w.PID = m.DA.String(), m.MR, m.PID
		w.Command = fmt.Sprintf("%s, %d", m.CT, m.MN)
		if len(m.Data.Octets) > 0 {
			w.Data = fmt.Sprintf("%X", m.Data.Octets)
		}
		w.header(m.Data.UDH)
	}
	w.Warnings = warnings.Names()
	return w
}

func (w *want) header(h UDH) {
	locking, single, _ := h.Shifts()
	if locking != NoLanguage {
		w.Locking = locking.String()
	}
	if single != NoLanguage {
		w.Single = single.String()
	}
	ports, ok := h.Ports()
	if ok {
		w.Ports = fmt.Sprintf("%d-bit %d from %d", map[bool]int{false: 8, true: 16}[ports.Wide], ports.Destination, ports.Source)
	}
	for _, e := range h {
		switch e.ID {
		case IEConcat8, IEConcat16, IESingleShift, IELockingShift, IEWaiting:
			continue
		case IEPorts8, IEPorts16:
			if ok {
				continue
			}
		}
		w.Elements += fmt.Sprintf("%02X", e.ID)
	}
}

func causeInWords(c Cause) string {
	if c == 0 {
		return ""
	}
	return fmt.Sprintf("%02X %s", byte(c), c)
}

func mmsInWords(octets []byte) string {
	push, err := ParsePush(octets)
	if err != nil {
		return ""
	}
	m, err := push.MMS()
	if err != nil {
		return ""
	}
	end := m.ValidFor.String()
	if !m.Expiry.IsZero() {
		end = m.Expiry.Format(time.RFC3339)
	}
	return fmt.Sprintf("MMS %s '%s' %s %d %s %s %s", m.From, m.Subject, m.Class, m.Size, end, m.URL, m.Transaction)
}

func inTime(ts Timestamp) string {
	if at, ok := ts.Time(); ok {
		return at.Format(time.RFC3339)
	}
	return ""
}

func TestVectors(t *testing.T) {
	eachVector(t, func(t *testing.T, v vector) {
		if err := v.check(); err != nil {
			t.Error(err)
		}
	})
}

// TestVectorsNoticeABug is the negative control of TestVectors: with any one thing expected
// otherwise, or any octet of a strict line changed, the check must complain.
func TestVectorsNoticeABug(t *testing.T) {
	eachVector(t, func(t *testing.T, v vector) {
		if v.Error != "" {
			v.Error = ""
			if v.check() == nil {
				t.Error("reading a bad line without an error goes unnoticed")
			}
			return
		}
		for name, plant := range map[string]func(w *want){
			"text":     func(w *want) { w.Text += "@" },
			"address":  func(w *want) { w.Address += "0" },
			"time":     func(w *want) { w.Time += "Z" },
			"concat":   func(w *want) { w.Concat += "0" },
			"dcs":      func(w *want) { w.DCS ^= 1 },
			"warnings": func(w *want) { w.Warnings = append([]string{"x"}, w.Warnings...) },
		} {
			bad := v
			plant(&bad.Want)
			if bad.check() == nil {
				t.Errorf("a wrong %s goes unnoticed", name)
			}
		}
		if v.Want.Warnings != nil {
			return
		}
		for i := 0; i < len(v.Line); i += 2 {
			bad := v
			bad.Line = v.Line[:i] + "X" + v.Line[i+1:]
			if bad.check() == nil {
				t.Errorf("a wrong digit %d goes unnoticed", i)
			}
		}
	})
}

func TestEncodeVectors(t *testing.T) {
	var vectors []struct {
		Name, Clause, To, Text, Validity string
		Report, Wide                     bool
		Ref                              uint16
		Class                            *Class
		Lines                            []string
	}
	loadVectors(t, encodeFile, &vectors)
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			to, err := ParseAddress(v.To)
			if err != nil {
				t.Fatal(err)
			}
			period, _ := time.ParseDuration(v.Validity)
			submits, err := Message{
				To: to, Text: v.Text, StatusReport: v.Report, Validity: RelativeValidity(period),
				Class: v.Class, Ref: v.Ref, Wide: v.Wide,
			}.Submits()
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, s := range submits {
				hex, err := Frame{TPDU: s}.AppendHex(nil)
				if err != nil {
					t.Fatal(err)
				}
				lines = append(lines, string(hex))
			}
			if !reflect.DeepEqual(lines, v.Lines) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(v.Lines, "\n"))
			}
		})
	}
}
