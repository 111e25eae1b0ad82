// One conversation within the page of a portal. The portal's server asks this
// box for a ticket with its token; its page hands the ticket over, and says with
// whom the conversation is. No secret stands in an address, and whoever is
// signed in to the box in this browser does not matter here. Which portals may
// show this page is the setting embed_origins.

import { render } from "preact";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Announcer } from "./announce";
import { catalog } from "./catalog";
import { ContactDialog } from "./contact";
import { above, go, over, takeUp, watchAddress } from "./desk";
import { Toasts, said, toast } from "./kit";
import type { Opened, Thread } from "./protocol";
import { RemoveDialog } from "./remove";
import { call, connect, state } from "./socket";
import { place, putThreads, session } from "./store";
import { ThreadPane } from "./thread";
import { unreadOf } from "./view";

const words = catalog("embed", {
  waiting: "Waiting for the page around this one to sign in…",
  over: "The session is over. Load the page around this one again.",
});

// Handed is what the portal's page says: a ticket and, the first time, with whom
// the conversation is.
interface Handed {
  type: "smsbridge.ticket";
  ticket: string;
  thread?: string;
  contact?: string;
  number?: string;
}

const portal = signal(""); // the origin of the page around

// tell speaks to the page around: to nobody in particular before it has spoken,
// for then nothing is told but that a ticket is wanted.
function tell(what: { type: string } & Record<string, unknown>): void {
  window.parent.postMessage(what, portal.value || "*");
}

let wanting: ((ticket: string) => void) | null = null;
let early = ""; // a ticket that came before it was asked for

// askTicket asks the page around for a ticket. Each lets one socket in, so that
// a lost connection asks again.
function askTicket(): Promise<string> {
  const ticket = early;
  early = "";
  if (ticket) return Promise.resolve(ticket);
  return new Promise((done) => {
    wanting = done;
    tell({ type: "smsbridge.want" });
  });
}

let whom: Handed | null = null;

function hear(e: MessageEvent): void {
  const said = e.data as Partial<Handed> | null;
  if (e.source !== window.parent || said?.type !== "smsbridge.ticket" || typeof said.ticket !== "string") return;
  if (portal.value && e.origin !== portal.value) return;
  portal.value = e.origin;
  whom ??= said as Handed;
  if (wanting) wanting(said.ticket);
  else early = said.ticket;
  wanting = null;
}

// show goes to the conversation that the page around has named.
async function show({ thread, contact, number }: Handed): Promise<void> {
  if (thread) return go({ thread });
  if (!contact && !number) return;
  const { open } = await call<{ open: { thread?: Thread; to?: string } }>("thread.open", contact ? { contact } : { number });
  if (open.thread) putThreads([open.thread]);
  go(open.thread ? { thread: open.thread.id } : { number: open.to ?? number });
}

// opened is told as whom the ticket let us in.
function opened(o: Opened): void {
  const agent = o.agent ?? o.account;
  session.value = { signed_in: true, agent, setup: false, demo: false, version: "", box: "" };
  takeUp("portal." + (agent?.id ?? ""));
  above.opened(o);
  tell({ type: "smsbridge.open" });
  if (whom && !place.value) show(whom).catch((e: unknown) => toast(said(e)));
}

export function begin(root: HTMLElement): void {
  document.documentElement.classList.add("embedded");
  window.addEventListener("message", hear);
  watchAddress();
  connect({ ...above, opened, ticket: askTicket });
  render(<Embedded />, root);
}

function Embedded() {
  const n = place.value?.thread ? unreadOf(place.value.thread) : 0;
  useEffect(() => { if (portal.value) tell({ type: "smsbridge.unread", n }); }, [n]);
  if (over.value) return <p class="note">{words.over}</p>;
  if (!session.value?.signed_in || state.value === "closed") return <p class="note" role="status">{words.waiting}</p>;
  return (
    <main class="embed">
      <ThreadPane />
      <ContactDialog />
      <RemoveDialog />
      <Toasts />
      <Announcer />
    </main>
  );
}
