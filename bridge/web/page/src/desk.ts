// The desk brings the rooms together: it begins and ends a session, carries
// the socket's events into the store, and moves from place to place.

import { effect, signal } from "@preact/signals";
import { announce } from "./announce";
import { tellRooms } from "./kit";
import { readRoom } from "./rooms";
import { boxes, startBoxes } from "./boxes";
import { closeSheet } from "./details";
import { forgetDrafts, putDraft, saveDrafts, startDrafts } from "./draft";
import { forgetHints, hear as hint, readPresences, stopped } from "./hint";
import { forgetAll, keepFor, leaving, setLeaving } from "./keep";
import { flush, mine, startOutbox } from "./outbox";
import type { Event, Line, Message, Missed, Opened, Session, Thread, ThreadPage } from "./protocol";
import { Refusal } from "./refusal";
import { ask } from "./rest";
import { call, connect, disconnect } from "./socket";
import {
  cameIn, dropLast, dropThread, listsRead, place, type Place, putContact, putLast, putLines, putThreads, reset, session, sortedThreads,
  threads, who,
} from "./store";
import { arrived, beyond, closed, dropView, forgetViews, leave, muted, putView, putViews, unreadOf, unreadTotal, views } from "./view";
import { forgetWindow, forgetWindows, put, take } from "./window";
import { say, words } from "./words";

const listSize = 100;
const unreadSize = 200;

// missed is what came while nobody was here, until it was looked at.
export const missed = signal<Missed | null>(null);

// over tells that the box ended the session, and not the person.
export const over = signal(false);

const askLimit = 8_000; // milliseconds; a box that does not refuse may not be there either

// begin asks who we are and, if somebody is signed in, opens the socket.
export async function begin(): Promise<void> {
  await tellLeft();
  const found = await ask<Session>("GET", "/session", undefined, AbortSignal.timeout(askLimit));
  if (session.value?.signed_in) return; // what was kept is shown meanwhile, and asks for itself
  session.value = found;
  if (found.signed_in) start();
}

// begun goes on with what this browser has kept, before the box answers; the
// box has to confirm the threads.
export function begun(threads: string[]): void {
  unsure = threads;
  start(true);
}

let unsure: string[] = [];

// Proof is what somebody signs in with: a code and, the first time, the name to
// be known by; or the name of an account and its password.
export type Proof = { code: string; name?: string } | { name: string; password: string };

export async function signIn(by: Proof): Promise<void> {
  await tellLeft();
  await ask("POST", "/session", by);
  await begin();
}

export async function signOut(): Promise<void> {
  forgetAll();
  disconnect();
  setLeaving(true);
  await tellLeft().catch(() => {});
  end();
}

// tellLeft tells the box that somebody signed out here. A box that is away hears
// it before anything else.
async function tellLeft(): Promise<void> {
  if (!leaving()) return;
  await ask("DELETE", "/session").catch((e) => {
    if (!(e instanceof Refusal) || e.type === "internal") throw e; // it was not the box that answered
  });
  setLeaving(false);
}

function start(kept = false): void {
  takeUp(session.value!.agent?.id ?? "");
  startBoxes();
  over.value = false;
  connect(above, kept);
}

// above is who listens to the socket.
export const above = { event, hint, opened, reload, live, denied: () => { over.value = true; end(); } };

// takeUp finds what this browser has kept of an account.
export function takeUp(account: string): void {
  keepFor(account);
  startDrafts();
  startOutbox(() => {});
}

export function end(): void {
  disconnect();
  reset();
  forgetWindows();
  forgetViews();
  forgetDrafts();
  forgetHints();
  boxes.value = [];
  missed.value = null;
  greeted = "";
  session.value = session.value && { ...session.value, signed_in: false, agent: undefined };
  void ask<Session>("GET", "/session").then((s) => { if (!session.value?.signed_in) session.value = { ...s, signed_in: false }; }).catch(() => {});
}

