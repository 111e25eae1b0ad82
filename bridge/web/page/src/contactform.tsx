// The form of a contact: a new one, one that is changed, or one that gets
// another number. Who saves over somebody else's change is shown that change.

import { useEffect, useState } from "preact/hooks";
import { catalog, say } from "./catalog";
import { Dialog, Wrong } from "./dialog";
import { said, toast } from "./kit";
import { parse } from "./number";
import type { Card, Contact, NumberType } from "./protocol";
import { Refusal } from "./refusal";
import { call } from "./socket";
import { putContact } from "./store";
import { words as page } from "./words";

const words = catalog("contact", {
  existing: "Whose number is it?",
  find: "Search names and numbers",
  nobody: "Nobody is called that.",
  or: "A new contact",
  first: "First name",
  last: "Last name",
  organisation: "Organisation",
  emails: "E-mail addresses",
  address: "Address",
  notes: "Notes",
  language: "Language",
  languageHint: "Such as en or pt-BR. Templates go by it.",
  custom: "Own fields",
  customHint: "One on each line, such as Plate: AB-123.",
  more: "More",
  type: "Kind of {number}",
  types: { "": "Number", mobile: "Mobile", work: "Work", home: "Home", other: "Other" } as Record<string, string>,
  conflict: "Somebody changed this contact meanwhile. Below is how it is now; what you wrote is kept where it differs. Save again to write over it.",
  merge: "This is the same person as …",
  mergeDo: "Make one of {from} and {into}",
  merged: "{from} and {into} are one contact now.",
});

interface Props {
  peer: string;
  contact?: Contact;
  attach: boolean;
  onClose(): void;
}

export function ContactForm({ peer, contact, attach, onClose }: Props) {
  const [card, setCard] = useState<Card | null>(contact ? null : { id: "", name: "", numbers: [peer] });
  const [choose, setChoose] = useState(attach);
  useEffect(() => {
    if (!contact) return;
    call<{ contact: Card }>("contact.get", { id: contact.id }).then((a) => setCard(a.contact), (e) => { toast(said(e)); onClose(); });
  }, []);
  const join = (c: Card) => {
    setCard({ ...c, numbers: [...new Set([...(c.numbers ?? []), peer])] });
    setChoose(false);
  };
  return (
    <Dialog title={contact ? page.editContact : page.addContact} onClose={onClose}>
      {choose ? <Find but="" onPick={join} onNew={() => setChoose(false)} />
        : card ? <Fields key={card.id + card.rev} start={card} peer={peer} fresh={!contact} onAttach={() => setChoose(true)} />
          : <p class="hint">{page.loading}</p>}
    </Dialog>
  );
}

// Find looks for somebody who is known.
function Find({ but, onPick, onNew }: { but: string; onPick(c: Card): void; onNew?: () => void }) {
  const [typed, type] = useState("");
  const [found, setFound] = useState<Card[] | null>(null);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      call<{ contacts: Card[] }>("contact.list", { q: typed.trim(), limit: 8 }).then((a) => setFound(a.contacts.filter((c) => c.id !== but)), () => {});
    }, 150);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return (
    <div class="find-contact">
      <label class="field">{words.existing}
        <input type="search" data-first autofocus value={typed} placeholder={words.find} onInput={(e) => type(e.currentTarget.value)} />
      </label>
      {found?.length === 0 && <p class="hint">{words.nobody}</p>}
      <ul class="found">
        {found?.map((c) => (
          <li key={c.id}><button type="button" class="plain found-row" onClick={() => onPick(c)}><bdi>{c.name}</bdi><span class="hint" dir="ltr">{c.numbers?.[0]}</span></button></li>
        ))}
      </ul>
      {onNew && <button type="button" class="link" onClick={onNew}>{words.or}</button>}
    </div>
  );
}

// What is edited is text; these go there and back.
const lines = (text: string) => text.split("\n").map((l) => l.trim()).filter(Boolean);
const written = (custom?: Record<string, string>) => Object.entries(custom ?? {}).map(([k, v]) => `${k}: ${v}`).join("\n");
const read = (text: string) => Object.fromEntries(lines(text).map((l) => [l.split(":")[0].trim(), l.slice(l.indexOf(":") + 1).trim()]));

