// Usage: what went over the numbers, by whom and when, how long people waited,
// and how much of it came. It shows only where texting is on for a number and
// for somebody.

import { useState } from "preact/hooks";
import { catalog, say, tag } from "../catalog";
import { replyTo } from "../goto";
import { Pane, Trouble } from "../kit";
import { may } from "../rooms";
import { lineName, lines, session, sortedLines } from "../store";
import { exact, shortAge, span } from "../time";
import { words as common } from "../words";
import { Choice, type Column, Field, Reading, Table, useDoing, useRead } from "./kit";

const words = catalog("usage", {
  title: "Usage",
  told: "What went over the numbers of this box.",
  toldOwn: "What you wrote yourself. A manager sees everybody’s.",
  days: "Time",
  last: { 7: "7 days", 30: "30 days", 90: "90 days" },
  number: "Number",
  all: "All",
  perDay: "Each day",
  perNumber: "Each number",
  perAgent: "Each person",
  day: "Day",
  who: "Who",
  programs: "Programs and what came in",
  received: "Received",
  sent: "Sent",
  delivered: "Delivered",
  failed: "Failed",
  unconfirmed: "Unconfirmed",
  parts: "Parts paid for",
  csv: "Table for other programs (CSV)",
  none: "Nothing went over a number in that time.",
  off: "Texting is switched off, or nobody is allowed to text yet, so there are no figures. The owner changes it under Numbers, Team and Settings.",
  bars: "{day}: {received} received, {sent} sent",
  answers: "Time to an answer",
  half: "Half within",
  nine: "Nine of ten within",
  count: "Answers",
  longer: "longer than a day",
  waiting: "Waiting now",
  nobodyWaits: "Nobody waits for an answer.",
  since: "Waits for",
  reply: "Reply",
  act: "Actions",
  noAnswers: "No answer was given in that time.",
  rate: "Delivery rate",
  rateTold: "Of the texts that the network reported on.",
  rateOn: "{day}: {percent}",
  latency: "From the modem to this box",
  latencyTold: "Milliseconds from the modem’s notice until the text is kept.",
  middle: "Half within",
  worst: "Slowest",
  texts: "Texts",
});

interface Figures {
  day?: string;
  line?: string;
  agent?: string;
  received: number;
  sent: number;
  delivered: number;
  undelivered: number;
  failed: number;
  unconfirmed: number;
  parts: number;
}

interface UsageAnswer {
  usage: Figures[];
  sms_enabled: boolean;
}

type Days = keyof typeof words.last;

const events = ["message.", "setting.", "access."];

