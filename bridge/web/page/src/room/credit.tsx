// Credit: how the answer of each operator is read, and how often it is asked
// for.

import { useState } from "preact/hooks";
import { catalog } from "../catalog";
import { Pane, toast, Trouble } from "../kit";
import { may, to } from "../rooms";
import { call } from "../socket";
import { lineName, lines, sortedLines } from "../store";
import { words as common } from "../words";
import { type Column, Field, Reading, Table, useDoing, useRead } from "./kit";

const words = catalog("credit", {
  title: "Credit",
  told: "How the box learns what is left on a prepaid SIM.",
  back: "USSD",
  why: "How this works",
  rules: "Rules",
  rulesTold: "One for each operator: the code to call, and how to find the amount in the answer.",
  operator: "Operator",
  operatorHint: "Its name as the number shows it, or its five or six digits such as 26201.",
  code: "Code",
  codeHint: "Such as *100#.",
  pattern: "Where the amount stands",
  patternHint: "A regular expression with a group called amount, such as Credit: (?P<amount>[0-9.,]+).",
  low: "Warn below",
  lowHint: "0: never.",
  save: "Save the rule",
  noRules: "No rule yet: the credit cannot be read.",
  change: "Change",
  remove: "Remove",
  act: "Actions",
  schedules: "Ask by itself",
  schedulesTold: "Some operators take money for the code.",
  number: "Number",
  every: "Every so many hours",
  everyHint: "0: never.",
  most: "At most so often a day",
  saved: "Saved.",
  noSchedules: "There is no number yet.",
});

interface Rule {
  operator: string;
  code: string;
  pattern: string;
  low?: number;
  rev?: number;
}

const empty: Rule = { operator: "", code: "", pattern: "", low: 0 };

export function Credit() {
  return (
    <Pane title={words.title} told={words.told} act={<><a class="button" href={to("help", "credit")}>{words.why}</a><a class="button" href={to("ussd")}>{words.back}</a></>}>
      <Rules />
      <Schedules />
    </Pane>
  );
}

function Rules() {
  const list = useRead<{ rules: Rule[] }>("balance.rules", {}, ["balance_rule."]);
  const [rule, setRule] = useState<Rule>(empty);
  const { error, attempt } = useDoing();
  // Of two who change the rule of one operator the second is told.
  const save = () => call("balance.save", { operator: rule.operator, code: rule.code, pattern: rule.pattern, low: rule.low, if_rev: rule.rev });
  const columns: Column<Rule>[] = [
    { head: words.operator, cell: (r) => <strong><bdi>{r.operator}</bdi></strong> },
    { head: words.code, cell: (r) => <span dir="ltr">{r.code}</span> },
    { head: words.pattern, minor: true, cell: (r) => <code>{r.pattern}</code> },
    { head: words.low, number: true, cell: (r) => r.low || "–" },
    { head: words.act, cell: (r) => may("owner") && <span class="row-buttons">
        <button type="button" class="button" aria-label={`${words.change}: ${r.operator}`} onClick={() => setRule(r)}>{words.change}</button>
        <button type="button" class="button" aria-label={`${words.remove}: ${r.operator}`} onClick={() => void attempt(call("balance.delete", { operator: r.operator, if_rev: r.rev }).then(list.again))}>{words.remove}</button>
      </span> },
  ];
  const field = (key: "operator" | "code" | "pattern", label: string, hint: string) => (
    <Field label={label} hint={hint}>{(about) => <input {...about} name={key} dir="ltr" autocomplete="off" value={rule[key]} onInput={(e) => setRule({ ...rule, [key]: e.currentTarget.value })} />}</Field>
  );
  return (
    <section class="block">
      <h3>{words.rules}</h3>
      <p class="hint">{words.rulesTold}</p>
      <Reading of={list}>{({ rules }) => <Table name={words.rules} rows={rules} columns={columns} keyOf={(r) => r.operator} empty={<p>{words.noRules}</p>} />}</Reading>
      {may("owner") && (
        <form class="line-form" name="rule" noValidate onSubmit={(e) => { e.preventDefault(); void attempt(save().then(() => { setRule(empty); toast(words.saved); list.again(); })); }}>
          {field("operator", words.operator, words.operatorHint)}
          {field("code", words.code, words.codeHint)}
          {field("pattern", words.pattern, words.patternHint)}
          <Field label={words.low} hint={words.lowHint}>{(about) => <input {...about} type="number" min="0" step="any" value={rule.low ?? 0} onInput={(e) => setRule({ ...rule, low: Number(e.currentTarget.value) })} />}</Field>
          <button class="button primary">{words.save}</button>
          <Trouble of={error} />
        </form>
      )}
    </section>
  );
}

interface Schedule {
  line: string;
  every_h: number;
  most_a_day: number;
}

const usualMost = 2;

function Schedules() {
  const list = useRead<{ schedules: Schedule[] }>("balance.schedules", {});
  return (
    <section class="block">
      <h3>{words.schedules}</h3>
      <p class="hint">{words.schedulesTold}</p>
      <Reading of={list}>
        {({ schedules }) => sortedLines.value.length === 0 ? <p class="hint">{words.noSchedules}</p>
          : <>{sortedLines.value.map((l) => <ScheduleOf key={l.id} schedule={schedules.find((s) => s.line === l.id) ?? { line: l.id, every_h: 0, most_a_day: usualMost }} />)}</>}
      </Reading>
    </section>
  );
}

function ScheduleOf({ schedule }: { schedule: Schedule }) {
  const [s, set] = useState(schedule);
  const { error, attempt } = useDoing();
  return (
    <form class="line-form" noValidate aria-label={lineName(lines.value[s.line])} onSubmit={(e) => { e.preventDefault(); void attempt(call("balance.schedule", s).then(() => toast(words.saved))); }}>
      <p class="form-name"><strong><bdi>{lineName(lines.value[s.line])}</bdi></strong></p>
      <Field label={words.every} hint={words.everyHint}>{(about) => <input {...about} name="every" type="number" min="0" disabled={!may("owner")} value={s.every_h} onInput={(e) => set({ ...s, every_h: Number(e.currentTarget.value) })} />}</Field>
      <Field label={words.most}>{(about) => <input {...about} type="number" min="1" max="24" disabled={!may("owner")} value={s.most_a_day} onInput={(e) => set({ ...s, most_a_day: Number(e.currentTarget.value) })} />}</Field>
      {may("owner") && <button class="button">{common.save}</button>}
      <Trouble of={error} />
    </form>
  );
}
