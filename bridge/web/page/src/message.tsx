// One text in a thread: an article whose name tells who wrote to whom, when,
// and what became of it.

import { Actions, CopyButton } from "./act";
import { CallIcon } from "./icon";
import { startCall } from "./call";
import { Fact } from "./details";
import { type TickShape, Tick } from "./icon";
import { lineBadge } from "./line";
import { discard, flying, type Outgoing, sendNow } from "./outbox";
import type { Author, Message, MessageCard, MessageState } from "./protocol";
import { askRemove, mayRemove } from "./remove";
import { session } from "./store";
import { state as link } from "./socket";
import { Text } from "./text";
import { clock, exact, span } from "./time";
import { cases, mayWrite } from "./work";
import { own, say, sentence, words } from "./words";

export function tickOf(state: MessageState): TickShape {
  switch (state) {
    case "queued":
    case "held":
      return "wait";
    case "sending":
      return "part";
    case "sent":
      return "sent";
    case "delivered":
    case "partially_delivered":
      return "delivered";
    case "unconfirmed":
      return "doubt";
    case "received":
    case "partial":
      return "wait";
  }
  return "bad";
}

// stateWords say the state in full: which part is on its way, or since when.
export function stateWords(m: Message): string {
  if (m.state === "sending" && m.total > 1) {
    const i = (m.parts ?? []).filter((p) => p.state !== "queued" && p.state !== "held").length;
    return say(words.sendingPart, { i: Math.max(1, i), n: m.total });
  }
  if (m.state === "delivered" && m.delivered_at) return say(words.deliveredAt, { time: clock(m.delivered_at) });
  return words.state[m.state];
}

// why is the sentence under a text that did not simply arrive.
function why(m: Message): string {
  switch (m.state) {
    case "unconfirmed":
      return m.reason || words.unconfirmedTold;
    case "failed":
    case "partially_sent":
      return m.reason || words.failedTold;
    case "undelivered":
    case "partially_delivered":
      return m.reason || words.undeliveredTold;
    case "expired":
      return m.reason || words.expiredTold;
    case "queued":
    case "held":
      return m.reason || (m.due_at && Date.parse(m.due_at) > Date.now() ? say(words.dueAt, { time: exact(m.due_at) }) : "");
    case "partial":
      return say(words.partialTold, { have: m.parts?.length ?? 0, n: m.total });
  }
  return "";
}

function writer(a: Author | undefined): string {
  if (!a || (a.kind === "agent" && a.id === session.value?.agent?.id)) return words.you;
  return a.name || (a.kind === "token" ? words.program : words.console);
}

export interface BubbleProps {
  message: Message;
  name: string; // the client
  stop: boolean; // the article that the Tab key reaches
  showLine: boolean;
  onFacts(m: Message): void;
  onEdit(text: string): void;
}

export function Bubble(props: BubbleProps) {
  return props.message.channel === "call" ? <CallEntry {...props} /> : <TextBubble {...props} />;
}

