// Who is left in peace: people who want no texts, numbers and words that call
// nobody, and the rules that answer by themselves, which are off until somebody
// switches them on.

import { useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { Dialog } from "../dialog";
import { Confirm, Pane, toast, Trouble } from "../kit";
import type { Author } from "../protocol";
import { Refusal } from "../refusal";
import { may, to } from "../rooms";
import { call } from "../socket";
import { lineName, lines, sortedLines } from "../store";
import { exact, shortAge } from "../time";
import { words as common } from "../words";
import { FormText } from "./bulk";
import { type Column, Field, Reading, Switch, Table, useDoing, usePages, useRead } from "./kit";

const words = catalog("consent", {
  title: "Opt-outs and replies",
  parts: "Parts of this page",
  tabs: { out: "Opt-outs", blocks: "Block list", replies: "Automatic replies" },
  act: "Actions",
  line: "Number of ours",
  anyLine: "All our numbers",
  note: "Note",
  by: "By",
  byWord: "They wrote “{word}”",
  when: "When",

  outTold: "These people want no texts. Whoever writes STOP comes here by itself, and nothing is sent to them until they agree again.",
  number: "Number",
  outAdd: "Send no more texts",
  outNote: "How they said so",
  outNoteHint: "Such as: by phone.",
  outDone: "{number} gets no more texts.",
  again: "They agreed again",
  againTold: "Texts to {number} are allowed again. Write down how they agreed.",
  againNote: "How they agreed",
  againNoteHint: "Such as: by phone today.",
  againDone: "{number} can be texted again.",
  outNone: "Nobody has opted out.",
  more: "More",

  blockTold: "What comes from here is kept and can be read, but it calls nobody and makes no offer.",
  kind: "What",
  kinds: { number: "A number or a name", begins: "Numbers that begin with", keyword: "Texts with the words" },
  value: "Number, beginning or words",
  blockAdd: "Block",
  blocked: "{value} is blocked.",
  unblock: "Take out",
  unblocked: "{value} is no longer blocked.",
  blockNone: "Nothing is blocked.",

  replyTold: "A rule answers a text by itself, in the name of the rule. It is off until it is switched on here, and never answers twice within its hours.",
  replyAdd: "New rule",
  replyNone: "No rule: nothing is answered by itself.",
  name: "Name",
  nameHint: "It stands beside what the rule writes.",
  on: "On",
  rule: "Answers",
  always: "every text",
  firstOnly: "the first text of somebody",
  first: "Only the first text of somebody",
  keyword: "Only if these words are in it",
  withWords: "texts with “{words}”",
  from: "From",
  upTo: "To",
  hoursHint: "Empty: at any time.",
  between: "{from} to {to}",
  days: "Only on these days",
  dayNames: { mon: "Monday", tue: "Tuesday", wed: "Wednesday", thu: "Thursday", fri: "Friday", sat: "Saturday", sun: "Sunday" },
  zone: "Time zone",
  every: "At most once in so many hours",
  edit: "Edit",
  remove: "Delete",
  removeTold: "The rule “{name}” answers nothing any more.",
  saved: "Saved.",
});

type Tab = keyof typeof words.tabs;

export default function Consent({ at }: { at: string[] }) {
  const tab: Tab = at[0] && at[0] in words.tabs ? (at[0] as Tab) : "out";
  return (
    <Pane title={words.title} told={{ out: words.outTold, blocks: words.blockTold, replies: words.replyTold }[tab]}
      act={tab === "replies" && may("manager") && <a class="button primary" href={to("consent", "replies", "new")}>{words.replyAdd}</a>}>
      <nav class="row-buttons" aria-label={words.parts}>
        {(Object.entries(words.tabs) as [Tab, string][]).map(([name, told]) => <a class="button" key={name} href={to("consent", name)} aria-current={name === tab ? "true" : undefined}>{told}</a>)}
      </nav>
      {tab === "out" && <OptOuts />}
      {tab === "blocks" && <Blocks />}
      {tab === "replies" && <Replies at={at[1] ?? ""} />}
    </Pane>
  );
}

interface OptOut {
  number: string;
  line?: string;
  out: boolean;
  word?: string;
  by: Author;
  note?: string;
  at: string;
}

const byWhom = (a: Author) => a.name || common.console;

function OptOuts() {
  const list = usePages<OptOut>("optout.list", {}, "opt_outs", "after", ["opt_out."]);
  const [o, set] = useState({ number: "", line: "", note: "" });
  const [agreed, agree] = useState<OptOut | null>(null);
  const { error, attempt, fine } = useDoing();
  const change = (what: Partial<typeof o>) => { set({ ...o, ...what }); fine(); };
  function add(e: Event) {
    e.preventDefault();
    void attempt(call("optout.add", { number: o.number.trim(), note: o.note.trim(), ...(o.line && { line: o.line }) }).then(() => {
      toast(say(words.outDone, { number: o.number.trim() }));
      set({ number: "", line: "", note: "" });
      list.again();
    }));
  }
  const columns: Column<OptOut>[] = [
    { head: words.number, cell: (r) => <strong dir="ltr">{r.number}</strong> },
    { head: words.line, minor: true, cell: (r) => r.line ? <bdi>{lineName(lines.value[r.line])}</bdi> : words.anyLine },
    { head: words.by, cell: (r) => <>{r.word ? say(words.byWord, { word: r.word }) : <bdi>{byWhom(r.by)}</bdi>}{r.note && <span class="hint"> <bdi>{r.note}</bdi></span>}</> },
    { head: words.when, minor: true, cell: (r) => <time title={exact(r.at)}>{shortAge(r.at)}</time> },
    { head: words.act, cell: (r) => <button type="button" class="button" aria-label={`${words.again}: ${r.number}`} onClick={() => agree(r)}>{words.again}</button> },
  ];
  return (
    <section class="block">
      <form class="line-form" noValidate onSubmit={add} aria-label={words.outAdd}>
        <Field label={words.number}>{(about) => <input {...about} name="number" dir="ltr" inputMode="tel" autocomplete="off" value={o.number} onInput={(e) => change({ number: e.currentTarget.value })} />}</Field>
        <Field label={words.line}>{(about) => <LineChoice about={about} value={o.line} set={(line) => change({ line })} />}</Field>
        <Field label={words.outNote} hint={words.outNoteHint}>{(about) => <input {...about} name="note" dir="auto" autocomplete="off" value={o.note} onInput={(e) => change({ note: e.currentTarget.value })} />}</Field>
        <button class="button primary">{words.outAdd}</button>
        <Trouble of={error} />
      </form>
      <Reading of={list}>{(rows) => <Table name={words.tabs.out} rows={rows.filter((r) => r.out)} columns={columns} keyOf={(r) => r.number + r.line} empty={<p>{words.outNone}</p>} />}</Reading>
      {list.more && <button type="button" class="button" onClick={list.more}>{words.more}</button>}
      {agreed && <Agreed of={agreed} again={list.again} onClose={() => agree(null)} />}
    </section>
  );
}

function LineChoice({ about, value, set }: { about: object; value: string; set(line: string): void }) {
  return (
    <select {...about} value={value} onChange={(e) => set(e.currentTarget.value)}>
      <option value="">{words.anyLine}</option>
      {sortedLines.value.map((l) => <option key={l.id} value={l.id}>{lineName(l)}</option>)}
    </select>
  );
}

// Agreed records that somebody wants texts again, and how they said so.
function Agreed({ of, again, onClose }: { of: OptOut; again(): void; onClose(): void }) {
  const [note, setNote] = useState("");
  return (
    <Confirm title={words.again} act={words.again} onClose={onClose}
      told={<><p>{say(words.againTold, { number: of.number })}</p><Field label={words.againNote} hint={words.againNoteHint}>{(about) => <input {...about} data-first name="agreed" dir="auto" autocomplete="off" value={note} onInput={(e) => setNote(e.currentTarget.value)} />}</Field></>}
      run={async () => { await call("optout.remove", { number: of.number, note: note.trim(), ...(of.line && { line: of.line }) }); toast(say(words.againDone, { number: of.number })); again(); }} />
  );
}

interface Block {
  id: string;
  kind: keyof typeof words.kinds;
  value: string;
  note?: string;
  by: Author;
  at: string;
}

function Blocks() {
  const list = useRead<{ blocks: Block[] }>("block.list", {}, ["block."]);
  const [b, set] = useState({ kind: "number" as Block["kind"], value: "", note: "" });
  const { error, attempt, fine } = useDoing();
  const change = (what: Partial<typeof b>) => { set({ ...b, ...what }); fine(); };
  function add(e: Event) {
    e.preventDefault();
    void attempt(call("block.add", b).then(() => { toast(say(words.blocked, { value: b.value })); set({ ...b, value: "", note: "" }); list.again(); }));
  }
  const columns: Column<Block>[] = [
    { head: words.kind, cell: (r) => words.kinds[r.kind] },
    { head: words.value, cell: (r) => <strong><bdi>{r.value}</bdi></strong> },
    { head: words.note, minor: true, cell: (r) => <bdi>{r.note}</bdi> },
    { head: words.by, minor: true, cell: (r) => <><bdi>{byWhom(r.by)}</bdi> <time class="hint" title={exact(r.at)}>{shortAge(r.at)}</time></> },
    {
      head: words.act, cell: (r) => (
        <button type="button" class="button" aria-label={`${words.unblock}: ${r.value}`}
          onClick={() => void attempt(call("block.remove", { id: r.id }).then(() => { toast(say(words.unblocked, { value: r.value })); list.again(); }))}>{words.unblock}</button>
      ),
    },
  ];
  return (
    <section class="block">
      <form class="line-form" noValidate onSubmit={add} aria-label={words.blockAdd}>
        <Field label={words.kind}>
          {(about) => (
            <select {...about} name="kind" value={b.kind} onChange={(e) => change({ kind: e.currentTarget.value as Block["kind"] })}>
              {Object.entries(words.kinds).map(([kind, told]) => <option key={kind} value={kind}>{told}</option>)}
            </select>
          )}
        </Field>
        <Field label={words.value}>{(about) => <input {...about} name="value" dir={b.kind === "keyword" ? "auto" : "ltr"} autocomplete="off" value={b.value} onInput={(e) => change({ value: e.currentTarget.value })} />}</Field>
        <Field label={words.note}>{(about) => <input {...about} name="note" dir="auto" autocomplete="off" value={b.note} onInput={(e) => change({ note: e.currentTarget.value })} />}</Field>
        <button class="button primary">{words.blockAdd}</button>
        <Trouble of={error} />
      </form>
      <Reading of={list}>{({ blocks }) => <Table name={words.tabs.blocks} rows={blocks} columns={columns} keyOf={(r) => r.id} empty={<p>{words.blockNone}</p>} />}</Reading>
    </section>
  );
}

type Day = keyof typeof words.dayNames;

interface Rule {
  id: string;
  name: string;
  on: boolean;
  text: string;
  line?: string;
  first?: boolean;
  keyword?: string;
  from?: string;
  to?: string;
  days?: Day[];
  zone?: string;
  every_hours: number;
  rev: number;
}

const fresh: Rule = { id: "", name: "", on: false, text: "", line: "", first: false, keyword: "", from: "", to: "", days: [], zone: "", every_hours: 24, rev: 0 };

function Replies({ at }: { at: string }) {
  const list = useRead<{ auto_replies: Rule[] }>("autoreply.list", {}, ["auto_reply."]);
  const [ending, end] = useState<Rule | null>(null);
  const { error, attempt } = useDoing();
  const turn = (r: Rule, on: boolean) => void attempt(call("autoreply.update", { id: r.id, on, if_rev: r.rev }).then(list.again));
  const columns: Column<Rule>[] = [
    { head: words.name, cell: (r) => <><strong><bdi>{r.name}</bdi></strong><div class="hint"><bdi class="clip">{r.text}</bdi></div></> },
    { head: words.rule, cell: (r) => <bdi>{when(r)}</bdi> },
    { head: words.on, cell: (r) => may("manager") ? <Switch label={`${words.on}: ${r.name}`} on={r.on} set={(on) => turn(r, on)} /> : r.on && words.on },
    {
      head: words.act, cell: (r) => may("manager") && (
        <span class="row-buttons">
          <a class="button" aria-label={`${words.edit}: ${r.name}`} href={to("consent", "replies", r.id)}>{words.edit}</a>
          <button type="button" class="button" aria-label={`${words.remove}: ${r.name}`} onClick={() => end(r)}>{words.remove}</button>
        </span>
      ),
    },
  ];
  const editing = at === "new" ? fresh : list.value?.auto_replies.find((r) => r.id === at);
  return (
    <section class="block">
      <Trouble of={error} />
      <Reading of={list}>{({ auto_replies }) => <Table name={words.tabs.replies} rows={auto_replies} columns={columns} keyOf={(r) => r.id} empty={<p>{words.replyNone}</p>} />}</Reading>
      {editing && may("manager") && <Edit key={editing.id} rule={editing} again={list.again} />}
      {ending && (
        <Confirm title={words.remove} act={words.remove} danger told={<p>{say(words.removeTold, { name: ending.name })}</p>} onClose={() => end(null)}
          run={async () => { await call("autoreply.delete", { id: ending.id }); list.again(); }} />
      )}
    </section>
  );
}

// when says in words what a rule answers.
function when(r: Rule): string {
  return [
    r.first ? words.firstOnly : r.keyword ? "" : words.always, r.keyword && say(words.withWords, { words: r.keyword }), r.line && lineName(lines.value[r.line]),
    r.from && say(words.between, { from: r.from, to: r.to ?? "" }), r.days?.map((d) => words.dayNames[d]).join(", "),
  ].filter(Boolean).join(" · ");
}

function Edit({ rule, again }: { rule: Rule; again(): void }) {
  const [r, set] = useState<Rule>({ ...fresh, ...rule });
  const { error, attempt, fine } = useDoing();
  const change = (what: Partial<Rule>) => { set({ ...r, ...what }); fine(); };
  const wrong = (field: string) => error instanceof Refusal && error.field === field ? error.sentence : "";
  async function save(e: Event) {
    e.preventDefault();
    const dialog = (e.currentTarget as HTMLElement).closest("dialog");
    const { id, rev, on, ...what } = r;
    const timed = what.from || what.to || what.days?.length;
    const zone = timed ? what.zone || Intl.DateTimeFormat().resolvedOptions().timeZone : "";
    if (!await attempt(call(id ? "autoreply.update" : "autoreply.create", { ...what, zone, ...(id && { id, if_rev: rev }) }))) return;
    toast(words.saved);
    again();
    dialog?.close();
  }
  const line = (label: string, field: "name" | "keyword" | "zone", hint?: string) => (
    <Field label={label} hint={hint} wrong={wrong(field)}>
      {(about) => <input {...about} name={field} data-first={field === "name" || undefined} dir={field === "zone" ? "ltr" : "auto"} autocomplete="off" value={r[field] ?? ""} onInput={(e) => change({ [field]: e.currentTarget.value })} />}
    </Field>
  );
  const hour = (label: string, field: "from" | "to", hint?: string) => (
    <Field label={label} hint={hint} wrong={wrong(field)}>
      {(about) => <input {...about} name={field} type="time" value={r[field] ?? ""} onInput={(e) => change({ [field]: e.currentTarget.value })} />}
    </Field>
  );
  return (
    <Dialog title={rule.id ? <bdi>{rule.name}</bdi> : words.replyAdd} onClose={() => (location.hash = to("consent", "replies"))}>
      <form noValidate onSubmit={(e) => void save(e)}>
        {line(words.name, "name", words.nameHint)}
        <FormText value={r.text} set={(text) => change({ text })} wrong={wrong("text")} />
        <Field label={words.line} wrong={wrong("line")}>{(about) => <LineChoice about={about} value={r.line ?? ""} set={(l) => change({ line: l })} />}</Field>
        {line(words.keyword, "keyword")}
        <Switch label={words.first} on={!!r.first} set={(first) => change({ first })} />
        <div class="line-form">{hour(words.from, "from", words.hoursHint)}{hour(words.upTo, "to")}</div>
        <fieldset class="ticks across">
          <legend>{words.days}</legend>
          {(Object.entries(words.dayNames) as [Day, string][]).map(([d, told]) => (
            <label key={d}><input type="checkbox" checked={!!r.days?.includes(d)} onChange={(e) => change({ days: e.currentTarget.checked ? [...(r.days ?? []), d] : (r.days ?? []).filter((x) => x !== d) })} />{told}</label>
          ))}
        </fieldset>
        {(r.from || r.to || !!r.days?.length) && line(words.zone, "zone", Intl.DateTimeFormat().resolvedOptions().timeZone)}
        <Field label={words.every} wrong={wrong("every_hours")}>
          {(about) => <input {...about} type="number" min="1" value={r.every_hours} onInput={(e) => change({ every_hours: Number(e.currentTarget.value) })} />}
        </Field>
        {error !== undefined && !(error instanceof Refusal && ["name", "text", "line", "keyword", "from", "to", "zone", "every_hours"].includes(error.field)) && <Trouble of={error} />}
        <div class="dialog-do"><button class="button primary">{common.save}</button></div>
      </form>
    </Dialog>
  );
}
