// What is true only now: who is there, and who writes where.

import { signal } from "@preact/signals";
import type { Hint, Presence } from "./protocol";
import { call, state } from "./socket";

const shownFor = 5_000; // the box tells every three seconds that somebody writes on
const tellEvery = 3_000;

export const presences = signal<Record<string, Presence>>({});

// typing is who writes in each thread, by the name.
export const typing = signal<Record<string, string>>({});

const ends = new Map<string, number>();

export function hear(h: Hint): void {
  const { presence, author } = h.data;
  if (presence) presences.value = { ...presences.value, [presence.agent]: presence };
  if (h.kind !== "typing" || !h.thread || !author) return;
  const thread = h.thread;
  typing.value = { ...typing.value, [thread]: author.name ?? "" };
  window.clearTimeout(ends.get(thread));
  ends.set(thread, window.setTimeout(() => stopped(thread), shownFor));
}

// stopped is for who has sent what they wrote, or has gone.
export function stopped(thread: string): void {
  if (!(thread in typing.value)) return;
  const { [thread]: _, ...rest } = typing.value;
  typing.value = rest;
}

export async function readPresences(): Promise<void> {
  const { presence } = await call<{ presence: Presence[] }>("presence.list", {});
  presences.value = Object.fromEntries(presence.map((p) => [p.agent, p]));
}

export function forgetHints(): void {
  presences.value = {};
  typing.value = {};
}

let told = { thread: "", at: 0 };

// tellTyping tells the others that one writes in a thread.
export function tellTyping(thread: string): void {
  if (state.value !== "live" || (told.thread === thread && Date.now() - told.at < tellEvery)) return;
  told = { thread, at: Date.now() };
  call("typing", { thread }).catch(() => {}); // nobody waits for it
}
