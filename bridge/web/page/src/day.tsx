// Going to a day of a conversation.

import { useState } from "preact/hooks";
import { Dialog, Wrong } from "./dialog";
import { load, messagesOf, windowOf } from "./window";
import { words } from "./words";

export function DayDialog({ thread, onClose }: { thread: string; onClose(): void }) {
  const [wrong, setWrong] = useState("");
  async function show(e: Event) {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const at = form.querySelector("input")!.value;
    if (!at) return;
    await load(thread, { at });
    const w = windowOf(thread).value;
    if (w.failed) setWrong(w.failed);
    else if (messagesOf(w).length === 0) {
      setWrong(words.view.dayNone);
      await load(thread);
    } else form.closest("dialog")!.close();
  }
  return (
    <Dialog title={words.view.toDay} onClose={onClose}>
      <form onSubmit={(e) => void show(e)}>
        <label class="field">{words.view.day}
          <input type="date" data-first aria-describedby="wrong-day" aria-invalid={wrong !== ""} onInput={() => setWrong("")} />
        </label>
        <Wrong id="wrong-day">{wrong}</Wrong>
        <div class="dialog-do"><button class="button primary">{words.view.show}</button></div>
      </form>
    </Dialog>
  );
}
