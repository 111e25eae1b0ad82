// Lists: named groups of people to write to. #/lists/li_1 shows who is in one.

import { useState } from "preact/hooks";
import { catalog, type Plural, say } from "../catalog";
import { Dialog } from "../dialog";
import { Confirm, Pane, toast, Trouble } from "../kit";
import { to } from "../rooms";
import { call } from "../socket";
import { words as common } from "../words";
import { most, Pasted, readRows, type Row, Ticked, Ways } from "./bulk";
import { type Column, Field, Reading, Table, useDoing, usePages, useRead } from "./kit";

const words = catalog("lists", {
  title: "Lists",
  told: "People whom a campaign is sent to. Whoever is in a list is still written to one by one.",
  name: "Name",
  people: "People",
  n: { one: "{n} person", other: "{n} people" } as Plural,
  act: "Actions",
  open: "Open",
  make: "Make the list",
  newName: "A new list",
  rename: "Another name",
  renamed: "Renamed.",
  remove: "Delete the list",
  removeTold: "“{name}” goes. The contacts in it stay.",
  none: "No list yet.",
  empty: "Nobody is in this list.",
  all: "All lists",
  add: "Add people",
  paste: "Paste numbers",
  choose: "Choose contacts",
  who: "Who",
  number: "Number",
  values: "Fields",
  takeOut: "Take out",
  out: "{who} is out of the list.",
  added: { one: "{n} person is in the list now.", other: "{n} people are in the list now." } as Plural,
  refused: { one: "{n} row was left out:", other: "{n} rows were left out:" } as Plural,
  rowN: "Row {row}: {why}",
  nobody: "Paste at least one number.",
  more: "More people",
  campaign: "Write a campaign to it",
});

interface List {
  id: string;
  name: string;
  people: number;
}

interface Refused {
  row: number;
  detail: string;
}

export default function Lists({ at }: { at: string[] }) {
  return at[0] ? <One key={at[0]} id={at[0]} adding={at[1] ?? ""} /> : <All />;
}

function All() {
  const list = useRead<{ lists: List[] }>("list.list", {}, ["list."]);
  const [name, setName] = useState("");
  const { error, attempt, fine } = useDoing();
  const make = (e: Event) => {
    e.preventDefault();
    void attempt(call<{ list: List }>("list.create", { name: name.trim() }).then((a) => { location.hash = to("lists", a.list.id); }));
  };
  const columns: Column<List>[] = [
    { head: words.name, cell: (l) => <strong><bdi>{l.name}</bdi></strong> },
    { head: words.people, number: true, cell: (l) => l.people },
    { head: words.act, cell: (l) => <a class="button" aria-label={`${words.open}: ${l.name}`} href={to("lists", l.id)}>{words.open}</a> },
  ];
  return (
    <Pane title={words.title} told={words.told}>
      <Ways here="lists" />
      <form class="line-form" noValidate onSubmit={make}>
        <Field label={words.newName}>{(about) => <input {...about} name="list" dir="auto" autocomplete="off" value={name} onInput={(e) => { setName(e.currentTarget.value); fine(); }} />}</Field>
        <button class="button primary">{words.make}</button>
        <Trouble of={error} />
      </form>
      <section class="block">
        <Reading of={list}>{({ lists }) => <Table name={words.title} rows={lists} columns={columns} keyOf={(l) => l.id} empty={<p>{words.none}</p>} />}</Reading>
      </section>
    </Pane>
  );
}

function One({ id, adding }: { id: string; adding: string }) {
  const head = useRead<{ list: List }>("list.rows", { id, limit: 1 }, ["list."]);
  const rows = usePages<Row>("list.rows", { id }, "rows", "after", ["list."]);
  const [asking, ask] = useState<"" | "remove" | "rename">("");
  const { error, attempt } = useDoing();
  const again = () => { head.again(); rows.again(); };
  const name = head.value?.list.name ?? words.title;
  const called = (r: Row) => r.contact ? r.name ?? r.contact : r.values?.name ?? r.values?.first_name ?? r.number ?? "";
  const out = (r: Row) => void attempt(call("list.remove", { id, who: [r.contact ?? r.number] }).then(() => { toast(say(words.out, { who: called(r) })); again(); }));
  const columns: Column<Row>[] = [
    { head: words.who, cell: (r) => r.contact ? <a href={to("people", r.contact)}><bdi>{called(r)}</bdi></a> : <bdi>{called(r)}</bdi> },
    { head: words.number, minor: true, cell: (r) => r.number !== called(r) && <span dir="ltr">{r.number}</span> },
    { head: words.values, minor: true, cell: (r) => <bdi class="hint">{Object.entries(r.values ?? {}).map(([k, v]) => `${k}: ${v}`).join(", ")}</bdi> },
    { head: words.act, cell: (r) => <button type="button" class="button" aria-label={`${words.takeOut}: ${called(r)}`} onClick={() => out(r)}>{words.takeOut}</button> },
  ];
  return (
    <Pane title={name} told={head.value && say(words.n, { n: head.value.list.people })} act={<>
      <a class="button" href={to("campaigns", "new", id)}>{words.campaign}</a>
      <a class="button" href={to("lists", id, "choose")}>{words.choose}</a>
      <a class="button primary" href={to("lists", id, "paste")}>{words.paste}</a>
    </>}>
      <Ways here="lists" />
      <Trouble of={error} />
      <section class="block">
        <Reading of={rows}>{(found) => <Table name={name} rows={found} columns={columns} keyOf={(r) => r.contact ?? r.number ?? ""} empty={<p>{words.empty}</p>} />}</Reading>
        {rows.more && <button type="button" class="button" onClick={rows.more}>{words.more}</button>}
      </section>
      <div class="row-buttons">
        <a class="button" href={to("lists")}>{words.all}</a>
        <button type="button" class="button" onClick={() => ask("rename")}>{words.rename}</button>
        <button type="button" class="button" onClick={() => ask("remove")}>{words.remove}</button>
      </div>
      {adding === "paste" && <Paste id={id} again={again} />}
      {adding === "choose" && <Choose id={id} again={again} />}
      {asking === "rename" && <Rename id={id} name={name} again={again} onClose={() => ask("")} />}
      {asking === "remove" && (
        <Confirm title={words.remove} told={<p>{say(words.removeTold, { name })}</p>} act={words.remove} danger onClose={() => ask("")}
          run={async () => { await call("list.delete", { id }); location.hash = to("lists"); }} />
      )}
    </Pane>
  );
}

