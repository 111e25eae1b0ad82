package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A page that does not get there in so long does not get there.
const pagePatience = 30 * time.Second

// hostile is what a stranger may send: markup, and marks that turn the
// direction of what follows. The page shows it and makes nothing of it.
const hostile = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script> \u202Ecod.exe\u202C"

// TestPageInChromium uses the demo as two people would: one at the desk, one
// with the pretend phone in a second tab, in a real browser and with the real
// headers.
func TestPageInChromium(t *testing.T) {
	chromium := findChromium(t)
	url, code := startDemo(t)
	desk := newBrowser(t, chromium)
	signIn(t, desk, url, code)
	phone := desk.newTab(t)
	phone.open(url + "/handset")
	phone.until(`document.querySelector(".peer")`)

	t.Run("a text from the phone shows at the desk", func(t *testing.T) {
		phone := phone.in(t)
		phone.write("#phone-text", "Hi, is the van ready?")
		desk := desk.in(t)
		desk.until(`document.title.startsWith("(1)")`)
		desk.click(".row a")
		desk.until(lastText("in", "Hi, is the van ready?"))
		desk.until(`document.querySelector(".thread-head .add")`) // nobody has saved the number
	})
	t.Run("the answer shows at the phone and comes back as delivered", func(t *testing.T) {
		desk, phone := desk.in(t), phone.in(t)
		desk.write("#composer", "It is ready after 15:00.")
		desk.until(lastText("out", "It is ready after 15:00."))
		phone.until(`[...document.querySelectorAll(".note-bubble.in .bubble-text")].some(b => b.textContent === "It is ready after 15:00.")`)
		desk.until(`document.querySelector(".bubble.out.delivered .tick.delivered")`)
		desk.until(`document.querySelectorAll(".bubble.out").length === 1`) // the bubble made at once became the message
	})
	t.Run("the counter is the server's", func(t *testing.T) {
		desk := desk.in(t)
		desk.typeInto("#composer", "Später €")
		desk.until(`document.querySelector(".counter summary")?.textContent === "1 part · 151 left · GSM"`) // € takes two units
		desk.typeInto("#composer", " 👍")
		desk.until(`document.querySelector(".counter summary")?.textContent.endsWith("Unicode")`)
	})
	t.Run("a draft outlives a reload", func(t *testing.T) {
		desk := desk.in(t)
		desk.do(chromedp.Reload())
		desk.until(`document.querySelector("#composer")?.value === "Später € 👍"`)
	})
	t.Run("a hostile text is only text", func(t *testing.T) {
		desk, phone := desk.in(t), phone.in(t)
		phone.write("#phone-text", hostile)
		desk.until(`document.querySelectorAll(".bubble.in.received").length === 2`) // both its parts are here
		for _, tab := range []*tab{desk, phone} {
			if n := made(tab); n != 0 {
				t.Errorf("the text made %v elements", n)
			}
		}
		shown := eval[string](desk, `[...document.querySelectorAll(".bubble.in .bubble-text")].at(-1).textContent`)
		if want := strings.NewReplacer("\u202E", "U+202E", "\u202C", "U+202C").Replace(hostile); shown != want {
			t.Errorf("shown as %q, want %q", shown, want)
		}
		if title := eval[string](desk, `document.title`); strings.Contains(title, "taken") {
			t.Error("the text ran as a script")
		}
	})
	t.Run("control: the same text as HTML would make elements, and the page forbids HTML", func(t *testing.T) {
		blank := desk.newTab(t)
		blank.open("about:blank")
		eval[bool](blank, fmt.Sprintf(`(document.body.innerHTML = %q, true)`, hostile))
		if n := made(blank); n != 2 {
			t.Errorf("%v elements where HTML is allowed, want 2: the check above sees nothing", n)
		}
		if name := eval[string](desk.in(t), `(() => { try { document.createElement("p").innerHTML = "<b>"; return "taken" } catch (e) { return e.name } })()`); name != "TypeError" {
			t.Errorf("innerHTML on the page: %s, want a TypeError by Trusted Types", name)
		}
	})
	desk.quiet(t)
	phone.quiet(t)
}

// made counts the elements that only a text taken as HTML can make.
func made(p *tab) float64 {
	return eval[float64](p, `document.querySelectorAll("img, body script").length`)
}

func lastText(dir, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(".bubble.%s .bubble-text")].at(-1)?.textContent === %q`, dir, text)
}

func signIn(t *testing.T, desk *tab, url, code string) {
	desk.open(url + "/#code=" + code)
	desk.until(`document.querySelector("input[name=code]")?.value`)
	if hash := eval[string](desk, `location.href`); strings.Contains(hash, code) {
		t.Errorf("the code is still in the address: %s", hash)
	}
	desk.write("input[name=name]", "Ana")
	desk.until(`document.querySelector(".skip")`) // a new owner is led through the first steps
	desk.click(".skip")
	desk.until(`document.querySelector(".connection.live") && document.querySelectorAll(".wide-chips .chip.ready").length === 2`)
}

// startDemo runs serve --demo until the test ends, and answers its address and
// the code to sign in with.
func startDemo(t *testing.T) (url, code string) {
	t.Helper()
	dir := t.TempDir()
	out, in := io.Pipe()
	var log lockedBuffer
	ctx, stop := context.WithCancel(t.Context())
	var demo sync.WaitGroup
	demo.Go(func() {
		defer in.Close()
		run(ctx, []string{"serve", "--demo", "--listen", "127.0.0.1:0",
			"--db", filepath.Join(dir, "demo.db"), "--admin", filepath.Join(dir, "admin.sock")}, nil, in, &log)
	})
	t.Cleanup(demo.Wait)
	t.Cleanup(stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	demo.Go(func() { io.Copy(io.Discard, out) })
	url, ready := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	found := regexp.MustCompile(`#code=([A-Z-]+)`).FindStringSubmatch(log.String())
	if err != nil || !ready || found == nil {
		t.Fatalf("the demo says %q, %v\n%s", line, err, log.String())
	}
	return url, found[1]
}

// lockedBuffer is read while the demo still writes its log.
type lockedBuffer struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
