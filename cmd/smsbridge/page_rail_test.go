package main

import "testing"

// fits tells whether all of the menu is seen at once.
const fits = `(r => r.scrollHeight <= r.clientHeight && r.scrollWidth <= r.clientWidth)(document.querySelector(".rail"))`

// TestPageRail: the menu of an owner, who has most ways, is seen whole on screens
// that people have, in every language; where it is not, the way to the room that is
// shown is.
func TestPageRail(t *testing.T) {
	o := newFloor(t)
	r := &tour{tab: o.ana, o: o, boxed: "[]", names: noNames}
	for _, f := range []form{
		{"a laptop", 1280, 800, ""},
		{"a laptop with the bars of its browser", 1366, 641, ""},
		{"little more than a narrow page", 1100, 640, ""},
		{"a screen", 1920, 1000, ""},
	} {
		t.Run(f.name, func(t *testing.T) {
			r := r.in(t)
			for _, language := range []string{"en", "de", "fr", "es", "ar"} {
				r.as(form{width: f.width, height: f.height, look: `{"language":"` + language + `"}`})
				r.to(screen{"help", "/help", `document.querySelector(".plain-rows")`})
				if n := eval[int](r.tab, `document.querySelectorAll(".rail-item").length`); n < 17 {
					t.Fatalf("%s: the menu has %d ways", language, n)
				}
				if !eval[bool](r.tab, fits) {
					t.Errorf("%s: the menu is %s", language, eval[string](r.tab, `(r => r.scrollWidth + " by " + r.scrollHeight + ", of which is seen " + r.clientWidth + " by " + r.clientHeight)(document.querySelector(".rail"))`))
				}
			}
		})
	}
	t.Run("control: where it does not fit, the way to the room that is shown is seen", func(t *testing.T) {
		r := r.in(t)
		r.as(form{width: 1280, height: 420, look: `{}`})
		r.to(screen{"chat", "", `document.querySelector("#list")`})
		if eval[bool](r.tab, fits) {
			t.Error("all of the menu is seen in 420 pixels")
		}
		r.room("#/settings")
		r.comes(`(i => i.bottom <= innerHeight && i.top >= 56)(document.querySelector(".rail .here").getBoundingClientRect())`)
	})
	o.ana.quiet(t)
}