// dayBefore is the local day so many days ago, as the box names days.
function dayBefore(days: number): string {
  const d = new Date();
  d.setDate(d.getDate() - days);
  return [d.getFullYear(), d.getMonth() + 1, d.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
}

export default function Usage() {
  const [days, setDays] = useState<Days>(30);
  const [line, setLine] = useState("");
  const asked = { from: dayBefore(days - 1), ...(line && { line }) };
  const perDay = useRead<UsageAnswer>("stats.usage", { ...asked, by: "day" }, events);
  const on = perDay.value?.sms_enabled;
  const csv = "/api/v1/stats/usage.csv?" + new URLSearchParams({ ...asked, by: "day,line,agent" }).toString();
  return (
    <Pane title={words.title} told={may("manager") ? words.told : words.toldOwn} act={on && <a class="button" href={csv} download>{words.csv}</a>}>
      <Reading of={perDay}>
        {({ usage, sms_enabled }) => !sms_enabled ? <p class="empty">{words.off}</p> : <>
          <div class="filters">
            <Choice label={words.days} value={days} set={(d) => setDays(d)} of={(Object.entries(words.last) as unknown as [string, string][]).map(([d, said]) => [Number(d) as Days, said])} />
            {sortedLines.value.length > 1 && (
              <Field label={words.number}>
                {(about) => <select {...about} value={line} onChange={(e) => setLine(e.currentTarget.value)}><option value="">{words.all}</option>{sortedLines.value.map((l) => <option key={l.id} value={l.id}>{lineName(l)}</option>)}</select>}
              </Field>
            )}
          </div>
          <Totals usage={usage} />
          <section class="block"><h3>{words.perDay}</h3><DayBars usage={usage} days={days} /></section>
          <Split title={words.perNumber} by="line" asked={asked} name={(f) => lineName(lines.value[f.line ?? ""]) || f.line || ""} />
          {may("manager") && <People asked={asked} />}
          <AnswerTimes asked={asked} />
          {may("manager") && <DeliveryRate asked={asked} />}
          {may("manager") && <LatencyTable />}
        </>}
      </Reading>
    </Pane>
  );
}

const shown = ["received", "sent", "delivered", "failed", "unconfirmed", "parts"] as const;

function figure(n: number): string {
  return new Intl.NumberFormat(tag()).format(n);
}

function Totals({ usage }: { usage: Figures[] }) {
  return (
    <dl class="totals">
      {shown.map((k) => <div key={k} data-figure={k}><dt>{words[k]}</dt><dd>{figure(usage.reduce((n, f) => n + f[k], 0))}</dd></div>)}
    </dl>
  );
}

const high = 80;
const wide = 12;

// DayBars are two bars for each day, for what came and what went.
function DayBars({ usage, days }: { usage: Figures[]; days: number }) {
  const of = new Map(usage.map((f) => [f.day, f]));
  const list = Array.from({ length: days }, (_, i) => dayBefore(days - 1 - i)).map((day) => of.get(day) ?? { day, received: 0, sent: 0 });
  const top = Math.max(1, ...list.flatMap((f) => [f.received, f.sent]));
  const tall = (n: number) => n * (high - 4) / top;
  if (usage.length === 0) return <p class="hint">{words.none}</p>;
  return (
    <figure class="bars-plot">
      <svg viewBox={`0 0 ${list.length * wide} ${high}`} preserveAspectRatio="none" role="img" aria-label={words.perDay}>
        {list.map((f, i) => (
          <g key={f.day}>
            <title>{say(words.bars, { day: f.day ?? "", received: f.received, sent: f.sent })}</title>
            <rect class="ground" x={i * wide} y="0" width={wide} height={high} />
            <rect class="got" x={i * wide + 1.5} y={high - tall(f.received)} width="4" height={tall(f.received)} />
            <rect class="gave" x={i * wide + 6.5} y={high - tall(f.sent)} width="4" height={tall(f.sent)} />
          </g>
        ))}
      </svg>
      <figcaption class="hint"><span>{list[0].day}</span><span><i class="got" aria-hidden="true" />{words.received} <i class="gave" aria-hidden="true" />{words.sent} · {figure(top)}</span><span>{list.at(-1)!.day}</span></figcaption>
    </figure>
  );
}

function Split({ title, by, asked, name }: { title: string; by: "line" | "agent"; asked: object; name(f: Figures): string }) {
  const read = useRead<UsageAnswer>("stats.usage", { ...asked, by }, events);
  const columns: Column<Figures>[] = [
    { head: by === "line" ? words.number : words.who, cell: (f) => <strong><bdi>{name(f)}</bdi></strong> },
    ...shown.map((k) => ({ head: words[k], number: true, minor: k === "unconfirmed", cell: (f: Figures) => figure(f[k]) })),
  ];
  return (
    <section class="block">
      <h3>{title}</h3>
      <Reading of={read}>{({ usage }) => <Table name={title} rows={usage} columns={columns} keyOf={(f) => f[by] ?? ""} empty={<p>{words.none}</p>} />}</Reading>
    </section>
  );
}

interface Team {
  colleagues: { id: string; name: string }[];
}

// nameIn finds who an account is: a colleague, or oneself.
function nameIn(team: Team | undefined, id: string | undefined): string {
  const own = session.value?.agent;
  return team?.colleagues.find((a) => a.id === id)?.name ?? (own?.id === id ? own?.name : undefined) ?? id ?? "";
}

function People({ asked }: { asked: object }) {
  const team = useRead<Team>("agent.directory", {});
  return <Split title={words.perAgent} by="agent" asked={asked} name={(f) => f.agent ? nameIn(team.value, f.agent) : words.programs} />;
}

interface Answers {
  agent: string;
  count: number;
  within_p50_s: number;
  within_p90_s: number;
}

interface Waits {
  number: string;
  line: string;
  thread: string;
  since: string;
}

function AnswerTimes({ asked }: { asked: object }) {
  const read = useRead<{ answers: Answers[]; waiting: Waits[]; waiting_count: number }>("stats.answer", asked, ["message.", "case."]);
  const team = useRead<Team>("agent.directory", {});
  const { error, attempt } = useDoing();
  const within = (s: number) => s ? span(s * 1000) : words.longer;
  const columns: Column<Answers>[] = [
    { head: words.who, cell: (a) => <strong><bdi>{nameIn(team.value, a.agent)}</bdi></strong> },
    { head: words.count, number: true, cell: (a) => figure(a.count) },
    { head: words.half, number: true, cell: (a) => within(a.within_p50_s) },
    { head: words.nine, number: true, cell: (a) => within(a.within_p90_s) },
  ];
  const waits: Column<Waits>[] = [
    { head: words.who, cell: (w) => <strong dir="ltr">{w.number}</strong> },
    { head: words.number, minor: true, cell: (w) => <bdi>{lineName(lines.value[w.line])}</bdi> },
    { head: words.since, cell: (w) => <time title={exact(w.since)}>{shortAge(w.since)}</time> },
    { head: words.act, cell: (w) => <button type="button" class="button" aria-label={`${words.reply}: ${w.number}`} onClick={() => void attempt(replyTo(w.thread))}>{words.reply}</button> },
  ];
  return (
    <section class="block">
      <h3>{words.answers}</h3>
      <Trouble of={error} />
      <Reading of={read}>
        {({ answers, waiting, waiting_count }) => <>
          <Table name={words.answers} rows={answers} columns={columns} keyOf={(a) => a.agent} empty={<p>{words.noAnswers}</p>} />
          <h4>{words.waiting}{common.colon}{figure(waiting_count)}</h4>
          <Table name={words.waiting} rows={waiting} columns={waits} keyOf={(w) => w.thread + w.line} empty={<p>{words.nobodyWaits}</p>} />
        </>}
      </Reading>
    </section>
  );
}

function DeliveryRate({ asked }: { asked: object }) {
  const read = useRead<{ delivery: { day: string; sent: number; delivered: number; undelivered: number; rate: number }[] }>("stats.delivery", { ...asked, by: "day" }, ["message."]);
  const percent = new Intl.NumberFormat(tag(), { style: "percent", maximumFractionDigits: 1 });
  return (
    <section class="block">
      <h3>{words.rate}</h3>
      <p class="hint">{words.rateTold}</p>
      <Reading of={read}>
        {({ delivery }) => {
          const known = delivery.filter((d) => d.delivered + d.undelivered > 0);
          if (known.length === 0) return <p class="hint">{words.none}</p>;
          return (
            <ul class="rates">
              {known.map((d) => <li key={d.day}><span>{d.day}</span><meter min="0" max="1" low={0.8} optimum={1} value={d.rate} aria-label={say(words.rateOn, { day: d.day, percent: percent.format(d.rate) })} /><span>{percent.format(d.rate)}</span></li>)}
            </ul>
          );
        }}
      </Reading>
    </section>
  );
}

function LatencyTable() {
  const read = useRead<{ latency: { line: string; count: number; p50_ms: number; p99_ms: number; worst_ms: number }[] }>("stats.latency", {}, ["message.received"]);
  const columns: Column<{ line: string; count: number; p50_ms: number; p99_ms: number; worst_ms: number }>[] = [
    { head: words.number, cell: (l) => <strong><bdi>{lineName(lines.value[l.line]) || l.line}</bdi></strong> },
    { head: words.texts, number: true, cell: (l) => figure(l.count) },
    { head: words.middle, number: true, cell: (l) => figure(l.p50_ms) },
    { head: "99 %", number: true, cell: (l) => figure(l.p99_ms) },
    { head: words.worst, number: true, minor: true, cell: (l) => figure(l.worst_ms) },
  ];
  return (
    <section class="block">
      <h3>{words.latency}</h3>
      <p class="hint">{words.latencyTold}</p>
      <Reading of={read}>{({ latency }) => <Table name={words.latency} rows={latency} columns={columns} keyOf={(l) => l.line} empty={<p>{words.none}</p>} />}</Reading>
    </section>
  );
}
