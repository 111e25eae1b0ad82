package main

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestBenchFirst measures how long a page takes that is opened with nothing kept
// of it, at full speed and on a processor four times slower: to the first paint,
// to the list of conversations, and until nothing keeps the main thread any more
// (time to interactive: the end of the last task of over 50 ms before five quiet
// seconds).
func TestBenchFirst(t *testing.T) {
	if os.Getenv("SMSBRIDGE_BENCH") == "" {
		t.Skip("measures for two minutes; run it with `make bench`")
	}
	o := newFloor(t)
	for n := range 100 {
		o.text(fmt.Sprintf("+155502%02d", n), "Is the van ready?", 0)
	}
	o.ana.until(`document.querySelectorAll(".rows .row").length === 100`)
	p := o.ana.newTab(t)
	for _, slower := range []float64{1, 4} {
		slow(p, slower)
		var paint, listed, interactive []time.Duration
		for range 7 {
			f := openFirst(p, o.url)
			paint, listed, interactive = append(paint, f[0]), append(listed, f[1]), append(interactive, f[2])
		}
		t.Logf("processor %vx slower, nothing kept, 100 conversations: first paint p50 %v, most %v; the list p50 %v, most %v; interactive p50 %v, most %v",
			slower, percentile(paint, 0.5), percentile(paint, 1), percentile(listed, 0.5), percentile(listed, 1), percentile(interactive, 0.5), percentile(interactive, 1))
	}
}

// slow makes a tab slower, which keeps nothing of what it has read, and has it
// watch how a page begins.
func slow(p *tab, times float64) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, network.Enable, network.EnableParams{})
	if err == nil {
		_, err = chromedp.Call(p.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	}
	if err == nil {
		_, err = chromedp.Call(p.ctx, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true})
	}
	if err == nil {
		_, err = chromedp.Call(p.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times})
	}
	if err == nil {
		_, err = chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watchFirst})
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

const watchFirst = `
	window.first = {paint: 0, listed: 0, busy: 0};
	new PerformanceObserver(l => l.getEntries().forEach(e => e.name === "first-paint" && (first.paint = e.startTime))).observe({type: "paint", buffered: true});
	new PerformanceObserver(l => l.getEntries().forEach(e => (first.busy = e.startTime + e.duration))).observe({type: "longtask", buffered: true});
	new MutationObserver(() => { if (!first.listed && document.querySelectorAll(".rows .row").length > 50) first.listed = performance.now(); }).observe(document, {subtree: true, childList: true});`

// openFirst opens the desk and answers the three times.
func openFirst(p *tab, url string) (times [3]time.Duration) {
	p.t.Helper()
	p.open("about:blank")
	p.open(url)
	p.until(`window.first?.listed && document.querySelector(".connection.live")`)
	got := eval[[]float64](p, `new Promise(done => {
		const look = () => performance.now() > Math.max(first.listed, first.busy) + 5000 && first.paint ? done([first.paint, first.listed, Math.max(first.paint, first.listed, first.busy)]) : setTimeout(look, 200);
		look();
	})`)
	copy(times[:], ms(got))
	return times
}
