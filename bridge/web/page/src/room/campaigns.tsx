// Campaigns: one text to many people, each of whom gets a copy in a conversation
// of their own. #/campaigns/new begins one, #/campaigns/cg_1 is one of them.

import { useState } from "preact/hooks";
import { say } from "../catalog";
import { Pane, Trouble } from "../kit";
import type { Template } from "../protocol";
import { Refusal } from "../refusal";
import { to } from "../rooms";
import { call } from "../socket";
import { lineName, sortedLines } from "../store";
import { exact, shortAge } from "../time";
import { words as common } from "../words";
import { FormText, most, Pasted, readRows, Rehearsal, Ways } from "./bulk";
import { addRows, type Campaign, done, One, type Refused, State, words } from "./campaign";
import { RefusedRows } from "./lists";
import { type Column, Field, Gauge, Reading, Switch, Table, useDoing, usePages, useRead } from "./kit";

export default function Campaigns({ at }: { at: string[] }) {
  if (at[0] === "new") return <Compose key={at[1] ?? ""} list={at[1] ?? ""} />;
  return at[0] ? <One key={at[0]} id={at[0]} /> : <All />;
}

function All() {
  const list = usePages<Campaign>("campaign.list", {}, "campaigns", "before", ["campaign."]);
  const columns: Column<Campaign>[] = [
    { head: words.name, cell: (c) => <a href={to("campaigns", c.id)}><strong><bdi>{c.name}</bdi></strong></a> },
    { head: words.state, cell: (c) => <State of={c} /> },
    { head: words.progress, cell: (c) => <Gauge label={say(words.of, { done: done(c), n: c.people })} of={c.people || 1} used={done(c)} calm /> },
    { head: words.made, minor: true, cell: (c) => <time title={exact(c.created_at)}>{shortAge(c.created_at)}</time> },
    { head: words.act, cell: (c) => <a class="button" aria-label={`${words.open}: ${c.name}`} href={to("campaigns", c.id)}>{words.open}</a> },
  ];
  return (
    <Pane title={words.title} told={words.told} act={<a class="button primary" href={to("campaigns", "new")}>{words.add}</a>}>
      <Ways here="campaigns" />
      <section class="block">
        <Reading of={list}>{(found) => <Table name={words.title} rows={found} columns={columns} keyOf={(c) => c.id} empty={<p>{words.none}</p>} />}</Reading>
        {list.more && <button type="button" class="button" onClick={list.more}>{words.more}</button>}
      </section>
    </Pane>
  );
}

interface Draft {
  name: string;
  text: string;
  list: string;
  rows: string;
  from: string;
  at: string;
  pace: number;
  skip: boolean;
}

// pool stands for no line of the campaign's own: each person is texted from the
// number that they know, and strangers from those that take turns.
const pool = "*";

