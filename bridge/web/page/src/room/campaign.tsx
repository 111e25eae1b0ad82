// One campaign: what it would do before it is started, and what became of it
// afterwards.

import { useState } from "preact/hooks";
import { catalog, type Plural, say } from "../catalog";
import { Dialog } from "../dialog";
import { Confirm, Pane, toast, Trouble } from "../kit";
import type { Author, Contact, Count, MessageState } from "../protocol";
import { to } from "../rooms";
import { call } from "../socket";
import { lineName, lines } from "../store";
import { exact, shortAge, span } from "../time";
import { sentence, words as common } from "../words";
import { most, Pasted, readRows, type Row, Ways } from "./bulk";
import { Choice, type Column, Gauge, Reading, Table, useDoing, usePages, useRead } from "./kit";

export const words = catalog("campaigns", {
  title: "Campaigns",
  told: "One text to many people. Each gets a copy of their own, and what they answer stands in their own conversation.",
  add: "New campaign",
  none: "No campaign yet.",
  more: "Earlier campaigns",
  name: "Name",
  nameHint: "For you and your colleagues; nobody else sees it.",
  state: "State",
  states: { draft: "Not started", running: "Running", paused: "Paused", done: "Done", canceled: "Cancelled" },
  progress: "Progress",
  of: "{done} of {n}",
  made: "Made",
  madeBy: "By {who}, {time}",
  startedBy: "Started by {who}, {time}",
  planned: "Goes out from {time} on.",
  act: "Actions",
  open: "Open",
  all: "All campaigns",

  template: "Begin with a template",
  noTemplate: "No template",
  to: "To",
  list: "A list",
  noList: "No list",
  listN: "{name} ({n})",
  from: "From",
  anyLine: "For each person the number that they know; new ones take turns",
  at: "Not before",
  atHint: "Empty: as soon as it is started.",
  pace: "Copies a minute",
  paceHint: "0: as fast as the lines send.",
  skipBad: "Leave out rows that are no numbers",
  look: "Look at it first",
  go: "Save and see what it would do",
  toWhom: "Choose a list, or paste numbers.",

  plan: "What it will do",
  planTold: "Nothing has been sent. This is what would happen now.",
  people: "People",
  copies: "Get a text",
  parts: "Parts",
  takes: "Takes",
  ends: "Ends",
  unpaced: "as fast as the line sends",
  credit: "Credit of {line}",
  leftOut: "Left out",
  why: "Why",
  reasons: {
    no_number: "has no number", recipient_invalid: "is no number that can be texted", duplicate: "is there twice", opted_out: "wants no texts",
    blocked: "is on the block list", merge_value_missing: "a field has no value", too_many_parts: "the text is too long", refused: "a rule of the box forbids it",
  } as Record<string, string>,
  who: "Who",
  number: "Number",
  samples: "How it reads",
  short: "A limit lets only {left} more parts out now; the rest waits until it has room again.",
  start: "Start",
  schedule: "Schedule",
  startTold: { one: "{n} text in {parts} parts goes out. It is written down with your name.", other: "{n} texts in {parts} parts go out. Each is written down with your name." } as Plural,
  started: "It has started.",
  nobody: "Nobody would get a text.",
  addPeople: "Add people",
  added: "They are in it now.",
  discard: "Discard",
  discardTold: "“{name}” is never sent.",

  pause: "Pause",
  paused: "Paused. What has not begun to leave waits.",
  resume: "Go on",
  cancel: "Cancel the rest",
  cancelTold: "No more copies are made, and those that have not begun to leave are called back. What has left has left.",
  figures: { delivered: "Delivered", sent: "Sent", waiting: "Waiting", failed: "Failed", unconfirmed: "Unconfirmed", skipped: "Left out", replies: "Answered" },
  report: "Who got it",
  show: "Show",
  which: { "": "All", waiting: "Waiting", copied: "Got a copy", skipped: "Left out" },
  became: "What became of it",
  notYet: "Waits for its turn",
  answer: "Answer",
  read: "Read the answer",
  thread: "Conversation",
  moreRows: "More people",
  noRows: "Nobody is like that.",
});

