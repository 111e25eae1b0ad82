// What was read and what was not. For now each browser counts for itself: it
// keeps, for each thread, the rev up to which somebody looked at it.

import { computed, signal } from "@preact/signals";
import { keep, kept, onKept } from "./keep";
import type { Message, MessagePage, Thread } from "./protocol";
import { call } from "./socket";
import { threads } from "./store";

const countAtMost = 50; // messages of one thread that are looked through
const threadsAtMost = 20; // threads that are looked through; the box answers 20 requests a second

let seen: Record<string, number> = {};

// unread holds the ids of the texts of each thread that nobody looked at.
export const unread = signal<Record<string, string[]>>({});

export const unreadTotal = computed(() =>
  Object.values(unread.value).reduce((n, ids) => n + ids.length, 0));

export function unreadOf(thread: string): number {
  return unread.value[thread]?.length ?? 0;
}

// startReading takes up what this browser kept.
export function startReading(): void {
  seen = kept<number>("seen");
  unread.value = {};
}

onKept("seen", (thread, rev) => {
  if (typeof rev === "number" && rev > (seen[thread] ?? 0)) {
    seen[thread] = rev;
    clear(thread);
  }
});

// arrived counts an inbound text.
export function arrived(m: Message): void {
  if (m.dir !== "in" || m.rev <= (seen[m.thread] ?? 0)) return;
  const ids = unread.value[m.thread] ?? [];
  if (!ids.includes(m.id)) unread.value = { ...unread.value, [m.thread]: [...ids, m.id] };
}

// see marks a thread as read up to everything that is known of it.
export function see(thread: string): void {
  const t = threads.value[thread];
  if (!t) return;
  const rev = Math.max(t.rev, t.last?.rev ?? 0);
  if (rev > (seen[thread] ?? 0)) {
    seen[thread] = rev;
    keep("seen", thread, rev);
  }
  clear(thread);
}

export function seeAll(): void {
  for (const thread of Object.keys(unread.value)) see(thread);
}

// count finds out what came while this browser was away. A thread that it
// never saw counts the texts at its end that nobody answered.
export async function count(list: Thread[]): Promise<void> {
  const doubtful = list.filter((t) => t.last && (t.id in seen ? t.last.rev > seen[t.id] : t.last.dir === "in"));
  for (const t of doubtful.slice(0, threadsAtMost)) {
    try {
      const page = await call<MessagePage>("thread.messages", { thread: t.id, limit: countAtMost });
      const messages = page.messages ?? [];
      const since = messages.findLastIndex((m) => m.dir === "out");
      const from = t.id in seen ? messages : messages.slice(since + 1);
      for (const m of from) arrived(m);
    } catch {
      return; // the socket is gone; the next one counts again
    }
  }
}

function clear(thread: string): void {
  if (!unread.value[thread]) return;
  const { [thread]: _, ...rest } = unread.value;
  unread.value = rest;
}
