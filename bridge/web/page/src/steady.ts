// A focus that stays. It is loaded after the first view, which nothing goes away
// from.

// keepFocus is for whoever has the focus on something that goes away, such as a
// button of an offer or a row that is deleted: the focus goes to the nearest
// thing around it that is still there. Without that it would fall to the top of
// the page, and who has no pointer would begin anew. What floats over the page
// makes way for what has the focus. It is called once.
export function keepFocus(): void {
  let held: Element | null = null;
  let around: HTMLElement[] = []; // the nearest first
  document.addEventListener("focusin", (e) => {
    held = e.target as Element;
    around = [];
    for (let up = held.parentElement; up; up = up.parentElement) if (up.id || up.hasAttribute("tabindex")) around.push(up);
    for (const floats of document.querySelectorAll(".offers, .toasts, .ask-bar")) {
      if (!floats.contains(held) && hides(floats, held)) floats.toggleAttribute("data-aside");
    }
  });
  new MutationObserver(() => {
    if (!held || document.activeElement !== document.body || isDrawn(held)) return;
    held = null;
    const left = around.flatMap((el) => [el, document.getElementById(el.id)]);
    const panes = ["composer", "thread", "list", "room"].map((id) => document.getElementById(id));
    [...left, ...panes].find((el) => el?.matches("[tabindex], textarea") && isDrawn(el))?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}

const isDrawn = (el: Element) => el.isConnected && el.getClientRects().length > 0;

// hides tells whether what floats lies over some of el.
function hides(floats: Element, el: Element): boolean {
  const a = floats.getBoundingClientRect(), b = el.getBoundingClientRect();
  const pane = b.width > innerWidth / 2 && b.height > innerHeight / 2; // of which enough is seen
  return !pane && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
