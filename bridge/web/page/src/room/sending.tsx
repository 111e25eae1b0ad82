// Sending: what waits to go out and for what, the one switch that stops
// everything, and the guards: limits, rules of numbers, quiet hours, pace.

import { useState } from "preact/hooks";
import { catalog, type Plural, say } from "../catalog";
import { StopIcon } from "../icon";
import { Confirm, Pane, said, toast, Trouble } from "../kit";
import type { Agent, Author, Message } from "../protocol";
import { may, to } from "../rooms";
import { call } from "../socket";
import { lineName, lines, sortedLines } from "../store";
import { clock, exact, shortAge } from "../time";
import { words as common } from "../words";
import { type Column, Field, Gauge, Reading, Switch, Table, useDoing, useRead } from "./kit";

const words = catalog("sending", {
  title: "Sending",
  told: "Texts that have not gone out yet, and what each waits for.",
  tabs: { queue: "Waiting", limits: "Limits", rules: "Numbers", quiet: "Quiet hours", lines: "Pace and length" },
  parts: "Parts of this page",
  stop: "Stop all sending",
  stopTold: "No text leaves by any number until somebody starts it again. What is written waits; what comes in comes in.",
  stopReason: "Why",
  stopReasonHint: "Everybody sees it.",
  stopped: "All sending is stopped.",
  stoppedBy: "By {who}, {time}.",
  resume: "Start sending again",
  resumeTold: { one: "{n} text waits and goes out as its number allows.", other: "{n} texts wait and go out as their numbers allow." } as Plural,
  resumeWho: "A manager or the owner starts it again.",
  running: "Texts leave.",
  n: { one: "{n} text waits", other: "{n} texts wait" } as Plural,
  to: "To",
  text: "Text",
  by: "Number",
  waits: "Waits for",
  until: "until {time}",
  priority: "Priority",
  priorities: { high: "High", normal: "Normal", low: "Low" },
  act: "Actions",
  cancel: "Cancel",
  cancelled: "Cancelled. It does not go out.",
  hold: "Hold back",
  release: "Release",
  none: "Nothing waits. All texts have gone out.",
  limitsTold: "So many parts of texts may leave. What is over a limit is refused, not queued.",
  subjects: { box: "The whole box", line: "A number", agent: "An account", token: "A program" },
  windows: { minute: "a minute", hour: "an hour", day: "a day", month: "30 days" },
  whom: "For",
  per: "In",
  used: "Used",
  usedOf: "{used} of {parts}",
  refills: "from {time} anew",
  unlimited: "no limit",
  noLimits: "There is no limit.",
  setLimit: "Set a limit",
  partsMost: "Parts",
  partsHint: "0: none may leave. Empty: no limit.",
  partsWrong: "Type a number, such as 500.",
  everyOne: "Each one",
  rulesTold: "Which numbers may be texted at all. Emergency numbers never.",
  countries: "Countries",
  countriesHint: "Two letters such as DE. “home” is the SIM’s own country, “*” every one.",
  blocked: "Refused beginnings",
  blockedHint: "Such as +4990.",
  held: "Beginnings that wait for a manager",
  heldHint: "Such as 88.",
  costly: "Premium, shared-cost and satellite numbers",
  costlyOf: { hold: "Wait for a manager", refuse: "Are refused", send: "Are texted" },
  add: "Add",
  remove: "Take out",
  quietTold: "At these hours no text leaves by the number.",
  noQuiet: "No number is quiet.",
  from: "From",
  upTo: "To",
  zone: "Time zone",
  clock: "By the clock",
  clockOf: { line: "of the number", recipient: "of whoever is texted" },
  clockHint: "Where a country has several time zones, the one above counts.",
  then: "A text written then",
  policyOf: { hold: "waits", refuse: "is refused" },
  setQuiet: "Set quiet hours",
  linesTold: "How fast texts leave by each number, and how long one may be.",
  pace: "Parts a minute",
  paceHint: "0: as fast as the modem takes them.",
  maxParts: "Most parts of a text",
  maxPartsHint: "0: as many as a text can have.",
  maxCharacters: "Most characters of a text",
  maxCharactersHint: "0: no limit of its own.",
  pool: "Takes turns with the other numbers",
  poolHint: "For people whom nobody has texted yet.",
  saved: "Saved.",
});

type Priority = keyof typeof words.priorities;
type Tab = keyof typeof words.tabs;

interface Stop {
  stopped: boolean;
  reason?: string;
  by?: Author;
  at?: string;
}