export interface Campaign {
  id: string;
  name: string;
  text: string;
  from?: string;
  at?: string;
  pace: number;
  state: keyof typeof words.states;
  reason?: string;
  author?: Author;
  made_by: Author;
  created_at: string;
  started_at?: string;
  people: number;
  waiting: number;
  copied: number;
  skipped: number;
  states?: Partial<Record<MessageState, number>>;
  replies?: number;
}

interface Copy {
  n: number;
  number: string;
  contact?: Contact;
  state: "waiting" | "copied" | "skipped";
  skip?: string;
  reason?: string;
  message?: string;
  thread?: string;
  message_state?: MessageState;
  reply?: string;
}

interface Plan {
  people: number;
  copies: number;
  parts: number;
  skipped: number;
  reasons?: Record<string, number>;
  skips?: Copy[];
  samples?: { number: string; name?: string; text: string; count: Count }[];
  seconds: number;
  ends_at?: string;
  short?: { left: number }[];
}

export interface Refused {
  row: number;
  detail: string;
}

export const done = (c: Campaign) => c.copied + c.skipped;

export function State({ of: c }: { of: Campaign }) {
  return <span class={"tag " + c.state}>{words.states[c.state]}</span>;
}

// addRows adds people, so many at a time as the box takes.
export async function addRows(id: string, rows: Row[], skip: boolean): Promise<Refused[]> {
  const refused: Refused[] = [];
  for (let i = 0; i < rows.length; i += most) {
    const a = await call<{ refused?: Refused[] }>("campaign.add", { id, rows: rows.slice(i, i + most), skip_bad: skip });
    refused.push(...(a.refused ?? []).map((r) => ({ ...r, row: r.row + i })));
  }
  return refused;
}

export function One({ id }: { id: string }) {
  const read = useRead<{ campaign: Campaign }>("campaign.status", { id }, ["campaign.", "message."]);
  const c = read.value?.campaign;
  return (
    <Pane title={c?.name ?? words.title} told={c && <><State of={c} /> {c.reason && <bdi lang="en">{sentence(c.reason)}</bdi>}</>} act={<a class="button" href={to("campaigns")}>{words.all}</a>}>
      <Ways here="campaigns" />
      <Reading of={read}>{({ campaign }) => <Inside c={campaign} again={read.again} />}</Reading>
    </Pane>
  );
}

function Inside({ c, again }: { c: Campaign; again(): void }) {
  return (
    <>
      <figure class="sample">
        <blockquote dir="auto"><bdi>{c.text}</bdi></blockquote>
        <figcaption class="hint">
          {c.author ? say(words.startedBy, { who: c.author.name || common.console, time: exact(c.started_at) }) : say(words.madeBy, { who: c.made_by.name || common.console, time: exact(c.created_at) })}
          {c.from && <> · <bdi>{lineName(lines.value[c.from])}</bdi></>}
        </figcaption>
      </figure>
      {c.at && Date.parse(c.at) > Date.now() && <p class="state-line ready">{say(words.planned, { time: exact(c.at) })}</p>}
      {c.state === "draft" ? <Before c={c} again={again} /> : <><Figures c={c} again={again} /><Report c={c} /></>}
    </>
  );
}

