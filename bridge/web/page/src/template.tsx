// Templates: texts that are kept to be sent again and again, and the fields
// that are filled in from the contact.

import { useState } from "preact/hooks";
import { catalog, say } from "./catalog";
import { draft, drafts } from "./draft";
import { BookIcon } from "./icon";
import { said, toast } from "./kit";
import { useRead } from "./room/kit";
import type { Template } from "./protocol";
import { call } from "./socket";
import { words as common } from "./words";

const words = catalog("templates", {
  title: "Templates and fields",
  find: "Find a template",
  none: "No template yet. Save one in the room of templates.",
  fields: "Fields",
  fieldTold: "Filled in for whoever is written to.",
  missing: "Without a value so far: {fields}. Fill them in by hand before sending.",
  field: {
    first_name: "First name", last_name: "Last name", name: "Name", organisation: "Organisation", number: "Number", agent: "My name",
  } as Record<string, string>,
});

interface Props {
  place: string; // whose draft it goes into
  field: string; // id of the field where that is written
  to: { thread?: string; number?: string };
}

export function Templates({ place, field, to }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details class="pop" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary class="plain square" id={field === "composer" ? "templates" : undefined} aria-keyshortcuts="Alt+T" aria-label={words.title} title={words.title}><BookIcon /></summary>
      {open && <Choose place={place} field={field} to={to} />}
    </details>
  );
}

function Choose({ place, field, to }: Props) {
  const [typed, type] = useState("");
  const read = useRead<{ templates: Template[] }>("template.list", {}, ["template."]);
  const found = (read.value?.templates ?? []).filter((t) => (t.name + " " + t.text).toLocaleLowerCase().includes(typed.trim().toLocaleLowerCase()));

  async function take(e: Event, text: string, id?: string) {
    (e.currentTarget as HTMLElement).closest("details")!.open = false;
    try {
      const filled = await call<{ text: string; missing: string[] | null }>("template.render", { ...(id ? { id } : { text }), to });
      insert(filled.text);
      if (filled.missing?.length) toast(say(words.missing, { fields: filled.missing.join(", ") }));
    } catch (e) {
      toast(said(e));
    }
  }

  // insert puts the words where the cursor stands.
  function insert(text: string) {
    const box = document.getElementById(field) as HTMLTextAreaElement | null;
    const before = drafts.value[place] ?? "";
    const at = box?.selectionStart ?? before.length;
    draft(place, before.slice(0, at) + text + before.slice(box?.selectionEnd ?? at));
    box?.focus();
  }

  return (
    <div class="pop-body templates">
      <input type="search" value={typed} placeholder={words.find} aria-label={words.find} onInput={(e) => type(e.currentTarget.value)} />
      {read.wrong && <p class="wrong">{read.wrong}</p>}
      {read.value && found.length === 0 && !typed && <p class="hint">{words.none}</p>}
      <ul>
        {found.map((t) => (
          <li key={t.id}><button type="button" class="plain template" onClick={(e) => void take(e, "", t.id)}><strong>{t.name}</strong><span class="hint" dir="auto">{t.text}</span></button></li>
        ))}
      </ul>
      <p class="hint">{words.fields}{common.colon}{words.fieldTold}</p>
      <p class="fields">
        {Object.entries(words.field).map(([name, told]) => (
          <button type="button" class="button" key={name} onClick={(e) => void take(e, `{{${name}}}`)}>{told}</button>
        ))}
      </p>
    </div>
  );
}
