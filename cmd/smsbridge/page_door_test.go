package main

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestPageDoorMissing: the form of the way in is a file of its own, which a page
// of before an upgrade asks for in vain. It says so, and the button loads the page
// that fits. (Planted: without Missing in later the page stays empty.)
func TestPageDoorMissing(t *testing.T) {
	chromium := findChromium(t)
	url, _ := startDemo(t)
	p := newBrowser(t, chromium)
	block := func(on bool) {
		t.Helper()
		_, err := chromedp.Call(p.ctx, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: url + "/signin-*", Block: on}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := chromedp.Call(p.ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	block(true)
	p.open(url)
	p.until(`document.querySelector(".door-card [role=alert]")?.textContent.includes("could not be loaded")`)
	block(false)
	p.click(".door-card .button")
	p.until(`document.querySelector(".door-card input[name=code]")`)
}
