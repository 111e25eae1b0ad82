// Numbers: our own lines. Who may text from which, whether texts may leave,
// the number to give to clients, and how a line goes on with another card.

import { useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { Dialog } from "../dialog";
import { Confirm, Pane, said, toast } from "../kit";
import { CopyRow, money, why } from "../line";
import type { Agent, Line } from "../protocol";
import { may, to } from "../rooms";
import { call } from "../socket";
import { lineName, lines, putLines, sortedLines } from "../store";
import { words as common } from "../words";
import { type Column, Field, named, Reading, Switch, Table, useRead } from "./kit";

const words = catalog("numbers", {
  title: "Numbers",
  told: "Each SIM in a modem is one of our numbers. A number stays the same when its stick, its port or its card changes.",
  number: "Number",
  state: "State",
  network: "Network",
  credit: "Credit",
  team: "Who texts from it",
  everybody: "Managers only",
  texts: "Texts leave",
  on: "On",
  off: "Switched off",
  manage: "Manage",
  none: "No line yet. Plug in a modem with a SIM: it shows here by itself.",
  doctor: "Ask the doctor",
  copyHint: "This is the number to give to clients.",
  switched: "Texts may leave by this number",
  switchedHint: "What comes in is kept in any case.",
  assigned: "Who may text from it",
  assignedHint: "A manager and an owner text from every number.",
  move: "Go on with another card",
  moveTold: "When a SIM was replaced, ported or moved to another operator, the old number's threads, rights and templates go on with the new card.",
  moveTo: "The line of the new card",
  moveAct: "Move the number",
  moveShow: "What will happen",
  moved: "{number} goes on with the new card.",
  choose: "Choose a line",
});

interface Move {
  words: string[];
}

export default function Numbers({ at }: { at: string[] }) {
  const agents = useRead<{ agents: Agent[] }>("agent.list", {}, ["agent.", "access."]);
  const shown = at[0] ? lines.value[at[0]] : undefined;
  const columns: Column<Line>[] = [
    { head: words.number, cell: (l) => <><strong><bdi>{lineName(l)}</bdi></strong>{l.name && l.number && <div class="hint" dir="ltr">{l.number}</div>}</> },
    { head: words.state, cell: (l) => <span class={"state-tag " + l.state}>{common.lineState[l.state]}</span> },
    { head: words.network, minor: true, cell: (l) => <bdi>{l.operator}</bdi> },
    { head: words.credit, cell: (l) => l.balance ? <bdi>{money(l.balance.amount, l.balance.currency)}</bdi> : "–" },
    { head: words.team, minor: true, cell: (l) => named(assignedTo(agents.value?.agents ?? [], l.id).map((a) => a.name), words.everybody) },
    { head: words.texts, cell: (l) => l.sms_disabled ? words.off : words.on },
    { head: words.manage, cell: (l) => <a class="button" href={to("numbers", l.id)} aria-label={`${words.manage}: ${lineName(l)}`}>{words.manage}</a> },
  ];
  return (
    <Pane title={words.title} told={words.told} act={may("manager") && <a class="button" href={to("radio")}>{words.doctor}</a>}>
      <Table name={words.title} rows={sortedLines.value} columns={columns} keyOf={(l) => l.id} empty={<p>{words.none}</p>} />
      {shown && <Manage line={shown} agents={agents.value?.agents ?? []} again={agents.again} />}
    </Pane>
  );
}

function assignedTo(agents: Agent[], line: string): Agent[] {
  return agents.filter((a) => a.lines?.includes(line));
}

function Manage({ line: l, agents, again }: { line: Line; agents: Agent[]; again(): void }) {
  const [wrong, setWrong] = useState("");
  const attempt = (doing: Promise<unknown>) => void doing.then(() => setWrong(""), (e) => setWrong(said(e)));
  const team = agents.filter((a) => !a.disabled && (a.role === "agent" || a.role === "viewer" || a.role === "service"));
  return (
    <Dialog title={<bdi>{lineName(l)}</bdi>} onClose={() => (location.hash = to("numbers"))}>
      <p class={"state-line " + l.state}><strong>{common.lineState[l.state]}.</strong> {why(l)}</p>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {l.number && <><CopyRow label={common.lineNumber} value={l.number} /><p class="hint">{words.copyHint}</p></>}
      {may("owner") && (
        <Switch label={words.switched} hint={words.switchedHint} on={!l.sms_disabled}
          set={(on) => attempt(call<{ line: Line }>("line.switch", { id: l.id, enabled: on }).then((a) => putLines([a.line])))} />
      )}
      <fieldset class="ticks">
        <legend>{words.assigned}</legend>
        <p class="hint">{words.assignedHint}</p>
        {team.map((a) => (
          <label key={a.id}>
            <input type="checkbox" checked={a.lines?.includes(l.id)}
              onChange={(e) => attempt(call(e.currentTarget.checked ? "line.assign" : "line.unassign", { id: l.id, agent: a.id }).then(again))} />
            <bdi>{a.name}</bdi>
          </label>
        ))}
      </fieldset>
      {may("owner") && sortedLines.value.length > 1 && <MoveForm line={l} />}
    </Dialog>
  );
}

// MoveForm moves a number to another card: first it tells what will happen.
function MoveForm({ line: l }: { line: Line }) {
  const [target, setTarget] = useState("");
  const [asking, ask] = useState(false);
  return (
    <details class="more">
      <summary>{words.move}</summary>
      <p class="hint">{words.moveTold}</p>
      <Field label={words.moveTo}>
        {(about) => (
          <select {...about} value={target} onChange={(e) => setTarget(e.currentTarget.value)}>
            <option value="">{words.choose}</option>
            {sortedLines.value.filter((o) => o.id !== l.id).map((o) => <option key={o.id} value={o.id}>{lineName(o)}</option>)}
          </select>
        )}
      </Field>
      <button type="button" class="button" aria-disabled={!target} onClick={() => { if (target) ask(true); }}>{words.moveShow}</button>
      {asking && (
        <Confirm title={words.move} act={words.moveAct} danger told={<Preview from={l.id} to={target} />} onClose={() => ask(false)}
          run={async () => { await call("line.move", { id: l.id, to: target }); toast(say(words.moved, { number: l.number || lineName(l) })); }} />
      )}
    </details>
  );
}

function Preview({ from, to: target }: { from: string; to: string }) {
  const preview = useRead<{ move: Move }>("line.move", { id: from, to: target, preview: true });
  return (
    <Reading of={preview}>
      {({ move }) => <>{move.words.map((w) => <p key={w}><bdi lang="en">{w}</bdi></p>)}</>}
    </Reading>
  );
}
