// Words between colleagues: they go out like texts, and never leave the box.

import { send } from "./outbox";
import { others, type Place, threads } from "./store";

// sendChat writes to the colleague of a place: a chat, or an account that was
// not written to so far.
export function sendChat(at: Place, text: string): void {
  const agent = at.agent ?? (at.thread && threads.value[at.thread] ? others(threads.value[at.thread])[0]?.id : undefined) ?? "";
  send(at, agent, "", text, true);
}
