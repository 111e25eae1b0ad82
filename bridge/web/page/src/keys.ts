// Keys that work anywhere on the desk (the list of them is in words.ts). The
// two single signs among them, / and ?, are left to whoever writes in a field, and
// can be turned off (WCAG 2.2, 2.1.4): who speaks to the computer says them too.

import { asked } from "./bar";
import { go, step } from "./desk";
import { closeSheet } from "./details";
import { takeBack } from "./kit";
import { preferences } from "./prefer";
import { quick } from "./quick";
import { search } from "./search";
import { starting } from "./start";
import { place, session, threads } from "./store";
import { close, markUnread, mute } from "./view";

export function watchKeys(): void {
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.isComposing || !session.value?.signed_in || document.querySelector("dialog[open]")) return;
    if (e.altKey && !e.ctrlKey && !e.metaKey) withAlt(e);
    else if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.code === "KeyK") openQuick(e);
    else if (e.key === "Escape") leave(e);
    else if (!e.ctrlKey && !e.metaKey && preferences.value.single_keys && !writes(e.target as HTMLElement)) withSign(e);
  });
}

function withAlt(e: KeyboardEvent): void {
  if (e.code === "KeyN" && !e.shiftKey) starting.value = "";
  else if (e.key === "ArrowDown") step(1, e.shiftKey);
  else if (e.key === "ArrowUp") step(-1, e.shiftKey);
  else if (e.code === "KeyZ" && !e.shiftKey) takeBack();
  else if (e.code in inComposer && !e.shiftKey) document.querySelector<HTMLElement>(inComposer[e.code])?.focus();
  else if (!e.shiftKey && ofThread[e.code] && place.value?.thread && threads.value[place.value.thread]) ofThread[e.code](place.value.thread);
  else return;
  e.preventDefault();
}

// ofThread are the keys that do something to the conversation that is shown.
const ofThread: Record<string, (thread: string) => void> = { KeyE: close, KeyM: mute, KeyU: markUnread };

// inComposer are the keys that go to something beside what one writes.
const inComposer: Record<string, string> = { KeyF: "#from", KeyT: "#templates" };

function openQuick(e: KeyboardEvent): void {
  quick.value = true;
  e.preventDefault();
}

function withSign(e: KeyboardEvent): void {
  if (e.key === "?") asked.value = "keys";
  else if (e.key === "/" && document.getElementById("search")) document.getElementById("search")!.focus();
  else return;
  e.preventDefault();
}

const writes = (el: HTMLElement) => el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName);

// leave is Esc: it closes what is open on top first, then the place.
function leave(e: KeyboardEvent): void {
  if (closeCounter() || closeSheet() || clearSearch() || leaveThread()) e.preventDefault();
}

function closeCounter(): boolean {
  const counter = document.querySelector<HTMLDetailsElement>("details[open]");
  if (counter) counter.open = false;
  return counter !== null;
}

function clearSearch(): boolean {
  const was = search.value !== "" && !!document.getElementById("search");
  search.value = "";
  return was;
}

function leaveThread(): boolean {
  if (!place.value || !matchMedia("(max-width: 699px)").matches) return false;
  go(null);
  return true;
}
