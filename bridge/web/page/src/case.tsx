// The case panel: the work with this number, who has it, how long the person
// waits, and what was written beside it. Closing a case is not closing a chat:
// a closed chat leaves one's own list only, a closed case is done for all.

import { useEffect, useState } from "preact/hooks";
import { catalog, say } from "./catalog";
import { Wrong } from "./dialog";
import { Fact } from "./details";
import { Confirm, said, toast } from "./kit";
import { useNow } from "./offer";
import type { Case, CasePop } from "./protocol";
import { call, state } from "./socket";
import type { Head } from "./store";
import { clock, exact, span } from "./time";
import { words as common } from "./words";
import { casesOf, colleagues, mayWrite, me, putCases } from "./work";

const words = catalog("case", {
  title: "Case",
  none: "No case is open with this number.",
  open: "Open a case",
  owner: "With",
  mine: "you",
  nobody: "nobody: it was released",
  began: "Began",
  age: "Age",
  waits: "Waits for an answer",
  ended: "Closed",
  outcome: "Outcome",
  outcomeHint: "Such as solved, or call again.",
  notes: "Notes",
  note: "Add a note",
  noteHint: "Only your team sees it.",
  add: "Add",
  keep: "Keep",
  transfer: "Transfer",
  transferTo: "To",
  choose: "Choose a colleague",
  offline: "{who} (offline)",
  transferNote: "What should they know?",
  release: "Release",
  releaseAsk: "Give this case back?",
  releaseTold: "It is offered to your colleagues again. Its notes stay with it.",
  close: "Close case",
  closeAsk: "Close case {reference}?",
  closeTold: "The work is done, for everybody. The chat stays in your list; a later text can continue the case.",
  goOn: "Continue this case",
  elsewhere: "Open in the CRM",
  lookup: "Looked up",
  kind: { note: "", transfer: "Transfer", release: "Release" } as Record<string, string>,
  earlier: "Earlier cases",
});

export function Cases({ thread: t }: { thread: Head }) {
  if (t.channel === "chat") return null;
  const list = casesOf(t.id);
  const [c, ...earlier] = list;
  const openNew = () => void call<CasePop>("case.open", { to: { thread: t.id } }).then((p) => putCases([p.case]), (e) => toast(said(e)));
  if (!c) return mayWrite.value ? <p class="case-none"><button type="button" class="button" onClick={openNew}>{words.open}</button></p> : null;
  return (
    <section class="about case" aria-label={words.title}>
      <One key={c.id} of={c} />
      {c.state === "closed" && mayWrite.value && <button type="button" class="button" onClick={openNew}>{words.open}</button>}
      {earlier.length > 0 && (
        <details><summary>{words.earlier}</summary>
          <ul class="earlier">{earlier.map((e) => <li key={e.id}><span class="tag">{e.reference}</span> {exact(e.opened_at)}{e.outcome && <> · <bdi>{e.outcome}</bdi></>}</li>)}</ul>
        </details>
      )}
    </section>
  );
}

type Asking = "" | "transfer" | "release" | "close";

