// What can be done with a text that we wrote, by how far it is.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { CopyIcon } from "./icon";
import { said, toast } from "./kit";
import type { Message } from "./protocol";
import { call } from "./socket";
import { lineName, sortedLines } from "./store";
import { put } from "./window";
import { added, words } from "./words";

const again = ["failed", "undelivered", "expired", "canceled", "partially_sent"];

// busy is the text that the box is being asked about.
const busy = signal("");

// act asks the box to do something with a text and shows what came of it.
async function act(m: Message, method: string, more: object = {}): Promise<void> {
  if (busy.value === m.id) return;
  busy.value = m.id;
  try {
    put((await call<{ message: Message }>(method, { id: m.id, ...more })).message);
  } catch (e) {
    toast(said(e));
  } finally {
    busy.value = "";
  }
}

export function Actions({ message: m, onEdit }: { message: Message; onEdit(text: string): void }) {
  if (m.channel !== "sms" && m.channel !== "") return null;
  if (m.resent_as) return <p class="bubble-why">{words.resentTold}</p>;
  const button = (told: string, method: string, more?: object) =>
    <button type="button" class="link" key={told} aria-disabled={busy.value === m.id} onClick={() => void act(m, method, more)}>{told}</button>;
  if (m.state === "queued" || m.state === "held") {
    return (
      <p class="bubble-do">
        {m.state === "held" ? button(words.release, "message.release") : button(added.hold, "message.hold")}
        {button(words.cancel, "message.cancel")}
      </p>
    );
  }
  if (m.state === "unconfirmed") {
    return (
      <p class="bubble-do">
        {button(words.sendAgainTwice, "message.resend")}
        {button(words.closeSent, "message.close", { as: "sent" })}
        {button(words.closeFailed, "message.close", { as: "failed" })}
      </p>
    );
  }
  if (!again.includes(m.state)) return null;
  const others = sortedLines.value.filter((l) => l.id !== m.line && l.state === "ready" && !l.sms_disabled);
  return (
    <p class="bubble-do">
      {button(words.retry, "message.retry")}
      {others.length === 1 && button(words.retryFrom + " " + lineName(others[0]), "message.retry", { from: others[0].id })}
      {others.length > 1 && (
        <select class="from-other" aria-label={words.retryFrom} value="" onChange={(e) => void act(m, "message.retry", { from: e.currentTarget.value })}>
          <option value="">{words.retryFrom}…</option>
          {others.map((l) => <option key={l.id} value={l.id}>{lineName(l)}</option>)}
        </select>
      )}
      <button type="button" class="link" onClick={() => onEdit(m.text)}>{words.edit}</button>
    </p>
  );
}

// copyText puts words where one can paste them from. The clipboard needs a
// secure context; without one the old way takes its place.
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

export function CopyButton({ text, told, icon }: { text: string; told: string; icon?: boolean }) {
  const [done, tell] = useState(false);
  const copy = () => void copyText(text).then(() => { tell(true); window.setTimeout(() => tell(false), 2_000); }, () => toast(words.boxAway));
  if (icon) return <button type="button" class="plain square" aria-label={done ? words.copied : told} title={done ? words.copied : told} onClick={copy}><CopyIcon /></button>;
  return <button type="button" class="button" onClick={copy}>{done ? words.copied : told}</button>;
}
