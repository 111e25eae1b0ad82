package main

import (
	"fmt"
	"os"
	"testing"
	"time"

	"smsbridge/modem/simulator"
)

// TestBenchPixel measures the whole way: from the moment before a handset's text
// enters the network, which writes +CMTI within it, to the bubble in the
// document of two browsers, and to the frame in which each draws it.
func TestBenchPixel(t *testing.T) {
	if os.Getenv("SMSBRIDGE_BENCH") == "" {
		t.Skip("measures for some seconds; run it with `make bench`")
	}
	const texts = 300
	chromium := findChromium(t)
	s := newStand(t, build(t, ""), 1, simulator.ModemOptions{})
	url := s.serve()
	desks := make([]*tab, 2)
	for i := range desks {
		code, _, err := s.desk.SetupCode(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		desks[i] = newBrowser(t, chromium)
		desks[i].open(url + "/#code=" + code)
		desks[i].until(`document.querySelector("input[name=code]")?.value`)
		if i == 0 {
			desks[i].write(`input[name=name]`, "Ana")
		} else {
			desks[i].write(`input[name=code]`, "") // the owner has a name already
		}
		desks[i].until(`document.querySelector(".connection.live")`)
	}
	if err := s.phone.Send(s.sims[0].Number(), "the first text"); err != nil {
		t.Fatal(err)
	}
	for _, d := range desks {
		d.until(`document.querySelector(".row a")`)
		d.click(".row a")
		d.until(lastText("in", "the first text"))
		eval[bool](d, `(window.seen = {}, window.drawn = {}, new MutationObserver(() => {
			const now = performance.timeOrigin + performance.now();
			const text = [...document.querySelectorAll(".bubble.in .bubble-text")].at(-1)?.textContent;
			if (!text?.startsWith("pixel ") || seen[text]) return;
			seen[text] = now;
			requestAnimationFrame(() => requestAnimationFrame(() => (drawn[text] = performance.timeOrigin + performance.now())));
		}).observe(document.querySelector(".scroll"), {childList: true, subtree: true, characterData: true}), true)`)
	}
	began := make(map[string]time.Time)
	for n := range texts {
		text := fmt.Sprintf("pixel %d", n)
		began[text] = time.Now()
		if err := s.phone.Send(s.sims[0].Number(), text); err != nil {
			t.Fatal(err)
		}
		time.Sleep(60 * time.Millisecond) // the SIM is emptied, and the frame is drawn
	}
	last := fmt.Sprintf("pixel %d", texts-1)
	for i, d := range desks {
		eval[bool](d, fmt.Sprintf(`new Promise(done => { const look = () => window.drawn[%q] ? done(true) : setTimeout(look, 50); look() })`, last))
		for _, what := range []string{"seen", "drawn"} {
			at := eval[map[string]float64](d, "window."+what)
			var took []time.Duration
			for text, ms := range at {
				took = append(took, time.UnixMicro(int64(ms*1000)).Sub(began[text]))
			}
			if len(took) != texts {
				t.Errorf("browser %d: %d of %d texts %s", i+1, len(took), texts, what)
			}
			t.Logf("+CMTI to the page of browser %d, %s: p50 %v, p99 %v, most %v (%d texts)",
				i+1, map[string]string{"seen": "in the document", "drawn": "two frames later"}[what],
				percentile(took, 0.5), percentile(took, 0.99), percentile(took, 1), len(took))
		}
	}
}