let greeted = "";

// opened tells what was missed, once for each session of a page.
function opened(o: Opened): void {
  const me = session.value?.agent?.id ?? "";
  if (greeted !== me && o.missed?.messages) missed.value = o.missed;
  greeted = me;
}

function live(): void {
  saveDrafts();
  void flush();
  void readPresences().catch(() => {});
}

function event(e: Event): void {
  const { message, thread, contact, line, view, deleted, merged } = e.data;
  if (thread) putThreads([thread]);
  if (line) putLines([line]);
  if (contact && e.type === "contact.saved") putContact(contact);
  if (message) hear(e.type, message);
  if (view) {
    putView(view);
    putDraft(view);
  }
  if (deleted) gone(e.type, deleted);
  if (merged) joined(merged.from, merged.thread);
  if (e.type === "view.read_all" || e.type.startsWith("contact.") && !contact) readListsSoon();
  tellRooms(e);
}

function hear(type: string, m: Message): void {
  mine(m);
  put(m);
  if (!putLast(m)) void learn(m.thread);
  if (type !== "message.received" && type !== "message.part") return;
  arrived(m);
  if (cameIn(m)) stopped(m.thread);
  if (type === "message.received" && cameIn(m) && !muted(m.thread)) tell(m);
}

// gone takes away what was deleted.
function gone(type: string, what: { id: string; thread: string }): void {
  if (type === "message.deleted") {
    take(what.thread, what.id);
    dropLast(what.thread, what.id);
    void learn(what.thread);
    return;
  }
  dropThread(what.id);
  dropView(what.id);
  forgetWindow(what.id);
}

// joined follows two threads that became one.
function joined(from: string, into: string): void {
  gone("thread.deleted", { id: from, thread: from });
  forgetWindow(into);
  if (place.value?.thread === from) go({ thread: into });
  void learn(into);
}

// learn asks for one thread that the lists lack, or that changed as a whole.
export async function learn(thread: string): Promise<boolean> {
  try {
    putAll([(await call<{ thread: Thread }>("thread.get", { thread })).thread]);
    return true;
  } catch {
    return false; // it is not ours, or not there any more
  }
}

// putAll takes threads with the views that came with them.
export function putAll(list: Thread[]): void {
  putThreads(list);
  putViews(list);
  for (const t of list) if (t.view) putDraft(t.view);
}

function tell(m: Message): void {
  const t = threads.value[m.thread];
  const name = t ? who(t) : m.author?.name ?? m.from ?? "";
  announce(say(words.announced, { n: Math.max(1, unreadOf(m.thread)), who: name }));
}

let soon = 0;

function readListsSoon(): void {
  window.clearTimeout(soon);
  soon = window.setTimeout(() => void readLists(), 200);
}

// Which is what a list is cut down to.
export interface Which {
  state: "open" | "unread" | "closed";
  line: string;
}

const nameOf = (w: Which) => w.state + " " + w.line;
const openList = nameOf({ state: "open", line: "" });

// more holds the cursor of the older threads of each list that was read; empty
// at its end.
const more = signal<Record<string, string>>({});

// listed holds the threads that the box named for each list.
const listed = signal<Record<string, string[]>>({});

export const isListed = (w: Which, thread: string) => !!listed.value[nameOf(w)]?.includes(thread);

export const moreOf = (w: Which) => more.value[nameOf(w)] ?? "";

function reload(): void {
  more.value = {};
  void readLists();
  forgetWindows(place.value?.thread);
}

