// People: the contacts with their cards, and the colleagues with a word on
// whether they are there. Whoever is listed can be written to from the row.

import { useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { Dialog, Wrong } from "../dialog";
import { PhoneDot } from "../face";
import { write } from "../goto";
import { presences } from "../hint";
import { ChatIcon } from "../icon";
import { Confirm, Pane, toast, Trouble } from "../kit";
import { parse } from "../number";
import type { Card, Contact, Message, Role } from "../protocol";
import { Refusal } from "../refusal";
import { may, to } from "../rooms";
import { call } from "../socket";
import { putContact, session } from "../store";
import { words as common } from "../words";
import { Exchange, words as files } from "./exchange";
import { type Column, Field, Reading, SearchField, Table, useDoing, usePages, usePlace, useRead } from "./kit";

const words = catalog("people", {
  title: "People",
  told: "Contacts are shared by everybody who works here.",
  search: "Search names and numbers",
  add: "New contact",
  contacts: "Contacts",
  name: "Name",
  organisation: "Organisation",
  numbers: "Numbers",
  act: "Actions",
  write: "Write",
  card: "Card",
  more: "More contacts",
  none: "No contact yet. Save one here, or from a conversation.",
  nobody: "Nobody is called that.",
  stranger: "{number} is nobody’s number here.",
  known: "{number} is a number of {name}.",
  saveNumber: "Save as a contact",
  textNumber: "Send SMS to {number}",
  colleagues: "Colleagues",
  noColleagues: "Nobody else has an account yet.",
  here: "here",
  away: "not here: told at the next sign-in",
  phone: { idle: "phone free", ringing: "phone rings", busy: "on the phone", away: "takes no calls" } as Record<string, string>,
  firstWords: "First words to {name}",
  text: "Text",
  send: "Send",
  edit: "Edit",
  first: "First name",
  last: "Last name",
  shownAs: "Shown as",
  shownAsHint: "Left empty, it is made of the names.",
  numbersHint: "One on each line; the first is the one to use.",
  emails: "E-mail addresses",
  emailsHint: "One on each line.",
  address: "Address",
  notes: "Notes",
  language: "Language",
  languageHint: "Such as en or pt-BR.",
  nameless: "Type a name.",
  blocked: "Blocked",
  changed: "Somebody else has changed this card meanwhile. What is there now was read again; look before you save.",
  remove: "Delete the contact",
  removeTold: "The card of {name} goes. The conversations stay, under the numbers.",
  removed: "{name} is deleted.",
  merge: "Merge with another",
  mergeTold: "The numbers and the conversation of the other become part of {name}.",
  mergeWith: "The other contact",
  choose: "Choose a contact",
  mergeAct: "Merge",
  merged: "The two are one now.",
  apart: "They are two again.",
});

const leave = () => (location.hash = to("people"));

export default function People({ at }: { at: string[] }) {
  const [q, setQ] = useState("");
  const list = usePages<Card>("contact.list", q ? { q } : {}, "contacts", "after", ["contact."]);
  const { error, attempt } = useDoing();
  usePlace("people " + q, list.value !== undefined);
  const columns: Column<Card>[] = [
    { head: words.name, cell: (c) => <><strong><bdi>{c.name}</bdi></strong>{c.blocked && <> <span class="tag">{words.blocked}</span></>}</> },
    { head: words.organisation, minor: true, cell: (c) => <bdi>{c.organisation}</bdi> },
    { head: words.numbers, cell: (c) => <span dir="ltr">{(c.numbers ?? []).join(", ")}</span> },
    {
      head: words.act, cell: (c) => (
        <span class="row-buttons">
          {may("agent") && (c.numbers ?? []).length > 0 && <button type="button" class="button" aria-label={`${words.write}: ${c.name}`} onClick={() => void attempt(write({ contact: c.id }))}><ChatIcon />{words.write}</button>}
          <a class="button" aria-label={`${words.card}: ${c.name}`} href={to("people", c.id)}>{words.card}</a>
        </span>
      ),
    },
  ];
  return (
    <Pane title={words.title} told={words.told} act={may("agent") && <>
      <a class="button" href={to("people", "files")}>{files.open}</a>
      <a class="button primary" href={to("people", "new")}>{words.add}</a>
    </>}>
      <Trouble of={error} />
      <SearchField label={words.search} value={q} set={setQ} />
      {q && <Lookup typed={q} attempt={attempt} />}
      <div class="two wide-first">
        <section class="block">
          <h3>{words.contacts}</h3>
          <Reading of={list}>
            {(contacts) => <Table name={words.contacts} rows={contacts} columns={columns} keyOf={(c) => c.id} empty={<p>{q ? words.nobody : words.none}</p>} />}
          </Reading>
          {list.more && <button type="button" class="button" onClick={list.more}>{words.more}</button>}
        </section>
        <Dock />
      </div>
      {at[0] === "new" && may("agent") && <Edit key="new" card={{ id: "", name: "", numbers: at[1] ? [at[1]] : [] }} onClose={leave} again={list.again} />}
      {at[0] === "files" && may("agent") && <Exchange onClose={leave} again={list.again} />}
      {at[0] && at[0] !== "new" && at[0] !== "files" && <Shown key={at[0]} id={at[0]} editing={at[1] === "edit"} again={list.again} />}
    </Pane>
  );
}

// Lookup says whose a number is, when what was typed is one.
function Lookup({ typed, attempt }: { typed: string; attempt(doing: Promise<unknown>): void }) {
  const read = parse(typed);
  return "number" in read ? <Whose number={read.number} attempt={attempt} /> : null;
}

function Whose({ number, attempt }: { number: string; attempt(doing: Promise<unknown>): void }) {
  const found = useRead<{ contact: Card }>("contact.lookup", { number }, ["contact."]);
  const unknown = found.error instanceof Refusal && found.error.type === "not_found";
  const contact = unknown ? undefined : found.value?.contact;
  if (!unknown && !contact) return null;
  return (
    <div class="state-line ready row-buttons" role="status">
      <span>{contact ? say(words.known, { number, name: contact.name }) : say(words.stranger, { number })}</span>
      {contact && <a class="button" href={to("people", contact.id)}>{words.card}</a>}
      {!contact && may("agent") && <a class="button" href={to("people", "new", number)}>{words.saveNumber}</a>}
      {may("agent") && <button type="button" class="button" onClick={() => attempt(write({ number }))}>{say(words.textNumber, { number })}</button>}
    </div>
  );
}

interface Colleague {
  id: string;
  name: string;
  role: Role;
  presence: { online: boolean; phone?: string };
}

// Dock lists the colleagues: who is there, what the phone does, and the chat.
function Dock() {
  const list = useRead<{ colleagues: Colleague[] }>("agent.directory", {}, ["agent."]);
  const [first, begin] = useState<Colleague | null>(null);
  const { error, attempt } = useDoing();
  const chat = (c: Colleague) => void attempt(write({ agent: c.id }).then((opened) => { if (!opened) begin(c); }));
  return (
    <section class="block" aria-label={words.colleagues}>
      <h3>{words.colleagues}</h3>
      <Trouble of={error} />
      <Reading of={list}>
        {({ colleagues }) => {
          const others = colleagues.filter((c) => c.id !== session.value?.agent?.id);
          if (others.length === 0) return <p class="hint">{words.noColleagues}</p>;
          return (
            <ul class="dock">
              {others.map((c) => ({ ...c, presence: presences.value[c.id] ?? c.presence })).map((c) => (
                <li key={c.id}>
                  <span class="dots" aria-hidden="true"><i class={"dot" + (c.presence.online ? " here" : "")} />{c.presence.phone && <PhoneDot state={c.presence.phone} />}</span>
                  <span><strong><bdi>{c.name}</bdi></strong><span class="hint">{[c.presence.online ? words.here : words.away, words.phone[c.presence.phone ?? ""]].filter(Boolean).join(" · ")}</span></span>
                  {may("agent") && <button type="button" class="plain square" aria-label={`${words.write}: ${c.name}`} title={words.write} onClick={() => chat(c)}><ChatIcon /></button>}
                </li>
              ))}
            </ul>
          );
        }}
      </Reading>
      {first && <FirstWords to={first} onClose={() => begin(null)} />}
    </section>
  );
}

// FirstWords begins the conversation of two colleagues.
function FirstWords({ to: c, onClose }: { to: Colleague; onClose(): void }) {
  const [text, setText] = useState("");
  const { error, attempt } = useDoing();
  async function submit(e: Event) {
    e.preventDefault();
    if (!text.trim()) return;
    const form = e.currentTarget as HTMLFormElement;
    const done = await attempt(call<{ message: Message }>("chat.send", { to: { agent: c.id }, text: text.trim() }));
    if (!done) return;
    form.closest("dialog")?.close();
    await attempt(write({ agent: c.id }));
  }
  return (
    <Dialog title={say(words.firstWords, { name: c.name })} onClose={onClose}>
      <form onSubmit={(e) => void submit(e)} noValidate>
        <Field label={words.text} hint={c.presence.online ? words.here : words.away}>
          {(about) => <textarea {...about} data-first rows={3} dir="auto" value={text} onInput={(e) => setText(e.currentTarget.value)} />}
        </Field>
        <Trouble of={error} />
        <div class="dialog-do"><button class="button primary">{words.send}</button></div>
      </form>
    </Dialog>
  );
}

function Shown({ id, editing, again }: { id: string; editing: boolean; again(): void }) {
  const card = useRead<{ contact: Card }>("contact.get", { id }, ["contact."]);
  const c = card.value?.contact;
  const [asking, ask] = useState<"" | "remove" | "merge">("");
  const { error, attempt } = useDoing();
  if (c && editing && may("agent")) return <Edit key={c.rev} card={c} onClose={() => (location.hash = to("people", id))} again={() => { again(); card.again(); }} />;
  if (asking === "merge" && c) return <Join card={c} onClose={() => ask("")} again={again} />;
  if (asking === "remove" && c) {
    return (
      <Confirm title={words.remove} act={words.remove} danger told={<p>{say(words.removeTold, { name: c.name })}</p>} onClose={() => { ask(""); leave(); }}
        run={async () => { await call("contact.delete", { id, if_rev: c.rev }); toast(say(words.removed, { name: c.name })); again(); }} />
    );
  }
  const rows: [string, string | undefined][] = c ? [
    [words.organisation, c.organisation], [words.address, c.address], [words.notes, c.notes], [words.language, c.language],
    ...Object.entries(c.custom ?? {}),
  ] : [];
  return (
    <Dialog title={c ? <bdi>{c.name}</bdi> : words.card} onClose={leave}>
      <Reading of={card}>
        {({ contact }) => <>
          <ul class="card-ways">
            {(contact.numbers ?? []).map((n) => (
              <li key={n}>
                <span dir="ltr">{n}</span>{contact.types?.[n] && <span class="tag">{common.numberType[contact.types[n]] ?? contact.types[n]}</span>}
                {may("agent") && <button type="button" class="button" aria-label={`${words.write}: ${n}`} onClick={() => void attempt(write({ number: n }))}><ChatIcon />{words.write}</button>}
              </li>
            ))}
            {(contact.emails ?? []).map((e) => <li key={e.address}><a href={"mailto:" + e.address} dir="ltr">{e.address}</a>{e.type && <span class="tag">{e.type}</span>}</li>)}
          </ul>
          <dl class="facts">{rows.filter(([, v]) => v).map(([k, v]) => <div key={k}><dt>{k}</dt><dd><bdi>{v}</bdi></dd></div>)}</dl>
          <Trouble of={error} />
          {may("agent") && (
            <div class="row-buttons">
              <a class="button" href={to("people", id, "edit")}>{words.edit}</a>
              <button type="button" class="button" onClick={() => ask("merge")}>{words.merge}</button>
              <button type="button" class="button" onClick={() => ask("remove")}>{words.remove}</button>
            </div>
          )}
        </>}
      </Reading>
    </Dialog>
  );
}

function Edit({ card, onClose, again }: { card: Card; onClose(): void; again(): void }) {
  const [c, set] = useState<Card>(card);
  const [numbers, setNumbers] = useState((card.numbers ?? []).join("\n"));
  const [emails, setEmails] = useState((card.emails ?? []).map((e) => e.address).join("\n"));
  const [wrong, setWrong] = useState({ field: "", sentence: "" });
  const { error, attempt, fine } = useDoing();
  const rows = (text: string) => text.split("\n").map((n) => n.trim()).filter(Boolean);
  const change = (field: keyof Card) => (e: { currentTarget: { value: string } }) => { set({ ...c, [field]: e.currentTarget.value }); setWrong({ field: "", sentence: "" }); fine(); };

  async function save(e: Event) {
    e.preventDefault();
    const dialog = (e.currentTarget as HTMLFormElement).closest("dialog");
    if (!c.name.trim() && !c.first_name?.trim() && !c.last_name?.trim() && !c.organisation?.trim()) return setWrong({ field: "name", sentence: words.nameless });
    const typed = rows(numbers);
    for (const n of typed) {
      const read = parse(n);
      if ("wrong" in read && !(card.numbers ?? []).includes(n)) return setWrong({ field: "numbers", sentence: `${n}: ${read.wrong}` });
    }
    const kinds = new Map((card.emails ?? []).map((e) => [e.address, e]));
    const what = {
      ...(card.id && { id: card.id, if_rev: card.rev }),
      name: c.name.trim(), first_name: c.first_name ?? "", last_name: c.last_name ?? "", organisation: c.organisation ?? "",
      numbers: typed, emails: rows(emails).map((address) => kinds.get(address) ?? { address }),
      address: c.address ?? "", notes: c.notes ?? "", language: c.language ?? "",
    };
    const done = await attempt(call<{ contact: Contact }>("contact.save", what).then(({ contact }) => putContact(contact), (e: unknown) => {
      if (e instanceof Refusal && e.field.startsWith("numbers")) setWrong({ field: "numbers", sentence: e.sentence });
      throw e;
    }));
    if (!done) return;
    again();
    dialog?.close();
  }
  const line = (label: string, field: "name" | "first_name" | "last_name" | "organisation" | "language", hint?: string) => (
    <Field label={label} hint={hint} wrong={wrong.field === field ? wrong.sentence : ""}>
      {(about) => <input {...about} name={field} data-first={field === "first_name" || undefined} dir="auto" autocomplete="off" value={c[field] ?? ""} onInput={change(field)} />}
    </Field>
  );
  return (
    <Dialog title={card.id ? words.edit : words.add} onClose={onClose}>
      <form onSubmit={(e) => void save(e)} noValidate>
        {line(words.first, "first_name")}
        {line(words.last, "last_name")}
        {line(words.organisation, "organisation")}
        {line(words.shownAs, "name", words.shownAsHint)}
        <Field label={words.numbers} hint={words.numbersHint} wrong={wrong.field === "numbers" ? wrong.sentence : ""}>
          {(about) => <textarea {...about} name="numbers" rows={2} dir="ltr" value={numbers} onInput={(e) => { setNumbers(e.currentTarget.value); setWrong({ field: "", sentence: "" }); fine(); }} />}
        </Field>
        <Field label={words.emails} hint={words.emailsHint}>
          {(about) => <textarea {...about} rows={1} dir="ltr" value={emails} onInput={(e) => setEmails(e.currentTarget.value)} />}
        </Field>
        <Field label={words.address}>{(about) => <textarea {...about} rows={2} dir="auto" value={c.address ?? ""} onInput={change("address")} />}</Field>
        <Field label={words.notes}>{(about) => <textarea {...about} rows={2} dir="auto" value={c.notes ?? ""} onInput={change("notes")} />}</Field>
        {line(words.language, "language", words.languageHint)}
        {error instanceof Refusal && error.type === "conflict" ? <Wrong id="wrong-card">{words.changed}</Wrong> : wrong.field !== "numbers" && <Trouble of={error} />}
        <div class="dialog-do"><button class="button primary">{common.save}</button></div>
      </form>
    </Dialog>
  );
}

// Join makes one contact of two; the toast takes it back.
function Join({ card, onClose, again }: { card: Card; onClose(): void; again(): void }) {
  const [q, setQ] = useState("");
  const [other, choose] = useState("");
  const found = useRead<{ contacts: Card[] }>("contact.list", { limit: 20, ...(q && { q }) });
  const { error, attempt } = useDoing();
  async function merge() {
    const done = await attempt(call<{ merge: { id: string } }>("contact.merge", { id: card.id, from: other }).then(({ merge }) => {
      toast(words.merged, () => void call("contact.unmerge", { id: merge.id }).then(() => { toast(words.apart); again(); }, () => {}));
    }));
    if (!done) return;
    again();
    leave(); // the card too: below a dialog nobody reaches the toast
  }
  return (
    <Dialog title={words.merge} onClose={onClose}>
      <p>{say(words.mergeTold, { name: card.name })}</p>
      <SearchField label={words.search} value={q} set={setQ} />
      <Reading of={found}>
        {({ contacts }) => (
          <Field label={words.mergeWith}>
            {(about) => (
              <select {...about} value={other} onChange={(e) => choose(e.currentTarget.value)}>
                <option value="">{words.choose}</option>
                {contacts.filter((c) => c.id !== card.id).map((c) => <option key={c.id} value={c.id}>{c.name} {(c.numbers ?? [])[0]}</option>)}
              </select>
            )}
          </Field>
        )}
      </Reading>
      <Trouble of={error} />
      <div class="dialog-do"><button type="button" class="button danger" aria-disabled={!other} onClick={() => { if (other) void merge(); }}>{words.mergeAct}</button></div>
    </Dialog>
  );
}
