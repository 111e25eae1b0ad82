// The quick switch: a person, a number, a part of the page or something to do,
// by a few letters.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { asked } from "./bar";
import { Dialog } from "./dialog";
import { GoIcon } from "./icon";
import { FoundRow, openFound, Picker, useFound } from "./people";
import type { Choice } from "./people";
import { may, rooms, titleOf, to } from "./rooms";
import { starting } from "./start";
import { readAll } from "./view";
import { say, words } from "./words";

export const quick = signal(false);

const peopleAtMost = 7;

export function QuickDialog() {
  return quick.value ? <Quick /> : null;
}

function Quick() {
  const [typed, setTyped] = useState("");
  const { of, found } = useFound(typed);
  const people = found.slice(0, peopleAtMost).map((f) => ({ key: f.kind + f.id + f.number, shown: <FoundRow found={f} />, run: () => openFound(f) }));
  const choices = [...people, ...ways(typed)];
  return (
    <Dialog title={words.quick.title} onClose={() => (quick.value = false)}>
      <Picker label={words.quick.field} hint={words.quick.hint} value={typed} set={setTyped} settled={of === typed.trim()} choices={choices}
        nobody={say(words.who.nobody, { what: typed.trim() })} />
    </Dialog>
  );
}

// ways are the rooms and deeds whose names have a word that begins so.
function ways(typed: string): Choice[] {
  const wanted = typed.trim().toLocaleLowerCase();
  const row = (name: string, kind: string, run: () => void) => ({ name, key: kind + name, run, shown: <Way name={name} kind={kind} /> });
  return [
    ...Object.entries(rooms).filter(([, r]) => may(r.least)).map(([name, r]) => row(titleOf(r), words.quick.room, () => (location.hash = to(name)))),
    row(words.newConversationLong, words.quick.action, () => (starting.value = "")),
    row(words.markAllRead, words.quick.action, () => void readAll()),
    row(words.keysTitle, words.quick.action, () => (asked.value = "keys")),
  ].filter((w) => wanted !== "" && w.name.toLocaleLowerCase().split(/\s+/).some((word) => word.startsWith(wanted)) || w.name.toLocaleLowerCase().startsWith(wanted) && wanted !== "");
}

function Way({ name, kind }: { name: string; kind: string }) {
  return (
    <>
      <span class="avatar way" aria-hidden="true"><GoIcon /></span>
      <span class="found-who"><bdi class="found-name">{name}</bdi></span>
      <span class="found-kind"><span class="tag">{kind}</span></span>
    </>
  );
}