function TextBubble({ message: m, name, stop, showLine, onFacts, onEdit }: BubbleProps) {
  const inbound = m.dir === "in";
  const author = writer(m.author);
  const at = m.received_at || m.created_at;
  const state = stateWords(m);
  const trouble = why(m);
  const write = mayWrite.value; // what reads a signal is drawn again for a reason only, see thread.tsx
  const lost = ["failed", "undelivered", "expired", "partially_sent", "unconfirmed"].includes(m.state);
  return (
    <article class={"bubble " + m.dir + " " + m.state} tabIndex={stop ? 0 : -1}
      aria-label={say(words.said, { from: inbound ? name : author, to: inbound ? words.you : name, time: clock(at), state })}>
      <div class="bubble-box">
        {m.flash && <span class="tag flash">{words.flashShort}</span>}
        {m.card?.kind === "mms" ? <Picture card={m.card} /> : <p class="bubble-text" dir="auto"><Text text={m.text} /></p>}
        {m.state === "partial" && <span class="filling" aria-hidden="true"><i /><i /></span>}
        {m.raw && <div class="raw">{!m.text && <p>{words.undecodable}</p>}<code dir="ltr">{m.raw}</code></div>}
      </div>
      <p class="bubble-foot">
        {!inbound && <span class="bubble-author"><bdi>{author}</bdi></span>}
        <time dateTime={at} title={exact(at)}>{clock(at)}</time>
        <Age message={m} at={at} />
        {showLine && m.line && <span class="line-badge"><bdi>{lineBadge(m.line)}</bdi></span>}
        {m.total > 1 && <span>{say(words.partsN, { n: m.total })}</span>}
        <button type="button" class="plain state-button" tabIndex={-1} onClick={() => onFacts(m)} aria-label={state + ". " + words.facts}>
          {inbound ? <span class="dots" aria-hidden="true">···</span> : <Tick shape={tickOf(m.state)} />}
          <span class="tip" aria-hidden="true">{inbound ? words.facts : state}</span>
        </button>
      </p>
      {trouble && <p class={"bubble-why" + (lost ? " bad" : "")}>{lost && <strong>{words.state[m.state]}. </strong>}{sentence(trouble)}</p>}
      {!!m.copies && m.copies > 1 && <p class="bubble-why">{say(words.copies, { n: m.copies })}</p>}
      {m.passcode && <p class="bubble-do"><CopyButton text={m.passcode} told={say(words.copyCode, { code: m.passcode })} /></p>}
      {m.links?.filter((l) => l.warn).map((l) => <p class="bubble-why bad" key={l.url}><strong>{say(words.linkDoubt, { host: l.host })}</strong></p>)}
      {!inbound && write && <Actions message={m} onEdit={onEdit} />}
    </article>
  );
}

// Age is how long after the case began a text came, where it belongs to one.
function Age({ message: m, at }: { message: Message; at: string }) {
  const from = m.case && cases.value[m.case]?.started_at;
  const age = from ? Date.parse(at) - Date.parse(from) : -1;
  if (age < 60_000) return null;
  return <span class="age" title={exact(at)} aria-label={say(words.age, { age: span(age) })}>+{span(age, "short")}</span>;
}

// CallEntry stands between the texts: nobody took the call, or somebody here
// began one.
function CallEntry({ message: m, name, stop, onFacts }: BubbleProps) {
  const missed = m.dir === "in";
  const at = m.received_at || m.created_at;
  const peer = missed ? m.from : m.to;
  const told = missed ? words.missedCall : words.calledOut;
  return (
    <article class={"bubble call " + m.dir} tabIndex={stop ? 0 : -1}
      aria-label={say(words.said, { from: missed ? name : writer(m.author), to: missed ? words.you : name, time: clock(at), state: told })}>
      <p class="call-entry"><CallIcon /><strong>{told}</strong><time dateTime={at} title={exact(at)}>{clock(at)}</time>
        {m.line && <span class="line-badge"><bdi>{lineBadge(m.line)}</bdi></span>}
        {missed && peer && mayWrite.value && (session.value?.call_way ?? "none") !== "none" && (
          <button type="button" class="link" onClick={() => startCall({ number: peer })}>{words.callBack}</button>
        )}
        <button type="button" class="plain state-button" tabIndex={-1} onClick={() => onFacts(m)} aria-label={words.facts}><span class="dots" aria-hidden="true">···</span></button>
      </p>
    </article>
  );
}

// Picture is what a picture message says of itself; the picture is elsewhere.
function Picture({ card: c }: { card: MessageCard }) {
  return (
    <div class="picture">
      <strong>{words.picture}</strong>
      {c.subject && <p dir="auto"><Text text={c.subject} /></p>}
      <dl class="facts">
        {c.from && <Fact name={words.pictureFrom} value={c.from} />}
        {!!c.size && <Fact name={words.pictureSize} value={Math.ceil(c.size / 1024) + " kB"} />}
        {c.expiry && <Fact name={words.pictureUntil} value={exact(c.expiry)} />}
      </dl>
      <p class="hint">{words.pictureTold}</p>
    </div>
  );
}

