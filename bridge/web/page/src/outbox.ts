// Texts on their way from this page to the box. Each has a key (idem) made
// here and kept in this browser until the box has answered, and goes out under
// the same key after a lost socket or a reload: the box makes one message of
// it however often it hears it. A text that waited longer than two minutes
// goes out only when a person says so.

import { signal } from "@preact/signals";
import { draft, drafts } from "./draft";
import { toComposer } from "./focus";
import { forget, keep, kept, onKept } from "./keep";
import { toast } from "./kit";
import type { Message, Priority } from "./protocol";
import { Lost, Refusal } from "./refusal";
import { call, state } from "./socket";
import { keyOf, type Place, place, putLast, session } from "./store";
import { put } from "./window";
import { say, words } from "./words";

const askAfter = 120_000;
const retryAfter = 2_000;

export interface Outgoing {
  idem: string;
  thread: string; // empty for a number that has none yet
  number: string; // of a chat: the colleague's account
  chat?: boolean;
  from: string;
  text: string;
  at: number;
  state: "waiting" | "asking" | "refused";
  reason: string;
  extra?: Extra;
}

// Extra is what goes with a text beside its words.
export interface Extra {
  direct?: boolean; // to the number, though there is a thread: another one of the same person
  priority?: Priority;
  flash?: boolean;
  at?: string;
  undo?: number; // seconds in which it can be taken back
}

export const outbox = signal<Outgoing[]>([]);

// complaint is what the box said against a text: it is shown beside the field
// that it is about, with the text back in the composer.
export const complaint = signal<{ key: string; field: string; sentence: string } | null>(null);

// bubbles gives a message that was written here the key of its first bubble,
// so that the bubble stays the same element when the box has answered.
export const bubbles = new Map<string, string>();

// flying is the one text that the box is being asked to take.
export const flying = signal("");

// onThread is told when the box has made a thread that the lists lack.
let onThread: () => void = () => {};

export function startOutbox(unknownThread: () => void): void {
  onThread = unknownThread;
  outbox.value = Object.values(kept<Outgoing>("outbox")).sort((a, b) => a.at - b.at);
}

onKept("outbox", (idem, value) => {
  const others = outbox.value.filter((o) => o.idem !== idem);
  outbox.value = value === null ? others : [...others, value as Outgoing].sort((a, b) => a.at - b.at);
});

// newKey needs no secure context, unlike the browser's own way to a UUID.
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return Array.from(bytes, (b) => b.toString(36).padStart(2, "0")).join("");
}

export function send(to: Place, number: string, from: string, text: string, chat = false, extra?: Extra): void {
  const o: Outgoing = {
    idem: newKey(), thread: to.thread ?? "", number, chat, from, text,
    at: Date.now(), state: "waiting", reason: "", extra,
  };
  save(o);
  void flush();
}

// sendNow is the person's answer to "Send it now?".
export function sendNow(o: Outgoing): void {
  save({ ...o, at: Date.now(), state: "waiting", reason: "" });
  void flush();
}

export function discard(o: Outgoing): void {
  remove(o.idem);
}

// flush hands over what waits, one after the other, so that texts keep the
// order in which they were written.
export async function flush(): Promise<void> {
  while (state.value === "live" && !flying.value) {
    const o = outbox.value.find((o) => o.state === "waiting");
    if (!o) return;
    if (!(Math.abs(Date.now() - o.at) <= askAfter)) { // a clock that was turned back makes nothing young
      save({ ...o, state: "asking" });
      continue;
    }
    flying.value = o.idem;
    const again = await hand(o).finally(() => (flying.value = ""));
    if (again) {
      window.setTimeout(() => void flush(), retryAfter);
      return;
    }
  }
}

// hand asks the box to take o and tells whether to ask again later.
async function hand(o: Outgoing): Promise<boolean> {
  try {
    const answer = await call<{ message: Message }>(...request(o));
    taken(o, answer.message);
    return false;
  } catch (e) {
    if (e instanceof Lost) return true;
    if (!(e instanceof Refusal)) throw e;
    if (e.retryable) return true;
    refused(o, e);
    return false;
  }
}

// request is the method that takes o, and what it is asked.
function request({ idem, thread, number, chat, from, text, extra: x = {} }: Outgoing): [string, object] {
  if (chat) return ["chat.send", { idem, text, to: thread ? { thread } : { agent: number } }];
  return ["message.send", {
    idem, from, text,
    to: thread && !x.direct ? { thread } : { number },
    ...(x.priority && { priority: x.priority }),
    ...(x.flash && { flash: true }),
    ...(x.at && { at: x.at }),
    ...(x.undo && { undo_s: x.undo }),
  }];
}

// undoable offers to take back what has not gone out yet.
function undoable(o: Outgoing, m: Message): void {
  const n = o.extra?.undo ?? 0;
  if (n === 0) return;
  toast(say(words.sendingIn, { n }), () => {
    call<{ message: Message }>("message.cancel", { id: m.id }).then((a) => {
      put(a.message);
      const key = m.thread;
      draft(key, [drafts.value[key], o.text].filter(Boolean).join("\n"));
      toast(words.takenBack);
    }, (e) => toast(e instanceof Refusal ? e.sentence : words.boxAway));
  }, n * 1_000);
}

function taken(o: Outgoing, m: Message): void {
  bubbles.set(m.id, o.idem);
  put(m);
  remove(o.idem);
  undoable(o, m);
  if (!putLast(m)) onThread();
  if (place.value && !place.value.thread && (o.chat ? place.value.agent : place.value.number) === o.number) {
    const before = keyOf(place.value);
    draft(m.thread, drafts.value[before] ?? "");
    draft(before, "");
    const writing = document.activeElement?.id === "composer";
    location.replace("#t=" + encodeURIComponent(m.thread));
    if (writing) toComposer();
  }
}

function refused(o: Outgoing, e: Refusal): void {
  const key = keyOf(o.thread ? { thread: o.thread } : o.chat ? { agent: o.number } : { number: o.number });
  if (drafts.value[key]) {
    save({ ...o, state: "refused", reason: e.sentence });
    return;
  }
  remove(o.idem);
  draft(key, o.text);
  complaint.value = { key, field: e.field, sentence: e.sentence };
}

// mine tells whether an event's message is the one that the box is just
// taking from us: its event may overtake the answer.
export function mine(m: Message): void {
  const o = outbox.value.find((o) => o.idem === flying.value);
  if (!o || m.dir !== "out" || bubbles.has(m.id) || m.text !== o.text) return;
  if (m.author?.id !== session.value?.agent?.id || (o.thread ? m.thread !== o.thread : m.channel !== "chat" && m.to !== o.number)) return;
  bubbles.set(m.id, o.idem);
}

function save(o: Outgoing): void {
  keep("outbox", o.idem, o);
  outbox.value = outbox.value.some((old) => old.idem === o.idem)
    ? outbox.value.map((old) => (old.idem === o.idem ? o : old))
    : [...outbox.value, o];
}

function remove(idem: string): void {
  forget("outbox", idem);
  outbox.value = outbox.value.filter((o) => o.idem !== idem);
}
