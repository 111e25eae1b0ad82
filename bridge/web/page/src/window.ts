// The part of a thread that is on the page: some pages of messages in a row,
// about two hundred at most. Going back loads a page in front and drops one at
// the end, and the other way round.

import { type Signal, signal } from "@preact/signals";
import type { Message, MessagePage } from "./protocol";
import { call } from "./socket";

const pageSize = 60;
const most = 200;

interface Page {
  messages: Message[];
  prev: string;
  next: string;
}

export interface Window {
  pages: Page[];
  read: boolean; // the first page is here
  busy: "" | "first" | "older" | "newer";
  failed: string; // why the first page is not here
  from: number; // counts the times that it began at a day
  kept?: number; // when it was like this: it comes from the cache, not from the box
}

const windows = new Map<string, Signal<Window>>();

export function windowOf(thread: string): Signal<Window> {
  let w = windows.get(thread);
  if (!w) {
    w = signal<Window>({ pages: [], read: false, busy: "", failed: "", from: 0 });
    windows.set(thread, w);
  }
  return w;
}

export function messagesOf(w: Window): Message[] {
  return w.pages.flatMap((p) => p.messages);
}

// atBeginning and atEnd tell whether there is nothing before and after.
export const atBeginning = (w: Window) => w.read && !w.pages[0]?.prev;
export const atEnd = (w: Window) => !w.pages[w.pages.length - 1]?.next;

// Spot is where to begin: a message to come out in the middle, or a day. With
// neither it is the end.
export interface Spot {
  around?: string;
  at?: string;
}

// load reads one page of a thread and keeps what events told meanwhile.
export async function load(thread: string, spot: Spot = {}): Promise<void> {
  const w = windowOf(thread);
  if (w.value.busy === "first") return;
  w.value = { ...w.value, ...(w.value.kept && { pages: [], read: false, kept: 0 }), busy: "first", failed: "" };
  try {
    const page = await read(thread, spot);
    const before = messagesOf(w.value);
    w.value = { pages: [page], read: true, busy: "", failed: "", from: w.value.from + (spot.at ? 1 : 0) };
    const last = page.messages[page.messages.length - 1];
    for (const m of before) {
      if (page.next && last && m.created_at > last.created_at) continue;
      if (!last || m.created_at > last.created_at || page.messages.some((p) => p.id === m.id)) put(m);
    }
  } catch (e) {
    w.value = { ...w.value, busy: "", failed: (e as Error).message || "lost" };
  }
}

// restore shows what the cache has of a thread, where nothing is shown yet.
export function restore(thread: string, messages: Message[], at: number): void {
  const w = windowOf(thread);
  if (!w.value.read && !w.value.busy) w.value = { ...w.value, pages: [{ messages, prev: "", next: "" }], read: true, kept: at };
}

export async function older(thread: string): Promise<void> {
  const w = windowOf(thread);
  const before = w.value.pages[0]?.prev;
  if (!before || w.value.busy) return;
  w.value = { ...w.value, busy: "older" };
  try {
    const page = await read(thread, { before });
    const pages = [page, ...w.value.pages];
    while (pages.length > 2 && size(pages) > most) pages.pop();
    w.value = { ...w.value, pages, busy: "" };
  } catch {
    w.value = { ...w.value, busy: "" };
  }
}

export async function newer(thread: string): Promise<void> {
  const w = windowOf(thread);
  const after = w.value.pages[w.value.pages.length - 1]?.next;
  if (!after || w.value.busy) return;
  w.value = { ...w.value, busy: "newer" };
  try {
    const page = await read(thread, { after });
    const pages = [...w.value.pages, page];
    while (pages.length > 2 && size(pages) > most) pages.shift();
    w.value = { ...w.value, pages, busy: "" };
  } catch {
    w.value = { ...w.value, busy: "" };
  }
}

// put files a message that an event or an answer brought. It tells whether the
// message is new to the window.
export function put(m: Message): boolean {
  const w = windows.get(m.thread);
  if (!w || (!w.value.read && !w.value.busy)) return false;
  const pages = w.value.pages;
  for (let i = 0; i < pages.length; i++) {
    const at = pages[i].messages.findIndex((old) => old.id === m.id);
    if (at < 0) continue;
    if (pages[i].messages[at].rev >= m.rev) return false;
    replacePage(w, i, pages[i].messages.with(at, m));
    return false;
  }
  if (!atEnd(w.value)) return false; // it will be read when the end is
  if (pages.length === 0) {
    w.value = { ...w.value, pages: [{ messages: [m], prev: "", next: "" }] };
    return true;
  }
  const last = pages.length - 1;
  let at = pages[last].messages.length;
  while (at > 0 && follows(pages[last].messages[at - 1], m)) at--;
  replacePage(w, last, pages[last].messages.toSpliced(at, 0, m));
  return true;
}

// take removes a message that was deleted.
export function take(thread: string, id: string): void {
  const w = windows.get(thread);
  const i = w?.value.pages.findIndex((p) => p.messages.some((m) => m.id === id)) ?? -1;
  if (w && i >= 0) replacePage(w, i, w.value.pages[i].messages.filter((m) => m.id !== id));
}

// forgetWindow drops the window of one thread.
export function forgetWindow(thread: string): void {
  windows.delete(thread);
}

// forgetWindows drops every window but that of one thread, which is read again.
export function forgetWindows(but?: string): void {
  for (const thread of [...windows.keys()]) if (thread !== but) windows.delete(thread);
  if (but) void load(but);
}

// tidy begins a window anew that live texts made too long.
export function tidy(thread: string): void {
  if (size(windowOf(thread).value.pages) > 2 * most) void load(thread);
}

// read asks for one page. An answer holds the cursor of the way that was asked
// for; on the other way lies the page that we come from, and the id of the
// message at its edge is the cursor there.
async function read(thread: string, cursor: { before?: string; after?: string } & Spot): Promise<Page> {
  const page = await call<MessagePage>("thread.messages", { thread, limit: pageSize, ...cursor });
  const messages = page.messages ?? [];
  return {
    messages,
    prev: page.prev || ((cursor.after || cursor.at) && messages[0]?.id) || "",
    next: page.next || (cursor.before && messages[messages.length - 1]?.id) || "",
  };
}

// follows tells whether a stands after b.
function follows(a: Message, b: Message): boolean {
  return a.created_at === b.created_at ? a.id > b.id : a.created_at > b.created_at;
}

function replacePage(w: Signal<Window>, i: number, messages: Message[]): void {
  w.value = { ...w.value, pages: w.value.pages.with(i, { ...w.value.pages[i], messages }) };
}

function size(pages: Page[]): number {
  return pages.reduce((n, p) => n + p.messages.length, 0);
}
