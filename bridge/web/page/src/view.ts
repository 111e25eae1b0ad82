// How the one who is signed in sees each thread: what is unread, closed or
// muted. The box keeps it, for every screen alike; here it is counted on with
// each event, and asked for again with the lists.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { said, toast } from "./kit";
import type { Message, Thread, View } from "./protocol";
import { call, state } from "./socket";
import { cameIn, threads } from "./store";
import { say, words } from "./words";

export const views = signal<Record<string, View>>({});

// beyond is how many unread messages lie in threads that are not loaded.
export const beyond = signal(0);

// counted is the newest message of each thread that its count knows of.
const counted = new Map<string, string>();

// alone is the thread that was marked as unread while somebody looks at it: it
// stays so until they look at another.
let alone = "";

export function viewOf(thread: string): View {
  return views.value[thread] ?? { thread, unread: 0 };
}

// of reads one thing of a thread's view: who asks is drawn again when it
// changes, and not for the views of other threads.
function of<T>(read: (v: View) => T): (thread: string) => T {
  const made = new Map<string, ReadonlySignal<T>>();
  return (thread) => {
    let s = made.get(thread);
    if (!s) made.set(thread, (s = computed(() => read(viewOf(thread)))));
    return s.value;
  };
}

export const unreadOf = of((v) => v.unread);
export const closed = of((v) => !!v.closed_at);
export const muted = of((v) => !!v.muted);

export const unreadTotal = computed(() =>
  Object.values(views.value).reduce((n, v) => n + (v.closed_at ? 0 : v.unread), beyond.value));

export function forgetViews(): void {
  views.value = {};
  beyond.value = 0;
  counted.clear();
  coming.clear();
  alone = "";
}

// putViews takes the views that came with a list.
export function putViews(list: Thread[]): void {
  const next = { ...views.value };
  for (const t of list) {
    const last = t.last?.id ?? "";
    if (!t.view || (next[t.id]?.rev ?? 0) > (t.view.rev ?? 0) || last < (counted.get(t.id) ?? "")) continue;
    next[t.id] = t.view;
    counted.set(t.id, last);
  }
  views.value = next;
}

// putView takes a view that an event told of. Events come in order, so all that
// it counts was counted here before.
export function putView(v: View): void {
  if ((viewOf(v.thread).rev ?? 0) <= (v.rev ?? 0)) set(v);
}

export function dropView(thread: string): void {
  const { [thread]: _, ...rest } = views.value;
  views.value = rest;
  counted.delete(thread);
  coming.delete(thread);
}

// arrived counts a message that somebody else wrote, once; what comes while
// somebody looks at the end of its thread is read as it comes.
export function arrived(m: Message): void {
  if (!cameIn(m) || m.id <= (counted.get(m.thread) ?? "")) return;
  counted.set(m.thread, m.id);
  const v = viewOf(m.thread);
  if (v.unread === 0 && alone !== m.thread && state.value === "live" && [...eyes].some((eye) => eye() === m.thread)) readDrawn(m);
  else set({ ...v, unread: v.unread + 1 });
}

// coming are the texts that somebody will have seen once they are drawn: the
// newest of each thread. The box is told then, when the text is on the screen,
// here and at the next desk, which is given it at the same moment.
const coming = new Map<string, string>();

function readDrawn(m: Message): void {
  if (coming.size === 0) requestAnimationFrame(() => window.setTimeout(tellDrawn));
  coming.set(m.thread, m.id);
}

function tellDrawn(): void {
  for (const [thread, id] of coming) {
    if (alone === thread) continue;
    if (state.value === "live") change(thread, { read_to: id });
    else set({ ...viewOf(thread), unread: viewOf(thread).unread + 1 }); // the box has gone meanwhile
  }
  coming.clear();
}

// eyes tell the threads at whose end somebody looks now.
export const eyes = new Set<() => string | false | undefined>();

// see marks a thread as read up to everything that is known of it.
export function see(thread: string): void {
  if (alone !== thread) alone = "";
  const v = viewOf(thread);
  const last = threads.value[thread]?.last?.id;
  if (v.unread === 0 || !last || alone === thread || state.value !== "live") return;
  set({ ...v, unread: 0 });
  change(thread, { read_to: last });
}

export function markUnread(thread: string): void {
  alone = thread;
  change(thread, { unread: true });
}

// leave ends what was begun with markUnread.
export function leave(thread: string): void {
  if (alone === thread) alone = "";
}

export function mute(thread: string): void {
  const on = !muted(thread);
  change(thread, { muted: on }, on ? words.view.mutedTold : words.view.loudTold, () => change(thread, { muted: !on }));
}

// close hides a conversation from one's own list, or opens it again.
export function close(thread: string): void {
  const on = !closed(thread);
  change(thread, { closed: on }, on ? words.view.closedTold : words.view.openTold, () => change(thread, { closed: !on }));
}

// reopen opens one that was closed.
export function reopen(thread: string): void {
  if (closed(thread)) close(thread);
}

// readAll marks everything as read, and offers to take it back.
export async function readAll(): Promise<void> {
  try {
    const { read } = await call<{ read: { threads: number; undo?: string } }>("thread.read_all", {});
    if (read.undo) toast(say(words.view.allRead, { n: read.threads }), () => void call("thread.read_undo", { undo: read.undo }).catch(told));
  } catch (e) {
    told(e);
  }
}

function change(thread: string, what: object, done?: string, undo?: () => void): void {
  call("thread.view", { thread, ...what }).then(() => { if (done) toast(done, undo); }, told);
}

const told = (e: unknown) => toast(said(e));

function set(v: View): void {
  views.value = { ...views.value, [v.thread]: v };
}
