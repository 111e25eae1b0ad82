// Deleting a text or a whole conversation: out of this box, for everybody, and
// for good. Nothing can be called back from a phone, and the question says so.

import { signal } from "@preact/signals";
import { go } from "./desk";
import { Confirm, toast } from "./kit";
import type { Message } from "./protocol";
import { may } from "./rooms";
import { call } from "./socket";
import { type Head, place, session, threads, who } from "./store";
import { say, words } from "./words";

const asked = signal<{ thread: Head; message?: Message } | null>(null);

// mayRemove tells whether the one who is signed in may delete a message: the
// own, or as manager any.
export function mayRemove(m: Message): boolean {
  return may("manager") || (may("agent") && m.author?.kind === "agent" && m.author.id === session.value?.agent?.id);
}

export const mayRemoveThread = () => may("manager");

// askRemove asks whether a message is to be deleted, and deletes it.
export function askRemove(m: Message): void {
  const thread = threads.value[m.thread];
  if (thread) asked.value = { thread, message: m };
}

export function askRemoveThread(thread: Head): void {
  asked.value = { thread };
}

export function RemoveDialog() {
  const a = asked.value;
  if (!a) return null;
  const name = who(a.thread);
  const text = a.message !== undefined;
  const told = !text ? words.view.removeTold : a.thread.channel === "chat" ? words.view.removeWordTold : words.view.removeTextTold;
  return (
    <Confirm title={text ? words.view.removeTextAsk : words.view.removeAsk} told={<p>{say(told, { who: name })}</p>} danger
      act={text ? words.view.removeText : words.view.remove} run={() => remove(a)} onClose={() => (asked.value = null)} />
  );
}

async function remove(a: { thread: Head; message?: Message }): Promise<void> {
  if (a.message) {
    await call("message.delete", { id: a.message.id });
    return;
  }
  await call("thread.delete", { thread: a.thread.id });
  if (place.value?.thread === a.thread.id) go(null);
  toast(words.view.removed);
}
