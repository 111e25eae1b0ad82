// What the page is made of: panes, questions, words that something was done, and
// events for whoever is shown. What only rooms need is in room/kit.tsx.

import type { ComponentChildren } from "preact";
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { Dialog } from "./dialog";
import { articleFor } from "./helped";
import { Lost, Refusal } from "./refusal";
import type { Event } from "./protocol";
import { words } from "./words";

// heard is what events are told to: the rooms that are shown.
const heard = new Set<(e: Event) => void>();

// tellRooms hands an event to whatever is shown.
export function tellRooms(e: Event): void {
  for (const hear of heard) hear(e);
}

// onEvent tells hear of every event until the answer is called.
export function onEvent(hear: (e: Event) => void): () => void {
  heard.add(hear);
  return () => void heard.delete(hear);
}

// Trouble says what went wrong and, where an article of the help is about it,
// links there.
export function Trouble({ of }: { of: unknown }) {
  if (of === undefined) return null;
  const article = articleFor(of);
  return <p class="wrong" role="alert">{said(of)}{article && <> <a href={"#/help/" + article}>{words.whyHelp}</a></>}</p>;
}

// said is an error in a sentence.
export function said(e: unknown): string {
  if (e instanceof Refusal) return e.sentence;
  return e instanceof Lost ? words.boxAway : String(e);
}

interface PaneProps {
  title: string;
  told?: ComponentChildren; // what the room is for, in a line
  act?: ComponentChildren; // the buttons of the head
  children: ComponentChildren;
}

// Pane is a room: its head stays, the rest scrolls, by keys too where nothing
// in it takes the focus.
export function Pane({ title, told, act, children }: PaneProps) {
  return (
    <section class="pane room" id="room" tabIndex={-1} aria-label={title}>
      <header class="room-head">
        <div><h2 dir="auto">{title}</h2>{told && <p class="hint">{told}</p>}</div>
        {act && <div class="room-act">{act}</div>}
      </header>
      <div class="room-body" role="group" aria-label={title} tabIndex={0}>{children}</div>
    </section>
  );
}

// Confirm asks before something that cannot be taken back. do answers why it
// could not be done by failing.
export function Confirm({ title, told, act, danger, run, onClose }: {
  title: string; told: ComponentChildren; act: string; danger?: boolean; run(): Promise<unknown>; onClose(): void;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  async function go(e: globalThis.Event) {
    const dialog = (e.currentTarget as HTMLElement).closest("dialog");
    setBusy(true);
    try {
      await run();
      dialog?.close();
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div>{told}</div>
      <Trouble of={error} />
      <div class="dialog-do">
        <button type="button" class={"button " + (danger ? "danger" : "primary")} aria-disabled={busy} onClick={(e) => { if (!busy) void go(e); }}>{act}</button>
      </div>
    </Dialog>
  );
}

// Toasts say that something was done, and how to take it back.
interface Toast {
  n: number;
  told: string;
  undo?: () => void;
}

const shownFor = 8_000;
const toasts = signal<Toast[]>([]);
let toasted = 0;

export function toast(told: string, undo?: () => void, lasts = shownFor): void {
  const n = ++toasted;
  toasts.value = [...toasts.value.slice(-2), { n, told, undo }];
  window.setTimeout(() => expire(n, lasts === shownFor), lasts);
}

// expire leaves a toast to who is just at it, if what it offers lasts.
function expire(n: number, stays: boolean): void {
  if (stays && document.querySelector(".toasts:is(:hover, :focus-within)")) window.setTimeout(() => expire(n, stays), shownFor);
  else drop(n);
}

// takeBack is the Undo of the newest toast that has one, for a key.
export function takeBack(): void {
  const t = toasts.value.findLast((t) => t.undo);
  if (!t) return;
  t.undo!();
  drop(t.n);
}

function drop(n: number): void {
  toasts.value = toasts.value.filter((t) => t.n !== n);
}

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map((t) => (
        <div class="toast" key={t.n}>
          <span>{t.told}</span>
          {t.undo && <button type="button" class="link" aria-keyshortcuts="Alt+Z" title="Alt+Z" onClick={() => { t.undo!(); drop(t.n); }}>{words.undo}</button>}
        </div>
      ))}
    </div>
  );
}
