package modem

import (
	"net"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestMissed lets each maker's modem tell of calls in its own words. A number is seconds to wait.
func TestMissed(t *testing.T) {
	const clip = `+CLIP: "+49151",145,,,,0`
	for _, c := range []struct {
		name, said string
		want       string // the numbers of the missed calls, parted by blanks; - is one withheld
	}{
		{"V.250", "RING|" + clip + "|5|RING|" + clip + "|NO CARRIER", "+49151"},
		{"27.007, +CRING", "+CRING: VOICE|" + clip + "|NO CARRIER", "+49151"},
		{"the caller gives up and nothing says so", "RING|" + clip + "|5|RING|" + clip + "|11", "+49151"},
		{"withheld", `RING|+CLIP: "",128,,,,2|NO CARRIER`, "-"},
		{"no +CLIP at all", "RING|NO CARRIER", "-"},
		{"the number comes with the second RING", "RING|5|RING|" + clip + "|NO CARRIER", "+49151"},
		{"alpha in the number field", `RING|+CLIP: "Info",208,,,,0|NO CARRIER`, "Info"},
		{"Huawei", "RING|" + clip + "|^CEND:1,0,104,16", "+49151"},
		{"Huawei, answered at the modem", "RING|" + clip + "|^CONN:1,0|30|^CEND:1,20,67,16", ""},
		{"SIMCom 7600", "RING|" + clip + "|MISSED_CALL: 11:01AM +49151|VOICE CALL: END: 000000", "+49151"},
		{"SIMCom 7600, the other order", "RING|" + clip + "|NO CARRIER|1|MISSED_CALL: 11:01AM +49151", "+49151"},
		{"SIMCom 7600, the RING unheard", "MISSED_CALL: 11:01AM 07700900123", "07700900123"},
		{"SIMCom 7600, answered", "RING|VOICE CALL: BEGIN|30|VOICE CALL: END: 000041", ""},
		{"SIMCom, +CLCC unasked", `RING|+CLCC: 1,1,4,0,0,"+49151",145|+CLCC: 1,1,6,0,0,"+49151",145`, "+49151"},
		{"SIMCom, +CLCC only", `+CLCC: 1,1,4,0,0,"+49151",145,""|5|+CLCC: 1,1,6,0,0,"+49151",145,""`, "+49151"},
		{"SIMCom, +CLCC answered", `RING|+CLCC: 1,1,0,0,0,"+49151",145|30|+CLCC: 1,1,6,0,0,"+49151",145`, ""},
		{"SIMCom, +CLCC of a call made here", `+CLCC: 1,0,3,0,0,"+49151",145|+CLCC: 1,0,6,0,0,"+49151",145`, ""},
		{"u-blox", "+UCALLSTAT: 1,4|RING|" + clip + "|+UCALLSTAT: 1,6", "+49151"},
		{"u-blox, answered", "RING|" + clip + "|+UCALLSTAT: 1,1|30|+UCALLSTAT: 1,6", ""},
		{"Quectel", "^DSCI: 3,1,4,0,+49151,145|RING|" + clip + "|^DSCI: 3,1,6,0,+49151,145", "+49151"},
		{"Quectel, answered", "RING|^DSCI: 4,1,3,0,+49151,145|30|^DSCI: 4,1,6,0,+49151,145", ""},
		{"Cinterion", `^SLCC: 1,1,4,0,0,0,"+49151",145|^SLCC: |RING|4|^SLCC:`, "+49151"},
		{"Cinterion, answered", `^SLCC: 1,1,4,0,0,0,"+49151",145|^SLCC:|RING|^SLCC: 1,1,0,0,0,0,"+49151",145|^SLCC:|30|^SLCC:`, ""},
		{"Wavecom", "+WIND: 5,1|RING|" + clip + "|+WIND: 6,1", "+49151"},
		{"ZTE", "RING|" + clip + "|HANGUP: 1", "+49151"},
		{"phonesim", "RING|" + clip + "|*ECAV: 1,0", "+49151"},
		{"busy line of our own call", "BUSY", ""},
		{"two calls", "RING|" + clip + "|NO CARRIER|2|RING|NO CARRIER", "+49151 -"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := missed(t, c.said); !reflect.DeepEqual(got, strings.Fields(c.want)) {
					t.Errorf("missed %q, want %q", got, c.want)
				}
			})
		})
	}
}

// missed lets a modem say lines and returns whose calls were missed. When they first rang is checked here.
func missed(t *testing.T, said string) []string {
	ours, theirs := net.Pipe()
	m := start(ours, Options{}.filled())
	m.engine.ready.Store(true)
	p := newPeer(theirs)
	go p.run()
	begun := time.Now()
	for text := range strings.SplitSeq(said, "|") {
		if wait, err := time.ParseDuration(text + "s"); err == nil {
			time.Sleep(wait)
			continue
		}
		p.say(text)
	}
	synctest.Wait()
	m.Close()
	theirs.Close()
	list := []string{}
	for ev := range m.Events() {
		if ev.Kind != Missed {
			continue
		}
		if len(list) == 0 && !ev.At.Equal(begun) {
			t.Errorf("the call is said to have rung at %v, it did at %v", ev.At, begun)
		}
		if ev.Text == "" {
			ev.Text = "-"
		}
		list = append(list, ev.Text)
	}
	return list
}

// TestMissedWhileAsking: a call that ends while a command is out is no result of it.
func TestMissedWhileAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, port := started(t, Options{})
		go func() {
			(&player{t: t, port: port, cut: whole}).play([]string{
				`> \e`, "> AT+CSQ", "< RING", "< NO CARRIER", "< +CSQ: 20,99", "< OK",
			})
		}()
		lines, err := m.ask(t.Context(), "+CSQ", shape{prefix: "+CSQ", need: true})
		if err != nil || len(lines) != 1 {
			t.Errorf("%q, %v", lines, err)
		}
		synctest.Wait()
		if got := collect(m); !reflect.DeepEqual(got, []string{"ring RING", "missed"}) {
			t.Errorf("%q", got)
		}
		m.Close()
	})
}
