package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTrustPageInChromium opens the trust page as a device does that trusts
// nothing yet, wide and narrow: its policy forbids it nothing that it wants, and
// nothing of it stands beside the screen. SMSBRIDGE_SHOTS names a folder for
// pictures.
func TestTrustPageInChromium(t *testing.T) {
	chromium := findChromium(t)
	o := newOffice(t, "--tls", "local")
	page := newBrowser(t, chromium)
	for _, size := range []struct {
		name          string
		width, height int
	}{{"wide", 1280, 900}, {"narrow", 360, 740}} {
		page.do(chromedp.EmulateViewport(int64(size.width), int64(size.height)))
		page.open("http://" + o.host(t) + "/trust")
		if w := eval[float64](page, `document.documentElement.scrollWidth`); int(w) > size.width {
			t.Errorf("%s: the page is %v wide on a screen of %d", size.name, w, size.width)
		}
		if ok := eval[bool](page, `(i => i.complete && i.naturalWidth > 100)(document.images[0])`); !ok {
			t.Errorf("%s: the QR code is not shown", size.name)
		}
		if font := eval[string](page, `getComputedStyle(document.querySelector("main")).maxWidth`); font != "736px" {
			t.Errorf("%s: the sheet is not in force: %s", size.name, font)
		}
		eval[bool](page, `document.querySelectorAll("details").forEach(d => d.open = true) || true`)
		if w := eval[float64](page, `document.documentElement.scrollWidth`); int(w) > size.width {
			t.Errorf("%s, all chapters open: the page is %v wide on a screen of %d", size.name, w, size.width)
		}
		if folder := os.Getenv("SMSBRIDGE_SHOTS"); folder != "" {
			picture, err := chromedp.Run(page.ctx, chromedp.FullScreenshot(100))
			if err == nil {
				err = os.WriteFile(filepath.Join(folder, "trust-"+size.name+".png"), picture, 0o600)
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	page.quiet(t)
	// Control: what the policy forbids is seen, and does nothing.
	if title := eval[string](page, `(() => { const s = document.createElement("script"); s.textContent = "document.title = 'taken'"; document.head.append(s); return document.title })()`); title != "Trust desk-pi" {
		t.Errorf("an inline script ran: %s", title)
	}
}
