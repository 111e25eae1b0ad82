// The page while the box is away, where the browser allows it (a secure context):
// its own files come from the worker, what was read from the cache. It is loaded
// after the first drawing, or when the box does not answer.

import { effect, untracked } from "@preact/signals";
import { type Lists, change, clear, getEnd, getLists, kept, putEnd, putLists, take } from "./cache";
import { begun, end, putAll } from "./desk";
import { withDraft } from "./draft";
import { leaving } from "./keep";
import { onEvent } from "./kit";
import { asking } from "./notify";
import { preferences } from "./prefer";
import type { Event, Message, MessagePage } from "./protocol";
import { Refusal } from "./refusal";
import { call, state } from "./socket";
import { keptAt, lines, listsRead, place, putLines, session, sortedThreads } from "./store";
import { viewOf } from "./view";
import { atEnd, messagesOf, restore, type Window, windowOf } from "./window";

const saveAfter = 2_000; // milliseconds after the last change
const saveAtMost = 15_000; // and after the first
const refreshAfter = 2_000; // the page is busy with what is shown
const awayAfter = 10_000; // a box that restarts is back before
const mostListed = 200;
const pageSize = 60;

// ends are the threads whose end this browser has kept, as far as this tab knows.
const ends = new Set<string>();

// owner is whose lists this tab has kept.
let owner = "";

const agent = () => session.peek()?.agent?.id ?? "";

// quietly is for a browser that forbids or has no room to keep things: the page
// works, it only forgets.
const quietly = (doing: Promise<unknown>): Promise<void> => doing.then(() => {}, () => {});

// soon runs once nothing has changed for a while, and after a few seconds in any case:
// while texts come in a row, keeping them would hold up the next.
function soon(run: () => Promise<unknown>): () => void {
  let timer = 0, end = 0;
  return () => {
    const now = Date.now();
    end ||= now + saveAtMost;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { end = 0; void quietly(run()); }, Math.min(saveAfter, end - now));
  };
}

// wake shows what was kept, where somebody is signed in and the box does not
// answer. It tells whether there was anything.
export async function wake(): Promise<boolean> {
  const l = leaving() ? undefined : await getLists().catch(() => undefined);
  if (!l || session.value) return false;
  session.value = l.session;
  preferences.value = { ...preferences.value, ...l.preferences };
  putLines(l.lines);
  listsRead.value = true;
  keptAt.value = l.at;
  begun(l.threads.map((t) => t.id));
  putAll(l.threads);
  return true;
}

// startOffline is called once.
export function startOffline(): void {
  void work().catch(() => {}); // the browser may forbid workers: then nothing is kept
}

async function work(): Promise<void> {
  navigator.serviceWorker.addEventListener("message", (m: MessageEvent<{ build?: string; hash?: string }>) => {
    if (m.data.hash) location.hash = m.data.hash;
    if (m.data.build && m.data.build !== document.querySelector<HTMLMetaElement>("meta[name=build]")?.content) asking.value = "version";
  });
  const workers = navigator.serviceWorker;
  const registration = await workers.register(address(), { updateViaCache: "none" }).catch(() => workers.getRegistration());
  if (!registration) return; // nothing is kept where the page could not be opened again
  for (const thread of await kept()) ends.add(thread);
  watchLists();
  watchEnds();
  watchLeaving();
  watchAccount();
  onEvent((e) => void setTimeout(() => quietly(hear(e)))); // it is drawn first
  effect(() => {
    if (state.value === "live") void quietly(registration.update()); // the box may have come back as another version
  });
}

// address is the one script that the page may make a worker of: its policy, the
// only one that the headers allow, gives no other.
function address(): string {
  const trusted = (window as { trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(s: string): string } } }).trustedTypes;
  return trusted ? trusted.createPolicy("worker", { createScriptURL: () => "/sw.js" }).createScriptURL("") : "/sw.js";
}

// watchLists keeps the lists while they are true, and says since when they are
// not.
function watchLists(): void {
  const save = soon(keepLists);
  let lost = 0;
  effect(() => {
    window.clearTimeout(lost);
    if (state.value === "live") {
      keptAt.value = 0;
      if (listsNow()) save();
    } else if (state.value === "waiting" && !keptAt.peek()) {
      const now = Date.now();
      lost = window.setTimeout(() => { keptAt.value = now; }, awayAfter);
    }
  });
}

