// The socket: one JSON-RPC conversation with the box that lasts as long as
// somebody is signed in. It comes back by itself and goes on after the last
// event that it was given, so that nobody above it needs to know it was away.

import { signal } from "@preact/signals";
import type { Event, Hello, Hint, Opened } from "./protocol";
import { Lost, Refusal } from "./refusal";
import { session as me } from "./store";

// Waits between two tries double from the first to the last, each cut by
// chance, so that a whole office does not ring at once after a restart.
const firstWait = 500;
const lastWait = 30_000;

const pingEvery = 10_000;
const callLimit = 20_000; // an answer that takes longer is taken as a lost socket

// State is what the top bar says of the connection.
export type State = "connecting" | "live" | "waiting" | "closed";

export const state = signal<State>("closed");
export const latency = signal<number | null>(null); // milliseconds there and back
export const problem = signal(""); // why the box does not take us, where it says so

// Above is who listens to the socket: the store.
export interface Above {
  event(e: Event): void;
  hint(h: Hint): void;
  opened(o: Opened): void; // what the box said when it took us
  reload(): void; // what is on the screen may be stale: read the lists again
  live(): void; // requests are answered from now on
  denied(): void; // the session is over
  ticket?(): Promise<string>; // for a page within a portal's: what lets the next socket in
}

interface Pending {
  done(result: unknown): void;
  fail(error: Error): void;
  timer: number;
}

let above: Above | null = null;
let ws: WebSocket | null = null;
let pending = new Map<string, Pending>();
let lastID = 0;
let wait = firstWait;
let retry = 0;
let pinger = 0;
let watchdog = 0;
let heardAt = 0; // performance.now() of the last frame
let heartbeat = 25_000;
let cursor: { epoch: string; seq: number } | null = null;

// connect opens the socket and keeps it open until disconnect.
// Where we may be signed in as nobody or somebody else, it asks for that first.
export function connect(listener: Above, unsure = false): void {
  above = listener;
  if (unsure) again();
  else dial();
}

export function disconnect(): void {
  above = null;
  cursor = null;
  window.clearTimeout(retry);
  drop();
  state.value = "closed";
}

// now tries at once instead of waiting out the pause.
export function now(): void {
  if (!above || ws) return;
  window.clearTimeout(retry);
  void check();
}

// call asks the box for something. It fails with a Refusal when the box says
// no, and with Lost when no answer came.
export function call<T>(method: string, params: object): Promise<T> {
  return new Promise<T>((done, fail) => {
    const socket = ws;
    if (!socket || socket.readyState !== WebSocket.OPEN) {
      fail(new Lost());
      return;
    }
    const id = String(++lastID);
    const timer = window.setTimeout(() => {
      pending.delete(id);
      fail(new Lost());
      if (socket === ws) again();
    }, callLimit);
    pending.set(id, { done: (r) => done(r as T), fail, timer });
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  });
}

function dial(): void {
  if (!cursor && state.value !== "waiting") state.value = "connecting";
  else state.value = "waiting";
  const url = new URL(above?.ticket ? "/api/v1/ws?portal" : "/api/v1/ws", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url, "smsbridge.v1");
  ws = socket;
  listen(); // a box that takes the connection and says nothing is gone too
  socket.onmessage = (m) => {
    if (socket !== ws) return;
    listen();
    take(m.data);
  };
  socket.onclose = (c) => {
    if (socket !== ws) return;
    if (c.code === 4001 || c.code === 4003 || c.code === 4012) {
      drop();
      above?.denied();
      return;
    }
    problem.value = c.reason;
    again();
  };
}

// listen starts the watchdog anew: a socket that was silent for two
// heartbeats is dead, whatever the operating system thinks of it. The timer
// itself is left to run, for a text should not wait for it to be set again.
function listen(): void {
  heardAt = performance.now();
  watchdog ||= window.setTimeout(watch, silence());
}

const silence = () => 2 * heartbeat + 5_000;

function watch(): void {
  const left = heardAt + silence() - performance.now();
  watchdog = left > 0 ? window.setTimeout(watch, left) : 0;
  if (!watchdog) again();
}

function drop(): void {
  window.clearTimeout(watchdog);
  watchdog = 0;
  window.clearInterval(pinger);
  const socket = ws;
  ws = null;
  socket?.close();
  const orphans = pending;
  pending = new Map();
  for (const p of orphans.values()) {
    window.clearTimeout(p.timer);
    p.fail(new Lost());
  }
  latency.value = null;
}

