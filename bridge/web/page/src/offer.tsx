// Offers: cards over the page that ask for somebody, with the time that is
// left. Who answers first has it; for all others the card says who.

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { announce } from "./announce";
import { catalog, type Plural, say } from "./catalog";
import { openBox } from "./boxes";
import { go } from "./desk";
import { detailsOpen } from "./details";
import { toComposer } from "./focus";
import { said, toast } from "./kit";
import { preferences } from "./prefer";
import type { CasePop, Offer } from "./protocol";
import { Refusal } from "./refusal";
import { call } from "./socket";
import { lineName, lines } from "./store";
import { Text } from "./text";
import { span } from "./time";
import { put } from "./window";
import { ahead, answering, me, offers, putCases, putOffers, ringing } from "./work";

const words = catalog("offers", {
  pane: "Offers",
  request: "SMS Chat Request",
  left: { one: "{n} second left", other: "{n} seconds left" } as Plural,
  waits: "Nobody has answered yet. Waiting for {age}.",
  answer: "Answer",
  decline: "Decline",
  extend: "{n} s more",
  takenBy: "{reference} was taken by {who}",
  goOn: "Continue {reference}",
  fresh: "New case",
  choose: "There was a case with this number. Does it go on?",
  over: "On {line}",
  heard: "{title} from {number}. Alt+A answers.",
});

const more = 60; // seconds that Extend adds
const goneAfter = 5_000;
const most = 3; // cards at once; the others wait under them

// asked is the offer that wants to know whether its last case goes on.
const asked = signal("");

export async function answer(o: Offer, choice?: "new" | "continue"): Promise<void> {
  if (o.last_case && o.policy === "ask" && !choice && asked.value !== o.id) {
    asked.value = o.id;
    return;
  }
  try {
    const pop = await call<CasePop>("offer.answer", { id: o.id, ...(choice && { choice }) });
    asked.value = "";
    if (pop.offer) putOffers([pop.offer]);
    putCases([pop.case]);
    pop.messages.forEach(put);
    if (preferences.value.open_chats === "box") return openBox(pop.case.thread);
    go({ thread: pop.case.thread });
    if (matchMedia("(min-width: 1100px)").matches) detailsOpen.value = true;
    toComposer();
  } catch (e) {
    if (e instanceof Refusal && e.field === "choice" && e.options.length > 0) asked.value = o.id;
    else toast(said(e));
  }
}

answering.oldest = () => { if (ringing.value[0]) void answer(ringing.value[0]); };

export function Offers() {
  const list = ringing.value;
  const taken = useTaken();
  useEffect(() => {
    if (list[0]) announce(say(words.heard, { title: list[0].title || words.request, number: list[0].number }));
  }, [list[0]?.id]);
  if (list.length + taken.length === 0) return null;
  return (
    <section class="offers" tabIndex={-1} aria-label={words.pane}>
      {list.slice(0, most).map((o) => <Card key={o.id} offer={o} />)}
      {list.length > most && <p class="offer more-offers">+{list.length - most}</p>}
      {taken.map((o) => <p class="offer taken" role="status" key={o.id}>{say(words.takenBy, { reference: o.reference, who: o.taken_by_name ?? "" })}</p>)}
    </section>
  );
}

// useTaken are offers that somebody else has just taken from under one's eyes.
function useTaken(): Offer[] {
  const [seen] = useState(() => new Set<string>());
  const [gone, setGone] = useState<string[]>([]);
  for (const o of ringing.value) seen.add(o.id);
  const lost = Object.values(offers.value).filter((o) => seen.has(o.id) && o.state === "taken" && o.taken_by !== me.value && !gone.includes(o.id));
  const key = lost.map((o) => o.id).join();
  useEffect(() => {
    if (!key) return;
    const timer = window.setTimeout(() => setGone((g) => [...g, ...key.split(",")]), goneAfter);
    return () => window.clearTimeout(timer);
  }, [key]);
  return lost;
}

// useNow is the box's time, each second.
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return now - ahead.value;
}

function Card({ offer: o }: { offer: Offer }) {
  const [busy, setBusy] = useState(false);
  const [text, setText] = useState("");
  useEffect(() => {
    call<{ message: { text: string } }>("message.get", { id: o.message }).then((a) => setText(a.message.text), () => {});
  }, [o.message]);
  const act = (run: () => Promise<unknown>) => () => {
    if (busy) return;
    setBusy(true);
    run().catch((e) => toast(said(e))).finally(() => setBusy(false));
  };
  const change = (method: string, params: object = {}) => act(() => call<{ offer: Offer }>(method, { id: o.id, ...params }).then((a) => putOffers([a.offer])));
  const line = lines.value[o.line];
  return (
    <article class="offer" aria-label={(o.title || words.request) + ", " + o.number}>
      <header><h2><bdi>{o.title === "SMS Chat Request" ? words.request : o.title || words.request}</bdi></h2><Left offer={o} /></header>
      <p class="offer-who"><bdi dir="ltr">{o.number}</bdi>{line && <span class="hint">{say(words.over, { line: lineName(line) })}</span>}<span class="tag">{o.reference}</span></p>
      {text && <p class="offer-text" dir="auto"><Text text={text} /></p>}
      {asked.value === o.id && o.last_case ? (
        <div class="offer-do"><p class="hint">{words.choose}</p>
          <button type="button" class="button primary" onClick={act(() => answer(o, "continue"))}>{say(words.goOn, { reference: o.last_case.reference })}</button>
          <button type="button" class="button" onClick={act(() => answer(o, "new"))}>{words.fresh}</button>
        </div>
      ) : (
        <div class="offer-do">
          <button type="button" class="button primary" aria-keyshortcuts="Alt+A" title="Alt+A" aria-disabled={busy} onClick={act(() => answer(o))}>{words.answer}</button>
          {o.state === "ringing" && <>
            <button type="button" class="button" onClick={change("offer.extend", { seconds: more })}>{say(words.extend, { n: more })}</button>
            <button type="button" class="button" onClick={change("offer.decline")}>{words.decline}</button>
          </>}
        </div>
      )}
    </article>
  );
}

// Left is the time that is left, in words and as a bar that grows shorter.
function Left({ offer: o }: { offer: Offer }) {
  const now = useNow();
  const [from, setFrom] = useState(now);
  useEffect(() => setFrom(now), [o.until]);
  if (o.state !== "ringing" || !o.until) return <span class="hint">{say(words.waits, { age: span(now - Date.parse(o.created_at)) })}</span>;
  const end = Date.parse(o.until);
  const n = Math.max(0, Math.ceil((end - now) / 1_000));
  return (
    <span class={"offer-left" + (n <= 10 ? " soon" : "")}>
      <span role="timer">{say(words.left, { n })}</span>
      <i aria-hidden="true" style={{ inlineSize: Math.max(0, Math.min(100, ((end - now) / Math.max(1, end - Math.min(from, now))) * 100)) + "%" }} />
    </span>
  );
}
