package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// unspoken finds what is drawn or read out and stands in no catalogue: in the
// pseudo language all words of a catalogue stand between ⟦ and ⟧. What people
// and the box have said is no word of the page; it stands in elements that say
// so (a name, a text, a moment, a code, a sentence in the box's own English).
const unspoken = `(() => {
	const data = "bdi, .figure, code, kbd, pre, time, .bubble-text, .row-text, .avatar, .account, body [dir=ltr], body [lang=en]";
	const said = [...document.querySelectorAll(data)].map(e => e.textContent.trim()).filter(Boolean)
		.flatMap(s => [s, s.slice(0, 40)]) // a label may quote how a text begins
		.concat("English", "Deutsch", "Français", "Español", "العربية").sort((a, b) => b.length - a.length);
	const found = [];
	const judge = (text, where) => {
		let rest = text.replace(/^((Alt|Ctrl)\+)?[A-Z]$/, "");
		for (let old = ""; old !== rest;) { old = rest; rest = rest.replace(/⟦[^⟦⟧]*⟧/g, ""); }
		for (const s of said) rest = rest.replaceAll(s, "");
		if (/\p{L}/u.test(rest)) found.push(where + ": " + text.trim());
	};
	const place = e => e.tagName.toLowerCase() + (e.classList.length ? "." + [...e.classList].join(".") : "");
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n; (n = walk.nextNode());) {
		const e = n.parentElement;
		if (e.checkVisibility() && !e.closest(data + ", script, style")) judge(n.data, place(e));
	}
	for (const e of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
		if (e.closest("time, .account, body [dir=ltr]")) continue;
		for (const name of ["aria-label", "title", "placeholder", "alt"]) {
			if (e.hasAttribute(name) && !(name === "placeholder" && e.matches(".code, .mono"))) judge(e.getAttribute(name), place(e) + " " + name);
		}
	}
	return [...new Set(found)];
})()`

// turned finds telephone numbers whose + is not drawn at the left of the digits.
const turned = `(() => {
	const found = [], box = (n, i) => { const r = document.createRange(); r.setStart(n, i); r.setEnd(n, i + 1); return r.getBoundingClientRect(); };
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n; (n = walk.nextNode());) {
		if (!n.parentElement.checkVisibility() || n.parentElement.closest("option")) continue;
		for (const m of n.data.matchAll(/\+\d{6,}/g)) {
			const plus = box(n, m.index), digit = box(n, m.index + 1);
			if (plus.width && plus.top === digit.top && plus.left > digit.left) found.push(n.data);
		}
	}
	return found;
})()`

// beside finds what stands beside the screen.
const beside = `[...document.querySelectorAll("body *")].filter(e => {
	const r = e.getBoundingClientRect();
	return r.width && e.checkVisibility() && !e.closest(".skips, .unseen, .chips, pre, svg, .table thead") && (r.left < -1 || r.right > innerWidth + 1);
}).map(e => e.tagName + "." + e.className).slice(0, 5)`

// tight finds buttons that are too narrow for what they say.
const tight = `[...document.querySelectorAll("button, .button")].filter(e => e.checkVisibility() && !e.closest(".unseen") && !e.querySelector(".unseen, .tip") && e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim()).slice(0, 5)`

// TestPageWordsInChromium walks through the screens in the pseudo language, in
// Arabic, and in German where there is little room.
func TestPageWordsInChromium(t *testing.T) {
	o := newFloor(t)
	desk := o.ana
	whole := wholeTour(o)

	t.Run("no word is hard-coded", func(t *testing.T) {
		round := whole.in(t)
		desk := round.tab
		round.as(form{width: 1280, height: 800, look: `{"language":"xx"}`})
		round.each(func(name string) {
			for _, found := range eval[[]string](desk, unspoken) {
				t.Errorf("%s: %s", name, found)
			}
		})
		round.to(screen{"settings", "/settings", `document.querySelector(".choice")`})
		eval[bool](desk, `(document.querySelector(".room-body").prepend("Hard-coded"), document.querySelector(".room-body").title = "Set", true)`)
		if found := eval[[]string](desk, unspoken); len(found) != 2 {
			t.Errorf("control: of two planted words %q are found", found)
		}
	})
	t.Run("Arabic goes from right to left, and numbers do not", func(t *testing.T) {
		round := whole.in(t)
		desk := round.tab
		for _, width := range []int64{1280, 390} {
			round.as(form{width: width, height: 800, look: `{"language":"ar"}`})
			round.each(func(name string) {
				at := fmt.Sprintf("%s at %d", name, width)
				if root := eval[string](desk, `document.documentElement.lang + " " + document.documentElement.dir`); root != "ar rtl" {
					t.Errorf("%s: the page says %q of itself", at, root)
				}
				if w := eval[float64](desk, `document.documentElement.scrollWidth`); int64(w) > width {
					t.Errorf("%s: the page is %v wide", at, w)
				}
				if found := eval[[]string](desk, beside); len(found) > 0 {
					t.Errorf("%s: beside the screen: %s", at, strings.Join(found, ", "))
				}
				for _, found := range slices.Compact(eval[[]string](desk, turned)) {
					t.Errorf("%s: turned round: %q", at, found)
				}
			})
		}
		round.to(screen{"settings", "/settings", `document.querySelector(".choice")`})
		eval[bool](desk, `(() => { const p = document.createElement("p"); p.textContent = "+15550100"; document.querySelector(".room-body").prepend(p); p.style.marginInlineStart = "-80px"; return true })()`)
		if found := eval[[]string](desk, turned); !slices.Contains(found, "+15550100") {
			t.Errorf("control: a planted number is not among %q", found)
		}
		if found := eval[[]string](desk, beside); len(found) == 0 {
			t.Error("control: a planted overflow is not seen")
		}
	})
	t.Run("German has room in a narrow window", func(t *testing.T) {
		round := whole.in(t)
		desk := round.tab
		const width = 390
		round.as(form{width: width, height: 800, look: `{"language":"de"}`})
		round.each(func(name string) {
			if w := eval[float64](desk, `document.documentElement.scrollWidth`); w > width {
				t.Errorf("%s: the page is %v wide", name, w)
			}
			if found := eval[[]string](desk, beside); len(found) > 0 {
				t.Errorf("%s: beside the screen: %s", name, strings.Join(found, ", "))
			}
			if found := eval[[]string](desk, tight); len(found) > 0 {
				t.Errorf("%s: cut off: %q", name, found)
			}
		})
		round.to(screen{"settings", "/settings", `document.querySelector(".choice")`})
		eval[bool](desk, `(() => { const b = document.createElement("button"); b.textContent = "Anrufweiterleitung"; b.style = "inline-size:3em;overflow:hidden"; document.querySelector(".room-body").prepend(b); return true })()`)
		if found := eval[[]string](desk, tight); !slices.Contains(found, "Anrufweiterleitung") {
			t.Errorf("control: a planted button is not among %q", found)
		}
	})
	desk.quiet(t)
}