function again(): void {
  drop();
  if (!above) return;
  state.value = "waiting";
  window.clearTimeout(retry);
  retry = window.setTimeout(check, Math.max(100, Math.random() * wait));
  wait = Math.min(wait * 2, lastWait);
}

// check asks by plain HTTP whether we are still signed in, and as the same
// account: a refused upgrade looks to a page just like a box that is switched off,
// and what waits here is not for somebody else to send.
async function check(): Promise<void> {
  if (above?.ticket) return dial();
  try {
    const answer = await fetch("/api/v1/session", { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(callLimit) });
    const session = answer.ok ? await answer.json() : null;
    if (!above || ws) return;
    if (session && (session.signed_in === false || session.agent?.id !== me.value?.agent?.id)) {
      above.denied();
      return;
    }
  } catch {
    // The box is away; dialling says so too.
  }
  if (above && !ws) dial();
}

interface Frame {
  id?: string;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: Partial<Refusal> };
}

function take(data: unknown): void {
  if (typeof data !== "string") return;
  let frame: Frame;
  try {
    frame = JSON.parse(data) as Frame;
  } catch {
    return;
  }
  if (frame.method === undefined) answer(frame);
  else notice(frame.method, frame.params);
}

function answer(frame: Frame): void {
  const p = pending.get(String(frame.id));
  if (!p) return;
  pending.delete(String(frame.id));
  window.clearTimeout(p.timer);
  if (frame.error) p.fail(Refusal.from(frame.error.code, frame.error.message, frame.error.data));
  else p.done(frame.result);
}

function notice(method: string, params: unknown): void {
  switch (method) {
    case "hello":
      void open(params as Hello);
      return;
    case "event": {
      const e = params as Event;
      const gap = cursor !== null && e.epoch === cursor.epoch && e.prev > cursor.seq;
      cursor = { epoch: e.epoch, seq: Math.max(e.seq, cursor?.seq ?? 0) };
      above?.event(e);
      if (gap) above?.reload();
      return;
    }
    case "hint":
      above?.hint(params as Hint);
      return;
    case "live":
    case "beat": {
      const at = params as { epoch: string; seq: number };
      cursor = { epoch: at.epoch, seq: Math.max(at.seq, cursor?.epoch === at.epoch ? cursor.seq : 0) };
      return;
    }
    case "bye": {
      const pause = (params as { retry_after_ms?: number }).retry_after_ms;
      if (pause) wait = Math.max(firstWait, Math.min(pause, lastWait));
    }
  }
}

async function open(hello: Hello): Promise<void> {
  heartbeat = hello.heartbeat_ms || heartbeat;
  window.clearTimeout(watchdog); // it was set for another heartbeat
  watchdog = 0;
  listen();
  const resume = cursor ? { epoch: cursor.epoch, after: cursor.seq } : undefined;
  try {
    const ticket = await above?.ticket?.();
    const opened = await call<Opened>("session.open", {
      ...(ticket && { ticket }),
      client: { name: "page", version: "1", device: "" },
      subscribe: { events: ["*"], hints: ["typing", "presence"] },
      ...(resume && { resume }),
    });
    wait = firstWait;
    problem.value = "";
    above?.opened(opened);
    if (!resume || opened.resumed === false) {
      // The stream goes on from the head; the lists are read after it
      // began, so nothing falls between the two.
      cursor = opened.epoch !== undefined && opened.head !== undefined ? { epoch: opened.epoch, seq: opened.head } : null;
      above?.reload();
    }
    state.value = "live";
    above?.live();
    window.setTimeout(() => void ping(), 500); // the page is busy with what it asked for
    window.clearInterval(pinger);
    pinger = window.setInterval(() => void ping(), pingEvery);
  } catch (e) {
    if (e instanceof Refusal && (e.type === "unauthenticated" || e.type === "token_expired")) {
      drop();
      above?.denied();
    } else if (ws) again();
  }
}

// ping measures the way there and back. A refusal is an answer as well.
async function ping(): Promise<void> {
  if (document.hidden) return;
  const from = performance.now();
  try {
    await call("ping", {});
  } catch (e) {
    if (!(e instanceof Refusal)) return;
  }
  latency.value = Math.max(1, Math.round(performance.now() - from));
}

window.addEventListener("online", now);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  now();
  if (state.value === "live") void ping();
});
