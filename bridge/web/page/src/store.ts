// What the page knows: signals that the server's objects are put into. An
// object replaces the stored one only if its rev is above it, so events, lists
// and answers may come in any order and more than once.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { digits } from "./number";
import type { Contact, Line, Member, Message, Session, Thread } from "./protocol";

export const session = signal<Session | null>(null);
export const lines = signal<Record<string, Line>>({});
export const threads = signal<Record<string, Thread>>({});
export const listsRead = signal(false); // the first lists are here
export const keptAt = signal(0); // when what is shown was true, where the box is away; 0: it is true

// Place is what the middle pane shows: a thread, perhaps at one message of it,
// or a number or colleague that nobody here wrote to so far.
export interface Place {
  thread?: string;
  message?: string;
  number?: string;
  agent?: string;
}

export const place = signal<Place | null>(null);

// keyOf is the name under which a place keeps its draft and its choices.
export function keyOf(p: Place): string {
  return p.thread ?? (p.agent ? "with:" + p.agent : "to:" + p.number);
}

export const sortedLines = computed(() =>
  Object.values(lines.value).sort((a, b) => lineName(a).localeCompare(lineName(b)) || a.id.localeCompare(b.id)));

export const sortedThreads = computed(() =>
  Object.values(threads.value).sort((a, b) => lastAt(b) - lastAt(a) || b.rev - a.rev));

function lastAt(t: Thread): number {
  return t.last ? Date.parse(t.last.created_at) : 0;
}

export function putLines(list: Line[]): void {
  const next = { ...lines.value };
  for (const line of list) {
    if (!(next[line.id]?.rev >= line.rev)) next[line.id] = line;
  }
  lines.value = next;
}

export function putThreads(list: Thread[]): void {
  const next = { ...threads.value };
  for (const t of list) {
    const old = next[t.id];
    if (old && old.rev >= t.rev) {
      if (old.rev === t.rev && t.last) next[t.id] = { ...old, last: newest(old.last, t.last) };
      continue;
    }
    next[t.id] = { ...t, last: newest(old?.last, t.last) };
  }
  threads.value = next;
}

// Head is a thread without what each text changes.
export type Head = Omit<Thread, "last" | "view" | "rev">;

const heads = new Map<string, ReadonlySignal<Head | undefined>>();

// threadHead is for what is not to be drawn again with each text of a thread, but
// when its contact, line or members change.
export function threadHead(thread: string): Head | undefined {
  let s = heads.get(thread);
  if (!s) {
    let head: Head | undefined, as = "";
    heads.set(thread, (s = computed(() => {
      const t = threads.value[thread];
      const now = t && JSON.stringify({ ...t, last: null, view: null, rev: 0 });
      if (now !== as) [head, as] = [t, now ?? ""];
      return head;
    })));
  }
  return s.value;
}

// dropThread forgets a thread that is no more.
export function dropThread(id: string): void {
  const { [id]: _, ...rest } = threads.value;
  threads.value = rest;
}

// dropLast forgets that a deleted message was the last one of its thread.
export function dropLast(id: string, message: string): void {
  const t = threads.value[id];
  if (t?.last?.id === message) threads.value = { ...threads.value, [id]: { ...t, last: undefined } };
}

// putLast makes m the last message of its thread if it is. It tells whether
// the thread is known.
export function putLast(m: Message): boolean {
  const t = threads.value[m.thread];
  if (!t) return false;
  const last = newest(t.last, m);
  if (last !== t.last) {
    const moved = last === m && t.last?.id !== m.id;
    threads.value = { ...threads.value, [t.id]: { ...t, last, line: (moved && m.line) || t.line } };
  }
  return true;
}

function newest(a: Message | undefined, b: Message | undefined): Message | undefined {
  if (!a || !b) return a ?? b;
  if (a.id === b.id) return b.rev > a.rev ? b : a;
  return Date.parse(b.created_at) >= Date.parse(a.created_at) ? b : a;
}

export function putContact(c: Contact): void {
  const next = { ...threads.value };
  for (const t of Object.values(next)) {
    const named = (c.numbers ?? []).includes(t.peer);
    if (t.contact?.id === c.id && !named) next[t.id] = { ...t, contact: undefined };
    else if (named && !((t.contact?.rev ?? 0) > (c.rev ?? 0))) next[t.id] = { ...t, contact: c };
  }
  threads.value = next;
}

// contacts are those that the loaded threads tell of.
export const contacts = computed(() => {
  const found = new Map<string, Contact>();
  for (const t of Object.values(threads.value)) if (t.contact) found.set(t.contact.id, t.contact);
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
});

export function threadWith(peer: string): Thread | undefined {
  return Object.values(threads.value).find((t) => t.peer === peer || !!t.contact?.numbers?.includes(peer));
}

// others are the colleagues that one talks to in a chat.
export function others(t: Head): Member[] {
  return (t.members ?? []).filter((m) => m.id !== session.value?.agent?.id);
}

// who is how a thread is called: the contact's name, or the number only; a chat
// by the colleague's name.
export function who(t: Head): string {
  return t.contact?.name || t.peer || others(t).map((m) => m.name).join(", ");
}

// cameIn tells whether somebody else wrote a message, in a chat too.
export function cameIn(m: Message): boolean {
  return m.channel === "chat" ? m.sender !== session.value?.agent?.id : m.dir === "in";
}

export function lineName(l: Line | undefined): string {
  return l?.name || l?.number || l?.operator || l?.id || "";
}

// matches tells whether a thread is meant by what was typed into the search.
export function matches(t: Thread, typed: string): boolean {
  const text = typed.trim().toLocaleLowerCase();
  if (text === "" || who(t).toLocaleLowerCase().includes(text) || t.peer.toLocaleLowerCase().includes(text)) return true;
  const wanted = digits(text);
  return wanted !== "" && /^[\d\s+().\-/]+$/.test(text) &&
    [t.peer, ...(t.contact?.numbers ?? [])].some((n) => digits(n).includes(wanted));
}

// reset forgets everything that a session knew.
export function reset(): void {
  lines.value = {};
  threads.value = {};
  listsRead.value = false;
  keptAt.value = 0;
  heads.clear();
}
