// What the rooms are made of beside: lists that are read from the box and read
// again when an event says so, tables and fields.

import { type ComponentChildren, Fragment } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Wrong } from "../dialog";
import { onEvent, said, Trouble } from "../kit";
import { call, state } from "../socket";
import { words } from "../words";

export interface Read<T> {
  value: T | undefined;
  wrong: string; // why there is no value
  error?: unknown; // the same, as it was thrown
  again(): void;
}

// useRead asks the box for something when it is first shown, when the socket
// comes back, and after each event whose type begins with one of events.
export function useRead<T>(method: string, params: object, events: string[] = []): Read<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  const asked = JSON.stringify(params);
  const live = state.value === "live";
  useEffect(() => {
    if (!live) return;
    let current = true;
    call<T>(method, params).then(
      (v) => { if (current) { setValue(v); setError(undefined); } },
      (e) => { if (current) setError(e); },
    );
    return () => { current = false; };
  }, [method, asked, live, turn]);
  useHeard(events, () => setTurn((n) => n + 1));
  return { value, wrong: error === undefined ? "" : said(error), error, again: () => setTurn((n) => n + 1) };
}

// useHeard does something soon after each event whose type begins with one of
// events; many at once do it once.
function useHeard(events: string[], run: () => void): void {
  useEffect(() => {
    let soon = 0;
    const deaf = onEvent((e) => {
      if (!events.some((begin) => e.type.startsWith(begin))) return;
      window.clearTimeout(soon);
      soon = window.setTimeout(run, 100);
    });
    return () => { deaf(); window.clearTimeout(soon); };
  }, [events.join()]);
}

// A Place is how far a list was read and scrolled, so that whoever comes back to
// it finds it as it was left.
interface Place {
  rows: number;
  top: number;
}

const places = new Map<string, Place>();
const pageRows = 50;

export interface Pages<T> extends Read<T[]> {
  more?: () => void; // undefined at the end
}

// usePages is useRead of a list that goes on: it reads page after page and,
// after an event, as many rows again as are shown. cursor is the parameter that
// takes the next of the answer, list the name of the rows in it.
export function usePages<T>(method: string, params: object, list: string, cursor: "before" | "after", events: string[] = []): Pages<T> {
  const asked = method + JSON.stringify(params);
  const [value, setValue] = useState<T[]>();
  const [next, setNext] = useState("");
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  const live = state.value === "live";
  const place = placeOf(asked);
  useEffect(() => {
    if (!live) return;
    let current = true;
    void (async () => {
      const rows: T[] = [];
      let at = "";
      try {
        do {
          const page = await call<Record<string, unknown>>(method, { ...params, limit: pageRows, ...(at && { [cursor]: at }) });
          rows.push(...((page[list] as T[] | null) ?? []));
          at = (page.next as string | undefined) ?? "";
        } while (current && at && rows.length < place.rows);
        if (current) { setValue(rows); setNext(at); setError(undefined); }
      } catch (e) {
        if (current) setError(e);
      }
    })();
    return () => { current = false; };
  }, [asked, live, turn]);
  useHeard(events, () => setTurn((n) => n + 1));
  const again = () => setTurn((n) => n + 1);
  return {
    value, wrong: error === undefined ? "" : said(error), error, again,
    more: next ? () => { place.rows = (value?.length ?? 0) + pageRows; again(); } : undefined,
  };
}

function placeOf(key: string): Place {
  const found = places.get(key) ?? { rows: pageRows, top: 0 };
  places.set(key, found);
  return found;
}

// usePlace keeps how far the room is scrolled under a name, and goes back there
// once there is something to scroll.
export function usePlace(key: string, there: boolean): void {
  const back = useRef("");
  useEffect(() => {
    const body = document.querySelector<HTMLElement>("#room .room-body");
    if (!body || !there) return;
    if (back.current !== key) body.scrollTop = placeOf("top " + key).top;
    back.current = key;
    const keep = () => { placeOf("top " + key).top = body.scrollTop; };
    body.addEventListener("scroll", keep);
    return () => body.removeEventListener("scroll", keep);
  }, [key, there]);
}

// useDoing runs what a button asks for and keeps why it could not be done.
export function useDoing(): { error: unknown; attempt(doing: Promise<unknown>): Promise<boolean>; fine(): void } {
  const [error, setError] = useState<unknown>();
  return {
    error,
    fine: () => setError(undefined),
    attempt: (doing) => doing.then(() => { setError(undefined); return true; }, (e: unknown) => { setError(e); return false; }),
  };
}

// Reading shows a value once it is there, and until then why not.
export function Reading<T>({ of, children }: { of: Read<T>; children: (value: T) => ComponentChildren }) {
  if (of.value !== undefined) return <><Trouble of={of.error} />{children(of.value)}</>;
  return of.wrong
    ? <div class="empty"><Trouble of={of.error} /><button type="button" class="button" onClick={of.again}>{words.tryAgain}</button></div>
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

// SearchField is a field that finds while one types, a moment after the last key.
export function SearchField({ label, value, set }: { label: string; value: string; set(value: string): void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const soon = window.setTimeout(() => set(typed), 250);
    return () => window.clearTimeout(soon);
  }, [typed]);
  return <input type="search" class="room-search" aria-label={label} placeholder={label} dir="auto" autocomplete="off" value={typed} onInput={(e) => setTyped(e.currentTarget.value)} />;
}

// Gauge is how much of something is used; it says it in words as well. A calm
// one is of work that gets done: full is no warning.
export function Gauge({ label, of, used, calm }: { label: string; of: number; used: number; calm?: boolean }) {
  const share = of > 0 ? Math.min(1, used / of) : 1;
  return (
    <span class={"gauge" + (share >= 0.9 && !calm ? " full" : "")}>
      <span class="gauge-track" aria-hidden="true"><i style={{ inlineSize: `${share * 100}%` }} /></span>
      <span>{label}</span>
    </span>
  );
}

// named are names in a row, each in the direction of its own letters, or what
// stands for none.
export function named(names: string[], none: string): ComponentChildren {
  return names.length > 0 ? names.map((n, i) => <Fragment key={n}>{i > 0 && ", "}<bdi>{n}</bdi></Fragment>) : none;
}
