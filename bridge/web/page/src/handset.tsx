// The pretend phone of the demo: it plays the customer against the pretended
// modems. It is a page of its own, made to be told from the desk at a glance.

import { batch, computed, signal } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { catalog } from "./catalog";
import { Wrong } from "./dialog";
import { SendIcon, Tick } from "./icon";
import { parse } from "./number";
import type { Session } from "./protocol";
import { Refusal } from "./refusal";
import { ask } from "./rest";
import { Text } from "./text";
import { clock, dayKey, dayName, exact } from "./time";
import { say, words as common } from "./words";

const words = catalog("phone", {
  told: "It plays the customer. No radio, no network, no cost: what you write here goes to the pretended modems of this box.",
  number: "This phone's number",
  empty: "No texts. Write one to the box, or let somebody text {number} from the page.",
  message: "Text message",
  absent: "There is no pretend phone here: the box runs with real modems. Start it with --demo to try things out.",
  away: "No network (the box does not answer)",
  from: "From {who}, {time}",
  to: "To {who}, {time}",
  onItsWay: "On its way",
  desk: "To the page",
  noModem: "The box has no pretended modem.",
});

const firstNumber = "+15550100";
const pollSeconds = 25;
const pause = 2_000;

// Note is a text in the phone's memory.
interface Note {
  n: number;
  from: string;
  to: string;
  dir: "in" | "out"; // seen from the phone
  text: string;
  at: string;
  parts: number;
  state: string; // waiting, delivered
}

type Trouble = "" | "away" | "signed out" | "absent";

const own = signal(remembered());
const notes = signal<Record<number, Note>>({});
const boxes = signal<string[]>([]); // the numbers of the box's modems
const talkingTo = signal("");
const seenUpTo = signal<Record<string, number>>({});
const trouble = signal<Trouble>("");

const sorted = computed(() => Object.values(notes.value).sort((a, b) => a.n - b.n));
const peers = computed(() => [...new Set([...boxes.value, ...sorted.value.map(peerOf)])]);

function peerOf(x: Note): string {
  return x.dir === "in" ? x.from : x.to;
}

function remembered(): string {
  try {
    return localStorage.getItem("smsbridge.handset") || firstNumber;
  } catch {
    return firstNumber;
  }
}

export function Handset() {
  useEffect(() => { void findBoxes(); }, []);
  useEffect(() => {
    const stop = new AbortController();
    notes.value = {};
    void listen(own.value, stop.signal);
    return () => stop.abort();
  }, [own.value]);

  return (
    <div class="lab">
      <header class="lab-told">
        <h1>{common.phoneTitle}</h1>
        <p>{words.told}</p>
        <OwnNumber />
        <p><a href="/">{words.desk}</a></p>
      </header>
      <Phone />
    </div>
  );
}

async function findBoxes(): Promise<void> {
  for (;;) {
    try {
      const found = await ask<{ modems: { number?: string }[] | null }>("GET", "/lab/modems");
      boxes.value = (found.modems ?? []).map((m) => m.number ?? "").filter(Boolean);
      trouble.value = "";
      if (!talkingTo.value) talkingTo.value = boxes.value[0] ?? "";
      if (boxes.value.length > 0) return;
    } catch (e) {
      trouble.value = await reason(e);
    }
    await new Promise((done) => window.setTimeout(done, pause));
  }
}

async function reason(e: unknown): Promise<Trouble> {
  if (!(e instanceof Refusal)) return "away";
  if (e.type === "unauthenticated" || e.code === 401 || e.type === "forbidden") return "signed out";
  try {
    return (await ask<Session>("GET", "/session")).demo ? "" : "absent";
  } catch {
    return "away";
  }
}

// listen follows the phone's memory until it is told to stop. Who has never
// sent or received anything has none yet, which is no trouble.
async function listen(number: string, stop: AbortSignal): Promise<void> {
  let after = 0;
  while (!stop.aborted) {
    try {
      const path = `/lab/handsets/${encodeURIComponent(number)}/messages?after=${after}&wait=${pollSeconds}`;
      const heard = await ask<{ messages: Note[] | null; last: number }>("GET", path, undefined, stop);
      if (stop.aborted) return;
      if (heard.last < after) notes.value = {}; // the demo was started anew
      after = heard.last;
      take(heard.messages ?? []);
      trouble.value = "";
    } catch (e) {
      if (stop.aborted) return;
      if (!(e instanceof Refusal && e.code === 404)) trouble.value = await reason(e);
      after = 0;
      await new Promise((done) => window.setTimeout(done, pause));
    }
  }
}

function take(heard: Note[]): void {
  if (heard.length === 0) return;
  batch(() => {
    const next = { ...notes.value };
    for (const x of heard) next[x.n] = x;
    notes.value = next;
    if (!talkingTo.value) talkingTo.value = peerOf(heard[0]);
  });
}

function OwnNumber() {
  const [typed, setTyped] = useState(own.value);
  const [wrong, setWrong] = useState("");
  function change(e: Event) {
    e.preventDefault();
    const read = parse(typed);
    if ("wrong" in read) return setWrong(read.wrong);
    setWrong("");
    setTyped(read.number);
    own.value = read.number;
    try {
      localStorage.setItem("smsbridge.handset", read.number);
    } catch {
      // It only forgets.
    }
  }
  return (
    <form class="own-number" onSubmit={change} noValidate>
      <label class="field">{words.number}
        <input value={typed} inputMode="tel" dir="ltr" autocomplete="off" aria-invalid={wrong !== ""} aria-describedby="wrong-own"
          onInput={(e) => setTyped(e.currentTarget.value)} onBlur={change} />
      </label>
      <Wrong id="wrong-own">{wrong}</Wrong>
    </form>
  );
}

