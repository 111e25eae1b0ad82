// Cases: the pieces of work that come of texts. Whose they are, how long the
// person has waited, and how what comes in by each number reaches people.

import { useEffect, useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { Dialog } from "../dialog";
import { replyTo } from "../goto";
import { Pane, toast, Trouble } from "../kit";
import type { Case } from "../protocol";
import { may, to } from "../rooms";
import { call } from "../socket";
import { lineName, lines, sortedLines } from "../store";
import { exact, shortAge, span } from "../time";
import { words as common } from "../words";
import { Choice, type Column, Field, Reading, SearchField, Table, useDoing, usePages, usePlace, useRead } from "./kit";

const words = catalog("cases", {
  title: "Cases",
  told: "A case is one matter with one person: it has an owner, notes and an end.",
  show: "Show",
  lists: { mine: "Mine", unanswered: "Waiting for an answer", open: "Open", closed: "Closed" },
  search: "Search a reference",
  reference: "Reference",
  who: "Who",
  by: "Number",
  owner: "Owner",
  nobody: "Nobody yet",
  waits: "Waits",
  since: "since {time}",
  answered: "Answered",
  closed: "Closed {time}",
  act: "Actions",
  open: "Open the case",
  reply: "Reply",
  more: "Earlier cases",
  none: "No case is like that.",
  notes: "Notes",
  noNotes: "No note yet.",
  note: "Note",
  noteHint: "Only colleagues see it.",
  addNote: "Add the note",
  outcome: "Outcome",
  outcomeHint: "Such as sold, or wrong number.",
  saveOutcome: "Save the outcome",
  close: "Close the case",
  again: "Open it again",
  release: "Give it back",
  transfer: "Give it to",
  transferTo: "Choose a colleague",
  opened: "Opened",
  lookup: "Who it may be",
  crm: "Show in the CRM",
  kinds: { note: "", transfer: "given on", release: "given back" } as Record<string, string>,
  desk: "How texts reach people",
  cases: "Cases on this number",
  casesOf: { auto: "When two or more people work on it", on: "Always", off: "Never" },
  active: "New texts are offered to people now.",
  inactive: "No offers now: texts just show in the list.",
  strategy: "Offer a new case to",
  strategies: { all: "everybody at once", round_robin: "one after the other, by turns", least_busy: "who has the fewest", last_owner: "who had the person last" },
  wait: "An offer rings for",
  waitHint: "Seconds, 5 to 3600.",
  afterClose: "A text after the case was closed",
  sequels: { ask: "ask whoever answers", continue: "goes on with the case", new: "begins a new case" },
  pop: "Address of the CRM",
  popHint: "Opened with the case; {number}, {name}, {reference}, {case} and {thread} are filled in.",
  lookupURL: "Address that knows names",
  lookupHint: "Asked who a number is; {number} is filled in.",
  saved: "Saved.",
});

type List = keyof typeof words.lists;

// Each list is a filter of the same cases.
const filters: Record<List, object> = {
  mine: { owner: "me", state: "open" }, unanswered: { state: "unanswered" }, open: { state: "open" }, closed: { state: "closed" },
};

export default function Cases({ at }: { at: string[] }) {
  if (at[0] === "desk") return <Desks />;
  return <All list={at[0] && at[0] in words.lists ? (at[0] as List) : "open"} q={at[1] ?? ""} shown={at[2]} />;
}

function All({ list, q, shown }: { list: List; q: string; shown?: string }) {
  const cases = usePages<Case>("case.list", { ...filters[list], ...(q && { q }) }, "cases", "before", ["case.", "offer.", "message."]);
  const { error, attempt } = useDoing();
  const now = useNow();
  usePlace(`cases ${list} ${q}`, cases.value !== undefined);
  const columns: Column<Case>[] = [
    { head: words.reference, cell: (c) => <strong dir="ltr">{c.reference}</strong> },
    { head: words.who, cell: (c) => <bdi>{c.contact?.name ?? c.number}</bdi> },
    { head: words.by, minor: true, cell: (c) => <bdi>{lineName(lines.value[c.line])}</bdi> },
    { head: words.owner, cell: (c) => <bdi>{c.owner_name ?? words.nobody}</bdi> },
    { head: words.waits, cell: (c) => <Clock of={c} now={now} /> },
    {
      head: words.act, cell: (c) => (
        <span class="row-buttons">
          {may("agent") && <button type="button" class="button" aria-label={`${words.reply}: ${c.reference}`} onClick={() => void attempt(replyTo(c.thread))}>{words.reply}</button>}
          <a class="button" aria-label={`${words.open}: ${c.reference}`} href={to("cases", list, q, c.id)}>{words.open}</a>
        </span>
      ),
    },
  ];
  return (
    <Pane title={words.title} told={words.told} act={<a class="button" href={to("cases", "desk")}>{words.desk}</a>}>
      <div class="filters">
        <Choice label={words.show} value={list} of={Object.entries(words.lists) as [List, string][]} set={(l) => (location.hash = to("cases", l, q))} />
        <SearchField label={words.search} value={q} set={(q) => (location.hash = to("cases", list, q))} />
      </div>
      <Trouble of={error} />
      <Reading of={cases}>
        {(rows) => <Table name={words.title} rows={rows} columns={columns} keyOf={(c) => c.id} empty={<p>{words.none}</p>} />}
      </Reading>
      {cases.more && <button type="button" class="button" onClick={cases.more}>{words.more}</button>}
      {shown && <Shown key={shown} id={shown} onClose={() => (location.hash = to("cases", list, q))} />}
    </Pane>
  );
}

const soon = 5 * 60_000; // a wait beyond it is shown as one that hurts

// Clock is how long the person has waited for an answer.
function Clock({ of: c, now }: { of: Case; now: number }) {
  if (c.closed_at) return <span class="hint">{say(words.closed, { time: shortAge(c.closed_at) })}</span>;
  if (!c.waiting_since) return <span class="hint">{words.answered}</span>;
  const waited = now - Date.parse(c.waiting_since);
  return <time class={waited > soon ? "late" : ""} dateTime={c.waiting_since} title={exact(c.waiting_since)}>{span(Math.max(0, waited))}</time>;
}

// useNow is the moment, anew every so often.
function useNow(): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const clock = window.setInterval(() => set(Date.now()), 1_000);
    return () => window.clearInterval(clock);
  }, []);
  return now;
}

