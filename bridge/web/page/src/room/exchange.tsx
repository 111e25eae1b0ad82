// Contacts from a file and into one: a look at what would be comes before
// anything is kept, and nobody is kept twice.

import { useState } from "preact/hooks";
import { catalog, type Plural, say } from "../catalog";
import { Dialog } from "../dialog";
import { toast, Trouble } from "../kit";
import type { Contact } from "../protocol";
import { ask } from "../rest";
import { Choice, Field, useDoing } from "./kit";

export const words = catalog("exchange", {
  title: "Contacts from and to files",
  open: "Files",
  into: "Take contacts out",
  vcard: "As vCard",
  csv: "As a table (CSV)",
  from: "Bring contacts in",
  fromHint: "A vCard file (.vcf) of any phone or mail program, or a table (.csv) whose first line names the columns. Texts of other gateways come in with the command smsbridge import.",
  file: "File",
  paste: "Or paste it",
  country: "Country code of numbers without one",
  countryHint: "Such as 49. Empty: such numbers are left out.",
  rule: "Who is known already by a number",
  rules: { fill: "Gets what is missing", replace: "Is replaced by the file", skip: "Stays as it is" },
  look: "Look at it first",
  would: "This would be kept",
  result: { added: "New", changed: "Changed", unchanged: "As before", left: "Left out" },
  why: { one: "{n} was left out:", other: "{n} were left out:" } as Plural,
  firstOf: "The first of them",
  keep: "Keep them",
  kept: { one: "{n} contact was added or changed.", other: "{n} contacts were added or changed." } as Plural,
  nothing: "Choose a file, or paste what is in it.",
  nobody: "Nobody in it would be new or change.",
});

interface Imported {
  added: number;
  changed: number;
  unchanged: number;
  left_out: number;
  faults?: string[];
  contacts: Contact[] | null;
}

type Rule = keyof typeof words.rules;

const atOnce = 200_000; // characters of one request; the box takes 256 kB
const cardsAtOnce = 450;

export function Exchange({ onClose, again }: { onClose(): void; again(): void }) {
  const [text, setText] = useState("");
  const [country, setCountry] = useState("");
  const [rule, setRule] = useState<Rule>("fill");
  const [seen, see] = useState<Imported | null>(null);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const { error, attempt, fine } = useDoing();
  const change = () => { see(null); setWrong(""); fine(); };

  async function bring(preview: boolean): Promise<Imported | null> {
    if (!text.trim()) { setWrong(words.nothing); return null; }
    let found: Imported | null = null;
    setBusy(true);
    await attempt(send(text, { rule, preview, ...(country.trim() && { country: country.trim().replace(/^(\+|00)/, "") }) }).then((i) => { found = i; }));
    setBusy(false);
    return found;
  }
  async function keep(e: Event) {
    const dialog = (e.currentTarget as HTMLElement).closest("dialog");
    const done = await bring(false);
    if (!done) return;
    toast(say(words.kept, { n: done.added + done.changed }));
    again();
    dialog?.close();
  }
  async function take(file: File | undefined) {
    if (!file) return;
    setText(await file.text());
    change();
  }
  return (
    <Dialog title={words.title} onClose={onClose}>
      <h3>{words.into}</h3>
      <div class="row-buttons">
        <a class="button" href="/api/v1/export/contacts?format=vcard" download>{words.vcard}</a>
        <a class="button" href="/api/v1/export/contacts?format=csv" download>{words.csv}</a>
      </div>
      <h3>{words.from}</h3>
      <p class="hint">{words.fromHint}</p>
      <Field label={words.file}>{(about) => <input {...about} name="file" type="file" accept=".vcf,.csv,text/vcard,text/csv" onChange={(e) => void take(e.currentTarget.files?.[0])} />}</Field>
      <Field label={words.paste} wrong={wrong}>{(about) => <textarea {...about} name="contacts" rows={3} dir="ltr" spellcheck={false} value={text} onInput={(e) => { setText(e.currentTarget.value); change(); }} />}</Field>
      <Field label={words.country} hint={words.countryHint}>{(about) => <input {...about} name="country" dir="ltr" inputMode="numeric" autocomplete="off" value={country} onInput={(e) => { setCountry(e.currentTarget.value); change(); }} />}</Field>
      <Choice label={words.rule} of={Object.entries(words.rules) as [Rule, string][]} value={rule} set={(r) => { setRule(r); change(); }} />
      {seen && <Seen of={seen} />}
      <Trouble of={error} />
      <div class="dialog-do row-buttons">
        <button type="button" class={"button" + (seen ? "" : " primary")} aria-disabled={busy} onClick={() => { if (!busy) void bring(true).then((i) => i && see(i)); }}>{words.look}</button>
        {!!seen && seen.added + seen.changed > 0 && <button type="button" class="button primary" aria-disabled={busy} onClick={(e) => { if (!busy) void keep(e); }}>{words.keep}</button>}
      </div>
    </Dialog>
  );
}

