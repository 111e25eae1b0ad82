package modem

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/modem/profile"
	"smsbridge/pdu"
)

// What goes over the wire in the conversations of testdata/family_*.txt: a text each way, and the report
// on the one sent.
const (
	helloSubmit  = "0021000B916407550521F3000005C8329BFD06"
	helloDeliver = "06916407050501040B916407550521F300006210825103744005C8329BFD06"
	helloReport  = "06916407050501060C0B916407550521F3621082510374406210825103844000"
)

// families returns the conversations of testdata, by family.
func families(t testing.TB) map[string]dialogue {
	t.Helper()
	files, _ := filepath.Glob("testdata/family_*.txt")
	list := make(map[string]dialogue)
	for _, file := range files {
		d := loadDialogue(t, file)
		list[strings.ReplaceAll(strings.TrimPrefix(d.name, "family_"), "_", "-")] = d
	}
	return list
}

// missing says what is wanting in a set of conversations: each family has one, in which the modem is known
// for what it is and a text goes each way.
func missing(told map[string]dialogue) (wrong []string) {
	for _, p := range profile.All() {
		d, ok := told[p.Name]
		if !ok {
			wrong = append(wrong, p.Name+" has no conversation")
			continue
		}
		for _, want := range []string{"< " + helloDeliver, "> " + helloSubmit + `\Z`} {
			if !slices.Contains(d.modem, want) {
				wrong = append(wrong, fmt.Sprintf("%s: no %s", p.Name, want))
			}
		}
		if !slices.Contains(d.ours, [2]string{"profile", p.Name}) {
			wrong = append(wrong, p.Name+" is not found out")
		}
		for _, text := range p.First {
			if !slices.Contains(d.modem, "> AT"+text) {
				wrong = append(wrong, p.Name+" is not sent "+text)
			}
		}
	}
	return wrong
}

// TestFamilies: TestDialogue and TestSplit play them.
func TestFamilies(t *testing.T) {
	told := families(t)
	for _, m := range missing(told) {
		t.Error(m)
	}
	t.Run("negative control", func(t *testing.T) {
		delete(told, "zte")
		told["sierra"] = told["telit"]
		if n := len(missing(told)); n != 2 {
			t.Errorf("two planted gaps were answered with %q", missing(told))
		}
	})
}

// TestFamilyTexts: the PDUs of the conversations are what they are said to be.
func TestFamilyTexts(t *testing.T) {
	for text, way := range map[string]pdu.Direction{
		helloDeliver: pdu.MobileTerminated, helloReport: pdu.MobileTerminated, helloSubmit: pdu.MobileOriginated,
	} {
		if _, err := pdu.ParseFrame(text, way); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestStrict is the negative control of the conversations: a family's command left out of one is noticed.
func TestStrict(t *testing.T) {
	for _, left := range []string{"> AT^CURC=0", "> AT+CMGD=0"} {
		d := families(t)["huawei"]
		i := slices.Index(d.modem, left)
		if i < 0 {
			t.Fatalf("the conversation has no %s", left)
		}
		d.modem = slices.Delete(slices.Clone(d.modem), i, i+2)
		seen := &noticing{TB: t}
		synctest.Test(t, func(*testing.T) { perform(seen, d, whole) })
		if !seen.failed {
			t.Errorf("nobody noticed that %q was not in the conversation", left)
		}
	}
}

// noticing is a test that is expected to fail.
type noticing struct {
	testing.TB
	failed bool
}

func (n *noticing) Errorf(string, ...any) { n.failed = true }
func (n *noticing) Helper()               {}

// TestSettle: after a PIN a Huawei, and after +CFUN=1 a Sierra, is left alone for as long as it needs, and
// nobody waits long for the OK that a Wavecom does not say. In the bubble nothing else takes time.
func TestSettle(t *testing.T) {
	for name, least := range map[string]time.Duration{
		"huawei": 3 * time.Second, "sierra": 10 * time.Second, "telit": 0, "wavecom": loneTime + graceTime,
	} {
		d := families(t)[name]
		d.ours = d.ours[:1]
		i := slices.Index(d.modem, "> AT+CLIP=1")
		d.modem = d.modem[:i+2]
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			perform(t, d, whole)
			if took := time.Since(begun) - time.Second; took < least || took > least+500*time.Millisecond { // perform waits for one
				t.Errorf("%s: the start took %v, want %v and little more", name, took, least)
			}
		})
	}
}
