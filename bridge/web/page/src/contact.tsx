// Contacts: a number gets a name, or joins the numbers of somebody known.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { Dialog, Wrong } from "./dialog";
import { parse } from "./number";
import type { Contact } from "./protocol";
import { Refusal } from "./refusal";
import { call } from "./socket";
import { contacts, putContact, threads } from "./store";
import { words } from "./words";

// editing is the thread whose contact is being written.
export const editing = signal<{ thread: string } | null>(null);

export function ContactDialog() {
  const t = editing.value && threads.value[editing.value.thread];
  if (!t) return null;
  return <ContactForm key={t.id} peer={t.peer} contact={t.contact} onClose={() => (editing.value = null)} />;
}

function ContactForm({ peer, contact, onClose }: { peer: string; contact?: Contact; onClose(): void }) {
  const [id, setID] = useState(contact?.id ?? "");
  const [name, setName] = useState(contact?.name ?? "");
  const [numbers, setNumbers] = useState((contact?.numbers ?? [peer]).join("\n"));
  const [wrong, setWrong] = useState({ field: "", sentence: "" });
  const others = contacts.value;

  function choose(chosen: string) {
    const other = others.find((c) => c.id === chosen);
    setID(chosen);
    setName(other?.name ?? "");
    setNumbers([...new Set([...(other?.numbers ?? []), peer])].join("\n"));
  }

  async function save(e: Event) {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const refuse = (field: "name" | "numbers", sentence: string) => {
      setWrong({ field, sentence });
      (form.elements.namedItem(field) as HTMLElement).focus();
    };
    if (!name.trim()) return refuse("name", words.contactNameMissing);
    const list = numbers.split("\n").map((n) => n.trim()).filter(Boolean);
    for (const n of list) {
      const read = parse(n);
      if ("wrong" in read && n !== peer) return refuse("numbers", `${n}: ${read.wrong}`);
    }
    try {
      const saved = await call<{ contact: Contact }>("contact.save", { ...(id && { id }), name: name.trim(), numbers: list });
      putContact(saved.contact);
      (form.closest("dialog") as HTMLDialogElement).close();
    } catch (e) {
      refuse(e instanceof Refusal && e.field.startsWith("numbers") ? "numbers" : "name", e instanceof Refusal ? e.sentence : words.boxAway);
    }
  }

  return (
    <Dialog title={contact ? words.editContact : words.addContact} onClose={onClose}>
      <form onSubmit={(e) => void save(e)} noValidate>
        {!contact && others.length > 0 && (
          <label class="field">{words.contactWhich}
            <select value={id} onChange={(e) => choose(e.currentTarget.value)}>
              <option value="">{words.contactNew}</option>
              {others.map((c) => <option key={c.id} value={c.id}>{c.name}</option>)}
            </select>
          </label>
        )}
        <label class="field">{words.contactName}
          <input name="name" data-first value={name} dir="auto" autocomplete="off" aria-invalid={wrong.field === "name"} aria-describedby="wrong-name"
            onInput={(e) => setName(e.currentTarget.value)} />
        </label>
        <Wrong id="wrong-name">{wrong.field === "name" && wrong.sentence}</Wrong>
        <label class="field">{words.contactNumbers}
          <textarea name="numbers" rows={2} value={numbers} dir="ltr" aria-invalid={wrong.field === "numbers"} aria-describedby="hint-numbers wrong-numbers"
            onInput={(e) => setNumbers(e.currentTarget.value)} />
        </label>
        <p class="hint" id="hint-numbers">{words.contactNumbersHint}</p>
        <Wrong id="wrong-numbers">{wrong.field === "numbers" && wrong.sentence}</Wrong>
        <div class="dialog-do"><button class="button primary">{words.save}</button></div>
      </form>
    </Dialog>
  );
}
