package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// findChromium skips the test on a machine that has none, unless nothing may be
// skipped.
func findChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const lacking = "no Chromium here (apt-get install chromium): the page was not tried in a browser"
	if os.Getenv("SMSBRIDGE_TEST_ALL") == "1" {
		t.Fatal(lacking)
	}
	t.Skip(lacking)
	return ""
}

// tab is one tab of the browser. Every step fails the test it is in.
type tab struct {
	t     *testing.T
	ctx   context.Context
	said  *complaints
	world runtime.ExecutionContextID // where expressions are evaluated; 0: in the page itself
}

// complaints are what the page threw and the browser forbade.
type complaints struct {
	mu   sync.Mutex // guards list
	list []string
}

// newBrowser starts a browser with an empty profile, which ends with the test.
func newBrowser(t *testing.T, path string, more ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 800),
		chromedp.Flag("lang", "en-GB"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	options = append(options, more...)
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	return openTab(t, ctx)
}

func (p *tab) newTab(t *testing.T) *tab {
	t.Helper()
	return openTab(t, p.ctx)
}

func openTab(t *testing.T, parent context.Context) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(parent)
	p := &tab{t: t, ctx: ctx, said: new(complaints)}
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as the context of its first step
		t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(1280, 800))
	messages := chromedp.Console(ctx)
	var listener sync.WaitGroup
	listener.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			// A 404 of a phone that has no memory yet is an answer, not a fault.
			if m.IsException() || m.Source == "security" {
				p.said.mu.Lock()
				p.said.list = append(p.said.list, m.Text)
				p.said.mu.Unlock()
			}
		}
	})
	t.Cleanup(listener.Wait)
	t.Cleanup(stop)
	return p
}

// quiet fails if anything was thrown or forbidden.
func (p *tab) quiet(t *testing.T) {
	t.Helper()
	p.said.mu.Lock()
	defer p.said.mu.Unlock()
	for _, what := range p.said.list {
		if !strings.Contains(what, "TrustedHTML") { // the control's own
			t.Errorf("the browser says: %s", what)
		}
	}
}

// in is the same tab for a subtest.
func (p *tab) in(t *testing.T) *tab {
	return &tab{t: t, ctx: p.ctx, said: p.said, world: p.world}
}

// frame is what stands in the first frame of the page, for as long as it is
// there. Keys and pictures are those of the whole page.
func (p *tab) frame() *tab {
	p.t.Helper()
	tree, err := chromedp.Call(p.ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil || len(tree.FrameTree.ChildFrames) == 0 {
		p.t.Fatalf("no frame in the page: %v", err)
	}
	made, err := chromedp.Call(p.ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.ChildFrames[0].Frame.ID})
	if err != nil {
		p.t.Fatal(err)
	}
	return &tab{t: p.t, ctx: p.ctx, said: p.said, world: made.ExecutionContextID}
}

// there has an expression wait for its promise, where the tab looks.
func (p *tab) there(e *runtime.EvaluateParams) {
	e.AwaitPromise, e.ContextID = new(true), p.world
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, pagePatience)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

func (p *tab) open(url string) {
	p.t.Helper()
	p.world = 0
	p.do(chromedp.Navigate(url))
}

func (p *tab) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// until waits for a condition; it is looked at whenever the page changes, also
// into another, and now and then: of the focus and of sizes no change tells.
func (p *tab) until(condition string) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, pagePatience)
	defer stop()
	look := chromedp.Evaluate[bool](`new Promise(done => {
		const look = () => { if (`+condition+`) { change.disconnect(); clearInterval(nowAndThen); done(true) } };
		const change = new MutationObserver(look), nowAndThen = setInterval(look, 250);
		change.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
		look();
	})`, p.there)
	_, err := chromedp.Run(ctx, look)
	for err != nil && ctx.Err() == nil && strings.Contains(err.Error(), "navigated or closed") {
		_, err = chromedp.Run(ctx, look)
	}
	if err != nil {
		now, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.body.innerText`))
		p.t.Fatalf("%v: not seen: %s\non the page:\n%s", err, condition, now)
	}
}

// comes waits for what no change of the page tells of.
func (p *tab) comes(condition string) {
	p.t.Helper()
	eval[bool](p, `new Promise(done => { const look = async () => (await (`+condition+`)) ? done(true) : setTimeout(look, 50); look() })`)
}

func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, pagePatience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, p.there))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// inFront is what a person can reach: the dialog that opened last, or the page
// where none is open. One that was closed may stay for a moment.
const inFront = `([...document.querySelectorAll("dialog:modal")].at(-1) ?? document)`

// reached are the elements of a selector that a person can reach, first the first
// of them.
func reached(selector string) string {
	return fmt.Sprintf(`[...%s.querySelectorAll(%q)].filter(e => !e.closest("dialog:not([open])"))`, inFront, selector)
}

func first(selector string) string { return reached(selector) + `[0]` }

// typeInto writes at the end of a field, as soon as it takes the focus: none does
// below a dialog.
func (p *tab) typeInto(selector, text string) {
	p.t.Helper()
	p.comes(fmt.Sprintf(`(e => e && (e.focus(), document.activeElement === e))(%s)`, first(selector)))
	ctx, stop := context.WithTimeout(p.ctx, pagePatience)
	defer stop()
	if _, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		p.t.Fatal(err)
	}
}

// clear empties a field.
func (p *tab) clear(selector string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(i => { i.value = ""; return i.dispatchEvent(new Event("input", {bubbles: true})) })(%s)`, first(selector)))
}

// write writes into a field and presses Enter as a keyboard does: one event
// that both is the key and makes the character, so that a page which takes the
// key suppresses the character.
func (p *tab) write(selector, text string) {
	p.t.Helper()
	p.typeInto(selector, text)
	enter := input.DispatchKeyEventParams{Type: "keyDown", Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13}
	for _, kind := range []input.DispatchKeyEventType{"keyDown", "keyUp"} {
		enter.Type = kind
		if kind == "keyUp" {
			enter.Text = ""
		}
		ctx, stop := context.WithTimeout(p.ctx, pagePatience)
		_, err := chromedp.Call(ctx, input.DispatchKeyEvent, enter)
		stop()
		if err != nil {
			p.t.Fatal(err)
		}
	}
}
