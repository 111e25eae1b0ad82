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
//
// Both ends tell the time by the clock of this machine; how far a browser's is
// from ours is measured and taken off, and by how much it can be wrong is told.
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
		if i == 0 {
			desks[i].until(`document.querySelector(".skip")`)
			desks[i].click(".skip")
		}
	}
	for n := range 5 { // what is done the first time is done
		if err := s.phone.Send(s.sims[0].Number(), fmt.Sprint("before ", n)); err != nil {
			t.Fatal(err)
		}
	}
	clocks := make([]clockOf, len(desks))
	for i, d := range desks {
		d.until(`document.querySelector(".row a")`)
		d.click(".row a")
		d.until(`document.querySelectorAll(".bubble.in").length === 5`)
		clocks[i] = clockOfPage(d)
		eval[bool](d, `(window.heard = {}, window.seen = {}, window.drawn = {}, (parse => (JSON.parse = (...a) => {
			const text = /"text":"(pixel \d+)"/.exec(a[0])?.[1];
			if (text) heard[text] ??= performance.timeOrigin + performance.now();
			return parse(...a);
		}))(JSON.parse), new MutationObserver(() => {
			const now = performance.timeOrigin + performance.now();
			for (const e of document.querySelectorAll(".bubble.in .bubble-text:not([data-timed])")) {
				e.dataset.timed = "";
				const text = e.textContent;
				if (!text.startsWith("pixel ")) continue;
				seen[text] = now;
				requestAnimationFrame(() => requestAnimationFrame(() => (drawn[text] = performance.timeOrigin + performance.now())));
			}
		}).observe(document.querySelector(".scroll"), {childList: true, subtree: true, characterData: true}), true)`)
	}
	began := make(map[string]time.Time)
	for n := range texts {
		text := fmt.Sprintf("pixel %d", n)
		began[text] = time.Now()
		if err := s.phone.Send(s.sims[0].Number(), text); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(211+n*37%173) * time.Millisecond) // more than a modem hears, and no beat of the frames is met
	}
	for i, d := range desks {
		eval[bool](d, fmt.Sprintf(`new Promise(done => { const end = performance.now() + 10000, look = () => Object.keys(drawn).length === %d || performance.now() > end ? done(true) : setTimeout(look, 50); look() })`, texts))
		for _, what := range []string{"heard", "seen", "drawn"} {
			at := eval[map[string]float64](d, "window."+what)
			var took []time.Duration
			for text, ms := range at {
				took = append(took, clocks[i].here(ms).Sub(began[text]))
			}
			if len(took) != texts {
				t.Errorf("browser %d: %d of %d texts %s", i+1, len(took), texts, what)
			}
			if least := percentile(took, 0); least <= 0 {
				t.Errorf("browser %d: a text was %s %v before it was sent: the clocks are apart", i+1, what, -least)
			}
			t.Logf("+CMTI to the page of browser %d, %s: p50 %v, p99 %v, most %v (%d texts, clock ±%v)",
				i+1, map[string]string{"heard": "at its script", "seen": "in the document", "drawn": "two frames later"}[what],
				percentile(took, 0.5), percentile(took, 0.99), percentile(took, 1), len(took), clocks[i].doubt.Round(10*time.Microsecond))
		}
	}
}

// clockOf is how far a page's clock is ahead of ours, and by how much that can
// be wrong.
type clockOf struct{ ahead, doubt time.Duration }

func (c clockOf) here(pageMS float64) time.Time {
	return time.UnixMicro(int64(pageMS * 1000)).Add(-c.ahead)
}

// clockOfPage asks a page for the time, often, and believes the answer that took
// the least: it was given somewhere between question and answer.
func clockOfPage(p *tab) clockOf {
	best := clockOf{doubt: time.Hour}
	for range 30 {
		before := time.Now()
		there := time.UnixMicro(int64(eval[float64](p, `performance.timeOrigin + performance.now()`) * 1000))
		if half := time.Since(before) / 2; half < best.doubt {
			best = clockOf{ahead: there.Sub(before.Add(half)), doubt: half}
		}
	}
	return best
}
