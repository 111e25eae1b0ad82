// Radio: the modems as they are now, what the doctor says of them, what was
// done about faults, and the conversation with them.

import { useEffect, useRef, useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { Wrong } from "../dialog";
import { Confirm, Pane, said, toast } from "../kit";
import { may, to } from "../rooms";
import { call, state } from "../socket";
import { lineName, lines } from "../store";
import { exact, shortAge } from "../time";
import { words as common } from "../words";
import { type Column, Field, Reading, Switch, Table, useRead } from "./kit";

const words = catalog("radio", {
  title: "Radio",
  told: "The modems of this box, what is wrong with them, and what to do about it.",
  modems: "Modems",
  modem: "Modem",
  port: "Port",
  line: "Number",
  state: "State",
  states: { opening: "Being opened", ready: "Ready", failed: "Fault", absent: "Unplugged" } as Record<string, string>,
  access: "Access",
  stores: "Texts in its memory",
  heat: "{n} °C",
  none: "No modem was found. Plug one in: it shows here by itself within a second.",
  doctor: "Doctor",
  ask: "Examine now",
  asking: "Examining…",
  levels: { fault: "Fault", warning: "Warning", note: "Note", fine: "Fine" } as Record<string, string>,
  facts: "What {port} answered",
  journal: "Journal",
  journalTold: "Every step that the box took by itself, in plain words.",
  quiet: "Nothing has happened.",
  tests: "Self-tests",
  testsTold: "A text that a number sends to another of this box, or to itself. It costs what a text costs; {n} in the last day.",
  test: "Send a test text",
  testFrom: "From",
  testState: { running: "On its way", arrived: "Arrived", lost: "Lost", failed: "Failed" } as Record<string, string>,
  took: "{s} s",
  most: "at most {s}",
  latency: "Time from press to arrival, in seconds, oldest first",
  wire: "The wire",
  wireTold: "What is said between the box and its modems, live. PINs, texts and most digits are covered.",
  follow: "Show the conversation",
  console: "Command to {port}",
  consoleHint: "Only commands that read are let through. Each one is written into the audit.",
  unsafe: "Let everything through",
  type: "Send the command",
  restart: "Restart",
  restartTold: "The modem is switched off and on. It is away for about half a minute; texts wait meanwhile, and nothing is lost.",
  restarted: "{port} is being restarted.",
});

interface Modem {
  port: string;
  place?: string;
  state: string;
  reason?: string;
  line?: string;
  manufacturer?: string;
  model?: string;
  access?: string;
  temperature_c?: number;
  memories?: { memory: string; used: number; total: number }[];
}

export default function Radio({ at }: { at: string[] }) {
  const modems = useRead<{ modems: Modem[] }>("modem.list", {}, ["modem.", "line."]);
  const manager = may("manager");
  return (
    <Pane title={words.title} told={words.told}>
      <Reading of={modems}>{({ modems: found }) => <Modems list={found} />}</Reading>
      {manager && <Doctor />}
      {manager && <SelfTests />}
      {manager && <Journal />}
      {may("owner") && <Wire port={at[0] ?? ""} ports={modems.value?.modems.map((m) => m.port) ?? []} />}
    </Pane>
  );
}

function Modems({ list }: { list: Modem[] }) {
  const [restarting, restart] = useState("");
  const columns: Column<Modem>[] = [
    { head: words.modem, cell: (m) => <><strong><bdi>{[m.manufacturer, m.model].filter(Boolean).join(" ") || "–"}</bdi></strong><div class="hint"><code>{m.port}</code></div></> },
    { head: words.line, cell: (m) => <bdi>{m.line ? lineName(lines.value[m.line]) : "–"}</bdi> },
    { head: words.state, cell: (m) => <><span class={"state-tag " + m.state}>{words.states[m.state] ?? m.state}</span>{m.reason && <div class="hint"><bdi lang="en">{m.reason}</bdi></div>}</> },
    { head: words.access, minor: true, cell: (m) => <bdi>{[m.access, m.temperature_c && say(words.heat, { n: m.temperature_c })].filter(Boolean).join(" · ") || "–"}</bdi> },
    { head: words.stores, cell: (m) => (m.memories ?? []).map((s) => <Meter key={s.memory} name={s.memory} used={s.used} total={s.total} />) },
    { head: words.restart, cell: (m) => may("owner") && <button type="button" class="button" aria-label={`${words.restart}: ${m.port}`} onClick={() => restart(m.port)}>{words.restart}</button> },
  ];
  return (
    <section class="block">
      <h3>{words.modems}</h3>
      <Table name={words.modems} rows={list} columns={columns} keyOf={(m) => m.port} empty={<p>{words.none}</p>} />
      {restarting && (
        <Confirm title={words.restart + " " + restarting} told={<p>{words.restartTold}</p>} act={words.restart} onClose={() => restart("")}
          run={async () => { await call("modem.reset", { modem: restarting }); toast(say(words.restarted, { port: restarting })); }} />
      )}
    </section>
  );
}

function Meter({ name, used, total }: { name: string; used: number; total: number }) {
  return <span class="meter"><meter min={0} max={total} high={total * 0.8} value={used} aria-label={name} /> <bdi>{name} {used}/{total}</bdi></span>;
}

interface Diagnosis {
  at: string;
  findings: { level: string; rule: string; where?: string; cause: string; next?: string }[];
  modems: { port: string; facts: { name: string; command: string; answer?: string; state: string; words?: string }[] }[];
}

function Doctor() {
  const [found, setFound] = useState<Diagnosis | null>(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  function examine() {
    if (busy) return;
    setBusy(true);
    call<{ diagnosis: Diagnosis }>("doctor.get", {})
      .then((a) => { setFound(a.diagnosis); setWrong(""); }, (e) => setWrong(said(e)))
      .finally(() => setBusy(false));
  }
  return (
    <section class="block">
      <div class="block-head"><h3>{words.doctor}</h3><button type="button" class="button" aria-disabled={busy} onClick={examine}>{busy ? words.asking : words.ask}</button></div>
      <Wrong id="wrong-doctor">{wrong}</Wrong>
      <div role="status">
        {found?.findings.map((f, i) => (
          <div class={"finding " + f.level} key={i}>
            <strong>{words.levels[f.level] ?? f.level}{f.where && <> · <bdi>{f.where}</bdi></>}</strong>
            <p><bdi lang="en">{f.cause}</bdi></p>
            {f.next && <p class="next"><bdi lang="en">{f.next}</bdi></p>}
          </div>
        ))}
      </div>
      {found?.modems.map((m) => (
        <details class="more" key={m.port}>
          <summary>{say(words.facts, { port: m.port })}</summary>
          <dl class="facts">{m.facts.map((f) => <div key={f.name}><dt><bdi lang="en">{f.name}</bdi> <code>{f.command}</code></dt><dd><bdi lang="en">{f.words || f.answer}</bdi></dd></div>)}</dl>
        </details>
      ))}
    </section>
  );
}

interface SelfTest {
  id: string;
  from: string;
  to: string;
  state: string;
  reason?: string;
  latency_ms?: number;
  started_at: string;
}

function SelfTests() {
  const list = useRead<{ self_tests: SelfTest[]; cost: number }>("selftest.list", { limit: 50 }, ["selftest."]);
  const [wrong, setWrong] = useState("");
  const all = Object.values(lines.value);
  return (
    <section class="block">
      <h3>{words.tests}</h3>
      <p class="hint">{say(words.testsTold, { n: list.value?.cost ?? 0 })}</p>
      <div class="row-buttons">
        {all.filter((l) => l.state === "ready").map((l) => (
          <button type="button" class="button" key={l.id} onClick={() => void call("selftest.run", { line: l.id }).then(() => setWrong(""), (e) => setWrong(said(e)))}>
            {words.test}{common.colon}<bdi>{lineName(l)}</bdi>
          </button>
        ))}
      </div>
      <Wrong id="wrong-selftest">{wrong}</Wrong>
      <Plot points={(list.value?.self_tests ?? []).filter((t) => t.latency_ms).map((t) => t.latency_ms! / 1000).reverse()} title={words.latency} />
      <ul class="notes">
        {(list.value?.self_tests ?? []).slice(0, 8).map((t) => (
          <li key={t.id}><time title={exact(t.started_at)}>{shortAge(t.started_at)}</time> <bdi>{lineName(lines.value[t.from])}</bdi> → <bdi>{lineName(lines.value[t.to])}</bdi>: {words.testState[t.state] ?? t.state}{t.latency_ms ? " · " + say(words.took, { s: (t.latency_ms / 1000).toFixed(1) }) : ""} <bdi lang="en">{t.reason}</bdi></li>
        ))}
      </ul>
    </section>
  );
}

// Plot draws figures in a row, the oldest first.
export function Plot({ points, title }: { points: number[]; title: string }) {
  if (points.length < 2) return null;
  const most = Math.max(...points);
  const at = points.map((p, i) => `${(i / (points.length - 1)) * 300},${58 - (p / most) * 52}`);
  return (
    <figure class="plot">
      <svg viewBox="0 0 300 60" role="img" aria-label={`${title}: ${points.map((p) => p.toFixed(1)).join(", ")}`} preserveAspectRatio="none"><polyline points={at.join(" ")} /></svg>
      <figcaption class="hint">{title} · {say(words.most, { s: most.toFixed(1) })}</figcaption>
    </figure>
  );
}

interface Note {
  at: string;
  port?: string;
  line?: string;
  words: string;
  level: string;
}

function Journal() {
  const list = useRead<{ notes: Note[] }>("journal.list", { limit: 50 }, ["line.note", "modem.note"]);
  return (
    <section class="block">
      <h3>{words.journal}</h3>
      <p class="hint">{words.journalTold}</p>
      <Reading of={list}>
        {({ notes }) => notes.length === 0 ? <p class="hint">{words.quiet}</p> : (
          <ul class="notes">{notes.map((n, i) => <li key={i} class={n.level}><time dateTime={n.at} title={exact(n.at)}>{shortAge(n.at)}</time> {n.port && <code>{n.port}</code>} <bdi lang="en">{n.words}</bdi></li>)}</ul>
        )}
      </Reading>
    </section>
  );
}

interface Said {
  seq: number;
  port: string;
  line: string;
}

const kept = 200;

function Wire({ port, ports }: { port: string; ports: string[] }) {
  const [on, setOn] = useState(false);
  const [unsafe, setUnsafe] = useState(false);
  const [typed, type] = useState("");
  const [wrong, setWrong] = useState("");
  const chosen = port || ports[0] || "";
  const lines = useTranscript(chosen, on);
  function submit(e: Event) {
    e.preventDefault();
    call("modem.at", { modem: chosen, line: typed, unsafe }).then(() => { type(""); setWrong(""); setOn(true); }, (e) => setWrong(said(e)));
  }
  if (!chosen) return null;
  return (
    <section class="block">
      <h3>{words.wire}</h3>
      <p class="hint">{words.wireTold}</p>
      <div class="row-buttons">{ports.map((p) => <a class="button" key={p} href={to("radio", p)} aria-current={p === chosen ? "true" : undefined}><code>{p}</code></a>)}</div>
      <Switch label={words.follow} on={on} set={setOn} />
      {on && <Transcript lines={lines} />}
      <form class="line-form" onSubmit={submit}>
        <Field label={say(words.console, { port: chosen })} hint={words.consoleHint} wrong={wrong}>
          {(about) => <input {...about} class="mono" dir="ltr" autocomplete="off" spellcheck={false} placeholder="AT+CSQ" value={typed} onInput={(e) => type(e.currentTarget.value)} />}
        </Field>
        <button class="button">{words.type}</button>
      </form>
      <Switch label={words.unsafe} on={unsafe} set={setUnsafe} />
    </section>
  );
}

function Transcript({ lines }: { lines: Said[] }) {
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => { if (box.current) box.current.scrollTop = box.current.scrollHeight; }, [lines]);
  return <pre class="wire" ref={box} tabIndex={0} dir="ltr">{lines.map((l) => l.line).join("\n")}</pre>;
}

// useTranscript follows a modem's conversation as long as it is shown.
function useTranscript(port: string, on: boolean): Said[] {
  const [lines, setLines] = useState<Said[]>([]);
  useEffect(() => {
    if (!on || state.value !== "live") return;
    let current = true;
    void (async () => {
      for (let seq = 0; current;) {
        try {
          const { said: more } = await call<{ said: Said[] }>("modem.transcript", { port, seq, wait_s: 10 });
          if (!current) return;
          if (more.length > 0) {
            seq = more.at(-1)!.seq;
            setLines((old) => [...old, ...more].slice(-kept));
          }
        } catch {
          return;
        }
      }
    })();
    return () => { current = false; setLines([]); };
  }, [port, on, state.value]);
  return lines;
}