function Shown({ id, onClose }: { id: string; onClose(): void }) {
  const read = useRead<{ case: Case }>("case.get", { id }, ["case."]);
  const team = useRead<{ colleagues: { id: string; name: string; role: string }[] }>("agent.directory", {});
  const [note, setNote] = useState("");
  const [outcome, setOutcome] = useState<string>();
  const [target, setTarget] = useState("");
  const { error, attempt } = useDoing();
  const act = (method: string, what: object = {}) => attempt(call(method, { id, ...what }).then(read.again));
  const write = may("agent");
  return (
    <Dialog title={read.value?.case.reference ?? words.title} onClose={onClose}>
      <Trouble of={error} />
      <Reading of={read}>
        {({ case: c }) => <>
          <dl class="facts">
            {([[words.who, c.contact?.name ?? c.number], [words.by, lineName(lines.value[c.line])], [words.owner, c.owner_name ?? words.nobody], [words.opened, exact(c.opened_at)],
              [words.lookup, [c.lookup?.name, c.lookup?.address, ...Object.values(c.lookup?.fields ?? {})].filter(Boolean).join(", ")], [words.outcome, c.outcome]] as [string, string | undefined][])
              .filter(([, v]) => v).map(([k, v]) => <div key={k}><dt>{k}</dt><dd><bdi>{v}</bdi></dd></div>)}
          </dl>
          {c.pop_url && <p><a href={c.pop_url} target="_blank" rel="noopener noreferrer">{words.crm}</a></p>}
          {write && (
            <div class="row-buttons">
              <button type="button" class="button primary" onClick={() => void attempt(replyTo(c.thread))}>{words.reply}</button>
              {c.state === "open"
                ? <button type="button" class="button" onClick={() => void act("case.close", outcome ? { outcome } : {})}>{words.close}</button>
                : <button type="button" class="button" onClick={() => void act("case.continue")}>{words.again}</button>}
              {c.state === "open" && c.owner && <button type="button" class="button" onClick={() => void act("case.release")}>{words.release}</button>}
            </div>
          )}
          {write && c.state === "open" && (
            <Field label={words.transfer}>
              {(about) => (
                <select {...about} value={target} onChange={(e) => { setTarget(""); if (e.currentTarget.value) void act("case.transfer", { to: e.currentTarget.value, ...(note.trim() && { note: note.trim() }) }).then((done) => { if (done) setNote(""); }); }}>
                  <option value="">{words.transferTo}</option>
                  {(team.value?.colleagues ?? []).filter((a) => a.id !== c.owner && a.role !== "viewer").map((a) => <option key={a.id} value={a.id}>{a.name}</option>)}
                </select>
              )}
            </Field>
          )}
          <h3>{words.notes}</h3>
          {c.notes?.length ? <ul class="notes">{c.notes.map((n) => <li key={n.n}><time title={exact(n.at)}>{shortAge(n.at)}</time> <strong><bdi>{n.author.name}</bdi></strong>{words.kinds[n.kind] && ` (${words.kinds[n.kind]})`}: <bdi>{n.text}</bdi></li>)}</ul> : <p class="hint">{words.noNotes}</p>}
          {write && (
            <form onSubmit={(e) => { e.preventDefault(); if (note.trim()) void act("case.note", { note: note.trim() }).then((done) => { if (done) setNote(""); }); }}>
              <Field label={words.note} hint={words.noteHint}>{(about) => <textarea {...about} rows={2} dir="auto" value={note} onInput={(e) => setNote(e.currentTarget.value)} />}</Field>
              <div class="dialog-do"><button class="button">{words.addNote}</button></div>
            </form>
          )}
          {write && (
            <form onSubmit={(e) => { e.preventDefault(); void act("case.outcome", { outcome: (outcome ?? c.outcome ?? "").trim() }); }}>
              <Field label={words.outcome} hint={words.outcomeHint}>{(about) => <input {...about} dir="auto" autocomplete="off" value={outcome ?? c.outcome ?? ""} onInput={(e) => setOutcome(e.currentTarget.value)} />}</Field>
              <div class="dialog-do"><button class="button">{words.saveOutcome}</button></div>
            </form>
          )}
        </>}
      </Reading>
    </Dialog>
  );
}