function One({ of: c }: { of: Case }) {
  const now = useNow();
  const [asking, ask] = useState<Asking>("");
  const open = c.state === "open";
  const change = (method: string, params: object = {}) => call<{ case: Case }>(method, { id: c.id, ...params }).then((a) => putCases([a.case]));

  // The list does not say where an outside CRM shows it; the case itself does.
  useEffect(() => {
    if (state.value === "live") void call<{ case: Case }>("case.get", { id: c.id }).then((a) => putCases([a.case]), () => {});
  }, [c.id]);

  return (
    <>
      <h3>{words.title} <span class="tag">{c.reference}</span></h3>
      <dl class="facts">
        <Fact name={words.owner} value={c.owner ? (c.owner === me.value ? words.mine : c.owner_name ?? "") : words.nobody} />
        <Fact name={words.began} value={exact(c.started_at)} />
        {open && <Fact name={words.age} value={span(now - Date.parse(c.started_at))} />}
        {c.closed_at && <Fact name={words.ended} value={exact(c.closed_at)} />}
        {c.lookup?.name && <Fact name={words.lookup} value={[c.lookup.name, c.lookup.address].filter(Boolean).join(", ")} />}
        {Object.entries(c.lookup?.fields ?? {}).map(([k, v]) => <Fact key={k} name={k} value={v} />)}
      </dl>
      {open && c.waiting_since && <p class="waits" role="timer">{words.waits}{common.colon}<strong>{span(now - Date.parse(c.waiting_since))}</strong></p>}
      {c.lookup?.error && <p class="hint">{c.lookup.error}</p>}
      {/^https?:/i.test(c.pop_url ?? "") && <p><a class="button" href={c.pop_url} target="_blank" rel="noopener noreferrer">{words.elsewhere}</a></p>}
      {mayWrite.value && <Outcome of={c} save={(outcome) => change("case.outcome", { outcome })} />}
      <Notes of={c} save={(note) => change("case.note", { note })} />
      {mayWrite.value && (open ? (
        <p class="case-do">
          <button type="button" class="button" onClick={() => ask("transfer")}>{words.transfer}</button>
          {c.owner && <button type="button" class="button" onClick={() => ask("release")}>{words.release}</button>}
          <button type="button" class="button" onClick={() => ask("close")}>{words.close}</button>
        </p>
      ) : <button type="button" class="button primary" onClick={() => void call<CasePop>("case.continue", { id: c.id }).then((p) => putCases([p.case]), (e) => toast(said(e)))}>{words.goOn}</button>)}
      {asking === "transfer" && <Transfer of={c} run={(to, note) => change("case.transfer", { to, note })} onClose={() => ask("")} />}
      {asking === "release" && <Confirm title={words.releaseAsk} told={words.releaseTold} act={words.release} run={() => change("case.release")} onClose={() => ask("")} />}
      {asking === "close" && <Confirm title={say(words.closeAsk, { reference: c.reference })} told={words.closeTold} act={words.close} run={() => change("case.close")} onClose={() => ask("")} />}
    </>
  );
}

function Outcome({ of: c, save }: { of: Case; save(outcome: string): Promise<unknown> }) {
  const [text, setText] = useState(c.outcome ?? "");
  const [wrong, setWrong] = useState("");
  useEffect(() => setText(c.outcome ?? ""), [c.outcome]);
  return (
    <form class="case-line" onSubmit={(e) => { e.preventDefault(); save(text).then(() => setWrong(""), (e) => setWrong(said(e))); }}>
      <label class="field">{words.outcome}<input name="outcome" value={text} dir="auto" maxLength={80} placeholder={words.outcomeHint} onInput={(e) => setText(e.currentTarget.value)} /></label>
      {text !== (c.outcome ?? "") && <button class="button">{words.keep}</button>}
      <Wrong id="wrong-outcome">{wrong}</Wrong>
    </form>
  );
}

function Notes({ of: c, save }: { of: Case; save(note: string): Promise<unknown> }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  return (
    <>
      {!!c.notes?.length && (
        <ul class="case-notes" aria-label={words.notes}>
          {c.notes.map((n) => (
            <li key={n.n}><span class="hint">{[words.kind[n.kind], n.author.name, clock(n.at)].filter(Boolean).join(" · ")}</span><p dir="auto">{n.text}</p></li>
          ))}
        </ul>
      )}
      {mayWrite.value && (
        <form class="case-line" onSubmit={(e) => { e.preventDefault(); if (text.trim()) save(text.trim()).then(() => { setText(""); setWrong(""); }, (e) => setWrong(said(e))); }}>
          <label class="field">{words.note}<textarea name="note" rows={2} value={text} dir="auto" placeholder={words.noteHint} onInput={(e) => setText(e.currentTarget.value)} /></label>
          {text.trim() && <button class="button">{words.add}</button>}
          <Wrong id="wrong-note">{wrong}</Wrong>
        </form>
      )}
    </>
  );
}

function Transfer({ of: c, run, onClose }: { of: Case; run(to: string, note: string): Promise<unknown>; onClose(): void }) {
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  const others = Object.values(colleagues.value).filter((a) => a.id !== c.owner && a.role !== "viewer" && a.role !== "service").sort((a, b) => a.name.localeCompare(b.name));
  return (
    <Confirm title={words.transfer} act={words.transfer} onClose={onClose} run={() => run(to, note)} told={
      <>
        <label class="field">{words.transferTo}
          <select data-first value={to} onChange={(e) => setTo(e.currentTarget.value)}>
            <option value="">{words.choose}</option>
            {others.map((a) => <option key={a.id} value={a.id}>{a.presence.online ? a.name : say(words.offline, { who: a.name })}</option>)}
          </select>
        </label>
        <label class="field">{words.transferNote}<textarea rows={3} value={note} dir="auto" onInput={(e) => setNote(e.currentTarget.value)} /></label>
      </>
    } />
  );
}
