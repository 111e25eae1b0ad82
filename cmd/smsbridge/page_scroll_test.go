package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const longThread = 50_000

// TestBenchScroll scrolls through a conversation of fifty thousand texts, from
// its end back and from its beginning on, at some thousand pixels a second, with
// every page of it read from the box on the way. It tells how long frames took,
// as the browser counts them and as its main thread was busy with them; that
// nothing was lost or out of order on the way is asserted.
func TestBenchScroll(t *testing.T) {
	if os.Getenv("SMSBRIDGE_BENCH") == "" {
		t.Skip("measures for two minutes; run it with `make bench`")
	}
	chromium := findChromium(t)
	o := newDesks(t)
	o.must("line", "desk", o.lines[shop], "--cases", "off")
	began := time.Now()
	o.must("import", "csv", longTalk(t), "--line", o.lines[shop], "--zone", "UTC")
	t.Logf("%d texts brought in after %v", longThread, time.Since(began).Round(time.Millisecond))
	ana := o.hire(chromium, "Ana", shop)
	ana.until(`document.querySelector(".row a")`)
	ana.click(".row a")
	ana.until(fmt.Sprintf(`document.querySelectorAll(".slot").length > 30 && [...document.querySelectorAll(".bubble-text")].at(-1).textContent.startsWith("%d ")`, longThread-1))
	measure := func(what string, pixels int) {
		eval[bool](ana, scrolling)
		for lot := range 4 {
			seen := eval[scrolled](ana, fmt.Sprintf(`scrolling(%d, 400)`, pixels))
			seen.judge(t, fmt.Sprintf("%s, part %d of 4", what, lot+1))
		}
	}
	measure("from the end back", -120)
	measure("and on again", 120)
	ana.press("End", "End", held0)
	eval[bool](ana, `(document.querySelector(".cog > button").click(), true)`)
	ana.until(`document.querySelector(".cog-menu")`)
	eval[bool](ana, `(document.querySelector(".cog-menu button:nth-child(3)").click(), true)`)
	ana.until(`document.querySelector("dialog input[type=date]")`)
	eval[bool](ana, fmt.Sprintf(`(document.querySelector("dialog input").value = %q, document.querySelector("dialog .primary").click(), true)`, longBegan.Format(time.DateOnly)))
	ana.until(`!document.querySelector("dialog") && document.querySelector(".bubble-text")?.textContent.startsWith("0 ")`)
	measure("from the beginning on", 120)
	measure("and back again", -120)
	ana.quiet(t)
}

// longBegan is when the long conversation begins: it has forty texts a day.
var longBegan = time.Date(2022, 1, 1, 8, 0, 0, 0, time.UTC)

