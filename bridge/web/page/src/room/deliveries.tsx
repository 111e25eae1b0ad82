// A webhook: how it fares, what was delivered and what was given up, and how it
// is told again. #/programs/hook/hk_1 shows one.

import { useEffect, useRef, useState } from "preact/hooks";
import { catalog, type Plural, say } from "../catalog";
import { Confirm, onEvent, toast, Trouble } from "../kit";
import { to } from "../rooms";
import { call } from "../socket";
import { exact, shortAge } from "../time";
import { sentence } from "../words";
import { Choice, type Column, Reading, Switch, Table, useDoing, usePages } from "./kit";

export const words = catalog("deliveries", {
  open: "Deliveries",
  all: "All webhooks",
  on: "Events are delivered",
  onHint: "Switched off, what happens meanwhile waits and is told when it is switched on.",
  failing: "Every try since {time} has failed.",
  missed: {
    one: "{n} event was forgotten before it could be told: read the lists again there.",
    other: "{n} events were forgotten before they could be told: read the lists again there.",
  } as Plural,
  secret: "New signing secret",
  secretTold: "The old one goes on to hold for a day, so that the other side can change over.",
  again: "Tell everything again",
  againTold: "Everything that the box still knows of is told to {url} again, from the beginning. Who listens there must know events by their id.",
  told: "It is told again.",
  show: "Show",
  states: { "": "All", waiting: "Waiting", dead: "Given up", delivered: "Delivered" },
  event: "Event",
  state: "State",
  tries: "Tries",
  last: "Last try",
  next: "next {time}",
  answer: "Answer",
  status: "{status} in {ms} ms",
  act: "Actions",
  replay: "Tell again",
  none: "Nothing is like that.",
  more: "Earlier ones",
});

interface Hook {
  id: string;
  url: string;
  disabled_at?: string;
  reason?: string;
  failing_since?: string;
  missed?: number;
  cursor: number; // the event up to which all was tried
  waiting: number;
}

type State = keyof typeof words.states;

interface Delivery {
  id: string;
  seq: number;
  state: Exclude<State, "">;
  attempts: number;
  last_try: string;
  next_try?: string;
  status?: number;
  error?: string;
  took_ms: number;
}

const lookEvery = 3_000; // ms; no event tells what became of a delivery
const looksMost = 20; // after an event: one that this hook does not want moves no cursor

// useLooks looks again and again while something may be under way to a hook, and
// somebody sees the page; until then what happens in the box says when to look.
// head is the newest event when the hook was read.
function useLooks(h: Hook, head: number, look: () => void): void {
  const [last, hear] = useState(head);
  const looks = useRef(0);
  const waiting = useRef(0);
  waiting.current = h.waiting;
  const under = !h.disabled_at && (h.waiting > 0 || h.cursor < Math.max(head, last));
  useEffect(() => onEvent((e) => { looks.current = 0; hear(e.seq); }), []);
  useEffect(() => {
    if (!under) return;
    const again = () => {
      if (document.hidden || waiting.current === 0 && looks.current >= looksMost) return;
      looks.current++;
      look();
    };
    const timer = window.setInterval(again, lookEvery);
    document.addEventListener("visibilitychange", again);
    return () => { window.clearInterval(timer); document.removeEventListener("visibilitychange", again); look(); };
  }, [h.id, under]);
}

interface Props {
  hook: Hook;
  head: number;
  again(): void;
  onSecret(secret: string): void;
}

export function Deliveries({ hook: h, head, again, onSecret }: Props) {
  const [state, show] = useState<State>("");
  const list = usePages<Delivery>("hook.deliveries", { id: h.id, ...(state && { state }) }, "deliveries", "before", ["hook.", "message.", "line."]);
  const [asking, ask] = useState<"" | "replay" | "secret">("");
  const { error, attempt } = useDoing();
  const refresh = () => { again(); list.again(); };
  useLooks(h, head, refresh);
  const replay = (d: Delivery) => void attempt(call("hook.replay", { id: h.id, seq: d.seq }).then(() => { toast(words.told); refresh(); }));
  const columns: Column<Delivery>[] = [
    { head: words.event, cell: (d) => <code>{d.seq}</code> },
    { head: words.state, cell: (d) => <span class={d.state === "dead" ? "wrong" : undefined}>{words.states[d.state]}</span> },
    { head: words.answer, cell: (d) => d.error ? <span lang="en">{sentence(d.error)}</span> : d.status ? say(words.status, { status: d.status, ms: d.took_ms }) : "" },
    { head: words.tries, number: true, minor: true, cell: (d) => d.attempts },
    { head: words.last, minor: true, cell: (d) => <><time title={exact(d.last_try)}>{shortAge(d.last_try)}</time>{d.next_try && <span class="hint"> {say(words.next, { time: exact(d.next_try) })}</span>}</> },
    { head: words.act, cell: (d) => d.state !== "waiting" && <button type="button" class="button" aria-label={`${words.replay}: ${d.seq}`} onClick={() => replay(d)}>{words.replay}</button> },
  ];
  return (
    <section class="block" aria-label={words.open}>
      <div class="block-head"><h3><bdi>{h.url}</bdi></h3><a class="button" href={to("programs")}>{words.all}</a></div>
      <Switch label={words.on} hint={words.onHint} on={!h.disabled_at} set={(on) => void attempt(call("hook.update", { id: h.id, disabled: !on }).then(refresh))} />
      {h.disabled_at && h.reason && <p class="warn" lang="en">{sentence(h.reason)}</p>}
      {h.failing_since && <p class="warn">{say(words.failing, { time: exact(h.failing_since) })}</p>}
      {!!h.missed && <p class="warn">{say(words.missed, { n: h.missed })}</p>}
      <div class="row-buttons">
        <button type="button" class="button" onClick={() => ask("replay")}>{words.again}</button>
        <button type="button" class="button" onClick={() => ask("secret")}>{words.secret}</button>
      </div>
      <Trouble of={error} />
      <Choice label={words.show} of={Object.entries(words.states) as [State, string][]} value={state} set={(s) => show(s)} />
      <Reading of={list}>{(rows) => <Table name={words.open} rows={rows} columns={columns} keyOf={(d) => d.id} empty={<p>{words.none}</p>} />}</Reading>
      {list.more && <button type="button" class="button" onClick={list.more}>{words.more}</button>}
      {asking === "replay" && (
        <Confirm title={words.again} act={words.again} told={<p>{say(words.againTold, { url: h.url })}</p>} onClose={() => ask("")}
          run={async () => { await call("hook.replay", { id: h.id, since: 0 }); toast(words.told); refresh(); }} />
      )}
      {asking === "secret" && (
        <Confirm title={words.secret} act={words.secret} told={<p>{words.secretTold}</p>} onClose={() => ask("")}
          run={async () => { const { secret } = await call<{ secret: string }>("hook.rotate", { id: h.id }); onSecret(secret); refresh(); }} />
      )}
    </section>
  );
}