function Fields({ start, peer, fresh, onAttach }: { start: Card; peer: string; fresh: boolean; onAttach(): void }) {
  const [base, setBase] = useState(start); // what the box had when we began
  const [name, setName] = useState(start.name);
  const [numbers, setNumbers] = useState((start.numbers ?? []).join("\n"));
  const [types, setTypes] = useState(start.types ?? {});
  const [emails, setEmails] = useState((start.emails ?? []).map((e) => e.address).join("\n"));
  const [text, setText] = useState({
    first_name: start.first_name ?? "", last_name: start.last_name ?? "", organisation: start.organisation ?? "",
    address: start.address ?? "", notes: start.notes ?? "", language: start.language ?? "",
  });
  const [custom, setCustom] = useState(written(start.custom));
  const [wrong, setWrong] = useState({ field: "", sentence: "" });
  const [conflict, setConflict] = useState(false);

  async function save(e: Event) {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const refuse = (field: string, sentence: string) => {
      setWrong({ field, sentence });
      (form.elements.namedItem(field) as HTMLElement | null)?.focus();
    };
    if (!name.trim()) return refuse("name", page.contactNameMissing);
    for (const n of lines(numbers)) {
      const got = parse(n);
      if ("wrong" in got && n !== peer) return refuse("numbers", `${n}: ${got.wrong}`);
    }
    const kinds = new Map((base.emails ?? []).map((e) => [e.address, e.type]));
    try {
      const saved = await call<{ contact: Card }>("contact.save", {
        ...(base.id && { id: base.id, if_rev: base.rev }), name: name.trim(), numbers: lines(numbers), types,
        emails: lines(emails).map((address) => ({ address, ...(kinds.get(address) && { type: kinds.get(address) }) })), custom: read(custom), ...text,
      });
      putContact(saved.contact);
      (form.closest("dialog") as HTMLDialogElement).close();
    } catch (e) {
      if (e instanceof Refusal && e.type === "conflict" && base.id) return meanwhile();
      const field = e instanceof Refusal ? e.field.replace(/\[.*/, "") : "";
      refuse(["numbers", "emails", "custom", "language"].includes(field) ? field : "name", said(e));
    }
  }

  // meanwhile takes the other person's values for what we have not touched.
  async function meanwhile() {
    const now = (await call<{ contact: Card }>("contact.get", { id: base.id })).contact;
    if (name === base.name) setName(now.name);
    if (numbers === (base.numbers ?? []).join("\n")) setNumbers((now.numbers ?? []).join("\n"));
    if (emails === (base.emails ?? []).map((e) => e.address).join("\n")) setEmails((now.emails ?? []).map((e) => e.address).join("\n"));
    if (custom === written(base.custom)) setCustom(written(now.custom));
    setText((t) => Object.fromEntries(Object.entries(t).map(([k, v]) => {
      const key = k as keyof typeof t;
      return [k, v === (base[key] ?? "") ? now[key] ?? "" : v];
    })) as typeof t);
    setBase(now);
    setConflict(true);
  }

  async function merge(other: Card, dialog: HTMLDialogElement | null) {
    try {
      const { merge: done } = await call<{ merge: { id: string; contact: Card } }>("contact.merge", { id: base.id, from: other.id });
      putContact(done.contact);
      dialog?.close();
      toast(say(words.merged, { from: other.name, into: base.name }), () => {
        call<{ contacts: Card[] }>("contact.unmerge", { id: done.id }).then((a) => a.contacts.forEach(putContact), (e) => toast(said(e)));
      });
    } catch (e) {
      setWrong({ field: "name", sentence: said(e) });
    }
  }

  const area = (label: string, name: string, value: string, set: (v: string) => void, hint = "", ltr = false) => (
    <>
      <label class="field">{label}
        <textarea name={name} rows={2} value={value} dir={ltr ? "ltr" : "auto"} aria-invalid={wrong.field === name} aria-describedby={`hint-${name} wrong-${name}`} onInput={(e) => set(e.currentTarget.value)} />
      </label>
      {hint && <p class="hint" id={"hint-" + name}>{hint}</p>}
      <Wrong id={"wrong-" + name}>{wrong.field === name && wrong.sentence}</Wrong>
    </>
  );
  const line = (label: string, key: keyof typeof text) => (
    <label class="field">{label}<input name={key} value={text[key]} dir="auto" autocomplete="off" aria-invalid={wrong.field === key} onInput={(e) => setText({ ...text, [key]: e.currentTarget.value })} /></label>
  );

  return (
    <form class="contact-form" onSubmit={(e) => void save(e)} noValidate>
      {conflict && <p class="warn" role="alert">{words.conflict}</p>}
      <label class="field">{page.contactName}
        <input name="name" data-first value={name} dir="auto" autocomplete="off" aria-invalid={wrong.field === "name"} aria-describedby="wrong-name" onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <Wrong id="wrong-name">{wrong.field === "name" && wrong.sentence}</Wrong>
      {fresh && !base.id && <button type="button" class="link attach" onClick={onAttach}>{words.existing}</button>}
      {area(page.contactNumbers, "numbers", numbers, setNumbers, page.contactNumbersHint, true)}
      <details open={fresh ? undefined : true}>
        <summary>{words.more}</summary>
        <div class="contact-more">
          {lines(numbers).map((n) => (
            <label class="field kind" key={n}>{say(words.type, { number: n })}
              <select value={types[n] ?? ""} onChange={(e) => setTypes({ ...types, [n]: e.currentTarget.value as NumberType })}>
                {Object.entries(words.types).map(([v, told]) => <option key={v} value={v}>{told}</option>)}
              </select>
            </label>
          ))}
          {area(words.emails, "emails", emails, setEmails, page.contactNumbersHint, true)}
          {line(words.first, "first_name")}
          {line(words.last, "last_name")}
          {line(words.organisation, "organisation")}
          {area(words.address, "address", text.address, (address) => setText({ ...text, address }))}
          {area(words.notes, "notes", text.notes, (notes) => setText({ ...text, notes }))}
          {line(words.language, "language")}
          <p class="hint">{words.languageHint}</p>
          {area(words.custom, "custom", custom, setCustom, words.customHint)}
        </div>
      </details>
      {base.id && !fresh && <Merge into={base} run={merge} />}
      <div class="dialog-do"><button class="button primary">{page.save}</button></div>
    </form>
  );
}

function Merge({ into, run }: { into: Card; run(other: Card, dialog: HTMLDialogElement | null): Promise<void> }) {
  const [open, setOpen] = useState(false);
  const [other, pick] = useState<Card | null>(null);
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{words.merge}</summary>
      {open && <Find but={into.id} onPick={pick} />}
      {other && (
        <button type="button" class="button danger" onClick={(e) => void run(other, (e.currentTarget as HTMLElement).closest("dialog"))}>
          {say(words.mergeDo, { from: other.name, into: into.name })}
        </button>
      )}
    </details>
  );
}
