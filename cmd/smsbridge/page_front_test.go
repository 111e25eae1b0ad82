package main

import "testing"

// TestHandsInFront: what tests press and fill in is what a person could reach,
// not what lies below a dialog, nor what is in one that was closed.
func TestHandsInFront(t *testing.T) {
	p := newBrowser(t, findChromium(t))
	p.open("about:blank")
	eval[bool](p, `(() => {
		const part = "<form class=form><p class=dialog-do><button type=button class='button primary'>Do</button></p><input><select><option>One<option>Two</select></form>";
		document.body.innerHTML = "<dialog id=closed>" + part + "</dialog><main>" + part + "</main><dialog id=first>" + part + "</dialog><dialog id=last>" + part + "</dialog>";
		window.done = new Set();
		const at = e => done.add(e.target.closest("main, dialog").id || "main");
		for (const kind of ["click", "input", "change"]) document.addEventListener(kind, at);
		return true;
	})()`)
	for _, c := range []struct{ name, open, close, want string }{
		{"a page without a dialog", "", "", "main"},
		{"a dialog", "first", "", "first"},
		{"a dialog over another", "last", "", "last"},
		{"one dialog, as the other was closed", "", "last", "first"},
		{"the page again", "", "first", "main"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := p.in(t)
			if c.open != "" {
				eval[bool](p, `document.getElementById("`+c.open+`").showModal() === undefined`)
			}
			if c.close != "" {
				eval[bool](p, `document.getElementById("`+c.close+`").close() === undefined`)
			}
			for name, hand := range map[string]func(){
				"pick":     func() { p.pick("Do") },
				"choose":   func() { p.choose("button", "Do") },
				"press":    func() { press(p, ".form", "Do") },
				"option":   func() { p.option("select", "Two") },
				"refill":   func() { p.refill("input", "x") },
				"typeInto": func() { p.typeInto("input", "y") },
				"clear":    func() { p.clear("input") },
				"confirm":  func() { p.confirm() },
			} {
				if name == "confirm" && c.want == "main" {
					continue // it waits for a dialog
				}
				eval[bool](p, `(done.clear(), true)`)
				hand()
				if got := eval[string](p, `[...done].join()`); got != c.want {
					t.Errorf("%s acts in %q, want %q", name, got, c.want)
				}
			}
		})
	}
	if n := eval[int](p, `document.querySelectorAll("button").length`); n != 4 { // control: there is more to press
		t.Errorf("%d buttons, want 4", n)
	}
}
