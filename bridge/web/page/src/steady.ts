// A focus that stays, and its way from pane to pane. It is loaded after the first
// view, which nothing goes away from.

// keepFocus is for whoever has the focus on something that goes away, such as a
// button of an offer or a row that is deleted: the focus goes to the nearest
// thing around it that is still there. Without that it would fall to the top of
// the page, and who has no pointer would begin anew. What floats over the page
// makes way for what has the focus. It is called once.
export function keepFocus(): void {
  let held: Element | null = null;
  let around: HTMLElement[] = []; // the nearest first
  let opener: Element | null = null; // what had the focus before the details covered it
  document.addEventListener("focusin", (e) => {
    held = e.target as Element;
    around = [];
    for (let up = held.parentElement; up; up = up.parentElement) if (up.id || up.hasAttribute("tabindex")) around.push(up);
    for (const floats of document.querySelectorAll(".offers, .toasts, .ask-bar")) {
      if (!floats.contains(held) && hides(floats, held)) floats.toggleAttribute("data-aside");
    }
    const boxes = document.querySelector(".boxes");
    boxes?.removeAttribute("data-aside");
    boxes?.toggleAttribute("data-aside", !boxes.contains(held) && [...boxes.children].some((box) => hides(box, held!)));
  });
  new MutationObserver(() => {
    const sheet = document.getElementById("details");
    if (sheet && held && held === document.activeElement && !sheet.contains(held) && hides(sheet, held)) {
      opener = held;
      sheet.querySelector("button")?.focus();
    }
    if (!held || document.activeElement !== document.body || isDrawn(held)) return;
    held = null;
    const left = around.flatMap((el) => [el, document.getElementById(el.id)]);
    const panes = ["composer", "thread", "list", "room"].map((id) => document.getElementById(id));
    [...left, opener as HTMLElement | null, ...panes].find((el) => el?.matches("[tabindex], textarea, button") && isDrawn(el))?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}

const isDrawn = (el: Element) => el.isConnected && el.getClientRects().length > 0;

// hides tells whether what floats lies over some of el.
function hides(floats: Element, el: Element): boolean {
  const a = floats.getBoundingClientRect(), b = el.getBoundingClientRect();
  const pane = b.width > innerWidth / 2 && b.height > innerHeight / 2; // of which enough is seen
  return !pane && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// watchPanes has F6 walk from pane to pane, and the menu show where one is. It
// is called once.
export function watchPanes(): void {
  document.addEventListener("keydown", (e) => {
    if (e.key === "F6" && !e.defaultPrevented && !document.querySelector("dialog[open]")) nextPane(e);
  });
  const show = () => window.setTimeout(() => document.querySelector(".rail .here")?.scrollIntoView({ block: "nearest" }), 60);
  window.addEventListener("hashchange", show);
  show();
}

// The panes stand in the page in the order in which one walks them.
const panes = "#bar, #rail, .pane, #composer, .offers, .chatbox";

function nextPane(e: KeyboardEvent): void {
  const shown = [...document.querySelectorAll<HTMLElement>(panes)].filter(isDrawn);
  if (shown.length === 0) return;
  // The innermost pane that holds the focus: the composer lies in the thread.
  const here = shown.findLastIndex((el) => el.contains(document.activeElement));
  const next = shown.at((here < 0 && e.shiftKey ? -1 : here + (e.shiftKey ? -1 : 1)) % shown.length)!;
  e.preventDefault();
  const within = next.matches(".chatbox") ? next.querySelector<HTMLElement>("textarea, .small > header > button") : next.querySelector<HTMLElement>("a[tabindex='0'], article[tabindex='0']");
  (within ?? next).focus();
}
