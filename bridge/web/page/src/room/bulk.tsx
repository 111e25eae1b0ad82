// What campaigns, lists and templates have in common: the way from one to the
// other, a text with fields, and people that somebody pasted or ticked.

import { useEffect, useState } from "preact/hooks";
import { catalog, type Plural, say } from "../catalog";
import { Counter, useCount } from "../counter";
import { said, toast } from "../kit";
import { digits } from "../number";
import type { Card, Count } from "../protocol";
import { to } from "../rooms";
import { call } from "../socket";
import { words as common } from "../words";
import { Field, Reading, SearchField, useRead } from "./kit";

const words = catalog("bulk", {
  ways: "Campaigns, lists and templates",
  way: { campaigns: "Campaigns", lists: "Lists", templates: "Templates" },
  text: "Text",
  textHint: "Words between {{ and }} are filled in for each person.",
  insert: "Insert a field",
  tryFor: "How it reads to",
  tryHint: "A name, or a number with + and country code.",
  reads: "It reads",
  missing: "Without a value: {fields}. Such a text is not sent.",
  paste: "Numbers, or a table",
  pasteHint: "One number on each line. A table begins with the names of its columns, one of which is number; the others fill in fields of that name.",
  search: "Search names, numbers, firms, notes",
  contacts: "Contacts",
  all: "Tick all that are shown",
  ticked: { one: "{n} ticked", other: "{n} ticked" } as Plural,
  noContact: "No contact is like that.",
});

export type BulkRoom = keyof typeof words.way;

// Ways leads from one of the three rooms to the others.
export function Ways({ here }: { here: BulkRoom }) {
  return (
    <nav class="row-buttons" aria-label={words.ways}>
      {(Object.entries(words.way) as [BulkRoom, string][]).map(([name, said]) => (
        <a class="button" key={name} href={to(name)} aria-current={name === here ? "true" : undefined}>{said}</a>
      ))}
    </nav>
  );
}

const fields = ["first_name", "last_name", "name", "organisation", "number", "agent"];

// FormText is the field of a text with fields, and what it costs as it stands.
export function FormText({ value, set, wrong, name = "text" }: { value: string; set(value: string): void; wrong?: string; name?: string }) {
  const count = useCount(value);
  const put = (field: string) => set(value + `{{${field}}}`);
  return (
    <div class="block">
      <Field label={words.text} hint={words.textHint} wrong={wrong}>
        {(about) => <textarea {...about} name={name} rows={4} dir="auto" value={value} onInput={(e) => set(e.currentTarget.value)} />}
      </Field>
      <p class="fields">
        {fields.map((f) => <button type="button" class="button mono" key={f} title={words.insert} onClick={() => put(f)}><bdi>{`{{${f}}}`}</bdi></button>)}
      </p>
      {value && count && <Counter count={count} text={value} fit={set} />}
    </div>
  );
}

interface Rendered {
  text: string;
  count: Count;
  missing: string[] | null;
}

// Rehearsal shows how a text reads to somebody, and what it costs then.
export function Rehearsal({ text }: { text: string }) {
  const [typed, type] = useState("");
  return (
    <div class="block">
      <SearchField label={words.tryFor} value={typed} set={type} />
      <p class="hint">{words.tryHint}</p>
      {typed.trim() && text.trim() && <Found typed={typed.trim()} text={text} />}
    </div>
  );
}

function Found({ typed, text }: { typed: string; text: string }) {
  const found = useRead<{ contacts: Card[] }>("contact.list", { q: typed, limit: 1 });
  const number = found.value?.contacts[0]?.numbers?.[0] ?? (/^\+?[\d .\-/()]+$/.test(typed) ? typed : "");
  return <Reading of={found}>{() => number ? <Read number={number} text={text} name={found.value?.contacts[0]?.name} /> : <p class="hint">{words.noContact}</p>}</Reading>;
}

function Read({ number, text, name }: { number: string; text: string; name?: string }) {
  const filled = useRead<Rendered>("template.render", { text, to: { number } });
  return (
    <Reading of={filled}>
      {(r) => (
        <figure class="sample" aria-label={words.reads}>
          <figcaption class="hint">{name && <><bdi>{name}</bdi> · </>}<span dir="ltr">{number}</span> · {say(common.partsN, { n: r.count.parts })}</figcaption>
          <blockquote dir="auto"><bdi>{r.text}</bdi></blockquote>
          {!!r.missing?.length && <p class="warn">{say(words.missing, { fields: r.missing.join(", ") })}</p>}
        </figure>
      )}
    </Reading>
  );
}