// listsNow are the lists as they are shown, once they were read.
function listsNow(): Lists | undefined {
  if (!listsRead.value || !session.value?.signed_in) return undefined;
  const threads = sortedThreads.value.slice(0, mostListed).map((t) => ({ ...t, view: withDraft(viewOf(t.id)) }));
  return {
    session: session.value, threads,
    lines: Object.values(lines.value), preferences: preferences.value, at: Date.now(),
  };
}

async function keepLists(): Promise<void> {
  const l = untracked(listsNow);
  if (!l) return;
  await putLists(l);
  owner = l.session.agent?.id ?? "";
}

// watchLeaving keeps all once more when the box goes away or the page is left, so
// that what is shown later says when it was true last.
function watchLeaving(): void {
  const keep = () => {
    void quietly(keepLists());
    void quietly(keepEnd(place.peek()?.thread));
  };
  let was = false;
  effect(() => {
    const is = state.value === "live";
    if (was && !is) keep();
    was = is;
  });
  window.addEventListener("pagehide", () => { if (state.peek() === "live") keep(); });
}

// watchEnds keeps the end of the thread that is shown, and shows the kept one
// while the box is away.
function watchEnds(): void {
  const save = soon(() => keepEnd(place.peek()?.thread));
  effect(() => {
    const thread = place.value?.thread;
    if (!thread) return;
    const w = windowOf(thread).value;
    if (state.value === "live") {
      if (listsRead.value && w.read && !w.kept && atEnd(w)) save();
    } else if (!w.read && !w.busy) {
      void quietly(getEnd(thread).then((e) => { if (e && state.peek() !== "live") restore(thread, e.messages, e.at); }));
    }
  });
  let fresh = false;
  effect(() => {
    if (state.value === "closed") fresh = false;
    if (state.value !== "live" || !listsRead.value || fresh) return;
    fresh = true;
    window.setTimeout(() => void quietly(refreshEnds()), refreshAfter);
  });
}

// showsEnd is whether the end of a thread is shown, and so kept in a moment.
const showsEnd = (thread: string) => thread === place.peek()?.thread && endOf(thread) !== undefined;

// endOf is the window of a thread if it is true and reaches the end.
function endOf(thread: string): Window | undefined {
  const w = windowOf(thread).peek();
  return w.read && !w.kept && atEnd(w) ? w : undefined;
}

async function keepEnd(thread: string | undefined): Promise<void> {
  const w = thread ? endOf(thread) : undefined;
  if (!thread || !w || !agent()) return;
  if (owner !== agent()) await keepLists(); // whose it is stands first
  ends.add(thread);
  await putEnd(agent(), { thread, messages: messagesOf(w), at: Date.now() });
}

// refreshEnds reads again what was kept when this page was last open: meanwhile
// texts came, or were deleted, or are not ours to read any more.
async function refreshEnds(): Promise<void> {
  for (const thread of ends) {
    if (state.peek() !== "live" || thread === place.peek()?.thread) continue;
    try {
      const page = await call<MessagePage>("thread.messages", { thread, limit: pageSize });
      await putEnd(agent(), { thread, messages: page.messages ?? [], at: Date.now() });
    } catch (e) {
      if (e instanceof Refusal) await take(thread);
    }
  }
}

// hear carries an event into what is kept of a thread that is not shown.
async function hear(e: Event): Promise<void> {
  const { message, deleted, merged } = e.data;
  if (merged) await take(merged.from);
  if (deleted && e.type !== "message.deleted") await take(deleted.id);
  else if (deleted && ends.has(deleted.thread)) await change(deleted.thread, (all) => all.filter((m) => m.id !== deleted.id));
  if (message && ends.has(message.thread) && !showsEnd(message.thread)) await change(message.thread, (all) => filed(all, message));
}

// filed puts a message where an older state of it was, or at the end.
function filed(all: Message[], m: Message): Message[] {
  const i = all.findIndex((old) => old.id === m.id);
  if (i < 0) return [...all, m];
  return all[i].rev < m.rev ? all.with(i, m) : all;
}

// watchAccount takes everything away when the session is over, in whichever tab
// it ended.
function watchAccount(): void {
  effect(() => {
    if (!session.value || session.value.signed_in) return;
    ends.clear();
    owner = "";
    void quietly(untracked(clear));
  });
  window.addEventListener("storage", () => { if (leaving() && session.peek()?.signed_in) end(); });
}
