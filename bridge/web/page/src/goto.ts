// The ways from a room into the chat: to a conversation that may not be loaded
// there yet, with the caret where one writes.

import { openBox } from "./boxes";
import { go } from "./desk";
import { preferences } from "./prefer";
import type { Thread } from "./protocol";
import { call } from "./socket";
import { putThreads } from "./store";

const looks = 40;
const between = 50; // ms

// reply opens a conversation and puts the caret into its composer.
export function reply(thread: Thread): void {
  putThreads([thread]);
  if (preferences.value.open_chats === "box") return openBox(thread.id);
  go({ thread: thread.id });
  caret(looks);
}

// replyTo does so when only the id is known.
export async function replyTo(id: string): Promise<void> {
  const { thread } = await call<{ thread: Thread }>("thread.get", { thread: id });
  reply(thread);
}

interface Opening {
  thread?: Thread;
  to?: string; // the number to begin with
}

// write opens what there is with a contact or a number, or begins it. It tells
// whether it could: a colleague with whom nobody has spoken has no number.
export async function write(whom: { contact: string } | { number: string } | { agent: string }): Promise<boolean> {
  const { open } = await call<{ open: Opening }>("thread.open", whom);
  if (open.thread) reply(open.thread);
  else if (open.to) {
    go({ number: open.to });
    caret(looks);
  } else return false;
  return true;
}

function caret(left: number): void {
  const composer = document.getElementById("composer");
  if (composer) composer.focus();
  else if (left > 0) window.setTimeout(() => caret(left - 1), between);
}
