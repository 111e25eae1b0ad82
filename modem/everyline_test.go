package modem

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// TestURCAtEveryLine plays each dialogue with a doorbell before each line the modem says, one at a time, and
// one after the last: nothing else may change. A PDU must follow the line that announces it, and a string
// that has begun must end, so between those no modem says anything else.
func TestURCAtEveryLine(t *testing.T) {
	const bell, event = `< +CMTI: "XX",99`, "arrived XX 99"
	played := 0
	for _, d := range loadDialogues(t) {
		if strings.HasSuffix(d.name, "_whole") {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			for i := 0; i <= len(d.modem) && !t.Failed(); i++ {
				if i == len(d.modem) || !strings.HasPrefix(d.modem[i], "<") || i > 0 && opens(d.modem[i-1]) {
					continue
				}
				played++
				rung := d
				rung.modem = slices.Insert(slices.Clone(d.modem), i, bell)
				synctest.Test(t, func(t *testing.T) {
					answers, events, _ := perform(t, rung, whole)
					never := strings.HasPrefix(d.ours[0][0], "open") && d.ours[0][1] != "ok" // no modem, no events
					if !never && !slices.Contains(events, event) {
						t.Error("the bell was not heard")
					}
					events = slices.DeleteFunc(events, func(s string) bool { return s == event })
					compare(t, d, answers, events)
					if t.Failed() {
						t.Logf("rung before %q, line %d", d.modem[i], i)
					}
				})
			}
		})
	}
	if played < 300 {
		t.Errorf("%d bells rung", played)
	}
	t.Logf("%d bells rung", played)
}

// opens reports whether what follows the line belongs to it.
func opens(text string) bool {
	text = strings.TrimPrefix(text, "< ")
	for _, announced := range []string{"+CMT:", "+CDS:", "+CBM:"} {
		if strings.HasPrefix(text, announced) {
			return true
		}
	}
	return strings.Count(text, `"`)%2 == 1
}