// Before is a campaign that was not started: what it would do, and the start.
function Before({ c, again }: { c: Campaign; again(): void }) {
  const plan = useRead<{ plan: Plan }>("campaign.preview", { id: c.id }, ["opt_out.", "block.", "contact.", "campaign.", "guard."]);
  const [asking, ask] = useState<"" | "start" | "discard" | "add">("");
  const p = plan.value?.plan;
  const later = !!c.at && Date.parse(c.at) > Date.now();
  const act = later ? words.schedule : words.start;
  return (
    <>
      <section class="block" aria-label={words.plan}>
        <h3>{words.plan}</h3>
        <p class="hint">{words.planTold}</p>
        <Reading of={plan}>{(a) => <Shown plan={a.plan} c={c} />}</Reading>
      </section>
      <div class="row-buttons">
        <button type="button" class="button primary" aria-disabled={!p?.copies} onClick={() => { if (p?.copies) ask("start"); }}>{act}</button>
        <button type="button" class="button" onClick={() => ask("add")}>{words.addPeople}</button>
        <button type="button" class="button" onClick={() => ask("discard")}>{words.discard}</button>
      </div>
      {asking === "start" && p && (
        <Confirm title={act} act={act} onClose={() => ask("")} told={<p>{later && say(words.planned, { time: exact(c.at) })} {say(words.startTold, { n: p.copies, parts: p.parts })}</p>}
          run={async () => { await call("campaign.start", { id: c.id }); toast(later ? say(words.planned, { time: exact(c.at) }) : words.started); again(); }} />
      )}
      {asking === "discard" && (
        <Confirm title={words.discard} act={words.discard} danger told={<p>{say(words.discardTold, { name: c.name })}</p>} onClose={() => ask("")}
          run={async () => { await call("campaign.cancel", { id: c.id }); again(); }} />
      )}
      {asking === "add" && <More id={c.id} again={() => { again(); plan.again(); }} onClose={() => ask("")} />}
    </>
  );
}

function More({ id, again, onClose }: { id: string; again(): void; onClose(): void }) {
  const [text, setText] = useState("");
  const { error, attempt, fine } = useDoing();
  async function submit(e: Event) {
    e.preventDefault();
    const dialog = (e.currentTarget as HTMLElement).closest("dialog");
    if (!await attempt(addRows(id, readRows(text), false))) return;
    toast(words.added);
    again();
    dialog?.close();
  }
  return (
    <Dialog title={words.addPeople} onClose={onClose}>
      <form noValidate onSubmit={(e) => void submit(e)}>
        <Pasted value={text} set={(v) => { setText(v); fine(); }} />
        <Trouble of={error} />
        <div class="dialog-do"><button class="button primary">{words.addPeople}</button></div>
      </form>
    </Dialog>
  );
}

function Shown({ plan: p, c }: { plan: Plan; c: Campaign }) {
  const balance = lines.value[c.from ?? ""]?.balance;
  const skips = p.skips ?? [];
  const columns: Column<Copy>[] = [
    { head: words.who, cell: (s) => <Who of={s} /> },
    { head: words.why, cell: (s) => reasonOf(s) },
  ];
  return (
    <>
      <Totals of={[
        ["people", words.people, String(p.people)], ["copies", words.copies, String(p.copies)], ["parts", words.parts, String(p.parts)], ["skipped", words.leftOut, String(p.skipped)],
        ["takes", words.takes, p.seconds ? span(p.seconds * 1000, "short") : words.unpaced],
        ...(p.ends_at ? [["ends", words.ends, shortAge(p.ends_at)] as Total] : []),
        ...(balance ? [["credit", say(words.credit, { line: lineName(lines.value[c.from!]) }), `${balance.amount} ${balance.currency ?? ""}`] as Total] : []),
      ]} />
      {p.copies === 0 && <p class="warn">{words.nobody}</p>}
      {p.short?.map((l, i) => <p class="warn" key={i}>{say(words.short, { left: l.left })}</p>)}
      {skips.length > 0 && <>
        <h4>{words.leftOut}</h4>
        <Table name={words.leftOut} rows={skips} columns={columns} keyOf={(s) => String(s.n)} empty={null} />
      </>}
      {!!p.samples?.length && <h4>{words.samples}</h4>}
      {p.samples?.map((s) => (
        <figure class="sample" key={s.number}>
          <figcaption class="hint">{s.name && <><bdi>{s.name}</bdi> · </>}<span dir="ltr">{s.number}</span> · {say(common.partsN, { n: s.count.parts })}</figcaption>
          <blockquote dir="auto"><bdi>{s.text}</bdi></blockquote>
        </figure>
      ))}
    </>
  );
}

type Total = [key: string, name: string, figure: string];