interface Desk {
  line: string;
  cases: keyof typeof words.casesOf;
  strategy: keyof typeof words.strategies;
  wait_s: number;
  after_close: keyof typeof words.sequels;
  pop?: string;
  lookup?: string;
  active: boolean;
}

function Desks() {
  return (
    <Pane title={words.desk} act={<a class="button" href={to("cases")}>{words.title}</a>}>
      {sortedLines.value.map((l) => <DeskOf key={l.id} line={l.id} />)}
    </Pane>
  );
}

function DeskOf({ line }: { line: string }) {
  const read = useRead<{ desk: Desk }>("desk.get", { id: line }, ["desk.", "access.", "agent."]);
  return (
    <section class="block card-block">
      <h3><bdi>{lineName(lines.value[line])}</bdi></h3>
      <Reading of={read}>{({ desk }) => <DeskForm desk={desk} again={read.again} />}</Reading>
    </section>
  );
}

function DeskForm({ desk: d, again }: { desk: Desk; again(): void }) {
  const { error, attempt } = useDoing();
  const set = (what: Partial<Desk>) => void attempt(call("desk.set", { id: d.line, ...what }).then(() => { toast(words.saved); again(); }));
  const fixed = !may("manager");
  const choice = <K extends "cases" | "strategy" | "after_close">(label: string, key: K, of: Record<string, string>) => (
    <Field label={label}>
      {(about) => <select {...about} disabled={fixed} value={d[key]} onChange={(e) => set({ [key]: e.currentTarget.value } as Partial<Desk>)}>{Object.entries(of).map(([v, said]) => <option key={v} value={v}>{said}</option>)}</select>}
    </Field>
  );
  return (
    <>
      <p class="hint">{d.active ? words.active : words.inactive}</p>
      <Trouble of={error} />
      <div class="line-form">
        {choice(words.cases, "cases", words.casesOf)}
        {choice(words.strategy, "strategy", words.strategies)}
        {choice(words.afterClose, "after_close", words.sequels)}
        <Field label={words.wait} hint={words.waitHint}>{(about) => <input {...about} type="number" min="5" max="3600" disabled={fixed} value={d.wait_s} onChange={(e) => set({ wait_s: Number(e.currentTarget.value) })} />}</Field>
      </div>
      {!fixed && <Addresses desk={d} set={set} />}
    </>
  );
}

function Addresses({ desk: d, set }: { desk: Desk; set(what: Partial<Desk>): void }) {
  const [pop, setPop] = useState(d.pop ?? "");
  const [lookup, setLookup] = useState(d.lookup ?? "");
  return (
    <form class="line-form" noValidate onSubmit={(e) => { e.preventDefault(); set({ pop: pop.trim(), lookup: lookup.trim() }); }}>
      <Field label={words.pop} hint={words.popHint}>{(about) => <input {...about} dir="ltr" autocomplete="off" placeholder="https://…" value={pop} onInput={(e) => setPop(e.currentTarget.value)} />}</Field>
      <Field label={words.lookupURL} hint={words.lookupHint}>{(about) => <input {...about} dir="ltr" autocomplete="off" placeholder="https://…" value={lookup} onInput={(e) => setLookup(e.currentTarget.value)} />}</Field>
      <button class="button">{common.save}</button>
    </form>
  );
}
