// Calling somebody in the way that the box was set up for, and the button that
// asks whether to text or to call. Where calling is not set up, nothing shows.

import { useState } from "preact/hooks";
import { catalog, say } from "./catalog";
import { go } from "./desk";
import { Dialog } from "./dialog";
import { toComposer } from "./focus";
import { CallIcon, ChatIcon, VideoIcon } from "./icon";
import { said, toast } from "./kit";
import { prefer, preferences } from "./prefer";
import type { Message } from "./protocol";
import { call } from "./socket";
import { session } from "./store";
import { put } from "./window";

const words = catalog("calls", {
  phone: "Text or call {number}",
  text: "Text",
  call: "Call",
  always: "Always do this from now on",
  tel: "Your telephone program opens.",
  hook: "Your phone rings first, then theirs.",
  modem: "The modem dials. It carries no sound.",
  video: "Invite to a video room",
  invited: "The link is in the chat.",
});

interface Started {
  way: "tel" | "hook" | "modem";
  url?: string;
  hint?: { detail: string };
  message?: Message;
}

export const canCall = () => (session.value?.call_way ?? "none") !== "none" && session.value?.agent?.role !== "viewer";

export async function startCall(to: { thread?: string; number?: string }): Promise<void> {
  try {
    const started = await call<Started>("call.start", { to });
    if (started.message) put(started.message);
    if (started.url?.startsWith("tel:")) location.assign(started.url);
    toast([words[started.way], started.hint?.detail].filter(Boolean).join(" "));
  } catch (e) {
    toast(said(e));
  }
}

// CallButton calls the other end of a thread.
export function CallButton({ to }: { to: { thread?: string; number?: string } }) {
  if (!canCall()) return null;
  return <button type="button" class="plain square call-button" aria-label={words.call} title={words.call} onClick={() => void startCall(to)}><CallIcon /></button>;
}

// VideoButton invites a colleague; clients are never invited.
export function VideoButton({ to }: { to: { thread?: string; agent?: string } }) {
  if (!session.value?.video) return null;
  const invite = () => call<{ message: Message }>("chat.video", { to }).then((a) => { put(a.message); toast(words.invited); }, (e) => toast(said(e)));
  return <button type="button" class="plain square" aria-label={words.video} title={words.video} onClick={() => void invite()}><VideoIcon /></button>;
}

// PhoneButton stands beside a number: it asks, texts or calls, as the person
// likes it. text is what texting means where the button stands.
export function PhoneButton({ number, text = () => { go({ number }); toComposer(); } }: { number: string; text?: () => void }) {
  const [asked, ask] = useState(false);
  const way = canCall() ? preferences.value.phone_button : "sms";
  const run = { ask: () => ask(true), sms: text, call: () => void startCall({ number }) }[way];
  return (
    <>
      <button type="button" class="plain square phone-button" aria-label={say(words.phone, { number })} title={way === "sms" ? words.text : words.call} onClick={run}>
        {way === "sms" ? <ChatIcon /> : <CallIcon />}
      </button>
      {asked && <Ask number={number} text={text} onClose={() => ask(false)} />}
    </>
  );
}

function Ask({ number, text, onClose }: { number: string; text(): void; onClose(): void }) {
  const [always, setAlways] = useState(false);
  function choose(e: Event, way: "sms" | "call") {
    (e.currentTarget as HTMLElement).closest("dialog")!.close();
    if (always) void prefer("phone_button", way).catch((e) => toast(said(e)));
    if (way === "sms") text();
    else void startCall({ number });
  }
  return (
    <Dialog title={say(words.phone, { number })} onClose={onClose}>
      <label class="check"><input type="checkbox" checked={always} onChange={(e) => setAlways(e.currentTarget.checked)} /><span>{words.always}</span></label>
      <div class="dialog-do">
        <button type="button" class="button" data-first onClick={(e) => choose(e, "sms")}><ChatIcon />{words.text}</button>
        <button type="button" class="button primary" onClick={(e) => choose(e, "call")}><CallIcon />{words.call}</button>
      </div>
    </Dialog>
  );
}