function Totals({ of }: { of: Total[] }) {
  return <dl class="totals">{of.map(([key, name, figure]) => <div key={key} data-figure={key}><dt>{name}</dt><dd>{figure}</dd></div>)}</dl>;
}

function reasonOf(c: Copy): string {
  return words.reasons[c.skip ?? ""] ?? sentence(c.reason ?? "");
}

function Who({ of: c }: { of: Copy }) {
  return <span>{c.contact && <><strong><bdi>{c.contact.name}</bdi></strong> </>}<span dir="ltr" class={c.contact ? "hint" : undefined}>{c.number}</span></span>;
}

// Figures is how far it is, live, and what can be done about it.
function Figures({ c, again }: { c: Campaign; again(): void }) {
  const [asking, ask] = useState(false);
  const { error, attempt } = useDoing();
  const n = (...states: MessageState[]) => String(states.reduce((sum, s) => sum + (c.states?.[s] ?? 0), 0));
  const act = (method: string, told = "") => void attempt(call(method, { id: c.id }).then(() => { if (told) toast(told); again(); }));
  const f = words.figures;
  return (
    <section class="block" aria-label={words.progress}>
      <Gauge label={say(words.of, { done: done(c), n: c.people })} of={c.people || 1} used={done(c)} calm />
      <Totals of={[
        ["delivered", f.delivered, n("delivered")], ["sent", f.sent, n("sent", "partially_sent", "partially_delivered")],
        ["waiting", f.waiting, String(c.waiting + Number(n("queued", "held", "sending")))], ["failed", f.failed, n("failed", "undelivered", "expired", "canceled")],
        ["unconfirmed", f.unconfirmed, n("unconfirmed")], ["skipped", f.skipped, String(c.skipped)], ["replies", f.replies, String(c.replies ?? 0)],
      ]} />
      <Trouble of={error} />
      <div class="row-buttons">
        {c.state === "running" && <button type="button" class="button" onClick={() => act("campaign.pause", words.paused)}>{words.pause}</button>}
        {c.state === "paused" && <button type="button" class="button primary" onClick={() => act("campaign.resume")}>{words.resume}</button>}
        {(c.state === "running" || c.state === "paused") && <button type="button" class="button" onClick={() => ask(true)}>{words.cancel}</button>}
      </div>
      {asking && (
        <Confirm title={words.cancel} act={words.cancel} danger told={<p>{words.cancelTold}</p>} onClose={() => ask(false)}
          run={async () => { await call("campaign.cancel", { id: c.id }); again(); }} />
      )}
    </section>
  );
}

type Which = keyof typeof words.which;

function Report({ c }: { c: Campaign }) {
  const [which, show] = useState<Which>("");
  const rows = usePages<Copy>("campaign.report", { id: c.id, ...(which && { state: which }) }, "copies", "after", ["campaign.", "message."]);
  const columns: Column<Copy>[] = [
    { head: words.who, cell: (r) => <Who of={r} /> },
    { head: words.became, cell: (r) => r.state === "waiting" ? words.notYet : r.state === "skipped" ? words.leftOut + common.colon + reasonOf(r) : common.state[r.message_state ?? "queued"] },
    { head: words.answer, cell: (r) => r.reply && <a href={`#t=${r.thread}&m=${r.reply}`} aria-label={`${words.read}: ${r.contact?.name ?? r.number}`}>{words.read}</a> },
    { head: words.act, cell: (r) => r.thread && <a class="button" href={`#t=${r.thread}`} aria-label={`${words.thread}: ${r.contact?.name ?? r.number}`}>{words.thread}</a> },
  ];
  return (
    <section class="block">
      <div class="filters"><h3>{words.report}</h3><Choice label={words.show} of={Object.entries(words.which) as [Which, string][]} value={which} set={(w) => show(w)} /></div>
      <Reading of={rows}>{(found) => <Table name={words.report} rows={found} columns={columns} keyOf={(r) => String(r.n)} empty={<p>{words.noRows}</p>} />}</Reading>
      {rows.more && <button type="button" class="button" onClick={rows.more}>{words.moreRows}</button>}
    </section>
  );
}