function Phone() {
  const peer = talkingTo.value;
  const shown = sorted.value.filter((x) => peerOf(x) === peer);
  const list = useRef<HTMLDivElement>(null);
  const last = shown.at(-1)?.n ?? 0;
  const [now, setNow] = useState(new Date().toISOString());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date().toISOString()), 10_000);
    return () => window.clearInterval(timer);
  }, []);
  useLayoutEffect(() => { list.current!.scrollTop = list.current!.scrollHeight; }, [last, peer]);
  useEffect(() => { if (peer) seenUpTo.value = { ...seenUpTo.value, [peer]: last }; }, [last, peer]);

  return (
    <main class="phone" aria-label={common.phoneTitle}>
      <div class="phone-top" aria-hidden="true"><span>{clock(now)}</span><i /><span>{common.phoneTitle}</span></div>
      <header class="phone-head">
        {peers.value.length === 0 && <p>{words.noModem}</p>}
        <div class="phone-peers">
          {peers.value.map((p) => {
            const fresh = p !== peer && sorted.value.some((x) => x.dir === "in" && x.from === p && x.n > (seenUpTo.value[p] ?? 0));
            return (
              <button type="button" key={p} class={"peer" + (p === peer ? " here" : "")} aria-pressed={p === peer} onClick={() => (talkingTo.value = p)}>
                <bdi dir="ltr">{p}</bdi>{fresh && <span class="badge"><span aria-hidden="true">!</span><span class="unseen">{say(common.unread, { n: 1 })}</span></span>}
              </button>
            );
          })}
        </div>
      </header>
      <div class="phone-list" ref={list} role="log" aria-live="polite" tabIndex={0} aria-label={common.texts}>
        <TroubleNote />
        {shown.length === 0 && !trouble.value && <p class="note">{say(words.empty, { number: own.value })}</p>}
        {shown.map((x, i) => (
          <Fragment key={x.n}>
            {(i === 0 || dayKey(shown[i - 1].at) !== dayKey(x.at)) && <p class="phone-day">{dayName(x.at)}</p>}
            <NoteBubble note={x} />
          </Fragment>
        ))}
      </div>
      <PhoneComposer to={peer} />
      <div class="phone-bottom" aria-hidden="true" />
    </main>
  );
}

function TroubleNote() {
  switch (trouble.value) {
    case "signed out":
      return <p class="note bad">{common.signInTold} <a href="/">{common.signIn}</a></p>;
    case "absent":
      return <p class="note bad">{words.absent}</p>;
    case "away":
      return <p class="note bad">{words.away}</p>;
  }
  return null;
}

function NoteBubble({ note: x }: { note: Note }) {
  const arrived = x.state === "delivered";
  const state = arrived ? common.state.delivered : words.onItsWay;
  return (
    <article class={"note-bubble " + x.dir} aria-label={say(x.dir === "in" ? words.from : words.to, { who: peerOf(x), time: clock(x.at) })}>
      <p class="bubble-text" dir="auto"><Text text={x.text} /></p>
      <p class="note-foot">
        {x.dir === "in" && <bdi dir="ltr">{x.from}</bdi>}
        <time dateTime={x.at} title={exact(x.at)}>{clock(x.at)}</time>
        {x.parts > 1 && <span>{say(common.partsN, { n: x.parts })}</span>}
        {x.dir === "out" && <span class="note-state"><Tick shape={arrived ? "delivered" : "wait"} />{state}</span>}
      </p>
    </article>
  );
}

function PhoneComposer({ to }: { to: string }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);

  async function submit(e: Event) {
    e.preventDefault();
    if (!text.trim()) return setWrong(common.writeFirst);
    if (!to) return setWrong(words.noModem);
    const sending = text;
    setText("");
    setWrong("");
    box.current?.focus();
    try {
      const sent = await ask<{ messages?: Note[] | null }>("POST", `/lab/handsets/${encodeURIComponent(own.value)}/send`, { to, text: sending });
      take((sent.messages ?? []).filter((x) => !notes.value[x.n]));
    } catch (e) {
      setText(sending);
      setWrong(e instanceof Refusal ? e.sentence : words.away);
    }
  }

  return (
    <form class="phone-composer" onSubmit={(e) => void submit(e)}>
      <Wrong id="wrong-phone">{wrong}</Wrong>
      <div class="composer-row">
        <textarea id="phone-text" ref={box} rows={2} dir="auto" value={text} placeholder={words.message} aria-label={words.message}
          aria-invalid={wrong !== ""} aria-describedby="wrong-phone"
          onInput={(e) => { setText(e.currentTarget.value); setWrong(""); }}
          onKeyDown={(e) => { if (e.key === "Enter" && !e.shiftKey && !e.isComposing) void submit(e); }} />
        <button class="phone-send" aria-label={common.send} title={common.send}><SendIcon /></button>
      </div>
    </form>
  );
}