interface Waiting {
  message: Message & { priority?: Priority };
  position?: number;
  why: string;
  until?: string;
  words: string;
}

interface Queue {
  messages: Waiting[];
  total: number;
  stop: Stop;
}

export default function Sending({ at }: { at: string[] }) {
  const queue = useRead<Queue>("message.queue", { limit: 200 }, ["message.", "sending.", "line.updated", "guard."]);
  const tab: Tab = may("manager") && at[0] && at[0] in words.tabs ? (at[0] as Tab) : "queue";
  return (
    <Pane title={words.title} told={words.told}>
      <Reading of={queue}>{({ stop, total }) => <Switchboard stop={stop} total={total} again={queue.again} />}</Reading>
      {may("manager") && (
        <nav class="row-buttons" aria-label={words.parts}>
          {(Object.entries(words.tabs) as [Tab, string][]).map(([name, said]) => <a class="button" key={name} href={to("sending", name)} aria-current={name === tab ? "true" : undefined}>{said}</a>)}
        </nav>
      )}
      {tab === "queue" && <Reading of={queue}>{(q) => <List queue={q} again={queue.again} />}</Reading>}
      {tab === "limits" && <Limits />}
      {tab === "rules" && <RulesOf />}
      {tab === "quiet" && <QuietHours />}
      {tab === "lines" && <Policies />}
    </Pane>
  );
}

// Switchboard is the one switch for everything. Whoever may write may stop it;
// starting again is a manager's.
function Switchboard({ stop, total, again }: { stop: Stop; total: number; again(): void }) {
  const [asking, ask] = useState<"" | "stop" | "resume">("");
  const [reason, setReason] = useState("");
  return (
    <section class={"big-switch " + (stop.stopped ? "stopped" : "running")} aria-label={words.stop}>
      <StopIcon />
      <div role="status">
        <strong>{stop.stopped ? words.stopped : words.running}</strong>
        {stop.stopped
          ? <p>{stop.reason && <bdi>{stop.reason} </bdi>}{say(words.stoppedBy, { who: stop.by?.name || common.console, time: exact(stop.at) })} {!may("manager") && words.resumeWho}</p>
          : <p>{say(words.n, { n: total })}</p>}
      </div>
      {stop.stopped ? may("manager") && <button type="button" class="button primary" onClick={() => ask("resume")}>{words.resume}</button>
        : may("agent") && <button type="button" class="button danger" onClick={() => ask("stop")}>{words.stop}</button>}
      {asking === "stop" && (
        <Confirm title={words.stop} act={words.stop} danger onClose={() => ask("")} run={async () => { await call("sending.stop", { reason: reason.trim() }); again(); }}
          told={<><p>{words.stopTold}</p><Field label={words.stopReason} hint={words.stopReasonHint}>{(about) => <input {...about} data-first name="reason" dir="auto" autocomplete="off" value={reason} onInput={(e) => setReason(e.currentTarget.value)} />}</Field></>} />
      )}
      {asking === "resume" && (
        <Confirm title={words.resume} act={words.resume} told={<p>{say(words.resumeTold, { n: total })}</p>} onClose={() => ask("")}
          run={async () => { await call("sending.resume", {}); again(); }} />
      )}
    </section>
  );
}

function List({ queue, again }: { queue: Queue; again(): void }) {
  const { error, attempt } = useDoing();
  const act = (method: string, id: string, done = "", what = {}) => void attempt(call(method, { id, ...what }).then(() => { if (done) toast(done); again(); }));
  const columns: Column<Waiting>[] = [
    { head: words.to, cell: ({ message: m }) => <strong dir="ltr">{m.to}</strong> },
    { head: words.text, cell: ({ message: m }) => <bdi class="clip">{m.text}</bdi> },
    { head: words.by, minor: true, cell: ({ message: m }) => <bdi>{lineName(lines.value[m.line])}</bdi> },
    { head: words.waits, cell: (w) => <>{w.words}{w.until && <span class="hint"> {say(words.until, { time: clock(w.until) })}</span>}</> },
    {
      head: words.priority, cell: ({ message: m }) => may("agent") ? (
        <select aria-label={`${words.priority}: ${m.to}`} value={m.priority ?? "normal"} onChange={(e) => act("message.priority", m.id, "", { priority: e.currentTarget.value })}>
          {Object.entries(words.priorities).map(([p, said]) => <option key={p} value={p}>{said}</option>)}
        </select>
      ) : words.priorities[m.priority ?? "normal"],
    },
    {
      head: words.act, cell: ({ message: m, why }) => may("agent") && (
        <span class="row-buttons">
          {m.state === "held"
            ? <button type="button" class="button" aria-label={`${words.release}: ${m.to}`} onClick={() => act("message.release", m.id)}>{words.release}</button>
            : why !== "sending" && <button type="button" class="button" aria-label={`${words.hold}: ${m.to}`} onClick={() => act("message.hold", m.id)}>{words.hold}</button>}
          {why !== "sending" && <button type="button" class="button" aria-label={`${words.cancel}: ${m.to}`} onClick={() => act("message.cancel", m.id, words.cancelled)}>{words.cancel}</button>}
        </span>
      ),
    },
  ];
  return (
    <section class="block">
      <Trouble of={error} />
      <Table name={words.tabs.queue} rows={queue.messages} columns={columns} keyOf={(w) => w.message.id} empty={<p>{words.none}</p>} />
    </section>
  );
}