// Waiting is a text that the box has not answered yet.
export function Waiting({ out: o, name, stop, onEdit }: { out: Outgoing; name: string; stop: boolean; onEdit(text: string): void }) {
  const state = o.state === "refused" ? words.refused : o.state === "asking" ? words.asking
    : flying.value === o.idem ? words.handing : words.waiting;
  const at = new Date(o.at).toISOString();
  return (
    <article class={"bubble out " + o.state} tabIndex={stop ? 0 : -1}
      aria-label={say(words.said, { from: words.you, to: name, time: clock(at), state })}>
      <div class="bubble-box"><p class="bubble-text" dir="auto"><Text text={o.text} /></p></div>
      <p class="bubble-foot">
        <time dateTime={at} title={exact(at)}>{clock(at)}</time>
        <span class="state-button"><Tick shape={o.state === "waiting" ? "wait" : "bad"} /><span class="tip" aria-hidden="true">{state}</span></span>
      </p>
      {o.state === "refused" && <p class="bubble-why bad"><strong>{words.refused}. </strong>{o.reason}</p>}
      {o.state === "waiting" && state !== words.handing && link.value !== "live" && <p class="bubble-why">{say(own.waitsSince, { time: clock(at) })}</p>}
      {o.state === "asking" && <p class="bubble-why">{say(words.sendNowAsk, { age: span(Date.now() - o.at) })}</p>}
      {o.state !== "waiting" && (
        <p class="bubble-do">
          <button type="button" class="link" onClick={() => sendNow(o)}>{o.state === "asking" ? words.sendNow : words.sendAgain}</button>
          <button type="button" class="link" onClick={() => { discard(o); onEdit(o.text); }}>{words.edit}</button>
          <button type="button" class="link" onClick={() => discard(o)}>{words.discard}</button>
        </p>
      )}
    </article>
  );
}

// Facts are all that the box knows of one text.
export function Facts({ message: m }: { message: Message }) {
  const inbound = m.dir === "in";
  const rows: [string, string | undefined][] = [
    [words.factState, stateWords(m)],
    [words.factReason, m.reason && m.reason + (m.code ? ` (${m.code})` : "")],
    [words.factFrom, m.from],
    [words.factTo, m.to],
    [words.factLine, lineBadge(m.line)],
    [words.factAuthor, m.author && (m.author.name || m.author.kind)],
    [words.factAccepted, inbound ? "" : exact(m.created_at)],
    [inbound ? words.factSentIn : words.factSent, exact(m.sent_at)],
    [words.factReceived, exact(m.received_at)],
    [words.factDelivered, exact(m.delivered_at)],
    [words.factCost, m.count && say(words.counter, { n: m.count.parts, left: m.count.left_in_part, alphabet: words.alphabet[m.count.alphabet] ?? m.count.alphabet })],
    [words.factTrace, m.trace_ms && `${Math.round(m.trace_ms.urc_to_pdu + m.trace_ms.pdu_to_stored)} ms`],
    [words.priority, m.priority && m.priority !== "normal" ? words.priorities[m.priority] : ""],
    [words.sendAt, exact(m.due_at)],
    [words.factID, m.id],
  ];
  return (
    <section class="about" aria-label={words.facts}>
      <h3>{words.facts}</h3>
      <dl class="facts">
        {rows.filter(([, v]) => v).map(([k, v]) => <Fact key={k} name={k} value={v!} />)}
        {m.total > 1 && (
          <div><dt>{words.factParts}</dt><dd>
            <ol class="parts">{(m.parts ?? []).map((p) => <li key={p.n}>{words.state[p.state]}{p.reason && `: ${p.reason}`}</li>)}</ol>
          </dd></div>
        )}
      </dl>
      {m.warnings?.map((w) => <p class="hint" key={w}>{w}</p>)}
      <p class="line-form">
        {m.text && <CopyButton text={m.text} told={words.copyText} />}
        {mayRemove(m) && <button type="button" class="button remove" onClick={() => askRemove(m)}>{words.view.removeText}</button>}
      </p>
    </section>
  );
}
