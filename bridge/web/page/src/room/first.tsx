// The first steps of a new owner: the number, a first text, a first colleague.
// Each can be passed over, and the settings of the box lead here again.

import { useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { Pane, Trouble } from "../kit";
import { CopyRow, NoLine } from "../line";
import { parse } from "../number";
import type { Agent, Line, Message } from "../protocol";
import { to } from "../rooms";
import { call } from "../socket";
import { lineName, putLines, session, sortedLines } from "../store";
import { exact } from "../time";
import { words as common } from "../words";
import { Choice, Field, Reading, useDoing, useRead } from "./kit";

const words = catalog("first", {
  title: "First steps",
  step: "Step {i} of {n}",
  steps: ["Your number", "A first text", "A first colleague"],
  skip: "Skip all this",
  later: "You find this again under Settings, The box.",
  back: "Back",
  next: "Go on",
  finish: "Go to the texts",
  lines: "These numbers were found. Give each a name that your team knows it by.",
  name: "Name of the number",
  nameHint: "Such as Front desk.",
  number: "Its number",
  numberTold: "The SIM does not tell its own number. Type it, so that clients can be told.",
  network: "Network",
  countries: "May be texted: {where}.",
  home: "numbers of the SIM’s own country",
  everywhere: "every country",
  changeRules: "Change under Sending",
  noLine: "No line? What to do",
  test: "Send a text to a phone at hand, to see that all of it works.",
  demoTold: "This box pretends its modems. The pretend phone plays the client.",
  to: "To",
  toHint: "Your own mobile, with + and country code. It costs one text.",
  from: "From",
  text: "Hello from the new box.",
  send: "Send the text",
  went: "The text to {number}: {state}",
  invite: "Who else answers texts here? Each person has an own account.",
  person: "Name",
  role: "Role",
  add: "Make the account",
  missing: "Type a name.",
  code: "Give this code to {name}. It signs in once, until {time}.",
  another: "Add another",
});

const last = 2;

export default function First({ at }: { at: string[] }) {
  const i = Math.min(last, Math.max(0, Number(at[0] ?? 0) || 0));
  return (
    <Pane title={words.title} told={say(words.step, { i: i + 1, n: last + 1 })} act={<a class="button skip" href="#">{words.skip}</a>}>
      <section class="block first-step" key={i} aria-label={words.steps[i]}>
        <h3>{words.steps[i]}</h3>
        {i === 0 ? <Numbers /> : i === 1 ? <FirstText /> : <Colleague />}
      </section>
      <nav class="row-buttons" aria-label={words.title}>
        {i > 0 && <a class="button" href={to("start", String(i - 1))}>{words.back}</a>}
        {i < last ? <a class="button primary" href={to("start", String(i + 1))}>{words.next}</a> : <a class="button primary" href="#">{words.finish}</a>}
      </nav>
      <p class="hint">{words.later}</p>
    </Pane>
  );
}

function Numbers() {
  const rules = useRead<{ rules: { destinations: string[] | null } }>("rule.list", {});
  const list = sortedLines.value;
  if (!list.some((l) => l.state === "ready")) return <><NoLine /><p><a href={to("help", "no-line")}>{words.noLine}</a></p></>;
  const where = (rules.value?.rules.destinations ?? []).map((d) => d === "home" ? words.home : d === "*" ? words.everywhere : d).join(", ");
  return (
    <>
      <p>{words.lines}</p>
      {list.map((l) => <NameLine key={l.id} line={l} />)}
      {where && <p class="hint">{say(words.countries, { where })} <a href={to("sending", "rules")}>{words.changeRules}</a></p>}
    </>
  );
}

function NameLine({ line: l }: { line: Line }) {
  const [name, setName] = useState(l.name ?? "");
  const [number, setNumber] = useState("");
  const { error, attempt } = useDoing();
  const save = (e: Event) => {
    e.preventDefault();
    void attempt(call<{ line: Line }>("line.update", { id: l.id, name: name.trim(), ...(number.trim() && { number: number.trim() }) }).then((a) => putLines([a.line])));
  };
  return (
    <form class="card-block block" noValidate onSubmit={save} aria-label={l.number ?? lineName(l)}>
      <dl class="facts">
        {l.number && <div><dt>{common.lineNumber}</dt><dd dir="ltr">{l.number}</dd></div>}
        <div><dt>{words.network}</dt><dd><bdi>{[l.operator, common.lineState[l.state]].filter(Boolean).join(", ")}</bdi></dd></div>
      </dl>
      <div class="line-form">
        <Field label={words.name} hint={words.nameHint}>{(about) => <input {...about} name="line-name" dir="auto" autocomplete="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />}</Field>
        {!l.number && <Field label={words.number} hint={words.numberTold}>{(about) => <input {...about} name="line-number" dir="ltr" inputMode="tel" autocomplete="off" placeholder="+15550100" value={number} onInput={(e) => setNumber(e.currentTarget.value)} />}</Field>}
        <button class="button">{common.save}</button>
      </div>
      <Trouble of={error} />
    </form>
  );
}

const pretend = "+15550100"; // the pretend phone's number until somebody gives it another

function FirstText() {
  const demo = session.value?.demo;
  const ready = sortedLines.value.filter((l) => l.state === "ready");
  const [number, setNumber] = useState(demo ? pretend : "");
  const [from, setFrom] = useState("");
  const [wrong, setWrong] = useState("");
  const [sent, setSent] = useState<Message | null>(null);
  const { error, attempt } = useDoing();
  const chosen = from || ready[0]?.id || "";
  function submit(e: Event) {
    e.preventDefault();
    const read = parse(number);
    if ("wrong" in read) return setWrong(read.wrong);
    const idem = "first-" + Date.now().toString(36);
    void attempt(call<{ message: Message }>("message.send", { to: { number: read.number }, from: chosen, text: words.text, idem }).then((a) => setSent(a.message)));
  }
  return (
    <>
      <p>{words.test}</p>
      {demo && <p class="hint">{words.demoTold} <a href="/handset" target="_blank" rel="noopener">{common.openPhone}</a></p>}
      <form class="line-form" noValidate onSubmit={submit}>
        <Field label={words.to} hint={demo ? undefined : words.toHint} wrong={wrong}>
          {(about) => <input {...about} name="first-to" dir="ltr" inputMode="tel" autocomplete="tel" value={number} onInput={(e) => { setNumber(e.currentTarget.value); setWrong(""); }} />}
        </Field>
        {ready.length > 1 && (
          <Field label={words.from}>{(about) => <select {...about} value={chosen} onChange={(e) => setFrom(e.currentTarget.value)}>{ready.map((l) => <option key={l.id} value={l.id}>{lineName(l)}</option>)}</select>}</Field>
        )}
        <button class="button primary">{words.send}</button>
      </form>
      <Trouble of={error} />
      {sent && <Went key={sent.id} id={sent.id} />}
    </>
  );
}

// Went follows the first text on its way.
function Went({ id }: { id: string }) {
  const read = useRead<{ message: Message }>("message.get", { id }, ["message."]);
  return (
    <Reading of={read}>
      {({ message: m }) => <p class={"state-line " + (m.state === "delivered" || m.state === "sent" ? "ready" : "")} role="status">{say(words.went, { number: m.to ?? "", state: common.state[m.state] })}{m.reason && ` (${m.reason})`}</p>}
    </Reading>
  );
}

interface Invitation {
  agent: Agent;
  code?: string;
  expires_at?: string;
}

function Colleague() {
  const [name, setName] = useState("");
  const [role, setRole] = useState<"agent" | "manager" | "viewer">("agent");
  const [wrong, setWrong] = useState("");
  const [made, setMade] = useState<Invitation | null>(null);
  const { error, attempt } = useDoing();
  if (made) {
    return (
      <>
        <p role="status">{say(words.code, { name: made.agent.name, time: exact(made.expires_at) })}</p>
        <CopyRow label={common.code} value={made.code ?? ""} />
        <p><button type="button" class="button" onClick={() => { setMade(null); setName(""); }}>{words.another}</button></p>
      </>
    );
  }
  function submit(e: Event) {
    e.preventDefault();
    if (!name.trim()) return setWrong(words.missing);
    void attempt(call<Invitation>("agent.add", { name: name.trim(), role }).then(async (invitation) => {
      // Somebody who cannot text from any number has nothing to do here yet.
      if (role !== "manager") for (const l of sortedLines.value) await call("line.assign", { id: l.id, agent: invitation.agent.id });
      setMade(invitation);
    }));
  }
  return (
    <form class="line-form" noValidate onSubmit={submit}>
      <p>{words.invite}</p>
      <Field label={words.person} wrong={wrong}>{(about) => <input {...about} name="colleague" dir="auto" autocomplete="off" value={name} onInput={(e) => { setName(e.currentTarget.value); setWrong(""); }} />}</Field>
      <Choice label={words.role} value={role} set={(r) => setRole(r)} of={[["agent", common.role.agent], ["manager", common.role.manager], ["viewer", common.role.viewer]]} />
      <button class="button primary">{words.add}</button>
      <Trouble of={error} />
    </form>
  );
}