// A Row is somebody of a list or of a campaign.
export interface Row {
  contact?: string;
  number?: string;
  values?: Record<string, string>;
  name?: string; // of the contact, as the box answers
}

// most is how many rows the box takes at a time.
export const most = 1000;

// Pasted is the field that people are pasted into.
export function Pasted({ value, set, wrong }: { value: string; set(value: string): void; wrong?: string }) {
  return (
    <Field label={words.paste} hint={words.pasteHint} wrong={wrong}>
      {(about) => <textarea {...about} name="rows" rows={4} dir="ltr" spellcheck={false} value={value} onInput={(e) => set(e.currentTarget.value)} />}
    </Field>
  );
}

// readRows reads what was pasted: numbers, or a table whose head names a column
// number. The box judges the numbers.
export function readRows(text: string): Row[] {
  const lines = text.split(/\r?\n/).filter((l) => l.trim());
  const mark = [";", "\t", ","].find((m) => lines[0]?.includes(m)) ?? ",";
  const head = cells(lines[0] ?? "", mark).map((c) => c.trim().toLowerCase().replace(/\W+/g, "_"));
  const at = head.findIndex((c) => c === "number" || c === "phone");
  if (at < 0) return text.split(/[\r\n,;\t]+/).map((n) => n.trim()).filter(Boolean).map((number) => ({ number }));
  return lines.slice(1).map((l) => {
    const row = cells(l, mark);
    const values = Object.fromEntries(head.map((name, i) => [name, (row[i] ?? "").trim()]).filter(([name, v], i) => name && v && i !== at));
    return { number: (row[at] ?? "").trim(), ...(Object.keys(values).length > 0 && { values }) };
  });
}

// cells parts a row of a table at its marks, but not within quotes (RFC 4180).
function cells(line: string, mark: string): string[] {
  const found = [""];
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '"' && quoted && line[i + 1] === '"') found[found.length - 1] += line[++i];
    else if (line[i] === '"') quoted = !quoted;
    else if (line[i] === mark && !quoted) found.push("");
    else found[found.length - 1] += line[i];
  }
  return found;
}

const readMost = 2_000;

// useContacts reads the address book, up to what a list of ticks can be.
function useContacts(): Card[] | undefined {
  const [cards, setCards] = useState<Card[]>();
  useEffect(() => {
    let current = true;
    void (async () => {
      const found: Card[] = [];
      let after = "";
      do {
        const page = await call<{ contacts: Card[]; next?: string }>("contact.list", { limit: 200, ...(after && { after }) });
        found.push(...page.contacts);
        after = page.next ?? "";
      } while (current && after && found.length < readMost);
      if (current) setCards(found);
    })().catch((e: unknown) => toast(said(e)));
    return () => { current = false; };
  }, []);
  return cards;
}

// Ticked is the address book with a tick beside each contact that has a number;
// what is searched for may stand anywhere on the card.
export function Ticked({ ticked, set }: { ticked: string[]; set(ids: string[]): void }) {
  const [q, setQ] = useState("");
  const contacts = useContacts();
  const wanted = q.trim().toLocaleLowerCase();
  const says = (c: Card) => [c.name, c.organisation, c.notes, c.language, ...Object.values(c.custom ?? {})].some((s) => s?.toLocaleLowerCase().includes(wanted)) ||
    digits(wanted) !== "" && (c.numbers ?? []).some((n) => digits(n).includes(digits(wanted)));
  const found = (contacts ?? []).filter((c) => c.numbers?.length && says(c));
  return (
    <div class="block">
      <SearchField label={words.search} value={q} set={setQ} />
      {!contacts ? <p class="note">{common.loading}</p> : found.length === 0 ? <p class="hint">{words.noContact}</p> : (
        <fieldset class="ticks tall">
          <legend>{words.contacts} <span class="hint">{say(words.ticked, { n: ticked.length })}</span></legend>
          {found.map((c) => (
            <label key={c.id}>
              <input type="checkbox" checked={ticked.includes(c.id)} onChange={(e) => set(e.currentTarget.checked ? [...ticked, c.id] : ticked.filter((id) => id !== c.id))} />
              <span><bdi>{c.name}</bdi> <span class="hint" dir="ltr">{c.numbers![0]}</span>{c.organisation && <span class="hint"> · <bdi>{c.organisation}</bdi></span>}</span>
            </label>
          ))}
        </fieldset>
      )}
      {found.length > 0 && <p><button type="button" class="button" onClick={() => set([...new Set([...ticked, ...found.map((c) => c.id)])])}>{words.all}</button></p>}
    </div>
  );
}
