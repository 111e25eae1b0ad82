// The desk brings the rooms together: it begins and ends a session, carries
// the socket's events into the store, and moves from place to place.

import { effect, signal } from "@preact/signals";
import { announce } from "./announce";
import { tellRooms } from "./kit";
import { readRoom } from "./rooms";
import { closeSheet } from "./details";
import { startDrafts } from "./draft";
import { forgetAll, keepFor } from "./keep";
import { flush, mine, startOutbox } from "./outbox";
import type { Event, Line, Message, Session, ThreadPage } from "./protocol";
import { arrived, count, startReading, unreadOf, unreadTotal } from "./read";
import { ask } from "./rest";
import { call, connect, disconnect } from "./socket";
import {
  listsRead, moreThreads, place, putContact, putLast, putLines, putThreads, reset, session, sortedThreads, threads, who,
} from "./store";
import { forgetWindows, put } from "./window";
import { say, words } from "./words";

const listSize = 100;

// over tells that the box ended the session, and not the person.
export const over = signal(false);

// begin asks who we are and, if somebody is signed in, opens the socket.
export async function begin(): Promise<void> {
  session.value = await ask<Session>("GET", "/session");
  if (session.value.signed_in) start();
}

// Proof is what somebody signs in with: a code and, the first time, the name to
// be known by; or the name of an account and its password.
export type Proof = { code: string; name?: string } | { name: string; password: string };

export async function signIn(by: Proof): Promise<void> {
  await ask("POST", "/session", by);
  await begin();
}

export async function signOut(): Promise<void> {
  forgetAll();
  disconnect();
  await ask("DELETE", "/session").catch(() => {});
  end();
}

function start(): void {
  keepFor(session.value!.agent?.id ?? "");
  startDrafts();
  startReading();
  startOutbox(readListsSoon);
  over.value = false;
  connect({ event, reload, live: () => void flush(), denied: () => { over.value = true; end(); } });
}

function end(): void {
  disconnect();
  reset();
  forgetWindows();
  session.value = session.value && { ...session.value, signed_in: false, agent: undefined };
  void ask<Session>("GET", "/session").then((s) => { if (!session.value?.signed_in) session.value = { ...s, signed_in: false }; }).catch(() => {});
}

function event(e: Event): void {
  const { message, thread, contact, line } = e.data;
  if (thread) putThreads([thread]);
  if (line) putLines([line]);
  if (contact) putContact(contact);
  if (message) hear(e.type, message);
  tellRooms(e);
}

function hear(type: string, m: Message): void {
  mine(m);
  put(m);
  if (!putLast(m)) readListsSoon();
  if (type !== "message.received" && type !== "message.part") return;
  arrived(m);
  if (type === "message.received") tell(m);
}

function tell(m: Message): void {
  const t = threads.value[m.thread];
  const name = t ? who(t) : m.from ?? "";
  announce(say(words.announced, { n: Math.max(1, unreadOf(m.thread)), who: name }));
}

let soon = 0;

function readListsSoon(): void {
  window.clearTimeout(soon);
  soon = window.setTimeout(() => void readLists(), 200);
}

function reload(): void {
  void readLists();
  forgetWindows(place.value?.thread);
}

async function readLists(): Promise<void> {
  try {
    const [radio, page] = await Promise.all([
      call<{ lines: Line[] | null }>("line.list", {}),
      call<ThreadPage>("thread.list", { limit: listSize }),
    ]);
    putLines(radio.lines ?? []);
    putThreads(page.threads ?? []);
    if (!listsRead.value) moreThreads.value = page.next ?? "";
    listsRead.value = true;
    await count(page.threads ?? []);
  } catch {
    // The socket went away; the next one reads the lists again.
  }
}

// readMore reads the conversations before those that are listed.
export async function readMore(): Promise<void> {
  const page = await call<ThreadPage>("thread.list", { limit: listSize, before: moreThreads.value });
  putThreads(page.threads ?? []);
  moreThreads.value = page.next ?? "";
}

// go shows a place. The address keeps it, so a reload and the browser's Back
// do what people expect of them.
export function go(to: { thread?: string; number?: string } | null): void {
  location.hash = to === null ? "" : to.thread ? "t=" + encodeURIComponent(to.thread) : "to=" + encodeURIComponent(to.number!);
}

// step goes to the next or previous conversation of the list.
export function step(by: 1 | -1, onlyUnread: boolean): void {
  const list = sortedThreads.value;
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
  const thread = found.get("t");
  const number = found.get("to")?.replace(/^ /, "+"); // as typed by hand
  place.value = thread ? { thread } : number ? { number } : null;
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
