// The card of who a thread is with: all that reaches them, with what can be
// done beside each. Of a stranger there is the number and what one can do with
// that.

import { CopyButton } from "./act";
import { canCall, PhoneButton, startCall } from "./call";
import { catalog } from "./catalog";
import { writeTo } from "./composer";
import { editing } from "./contact";
import { Fact } from "./details";
import { toComposer } from "./focus";
import { AddPersonIcon, CallIcon, ChatIcon, MailIcon, PersonIcon } from "./icon";
import { useRead } from "./room/kit";
import { Avatar } from "./face";
import { isNumber } from "./number";
import type { Card } from "./protocol";
import { askRemoveThread, mayRemoveThread } from "./remove";
import { type Head, lineName, lines, who } from "./store";
import { mute, muted } from "./view";
import { mayWrite } from "./work";
import { words as page } from "./words";

const words = catalog("card", {
  number: { mobile: "Mobile", work: "Work", home: "Home", other: "Other" } as Record<string, string>,
  email: "E-mail",
  write: "Write an e-mail to {address}",
  text: "Text",
  call: "Call",
  copyNumber: "Copy number",
  copyEmail: "Copy address",
  organisation: "Organisation",
  address: "Address",
  notes: "Notes",
  language: "Language",
  attach: "Add to an existing contact",
  blocked: "Blocked",
});

export function ContactCard({ thread: t }: { thread: Head }) {
  if (t.channel === "chat") return <section class="card"><Avatar thread={t} /><h2><bdi>{who(t)}</bdi></h2></section>;
  const line = t.line ? lines.value[t.line] : undefined;
  return (
    <section class="card">
      <Avatar thread={t} />
      <h2><bdi>{who(t)}</bdi></h2>
      {t.contact ? <Known thread={t} id={t.contact.id} /> : <Stranger thread={t} />}
      {line && <p class="hint">{page.sharedLine} <bdi>{lineName(line)}</bdi>{line.name && line.number && <> (<span dir="ltr">{line.number}</span>)</>}.</p>}
    </section>
  );
}

function Known({ thread: t, id }: { thread: Head; id: string }) {
  const read = useRead<{ contact: Card }>("contact.get", { id }, ["contact."]);
  const c: Card = read.value?.contact ?? t.contact!;
  return (
    <>
      {c.organisation && c.organisation !== c.name && <p class="hint"><bdi>{c.organisation}</bdi></p>}
      {c.blocked && <p class="warn">{words.blocked}</p>}
      <ul class="reach">
        {(c.numbers ?? []).map((n) => (
          <li key={n}>
            <span class="reach-what"><span class="hint">{words.number[c.types?.[n] ?? ""] ?? ""}</span><bdi dir="ltr">{n}</bdi></span>
            <NumberActions thread={t} number={n} />
          </li>
        ))}
        {(c.emails ?? []).map((e) => (
          <li key={e.address}>
            <span class="reach-what"><span class="hint">{e.type || words.email}</span><bdi dir="ltr">{e.address}</bdi></span>
            <a class="plain square" href={"mailto:" + encodeURI(e.address)} aria-label={words.email} title={words.email}><MailIcon /></a>
            <CopyButton icon text={e.address} told={words.copyEmail} />
          </li>
        ))}
      </ul>
      <dl class="facts">
        {c.address && <Fact name={words.address} value={c.address} />}
        {c.language && <Fact name={words.language} value={c.language} />}
        {Object.entries(c.custom ?? {}).map(([k, v]) => <Fact key={k} name={k} value={v} />)}
        {c.notes && <Fact name={words.notes} value={c.notes} />}
      </dl>
      {mayWrite.value && <button type="button" class="button" onClick={() => (editing.value = { thread: t.id })}><PersonIcon />{page.editContact}</button>}
    </>
  );
}

// textNumber makes the composer write to this number of the same person.
function textNumber(t: Head, number: string): void {
  writeTo.value = { ...writeTo.value, [t.id]: number };
  toComposer();
}

function NumberActions({ thread: t, number }: { thread: Head; number: string }) {
  return (
    <>
      {mayWrite.value && <button type="button" class="plain square" aria-label={words.text + " " + number} title={words.text} onClick={() => textNumber(t, number)}><ChatIcon /></button>}
      {canCall() && <PhoneButton number={number} text={() => textNumber(t, number)} />}
      <CopyButton icon text={number} told={words.copyNumber} />
    </>
  );
}

function Stranger({ thread: t }: { thread: Head }) {
  if (!isNumber(t.peer)) return <p class="hint">{page.unsaved}</p>;
  return (
    <>
      <p class="hint">{page.unsaved}</p>
      <p class="card-do">
        {canCall() && <button type="button" class="button" onClick={() => void startCall({ number: t.peer })}><CallIcon />{words.call}</button>}
        <CopyButton text={t.peer} told={words.copyNumber} />
      </p>
      <p class="card-do">
        <button type="button" class="button" aria-pressed={muted(t.id)} onClick={() => mute(t.id)}>{muted(t.id) ? page.view.unmute : page.view.mute}</button>
        {mayRemoveThread() && <button type="button" class="button" onClick={() => askRemoveThread(t)}>{page.view.remove}</button>}
      </p>
      {mayWrite.value && (
        <p class="card-do">
          <button type="button" class="button" onClick={() => (editing.value = { thread: t.id })}><AddPersonIcon />{page.addContact}</button>
          <button type="button" class="button" onClick={() => (editing.value = { thread: t.id, attach: true })}>{words.attach}</button>
        </p>
      )}
    </>
  );
}
