// What the rooms are made of: a page with a head, a table, fields, and lists
// that are read from the box and read again when an event says so.

import type { ComponentChildren } from "preact";
import { signal } from "@preact/signals";
import { useEffect, useId, useState } from "preact/hooks";
import { Dialog, Wrong } from "./dialog";
import { Lost, Refusal } from "./refusal";
import { call, state } from "./socket";
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

export interface Read<T> {
  value: T | undefined;
  wrong: string; // why there is no value
  again(): void;
}

// useRead asks the box for something when it is first shown, when the socket
// comes back, and after each event whose type begins with one of events.
export function useRead<T>(method: string, params: object, events: string[] = []): Read<T> {
  const [value, setValue] = useState<T>();
  const [wrong, setWrong] = useState("");
  const [turn, setTurn] = useState(0);
  const asked = JSON.stringify(params);
  const live = state.value === "live";
  useEffect(() => {
    if (!live) return;
    let current = true;
    call<T>(method, params).then(
      (v) => { if (current) { setValue(v); setWrong(""); } },
      (e) => { if (current) setWrong(said(e)); },
    );
    return () => { current = false; };
  }, [method, asked, live, turn]);
  useEffect(() => {
    let soon = 0;
    const hear = (e: Event) => {
      if (!events.some((begin) => e.type.startsWith(begin))) return;
      window.clearTimeout(soon);
      soon = window.setTimeout(() => setTurn((n) => n + 1), 100);
    };
    heard.add(hear);
    return () => { heard.delete(hear); window.clearTimeout(soon); };
  }, [events.join()]);
  return { value, wrong, again: () => setTurn((n) => n + 1) };
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

// Pane is a room: its head stays, the rest scrolls.
export function Pane({ title, told, act, children }: PaneProps) {
  return (
    <section class="pane room" id="room" tabIndex={-1} aria-label={title}>
      <header class="room-head">
        <div><h2>{title}</h2>{told && <p class="hint">{told}</p>}</div>
        {act && <div class="room-act">{act}</div>}
      </header>
      <div class="room-body">{children}</div>
    </section>
  );
}

// Reading shows a value once it is there, and until then why not.
export function Reading<T>({ of, children }: { of: Read<T>; children: (value: T) => ComponentChildren }) {
  if (of.value !== undefined) return <>{of.wrong && <p class="wrong" role="alert">{of.wrong}</p>}{children(of.value)}</>;
  return of.wrong
    ? <div class="empty"><p class="wrong" role="alert">{of.wrong}</p><button type="button" class="button" onClick={of.again}>{words.tryAgain}</button></div>
    : <p class="note">{words.loading}</p>;
}

export interface Column<T> {
  head: string;
  cell(row: T): ComponentChildren;
  number?: boolean; // right-aligned figures
  minor?: boolean; // left out where there is little room
}

// Table is a list of like things; on a narrow page each row becomes a card.
export function Table<T>({ name, rows, columns, keyOf, empty }: {
  name: string; rows: T[]; columns: Column<T>[]; keyOf(row: T): string; empty: ComponentChildren;
}) {
  if (rows.length === 0) return <div class="empty">{empty}</div>;
  const kind = (c: Column<T>) => [c.number && "figure", c.minor && "minor"].filter(Boolean).join(" ") || undefined;
  return (
    <table class="table" aria-label={name}>
      <thead><tr>{columns.map((c) => <th key={c.head} scope="col" class={kind(c)}>{c.head}</th>)}</tr></thead>
      <tbody>
        {rows.map((r) => (
          <tr key={keyOf(r)}>{columns.map((c) => <td key={c.head} data-head={c.head} class={kind(c)}>{c.cell(r)}</td>)}</tr>
        ))}
      </tbody>
    </table>
  );
}

// Field is a labelled field with its hint and what is wrong with it.
export function Field({ label, hint, wrong, children }: {
  label: string; hint?: ComponentChildren; wrong?: string; children: (about: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ComponentChildren;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": `${id}-hint ${id}-wrong`, "aria-invalid": !!wrong })}
      <p class="hint" id={`${id}-hint`}>{hint}</p>
      <Wrong id={`${id}-wrong`}>{wrong}</Wrong>
    </div>
  );
}

// Switch turns one thing on or off, at once.
export function Switch({ label, hint, on, set }: { label: string; hint?: string; on: boolean; set(on: boolean): void }) {
  const id = useId();
  return (
    <div class="switch">
      <button type="button" role="switch" id={id} aria-checked={on} aria-describedby={hint && `${id}-hint`} onClick={() => set(!on)}><i aria-hidden="true" /><span>{label}</span></button>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}

// Choice is one of a few.
export function Choice<T extends string | number>({ label, of, value, set }: { label: string; of: [T, string][]; value: T; set(value: T): void }) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {of.map(([v, said]) => (
        <label key={v}><input type="radio" name={name} checked={v === value} onChange={() => set(v)} /><span>{said}</span></label>
      ))}
    </fieldset>
  );
}

// Confirm asks before something that cannot be taken back. do answers why it
// could not be done by failing.
export function Confirm({ title, told, act, danger, run, onClose }: {
  title: string; told: ComponentChildren; act: string; danger?: boolean; run(): Promise<unknown>; onClose(): void;
}) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  async function go(e: globalThis.Event) {
    const dialog = (e.currentTarget as HTMLElement).closest("dialog");
    setBusy(true);
    try {
      await run();
      dialog?.close();
    } catch (e) {
      setWrong(said(e));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div>{told}</div>
      <Wrong id="wrong-confirm">{wrong}</Wrong>
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
  window.setTimeout(() => drop(n), lasts);
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
          {t.undo && <button type="button" class="link" onClick={() => { t.undo!(); drop(t.n); }}>{words.undo}</button>}
        </div>
      ))}
    </div>
  );
}
