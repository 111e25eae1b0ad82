// Work: the offers that ring and the cases that somebody has taken on, kept
// from answers and events. What shows them is loaded when there are any.

import { computed, effect, signal, untracked } from "@preact/signals";
import { onEvent } from "./kit";
import { startNotices } from "./notify";
import { putPreferences, readPreferences } from "./prefer";
import type { Case, Colleague, Event, Offer } from "./protocol";
import { Refusal } from "./refusal";
import { call, state } from "./socket";
import { place, session } from "./store";

export const offers = signal<Record<string, Offer>>({});
export const cases = signal<Record<string, Case>>({});
export const colleagues = signal<Record<string, Colleague>>({});
export const templates = signal(false); // this box knows templates

// ahead is how far this browser's clock is before the box's.
export const ahead = signal(0);

// answerOldest is what Alt+A does; the file of the offers puts it here.
export const answering = { oldest: () => {} };

export const me = computed(() => session.value?.agent?.id ?? "");

// mayWrite tells whether the role lets one do more than read.
export const mayWrite = computed(() => !!session.value?.agent && session.value.agent.role !== "viewer");

// ringing are the offers that this person can answer, the longest wait first.
export const ringing = computed(() => Object.values(offers.value)
  .filter((o) => mayWrite.value && (o.state === "unanswered" || (o.state === "ringing" && !!o.to?.includes(me.value))))
  .sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at)));

export function putOffers(list: Offer[]): void {
  const next = { ...offers.value };
  for (const o of list) if (!(next[o.id]?.rev > o.rev)) next[o.id] = o;
  offers.value = next;
}

export function putCases(list: Case[]): void {
  const next = { ...cases.value };
  for (const c of list) if (!(next[c.id]?.rev > c.rev)) next[c.id] = { ...c, pop_url: c.pop_url ?? next[c.id]?.pop_url };
  cases.value = next;
}

// casesOf are those of a thread: what is open first, then the newest.
export function casesOf(thread: string): Case[] {
  return Object.values(cases.value).filter((c) => c.thread === thread)
    .sort((a, b) => Number(b.state === "open") - Number(a.state === "open") || Date.parse(b.opened_at) - Date.parse(a.opened_at));
}

function hear(e: Event): void {
  ahead.value = Date.now() - Date.parse(e.at);
  const { offer, case: work, preference, setting, presence } = e.data;
  if (offer) putOffers([offer]);
  if (work) putCases([work]);
  if (preference) putPreferences([preference]);
  if (setting?.key === "call_way" && session.value) session.value = { ...session.value, call_way: (setting.value ?? "none") as "none" };
  if (setting?.key === "video_url_template" && session.value) session.value = { ...session.value, video: !!setting.value };
  if (presence && colleagues.value[presence.agent]) {
    colleagues.value = { ...colleagues.value, [presence.agent]: { ...colleagues.value[presence.agent], presence } };
  }
}

// quietly takes an answer; without one, what is shown stays as it was.
function quietly<T>(p: Promise<T>, take: (v: T) => void): Promise<void> {
  return p.then(take, () => {});
}

async function read(): Promise<void> {
  await Promise.all([
    quietly(call<{ offers: Offer[] }>("offer.list", {}), (a) => { offers.value = {}; putOffers(a.offers); }),
    quietly(call<{ colleagues: Colleague[] }>("agent.directory", {}), (a) => { colleagues.value = Object.fromEntries(a.colleagues.map((c) => [c.id, c])); }),
    quietly(readPreferences(), () => {}),
    mayWrite.value && call("template.list", {}).then(() => (templates.value = true), (e) => { if (e instanceof Refusal) templates.value = false; }),
  ]);
}

async function readCases(thread: string): Promise<void> {
  const page = await call<{ cases: Case[] }>("case.list", { thread, limit: 5 });
  putCases(page.cases);
}

// startWork is called once.
export function startWork(): void {
  onEvent(hear);
  startNotices();
  effect(() => {
    if (state.value === "live") void untracked(read);
    if (state.value === "closed") { offers.value = {}; cases.value = {}; }
  });
  effect(() => {
    const thread = place.value?.thread;
    if (thread && state.value === "live") void untracked(() => readCases(thread)).catch(() => {});
  });
  document.addEventListener("keydown", (e) => {
    if (e.altKey && !e.ctrlKey && !e.metaKey && e.code === "KeyA" && !e.isComposing && ringing.peek().length > 0) {
      e.preventDefault();
      answering.oldest();
    }
  });
}
