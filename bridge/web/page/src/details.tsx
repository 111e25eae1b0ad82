// The third pane: who the thread is with, and all about the text that was
// asked for.

import { signal } from "@preact/signals";
import { editing } from "./contact";
import { CloseIcon, PersonIcon } from "./icon";
import { lineName, lines, place, threads, who } from "./store";
import { Avatar } from "./list";
import { Facts } from "./message";
import { messagesOf, windowOf } from "./window";
import { words } from "./words";

// Only a wide page has room for the third pane beside the others; on all others
// it is a sheet, which covers them and so begins closed.
const wide = matchMedia("(min-width: 1100px)");

export const detailsOpen = signal(wide.matches);

wide.addEventListener("change", () => (detailsOpen.value = wide.matches));

// closeSheet closes the details where they cover something. It tells whether
// they did.
export function closeSheet(): boolean {
  if (wide.matches || !detailsOpen.value) return false;
  detailsOpen.value = false;
  return true;
}

// shownText is the id of the text whose facts are shown.
export const shownText = signal("");

export function Details() {
  const t = place.value?.thread ? threads.value[place.value.thread] : undefined;
  if (!t || !detailsOpen.value) return null;
  const message = shownText.value ? messagesOf(windowOf(t.id).value).find((m) => m.id === shownText.value) : undefined;
  const line = t.line ? lines.value[t.line] : undefined;
  const numbers = t.contact?.numbers?.length ? t.contact.numbers : [t.peer];
  return (
    <aside class="pane details" id="details" tabIndex={-1} aria-label={words.paneDetails}>
      <button type="button" class="plain square details-close" aria-label={words.close} title={words.close} onClick={() => (detailsOpen.value = false)}><CloseIcon /></button>
      <section class="card">
        <Avatar thread={t} />
        <h2><bdi>{who(t)}</bdi></h2>
        {!t.contact && t.channel !== "chat" && <p class="hint">{words.unsaved}</p>}
        {t.contact && <ul class="numbers">{numbers.map((n) => <li key={n} dir="ltr">{n}</li>)}</ul>}
        {t.contact && <button type="button" class="button" onClick={() => (editing.value = { thread: t.id })}><PersonIcon />{words.editContact}</button>}
        {line && <p class="hint">{words.sharedLine} <bdi>{lineName(line)}</bdi>{line.name && line.number && <> (<span dir="ltr">{line.number}</span>)</>}.</p>}
      </section>
      {message ? <Facts message={message} /> : <p class="hint centred">{words.factsHint}</p>}
    </aside>
  );
}

export function Fact({ name, value }: { name: string; value: string }) {
  return <div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>;
}