type Subject = keyof typeof words.subjects;
type Window = keyof typeof words.windows;

interface Limit {
  subject: Subject;
  id?: string;
  window: Window;
  parts: number;
}

interface Status extends Limit {
  used: number;
  left: number;
  refills_at?: string;
}

const unlimited = -1;

function Limits() {
  const list = useRead<{ limits: Status[] }>("limit.list", {}, ["guard.", "message.queued"]);
  const agents = useRead<{ agents: Agent[] }>("agent.list", {}, ["agent."]);
  const nameOf = (l: Limit) => l.subject === "line" ? lineName(lines.value[l.id ?? ""]) || l.id : agents.value?.agents.find((a) => a.id === l.id)?.name ?? l.id;
  const columns: Column<Status>[] = [
    { head: words.whom, cell: (l) => <>{words.subjects[l.subject]}{l.subject !== "box" && <>: <bdi>{l.id ? nameOf(l) : words.everyOne}</bdi></>}</> },
    { head: words.per, cell: (l) => words.windows[l.window] },
    { head: words.used, cell: (l) => l.parts === unlimited ? words.unlimited : <Gauge used={l.used} of={l.parts} label={say(words.usedOf, { used: l.used, parts: l.parts })} /> },
    { head: "", minor: true, cell: (l) => l.refills_at && <span class="hint">{say(words.refills, { time: shortAge(l.refills_at) })}</span> },
  ];
  return (
    <section class="block">
      <p class="hint">{words.limitsTold}</p>
      <Reading of={list}>
        {({ limits }) => <Table name={words.tabs.limits} rows={limits} columns={columns} keyOf={(l) => `${l.subject} ${l.id ?? ""} ${l.window}`} empty={<p>{words.noLimits}</p>} />}
      </Reading>
      {may("owner") && <SetLimit agents={agents.value?.agents ?? []} again={list.again} />}
    </section>
  );
}

function SetLimit({ agents, again }: { agents: Agent[]; again(): void }) {
  const [l, set] = useState<{ subject: Subject; id: string; window: Window; parts: string }>({ subject: "box", id: "", window: "day", parts: "" });
  const [wrong, setWrong] = useState("");
  function submit(e: Event) {
    e.preventDefault();
    if (l.parts.trim() && !/^\d+$/.test(l.parts.trim())) return setWrong(words.partsWrong);
    const parts = l.parts.trim() ? Number(l.parts) : unlimited;
    call("limit.set", { subject: l.subject, ...(l.id && { id: l.id }), window: l.window, parts }).then(() => { setWrong(""); toast(words.saved); again(); }, (e) => setWrong(said(e)));
  }
  const those = l.subject === "line" ? sortedLines.value.map((x) => [x.id, lineName(x)]) : l.subject === "agent" ? agents.map((a) => [a.id, a.name]) : [];
  return (
    <form class="line-form" onSubmit={submit} noValidate aria-label={words.setLimit}>
      <Field label={words.whom}>
        {(about) => <select {...about} value={l.subject} onChange={(e) => set({ ...l, subject: e.currentTarget.value as Subject, id: "" })}>{Object.entries(words.subjects).map(([s, said]) => <option key={s} value={s}>{said}</option>)}</select>}
      </Field>
      {those.length > 0 && (
        <Field label={words.subjects[l.subject]}>
          {(about) => <select {...about} value={l.id} onChange={(e) => set({ ...l, id: e.currentTarget.value })}><option value="">{words.everyOne}</option>{those.map(([id, name]) => <option key={id} value={id}>{name}</option>)}</select>}
        </Field>
      )}
      <Field label={words.per}>
        {(about) => <select {...about} value={l.window} onChange={(e) => set({ ...l, window: e.currentTarget.value as Window })}>{Object.entries(words.windows).map(([w, said]) => <option key={w} value={w}>{said}</option>)}</select>}
      </Field>
      <Field label={words.partsMost} hint={words.partsHint} wrong={wrong}>
        {(about) => <input {...about} name="parts" inputMode="numeric" autocomplete="off" value={l.parts} onInput={(e) => { set({ ...l, parts: e.currentTarget.value }); setWrong(""); }} />}
      </Field>
      <button class="button primary">{words.setLimit}</button>
    </form>
  );
}

