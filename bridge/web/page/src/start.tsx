// A new conversation: one field for a colleague, a contact or a number.

import { signal } from "@preact/signals";
import { Dialog } from "./dialog";
import { FoundRow, openFound, Picker, useFound } from "./people";
import { say, words } from "./words";

// starting is what was typed so far; null means that nobody is asking.
export const starting = signal<string | null>(null);

export function StartDialog() {
  return starting.value === null ? null : <Start typed={starting.value} />;
}

function Start({ typed }: { typed: string }) {
  const { of, found } = useFound(typed);
  return (
    <Dialog title={words.newConversationLong} onClose={() => (starting.value = null)}>
      <Picker label={words.who.field} hint={words.who.hint} value={typed} set={(v) => (starting.value = v)} settled={of === typed.trim()} number
        nobody={say(words.who.nobody, { what: typed.trim() })}
        choices={found.map((f) => ({ key: f.kind + f.id + f.number, shown: <FoundRow found={f} />, run: () => openFound(f) }))} />
    </Dialog>
  );
}
