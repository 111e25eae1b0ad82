// Texts that somebody began to write. Those of a thread are kept by the box, so
// that they are on every screen; this browser keeps them only until the box
// has them. Those of a place without a thread stay in this browser.

import { signal } from "@preact/signals";
import { forget, keep, kept, onKept } from "./keep";
import { toast } from "./kit";
import type { View } from "./protocol";
import { Refusal } from "./refusal";
import { call, state } from "./socket";
import { words } from "./words";

const saveAfter = 500; // milliseconds without a key

export const drafts = signal<Record<string, string>>({});

// Own is a draft that the box does not have yet, and the one it was made from.
interface Own {
  text: string;
  rev: number;
}

const own = new Map<string, Own>();
const revs = new Map<string, number>(); // of the drafts that the box has
const timers = new Map<string, number>();
const flying = new Set<string>();

const local = (name: string) => name.includes(":");

// startDrafts takes up what this browser still has. What it kept before the box
// did is a text alone: it was made from nothing.
export function startDrafts(): void {
  forgetDrafts();
  for (const [name, value] of Object.entries(kept<string | Own>("draft"))) {
    const d = typeof value === "string" ? { text: value, rev: 0 } : value;
    if (!local(name)) own.set(name, d);
    set(name, d.text);
  }
}

export function forgetDrafts(): void {
  for (const timer of timers.values()) window.clearTimeout(timer);
  for (const all of [own, revs, timers, flying]) all.clear();
  drafts.value = {};
}

onKept("draft", (name, value) => {
  if (local(name)) set(name, typeof value === "string" ? value : "");
});

export function draft(name: string, text: string): void {
  if ((drafts.value[name] ?? "") === text) return;
  set(name, text);
  if (local(name)) {
    if (text === "") forget("draft", name);
    else keep("draft", name, text);
    return;
  }
  const d = { text, rev: own.get(name)?.rev ?? revs.get(name) ?? 0 };
  own.set(name, d);
  keep("draft", name, d);
  soon(name);
}

// putDraft takes the draft of a view, unless something newer is written here.
export function putDraft(v: View): void {
  const rev = v.draft_rev ?? 0;
  if (own.has(v.thread) || rev < (revs.get(v.thread) ?? 0)) return;
  revs.set(v.thread, rev);
  set(v.thread, v.draft ?? "");
}

// withDraft is a view with the draft that is shown here, which the box may have
// before its view tells of it.
export function withDraft(v: View): View {
  return { ...v, draft: drafts.peek()[v.thread] ?? "", draft_rev: revs.get(v.thread) ?? v.draft_rev };
}

// saveDrafts hands over what was written while the box was away.
export function saveDrafts(): void {
  for (const name of own.keys()) void save(name);
}

function soon(name: string): void {
  window.clearTimeout(timers.get(name));
  timers.set(name, window.setTimeout(() => void save(name), saveAfter));
}

async function save(name: string): Promise<void> {
  const sent = own.get(name);
  if (!sent || flying.has(name) || state.value !== "live") return;
  flying.add(name);
  try {
    const { view } = await call<{ view: View }>("thread.view", { thread: name, draft: sent.text, draft_rev: sent.rev });
    saved(name, sent, view);
  } catch (e) {
    // The thread is gone, or the text is too long to be kept: it stays on this
    // page. After a lost socket it goes out with the next one.
    if (e instanceof Refusal && !e.retryable) drop(name);
  } finally {
    flying.delete(name);
  }
}

function saved(name: string, sent: Own, v: View): void {
  const rev = v.draft_rev ?? 0;
  revs.set(name, rev);
  const now = own.get(name);
  if (!now) return;
  const kept = v.draft ?? "";
  if (v.both) toast(words.view.bothDrafts);
  if (now.text === sent.text) {
    drop(name);
    set(name, kept);
    return;
  }
  // Somebody went on writing: what the box put before it stays before it.
  const text = v.both && kept.endsWith(sent.text) ? kept.slice(0, kept.length - sent.text.length) + now.text : now.text;
  own.set(name, { text, rev });
  keep("draft", name, { text, rev });
  set(name, text);
  soon(name);
}

function drop(name: string): void {
  own.delete(name);
  forget("draft", name);
}

function set(name: string, text: string): void {
  if ((drafts.value[name] ?? "") === text) return;
  const { [name]: _, ...rest } = drafts.value;
  drafts.value = text === "" ? rest : { ...rest, [name]: text };
}
