// A new conversation: by number, or by the name of somebody known.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { go } from "./desk";
import { Dialog, Wrong } from "./dialog";
import { toComposer } from "./focus";
import { Avatar } from "./list";
import { parse } from "./number";
import { matches, sortedThreads, threadWith, who } from "./store";
import { say, words } from "./words";

// starting is what was typed so far; null means that nobody is asking.
export const starting = signal<string | null>(null);

export function StartDialog() {
  const [wrong, setWrong] = useState("");
  const typed = starting.value;
  if (typed === null) return null;
  const read = parse(typed);
  const found = typed.trim() ? sortedThreads.value.filter((t) => matches(t, typed)).slice(0, 5) : [];

  function close(form: Element | null) {
    setWrong("");
    (form?.closest("dialog") as HTMLDialogElement | null)?.close();
  }

  function open(e: Event) {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const known = "number" in read ? threadWith(read.number) : found.length === 1 ? found[0] : undefined;
    if (known) go({ thread: known.id });
    else if ("number" in read) go({ number: read.number });
    else {
      setWrong(read.wrong);
      form.querySelector("input")!.focus();
      return;
    }
    close(form);
    toComposer();
  }

  return (
    <Dialog title={words.newConversationLong} onClose={() => { starting.value = null; setWrong(""); }}>
      <form onSubmit={open} noValidate>
        <label class="field">{words.toNumber}
          <input name="to" data-first value={typed} inputMode="tel" autocomplete="off" placeholder="+15550100"
            aria-invalid={wrong !== ""} aria-describedby="hint-to wrong-to"
            onInput={(e) => { starting.value = e.currentTarget.value; setWrong(""); }} />
        </label>
        <p class="hint" id="hint-to">{words.toHint}</p>
        <Wrong id="wrong-to">{wrong}</Wrong>
        {found.length > 0 && (
          <ul class="found">
            {found.map((t) => (
              <li key={t.id}>
                <button type="button" class="plain found-row" onClick={(e) => { close(e.currentTarget); go({ thread: t.id }); toComposer(); }}>
                  <Avatar thread={t} /><bdi>{who(t)}</bdi>{t.contact && <span class="hint" dir="ltr">{t.peer}</span>}<span class="link">{words.openChat}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <div class="dialog-do">
          <button class="button primary">{"number" in read && !threadWith(read.number) ? say(words.textNumber, { number: read.number }) : words.write}</button>
        </div>
      </form>
    </Dialog>
  );
}