function Seen({ of: i }: { of: Imported }) {
  const w = words.result;
  return (
    <section class="block" role="status" aria-label={words.would}>
      <h3>{words.would}</h3>
      <dl class="totals">
        {([["added", w.added, i.added], ["changed", w.changed, i.changed], ["unchanged", w.unchanged, i.unchanged], ["left", w.left, i.left_out]] as const)
          .map(([key, name, n]) => <div key={key} data-figure={key}><dt>{name}</dt><dd>{n}</dd></div>)}
      </dl>
      {i.added + i.changed === 0 && <p class="hint">{words.nobody}</p>}
      {!!i.contacts?.length && <>
        <h4>{words.firstOf}</h4>
        <ul class="notes">{i.contacts.slice(0, 8).map((c, at) => <li key={at}><bdi>{c.name}</bdi> <span class="hint" dir="ltr">{(c.numbers ?? []).join(", ")}</span></li>)}</ul>
      </>}
      {!!i.faults?.length && <>
        <p class="warn">{say(words.why, { n: i.left_out })}</p>
        <ul class="notes" lang="en">{i.faults.slice(0, 8).map((f, at) => <li key={at}>{f}</li>)}</ul>
      </>}
    </section>
  );
}

// send hands a file over in pieces that the box takes, and adds up what it says.
async function send(text: string, how: object): Promise<Imported> {
  const sum: Imported = { added: 0, changed: 0, unchanged: 0, left_out: 0, faults: [], contacts: [] };
  for (const piece of pieces(text)) {
    const { import: i } = await ask<{ import: Imported }>("POST", "/contacts/import", { text: piece, ...how });
    for (const n of ["added", "changed", "unchanged", "left_out"] as const) sum[n] += i[n];
    sum.faults!.push(...(i.faults ?? []));
    sum.contacts!.push(...(i.contacts ?? []));
  }
  return sum;
}

// pieces parts a file between its cards, or between the rows of a table, each
// piece with the head of the table.
function pieces(text: string): string[] {
  const cards = text.match(/BEGIN:VCARD[\s\S]*?END:VCARD\r?\n?/gi);
  const [head = "", ...rows] = cards ? ["", ...cards] : tableRows(text);
  const found: string[] = [];
  let piece = head, n = 0;
  for (const row of rows) {
    if (n > 0 && (n >= cardsAtOnce || piece.length + row.length > atOnce)) {
      found.push(piece);
      [piece, n] = [head, 0];
    }
    piece += row;
    n++;
  }
  return [...found, piece];
}

// tableRows parts a table at its line ends, but not at those within quotes.
function tableRows(text: string): string[] {
  const rows: string[] = [];
  let from = 0, quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    if (quoted || text[i] !== "\n") continue;
    rows.push(text.slice(from, i + 1));
    from = i + 1;
  }
  return from < text.length ? [...rows, text.slice(from)] : rows;
}
