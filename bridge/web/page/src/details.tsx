// The third pane: who the thread is with, the case, and all about the text
// that was asked for.

import { signal } from "@preact/signals";
import { CloseIcon } from "./icon";
import { later } from "./later";
import { Facts } from "./message";
import { place, threadHead } from "./store";
import { messagesOf, windowOf } from "./window";
import { words } from "./words";

const Card = later(() => import("./card").then((m) => m.ContactCard));
const Cases = later(() => import("./case").then((m) => m.Cases));

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
  const t = place.value?.thread ? threadHead(place.value.thread) : undefined;
  if (!t || !detailsOpen.value) return null;
  const message = shownText.value ? messagesOf(windowOf(t.id).value).find((m) => m.id === shownText.value) : undefined;
  return (
    <aside class="pane details" id="details" tabIndex={-1} aria-label={words.paneDetails}>
      <button type="button" class="plain square details-close" aria-label={words.close} title={words.close} onClick={() => (detailsOpen.value = false)}><CloseIcon /></button>
      <Card key={"card" + t.id} thread={t} />
      {message && <Facts message={message} />}
      <Cases key={"case" + t.id} thread={t} />
      {!message && <p class="hint centred">{words.factsHint}</p>}
    </aside>
  );
}

export function Fact({ name, value }: { name: string; value: string }) {
  return <div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div>;
}