// longTalk is a conversation as a table, each text with its number first.
func longTalk(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "talk.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(f)
	w.Write([]string{"peer", "dir", "text", "at", "state"})
	for i := range longThread {
		at := longBegan.AddDate(0, 0, i/40).Add(time.Duration(i%40) * 17 * time.Minute)
		dir, state := "in", "received"
		if i%3 == 1 {
			dir, state = "out", "delivered"
		}
		text := fmt.Sprintf("%d %s", i, strings.Repeat("It is ready, and the papers too. ", 1+i*7%6))
		if i%11 == 0 {
			text += "https://example.org/" + fmt.Sprint(i)
		}
		w.Write([]string{customer, dir, text, at.Format(time.RFC3339), state})
	}
	w.Flush()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// scrolling moves by some pixels in each of some frames, and tells how long the
// frames were apart, how long each kept the main thread, and what passed by.
const scrolling = `(window.scrolling = (by, frames) => new Promise(done => {
	const box = document.querySelector(".scroll"), apart = [], busy = [], numbers = [];
	const low = [], watch = new PerformanceObserver(l => low.push(...l.getEntries().map(e => e.duration)));
	watch.observe({type: "long-animation-frame"});
	const number = () => [...box.querySelectorAll(".bubble-text")].map(e => parseInt(e.textContent));
	let last = 0, left = frames, waited = 0;
	const step = now => {
		const began = performance.now();
		if (last) apart.push(now - last);
		last = now;
		const before = box.scrollTop;
		box.scrollTop += by;
		if (box.scrollTop === before) waited++; // nothing there: the next page is on its way
		const after = new MessageChannel();
		after.port1.onmessage = () => busy.push(performance.now() - began); // the frame is laid out and painted
		after.port2.postMessage(0);
		if (left % 50 === 0) numbers.push(number());
		if (--left > 0) return void requestAnimationFrame(step);
		watch.disconnect();
		setTimeout(() => done({apart, busy, low, waited, numbers, bubbles: number().length}), 200);
	};
	requestAnimationFrame(step);
}), true)`

// scrolled is what was seen on the way, times in milliseconds.
type scrolled struct {
	Apart, Busy, Low []float64
	Waited           int
	Numbers          [][]int // of the texts on the page, now and then
	Bubbles          int
}

func (s scrolled) judge(t *testing.T, what string) {
	t.Helper()
	passed := map[int]bool{}
	for _, numbers := range s.Numbers {
		for i, n := range numbers {
			passed[n] = true
			if i > 0 && n != numbers[i-1]+1 {
				t.Fatalf("%s: text %d stands after text %d", what, n, numbers[i-1])
			}
		}
	}
	over := 0
	for _, ms := range s.Apart {
		if ms > 50 {
			over++
		}
	}
	t.Logf("%s: %d frames, apart p50 %v, p99 %v, most %v, over 50 ms %d; main thread p50 %v, p99 %v, most %v; long frames %d; %d texts passed, %d on the page, %d frames without anything to go to",
		what, len(s.Apart), percentile(ms(s.Apart), 0.5), percentile(ms(s.Apart), 0.99), percentile(ms(s.Apart), 1), over,
		percentile(ms(s.Busy), 0.5), percentile(ms(s.Busy), 0.99), percentile(ms(s.Busy), 1), len(s.Low), len(passed), s.Bubbles, s.Waited)
	if len(passed) < 300 {
		t.Errorf("%s: only %d texts were passed: this measures nothing", what, len(passed))
	}
}

func ms(all []float64) (d []time.Duration) {
	for _, each := range all {
		d = append(d, time.Duration(each*float64(time.Millisecond)))
	}
	return d
}

// TestPageScrolledAndLeft: browsers tell of a scroll in the next frame, when the
// conversation that was scrolled may be gone.
func TestPageScrolledAndLeft(t *testing.T) {
	desk, _ := openRooms(t)
	eval[bool](desk, `(window.left = document.querySelector(".scroll"), window.wrong = [], addEventListener("error", e => wrong.push(e.message)), true)`)
	desk.room("#/history")
	desk.until(`!left.isConnected`)
	if wrong := eval[[]string](desk, `left.dispatchEvent(new Event("scroll")) && wrong`); len(wrong) > 0 {
		t.Errorf("a scroll of what is gone: %q", wrong)
	}
	if wrong := eval[[]string](desk, `(left.addEventListener("scroll", () => { throw new Error("heard") }), left.dispatchEvent(new Event("scroll")) && wrong)`); len(wrong) != 1 { // control
		t.Errorf("of an error it is told %q", wrong)
	}
}

// TestPageScrolledWhileItGrows: a browser tells of the last scroll at the begin of
// a frame, when the next text may stand there and the page has not followed it
// yet. Who did not scroll stays at the end, who did is left alone.
//
// Planted: without the look at what is due, in onScroll, the first half fails;
// with a look that does not ask where the page is scrolled to, the second.
func TestPageScrolledWhileItGrows(t *testing.T) {
	o := newFloor(t)
	a := o.opened("One")
	tall := func(name string) string { return name + strings.Repeat("\nand more", 30) }
	o.text(customer, tall("Two"), 0)
	a.until(lastText("in", tall("Two")) + ` && ` + atEnd)
	eval[bool](a, `(window.up = false, new MutationObserver(() => {
		const s = document.querySelector(".scroll");
		if (up) s.scrollTop = 0;
		s.dispatchEvent(new Event("scroll"));
	}).observe(document.querySelector(".scroll"), {childList: true, subtree: true}), true)`)
	o.text(customer, tall("Three"), 0)
	a.until(lastText("in", tall("Three")) + ` && ` + atEnd + ` && !document.querySelector(".pill")`)
	eval[bool](a, `up = true`)
	o.text(customer, tall("Four"), 0)
	a.until(lastText("in", tall("Four")))
	eval[bool](a, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
	if top := eval[float64](a, `document.querySelector(".scroll").scrollTop`); top > 0 {
		t.Errorf("who scrolled up as a text came is taken to %v", top)
	}
	a.quiet(t)
}
