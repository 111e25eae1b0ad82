// Templates: texts that are kept to be sent again and again, everybody's and
// one's own. #/templates/new makes one, #/templates/tp_1 changes it.

import { useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { Dialog } from "../dialog";
import { Confirm, Pane, toast, Trouble } from "../kit";
import type { Template } from "../protocol";
import { Refusal } from "../refusal";
import { may, to } from "../rooms";
import { call } from "../socket";
import { words as common } from "../words";
import { FormText, Rehearsal, Ways } from "./bulk";
import { type Column, Field, Reading, Switch, Table, useDoing, useRead } from "./kit";

const words = catalog("templateroom", {
  title: "Templates",
  told: "Texts that are sent again and again. They stand beside the field in which one writes.",
  add: "New template",
  name: "Name",
  nameHint: "By it the template is found.",
  text: "Text",
  whose: "Whose",
  everybody: "Everybody’s",
  mine: "Mine",
  language: "Language",
  languageHint: "Such as en or pt-BR. May be left empty.",
  act: "Actions",
  edit: "Edit",
  remove: "Delete",
  removeTold: "“{name}” is deleted. Texts that were sent with it stay.",
  removed: "“{name}” is deleted.",
  personal: "For me alone",
  personalHint: "What everybody uses is for a manager to make.",
  saved: "Saved.",
  none: "No template yet.",
  look: "Look at it first",
  changed: "Somebody else has changed this template meanwhile. Close it and open it again.",
});

interface Kept extends Template {
  rev: number;
}

const leave = () => (location.hash = to("templates"));

export default function Templates({ at }: { at: string[] }) {
  const list = useRead<{ templates: Kept[] }>("template.list", {}, ["template."]);
  const [ending, end] = useState<Kept | null>(null);
  const mayChange = (t: Kept) => !!t.owner || may("manager");
  const columns: Column<Kept>[] = [
    { head: words.name, cell: (t) => <strong><bdi>{t.name}</bdi></strong> },
    { head: words.text, cell: (t) => <bdi class="clip">{t.text}</bdi> },
    { head: words.whose, cell: (t) => t.owner ? words.mine : words.everybody },
    { head: words.language, minor: true, cell: (t) => t.language && <code>{t.language}</code> },
    {
      head: words.act, cell: (t) => mayChange(t) && (
        <span class="row-buttons">
          <a class="button" aria-label={`${words.edit}: ${t.name}`} href={to("templates", t.id)}>{words.edit}</a>
          <button type="button" class="button" aria-label={`${words.remove}: ${t.name}`} onClick={() => end(t)}>{words.remove}</button>
        </span>
      ),
    },
  ];
  const editing = list.value?.templates.find((t) => t.id === at[0]);
  return (
    <Pane title={words.title} told={words.told} act={<a class="button primary" href={to("templates", "new")}>{words.add}</a>}>
      <Ways here="templates" />
      <section class="block">
        <Reading of={list}>{({ templates }) => <Table name={words.title} rows={templates} columns={columns} keyOf={(t) => t.id} empty={<p>{words.none}</p>} />}</Reading>
      </section>
      {at[0] === "new" && <Edit key="new" again={list.again} />}
      {editing && <Edit key={editing.id} of={editing} again={list.again} />}
      {ending && (
        <Confirm title={words.remove} told={<p>{say(words.removeTold, { name: ending.name })}</p>} act={words.remove} danger onClose={() => end(null)}
          run={async () => { await call("template.delete", { id: ending.id }); toast(say(words.removed, { name: ending.name })); list.again(); }} />
      )}
    </Pane>
  );
}

function Edit({ of, again }: { of?: Kept; again(): void }) {
  const [t, set] = useState({ name: of?.name ?? "", text: of?.text ?? "", language: of?.language ?? "", personal: !may("manager") });
  const { error, attempt, fine } = useDoing();
  const wrong = (field: string) => error instanceof Refusal && error.field === field ? error.sentence : "";
  const change = (what: Partial<typeof t>) => { set({ ...t, ...what }); fine(); };
  async function save(e: Event) {
    e.preventDefault();
    const dialog = (e.currentTarget as HTMLElement).closest("dialog");
    const { personal, ...kept } = { ...t, name: t.name.trim(), language: t.language.trim() };
    const done = await attempt(of ? call("template.update", { id: of.id, if_rev: of.rev, ...kept }) : call("template.create", { ...kept, personal }));
    if (!done) return;
    toast(words.saved);
    again();
    dialog?.close();
  }
  return (
    <Dialog title={of ? <bdi>{of.name}</bdi> : words.add} onClose={leave}>
      <form onSubmit={(e) => void save(e)} noValidate>
        <Field label={words.name} hint={words.nameHint} wrong={wrong("name")}>
          {(about) => <input {...about} name="name" data-first dir="auto" autocomplete="off" value={t.name} onInput={(e) => change({ name: e.currentTarget.value })} />}
        </Field>
        <FormText value={t.text} set={(text) => change({ text })} wrong={wrong("text")} />
        <Field label={words.language} hint={words.languageHint} wrong={wrong("language")}>
          {(about) => <input {...about} name="language" dir="ltr" autocomplete="off" value={t.language} onInput={(e) => change({ language: e.currentTarget.value })} />}
        </Field>
        {!of && may("manager") && <Switch label={words.personal} hint={words.personalHint} on={t.personal} set={(personal) => change({ personal })} />}
        <details class="more"><summary>{words.look}</summary><Rehearsal text={t.text} /></details>
        {error instanceof Refusal && (error.type === "conflict" ? <p class="wrong" role="alert">{words.changed}</p> : !["name", "text", "language"].includes(error.field) && <Trouble of={error} />)}
        {!(error instanceof Refusal) && <Trouble of={error} />}
        <div class="dialog-do"><button class="button primary">{common.save}</button></div>
      </form>
    </Dialog>
  );
}