interface Rules {
  destinations: string[] | null;
  blocked: string[] | null;
  held: string[] | null;
  costly: keyof typeof words.costlyOf;
}

function RulesOf() {
  const rules = useRead<{ rules: Rules }>("rule.list", {}, ["guard."]);
  const { error, attempt } = useDoing();
  const change = (method: "rule.set" | "rule.delete", what: object) => attempt(call(method, what).then(rules.again));
  return (
    <section class="block">
      <p class="hint">{words.rulesTold}</p>
      <Trouble of={error} />
      <Reading of={rules}>
        {({ rules: r }) => <>
          {([["destinations", words.countries, words.countriesHint], ["blocked", words.blocked, words.blockedHint], ["held", words.held, words.heldHint]] as const).map(([key, label, hint]) => (
            <Entries key={key} label={label} hint={hint} entries={r[key] ?? []} add={(v) => change("rule.set", { [key]: [v] })} remove={(v) => change("rule.delete", { [key]: [v] })} />
          ))}
          <Field label={words.costly}>
            {(about) => (
              <select {...about} value={r.costly} disabled={!may("owner")} onChange={(e) => void change("rule.set", { costly: e.currentTarget.value })}>
                {Object.entries(words.costlyOf).map(([c, said]) => <option key={c} value={c}>{said}</option>)}
              </select>
            )}
          </Field>
        </>}
      </Reading>
    </section>
  );
}

// Entries are a short list that the owner adds to and takes from.
function Entries({ label, hint, entries, add, remove }: { label: string; hint: string; entries: string[]; add(value: string): Promise<boolean>; remove(value: string): Promise<boolean> }) {
  const [typed, type] = useState("");
  return (
    <form class="entries" noValidate onSubmit={(e) => { e.preventDefault(); if (typed.trim()) void add(typed.trim()).then((done) => { if (done) type(""); }); }}>
      <Field label={label} hint={hint}>
        {(about) => may("owner") ? <input {...about} dir="ltr" autocomplete="off" value={typed} onInput={(e) => type(e.currentTarget.value)} /> : <span {...about} />}
      </Field>
      {may("owner") && <button class="button" aria-label={`${words.add}: ${label}`}>{words.add}</button>}
      <ul class="row-buttons">
        {entries.map((v) => <li key={v}><span class="entry" dir="ltr">{v}{may("owner") && <button type="button" class="link" aria-label={`${words.remove}: ${v}`} onClick={() => void remove(v)}>{words.remove}</button>}</span></li>)}
      </ul>
    </form>
  );
}

interface Quiet {
  line: string;
  from: string;
  to: string;
  zone: string;
  recipient?: boolean; // whose clock counts, where a number tells it
  policy: keyof typeof words.policyOf;
  rev?: number;
}

function QuietHours() {
  const list = useRead<{ quiet: Quiet[] }>("quiet.list", {}, ["guard."]);
  const { error, attempt } = useDoing();
  const columns: Column<Quiet>[] = [
    { head: words.by, cell: (q) => <bdi>{lineName(lines.value[q.line]) || q.line}</bdi> },
    { head: words.from, cell: (q) => q.from },
    { head: words.upTo, cell: (q) => q.to },
    { head: words.zone, minor: true, cell: (q) => q.recipient ? `${words.clockOf.recipient} (${q.zone})` : q.zone },
    { head: words.then, cell: (q) => words.policyOf[q.policy] },
    { head: words.act, cell: (q) => may("owner") && <button type="button" class="button" aria-label={`${words.remove}: ${lineName(lines.value[q.line])}`} onClick={() => void attempt(call("quiet.delete", { line: q.line, if_rev: q.rev }).then(list.again))}>{words.remove}</button> },
  ];
  return (
    <section class="block">
      <p class="hint">{words.quietTold}</p>
      <Trouble of={error} />
      <Reading of={list}>{({ quiet }) => <Table name={words.tabs.quiet} rows={quiet} columns={columns} keyOf={(q) => q.line} empty={<p>{words.noQuiet}</p>} />}</Reading>
      {may("owner") && <SetQuiet again={list.again} />}
    </section>
  );
}