// add puts people into a list, so many at a time as the box takes, and tells of
// those who were left out.
async function add(id: string, rows: Row[]): Promise<Refused[]> {
  const refused: Refused[] = [];
  for (let i = 0; i < rows.length; i += most) {
    const a = await call<{ refused?: Refused[] }>("list.add", { id, rows: rows.slice(i, i + most), skip_bad: true });
    refused.push(...(a.refused ?? []).map((r) => ({ ...r, row: r.row + i })));
  }
  return refused;
}

function Paste({ id, again }: { id: string; again(): void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  const [refused, setRefused] = useState<Refused[]>([]);
  const { error, attempt } = useDoing();
  async function submit(e: Event) {
    e.preventDefault();
    const dialog = (e.currentTarget as HTMLElement).closest("dialog");
    const rows = readRows(text);
    if (rows.length === 0) return setWrong(words.nobody);
    let bad: Refused[] = [];
    if (!await attempt(add(id, rows).then((r) => { bad = r; }))) return;
    again();
    toast(say(words.added, { n: rows.length - bad.length }));
    setRefused(bad);
    if (bad.length === 0) dialog?.close();
    else setText(bad.map((r) => rows[r.row - 1]?.number ?? "").join("\n"));
  }
  return (
    <Dialog title={words.paste} onClose={() => (location.hash = to("lists", id))}>
      <form noValidate onSubmit={(e) => void submit(e)}>
        <Pasted value={text} set={(v) => { setText(v); setWrong(""); }} wrong={wrong} />
        {refused.length > 0 && <RefusedRows of={refused} />}
        <Trouble of={error} />
        <div class="dialog-do"><button class="button primary">{words.add}</button></div>
      </form>
    </Dialog>
  );
}

// RefusedRows are the rows that the box left out, with what is wrong in each.
export function RefusedRows({ of }: { of: Refused[] }) {
  return (
    <div role="alert">
      <p class="warn">{say(words.refused, { n: of.length })}</p>
      <ul class="notes">{of.slice(0, 20).map((r) => <li key={r.row} lang="en">{say(words.rowN, { row: r.row, why: r.detail })}</li>)}</ul>
    </div>
  );
}

function Choose({ id, again }: { id: string; again(): void }) {
  const [ticked, tick] = useState<string[]>([]);
  const { error, attempt } = useDoing();
  async function submit(e: Event) {
    e.preventDefault();
    const dialog = (e.currentTarget as HTMLElement).closest("dialog");
    if (ticked.length > 0 && !await attempt(add(id, ticked.map((contact) => ({ contact }))))) return;
    toast(say(words.added, { n: ticked.length }));
    again();
    dialog?.close();
  }
  return (
    <Dialog title={words.choose} onClose={() => (location.hash = to("lists", id))}>
      <form noValidate onSubmit={(e) => void submit(e)}>
        <Ticked ticked={ticked} set={tick} />
        <Trouble of={error} />
        <div class="dialog-do"><button class="button primary">{words.add}</button></div>
      </form>
    </Dialog>
  );
}

function Rename({ id, name, again, onClose }: { id: string; name: string; again(): void; onClose(): void }) {
  const [typed, type] = useState(name);
  const { error, attempt } = useDoing();
  async function submit(e: Event) {
    e.preventDefault();
    const dialog = (e.currentTarget as HTMLElement).closest("dialog");
    if (!await attempt(call("list.rename", { id, name: typed.trim() }))) return;
    toast(words.renamed);
    again();
    dialog?.close();
  }
  return (
    <Dialog title={words.rename} onClose={onClose}>
      <form noValidate onSubmit={(e) => void submit(e)}>
        <Field label={words.name}>{(about) => <input {...about} data-first dir="auto" autocomplete="off" value={typed} onInput={(e) => type(e.currentTarget.value)} />}</Field>
        <Trouble of={error} />
        <div class="dialog-do"><button class="button primary">{common.save}</button></div>
      </form>
    </Dialog>
  );
}