async function readLists(): Promise<void> {
  try {
    const [radio, page, fresh] = await Promise.all([
      call<{ lines: Line[] | null }>("line.list", {}),
      call<ThreadPage>("thread.list", { limit: listSize, state: "open" }),
      call<ThreadPage>("thread.list", { limit: unreadSize, state: "unread" }),
    ]);
    putLines(radio.lines ?? []);
    putAll([...(page.threads ?? []), ...(fresh.threads ?? [])]);
    if (!(openList in more.value)) more.value = { ...more.value, [openList]: page.next ?? "" };
    listsRead.value = true;
    confirm([...(page.threads ?? []), ...(fresh.threads ?? [])]);
    if (fresh.next) await countBeyond();
    else beyond.value = 0;
  } catch {
    // The socket went away; the next one reads the lists again.
  }
}

// confirm takes away what was kept and the box does not list; the thread that is
// shown is asked for by itself.
function confirm(list: Thread[]): void {
  const gone = unsure.filter((id) => !list.some((t) => t.id === id));
  unsure = [];
  for (const id of gone) {
    dropThread(id);
    dropView(id);
  }
}

// countBeyond finds out how many unread messages lie in threads that are not
// loaded.
async function countBeyond(): Promise<void> {
  const { badges } = await call<{ badges: { messages: number } }>("me.badges", {});
  const here = Object.values(views.value).reduce((n, v) => n + (v.closed_at ? 0 : v.unread), 0);
  beyond.value = Math.max(0, badges.messages - here);
}

// readFirst reads the beginning of a list, once.
export function readFirst(w: Which): void {
  if (!(nameOf(w) in more.value)) readMore(w).catch(() => {});
}

// readMore reads the conversations of a list before those that are here.
export async function readMore(w: Which): Promise<void> {
  const before = moreOf(w);
  const page = await call<ThreadPage>("thread.list", { limit: listSize, state: w.state, ...(w.line && { line: w.line }), ...(before && { before }) });
  putAll(page.threads ?? []);
  const name = nameOf(w);
  listed.value = { ...listed.value, [name]: [...(before ? listed.value[name] ?? [] : []), ...(page.threads ?? []).map((t) => t.id)] };
  more.value = { ...more.value, [name]: page.next ?? "" };
  if (beyond.value > 0) await countBeyond();
}

// go shows a place. The address keeps it, so a reload and the browser's Back
// do what people expect of them.
export function go(to: Place | null): void {
  const at = new URLSearchParams();
  if (to?.thread) at.set("t", to.thread);
  if (to?.message) at.set("m", to.message);
  if (to?.number) at.set("to", to.number);
  if (to?.agent) at.set("with", to.agent);
  location.hash = at.toString();
}

// step goes to the next or previous conversation of the list.
export function step(by: 1 | -1, onlyUnread: boolean): void {
  const list = sortedThreads.value.filter((t) => !closed(t.id) || t.id === place.value?.thread);
  const here = list.findIndex((t) => t.id === place.value?.thread);
  for (let i = here < 0 && by < 0 ? list.length - 1 : here + by; i >= 0 && i < list.length; i += by) {
    if (onlyUnread && unreadOf(list[i].id) === 0) continue;
    go({ thread: list[i].id });
    return;
  }
}

function readAddress(): void {
  readRoom(location.hash);
  const found = new URLSearchParams(location.hash.slice(1));
  const thread = found.get("t") ?? undefined;
  const message = found.get("m") ?? undefined;
  const number = found.get("to")?.replace(/^ /, "+"); // as typed by hand
  const agent = found.get("with") ?? undefined;
  if (place.value?.thread && place.value.thread !== thread) leave(place.value.thread);
  place.value = thread ? { thread, message } : agent ? { agent } : number ? { number } : null;
  closeSheet();
}

// watchAddress follows the address and keeps the title true.
export function watchAddress(): void {
  readAddress();
  window.addEventListener("hashchange", readAddress);
  effect(() => {
    const n = unreadTotal.value;
    const box = session.value?.box_name;
    document.title = (n > 0 ? `(${n}) ` : "") + words.product + (box && box !== words.product ? " · " + box : "");
    document.querySelector("link[rel=icon]")?.setAttribute("href", n > 0 ? "/icon-unread.svg" : "/icon.svg");
  });
}