function SetQuiet({ again }: { again(): void }) {
  const [q, set] = useState<Quiet>({ line: "", from: "20:00", to: "08:00", zone: Intl.DateTimeFormat().resolvedOptions().timeZone, policy: "hold" });
  const { error, attempt } = useDoing();
  const line = q.line || sortedLines.value[0]?.id || "";
  return (
    <form class="line-form" noValidate aria-label={words.setQuiet} onSubmit={(e) => { e.preventDefault(); void attempt(call("quiet.set", { ...q, line }).then(again)); }}>
      <Field label={words.by}>{(about) => <select {...about} value={line} onChange={(e) => set({ ...q, line: e.currentTarget.value })}>{sortedLines.value.map((l) => <option key={l.id} value={l.id}>{lineName(l)}</option>)}</select>}</Field>
      <Field label={words.from}>{(about) => <input {...about} type="time" value={q.from} onInput={(e) => set({ ...q, from: e.currentTarget.value })} />}</Field>
      <Field label={words.upTo}>{(about) => <input {...about} type="time" value={q.to} onInput={(e) => set({ ...q, to: e.currentTarget.value })} />}</Field>
      <Field label={words.zone}>{(about) => <input {...about} dir="ltr" autocomplete="off" value={q.zone} onInput={(e) => set({ ...q, zone: e.currentTarget.value })} />}</Field>
      <Field label={words.clock} hint={words.clockHint}>{(about) => <select {...about} value={q.recipient ? "recipient" : "line"} onChange={(e) => set({ ...q, recipient: e.currentTarget.value === "recipient" })}>{Object.entries(words.clockOf).map(([c, said]) => <option key={c} value={c}>{said}</option>)}</select>}</Field>
      <Field label={words.then}>{(about) => <select {...about} value={q.policy} onChange={(e) => set({ ...q, policy: e.currentTarget.value as Quiet["policy"] })}>{Object.entries(words.policyOf).map(([p, said]) => <option key={p} value={p}>{said}</option>)}</select>}</Field>
      <button class="button primary">{words.setQuiet}</button>
      <Trouble of={error} />
    </form>
  );
}

interface Policy {
  line?: string;
  pace: number;
  pool: boolean;
  max_parts: number;
  max_characters: number;
  rev?: number;
}

function Policies() {
  const list = useRead<{ policies: Policy[] }>("policy.list", {}, ["guard.", "line.updated"]);
  return (
    <section class="block">
      <p class="hint">{words.linesTold}</p>
      <Reading of={list}>
        {({ policies }) => <>{sortedLines.value.map((l) => <PolicyForm key={l.id} policy={policies.find((p) => p.line === l.id) ?? { line: l.id, pace: 0, pool: false, max_parts: 0, max_characters: 0 }} again={list.again} />)}</>}
      </Reading>
    </section>
  );
}

function PolicyForm({ policy, again }: { policy: Policy; again(): void }) {
  const [p, set] = useState(policy);
  const { error, attempt } = useDoing();
  const name = lineName(lines.value[policy.line ?? ""]);
  const save = ({ rev, ...what }: Policy) => void attempt(call<{ policies: Policy[] }>("policy.set", { ...what, ...(rev && { if_rev: rev }) }).then(({ policies }) => {
    set(policies.find((q) => q.line === what.line)!);
    toast(words.saved);
    again();
  }));
  const figure = (label: string, hint: string, key: "pace" | "max_parts" | "max_characters") => (
    <Field label={label} hint={hint}>
      {(about) => <input {...about} type="number" min="0" disabled={!may("owner")} value={p[key]} onInput={(e) => set({ ...p, [key]: Number(e.currentTarget.value) })} />}
    </Field>
  );
  return (
    <form class="block card-block" aria-label={name} noValidate onSubmit={(e) => { e.preventDefault(); save(p); }}>
      <h3><bdi>{name}</bdi></h3>
      <div class="line-form">
        {figure(words.pace, words.paceHint, "pace")}
        {figure(words.maxParts, words.maxPartsHint, "max_parts")}
        {figure(words.maxCharacters, words.maxCharactersHint, "max_characters")}
        {may("owner") && <button class="button primary">{common.save}</button>}
      </div>
      {may("owner") && <Switch label={words.pool} hint={words.poolHint} on={p.pool} set={(pool) => { set({ ...p, pool }); save({ ...p, pool }); }} />}
      <Trouble of={error} />
    </form>
  );
}