function Compose({ list }: { list: string }) {
  const [d, set] = useState<Draft>({ name: "", text: "", list, rows: "", from: "", at: "", pace: 0, skip: false });
  const [wrong, setWrong] = useState("");
  const [noFrom, setNoFrom] = useState(false);
  const lists = useRead<{ lists: { id: string; name: string; people: number }[] }>("list.list", {}, ["list."]);
  const kept = useRead<{ templates: Template[] }>("template.list", {}, ["template."]);
  const { error, attempt, fine } = useDoing();
  const [refused, setRefused] = useState<Refused[]>([]);
  const [made, setMade] = useState("");
  const change = (what: Partial<Draft>) => { set({ ...d, ...what }); setWrong(""); setNoFrom(false); fine(); };
  const of = (field: string) => error instanceof Refusal && error.field === field ? error.sentence : "";

  async function save(e: Event) {
    e.preventDefault();
    const rows = readRows(d.rows);
    if (!d.list && rows.length === 0) return setWrong(words.toWhom);
    if (!d.from && sortedLines.value.length > 1) return setNoFrom(true);
    let id = "", bad: Refused[] = [];
    const what = {
      name: d.name.trim(), text: d.text, pace: d.pace, skip_bad: d.skip, rows: rows.slice(0, most),
      ...(d.list && { list: d.list }), ...(d.from && d.from !== pool && { from: d.from }), ...(d.at && { at: new Date(d.at).toISOString() }),
    };
    const saved = await attempt((async () => {
      const a = await call<{ campaign: Campaign; refused?: Refused[] }>("campaign.create", what);
      id = a.campaign.id;
      bad = a.refused ?? [];
      bad.push(...await addRows(id, rows.slice(most), d.skip));
    })());
    if (id && (!saved || bad.length > 0)) {
      setMade(id); // it is there, but not with everybody: the person says whether that will do
      setRefused(bad);
    } else if (saved) location.hash = to("campaigns", id);
  }

  return (
    <Pane title={words.add} told={words.told}>
      <Ways here="campaigns" />
      <form class="block narrow-form" noValidate onSubmit={(e) => void save(e)}>
        <Field label={words.name} hint={words.nameHint} wrong={of("name")}>
          {(about) => <input {...about} name="name" dir="auto" autocomplete="off" value={d.name} onInput={(e) => change({ name: e.currentTarget.value })} />}
        </Field>
        {!!kept.value?.templates.length && (
          <Field label={words.template}>
            {(about) => (
              <select {...about} name="template" onChange={(e) => { const t = kept.value!.templates.find((t) => t.id === e.currentTarget.value); if (t) change({ text: t.text }); }}>
                <option value="">{words.noTemplate}</option>
                {kept.value!.templates.map((t) => <option key={t.id} value={t.id}>{t.name}</option>)}
              </select>
            )}
          </Field>
        )}
        <FormText value={d.text} set={(text) => change({ text })} wrong={of("text")} />
        <details class="more"><summary>{words.look}</summary><Rehearsal text={d.text} /></details>
        <h3>{words.to}</h3>
        <Field label={words.list} wrong={wrong || of("list")}>
          {(about) => (
            <select {...about} name="list" value={d.list} onChange={(e) => change({ list: e.currentTarget.value })}>
              <option value="">{words.noList}</option>
              {lists.value?.lists.map((l) => <option key={l.id} value={l.id}>{say(words.listN, { name: l.name, n: l.people })}</option>)}
            </select>
          )}
        </Field>
        <Pasted value={d.rows} set={(rows) => change({ rows })} wrong={of("rows")} />
        <Switch label={words.skipBad} on={d.skip} set={(skip) => change({ skip })} />
        <div class="line-form">
          <Field label={words.from} wrong={noFrom ? common.fromMissing : of("from")}>
            {(about) => (
              <select {...about} name="from" value={d.from} onChange={(e) => change({ from: e.currentTarget.value })}>
                <option value="">{common.fromChoose}</option>
                {sortedLines.value.map((l) => <option key={l.id} value={l.id}>{lineName(l)}</option>)}
                {sortedLines.value.length > 1 && <option value={pool}>{words.anyLine}</option>}
              </select>
            )}
          </Field>
          <Field label={words.at} hint={words.atHint} wrong={of("at")}>
            {(about) => <input {...about} name="at" type="datetime-local" value={d.at} onInput={(e) => change({ at: e.currentTarget.value })} />}
          </Field>
          <Field label={words.pace} hint={words.paceHint} wrong={of("pace")}>
            {(about) => <input {...about} name="pace" type="number" min="0" max="600" value={d.pace} onInput={(e) => change({ pace: Number(e.currentTarget.value) })} />}
          </Field>
        </div>
        {error !== undefined && !(error instanceof Refusal && ["name", "text", "list", "rows", "from", "at", "pace"].includes(error.field)) && <Trouble of={error} />}
        {refused.length > 0 && <RefusedRows of={refused} />}
        <div class="row-buttons">
          {made ? <a class="button primary" href={to("campaigns", made)}>{words.plan}</a> : <button class="button primary">{words.go}</button>}
        </div>
      </form>
    </Pane>
  );
}
