// The bar over everything: the way to the texts with what is unread, the
// lines, the connection, and who is signed in.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { signOut } from "./desk";
import { Dialog } from "./dialog";
import { ChatIcon, KeysIcon, LeaveIcon, PhoneIcon } from "./icon";
import { LineChips } from "./line";
import { outbox } from "./outbox";
import { unreadTotal } from "./read";
import { latency, now, problem, state } from "./socket";
import { session } from "./store";
import { say, words } from "./words";

// asked is the dialog that the bar has open.
export const asked = signal<"" | "keys" | "leave" | "account">("");

export function Bar() {
  const s = session.value!;
  return (
    <header class="bar" id="bar" tabIndex={-1} aria-label={words.paneBar}>
      <h1 class="unseen">{words.product}</h1>
      <a class="shortcut" href="#">
        <ChatIcon />
        <span class="brand">{words.product}</span> <span class="unseen">{words.texts} </span>
        <UnreadBadge />
      </a>
      {s.demo && <span class="demo" title={words.demoTold}>{words.demo}</span>}
      <div class="wide-chips"><LineChips /></div>
      <Connection />
      <button type="button" class="account" onClick={() => (asked.value = "account")} aria-label={say(words.account, { name: s.agent?.name ?? "" })} title={s.agent?.name}>
        {[...(s.agent?.name.trim() || "?")][0].toLocaleUpperCase()}
      </button>
    </header>
  );
}

function UnreadBadge() {
  const n = unreadTotal.value;
  if (n === 0) return null;
  return <span class="badge"><span aria-hidden="true">{n > 99 ? "99+" : n}</span><span class="unseen">{say(words.unread, { n })}</span></span>;
}

function Connection() {
  const waiting = outbox.value.filter((o) => o.state === "waiting").length;
  if (state.value === "live") {
    return (
      <span class="connection live"><i aria-hidden="true" />
        {latency.value === null ? words.liveUnmeasured : say(words.live, { n: latency.value })}
      </span>
    );
  }
  if (state.value === "connecting") return <span class="connection" role="status"><i aria-hidden="true" />{words.connecting}</span>;
  return (
    <button type="button" class="connection lost" onClick={now} title={problem.value || words.tryNow}>
      <i aria-hidden="true" />
      <span role="status">{waiting ? say(words.reconnectingQueued, { n: waiting }) : words.reconnecting}</span>
    </button>
  );
}

// Rail is the main menu of a wide page.
export function Rail() {
  return (
    <nav class="rail" id="rail" tabIndex={-1} aria-label={words.paneRail}>
      <a class="rail-item here" href="#" aria-current="page"><span class="rail-icon"><ChatIcon /><UnreadBadge /></span>{words.texts}</a>
      {session.value?.demo && <a class="rail-item" href="/handset" target="_blank" rel="noopener"><span class="rail-icon"><PhoneIcon /></span>{words.phone}</a>}
      <span class="rail-space" />
      <button type="button" class="rail-item" onClick={() => (asked.value = "keys")}><span class="rail-icon"><KeysIcon /></span>{words.keys}</button>
      <button type="button" class="rail-item" onClick={() => (asked.value = "leave")}><span class="rail-icon"><LeaveIcon /></span>{words.signOut}</button>
    </nav>
  );
}

export function BarDialogs() {
  const close = () => (asked.value = "");
  switch (asked.value) {
    case "keys":
      return <Keys onClose={close} />;
    case "leave":
      return <Leave onClose={close} />;
    case "account":
      return <Account onClose={close} />;
  }
  return null;
}

function Account({ onClose }: { onClose(): void }) {
  const s = session.value!;
  return (
    <Dialog key="account" title={<bdi>{s.agent?.name}</bdi>} onClose={onClose}>
      <p class="hint">{s.agent?.role === "owner" ? words.owner : words.agent} · {s.box_name || s.box} · {words.product} {s.version}</p>
      <div class="menu">
        {s.demo && <a class="button wide" href="/handset" target="_blank" rel="noopener"><PhoneIcon />{words.openPhone}</a>}
        <button type="button" class="button wide" data-first onClick={() => (asked.value = "keys")}><KeysIcon />{words.keysTitle}</button>
        <button type="button" class="button wide" onClick={() => (asked.value = "leave")}><LeaveIcon />{words.signOut}</button>
      </div>
      <p class="hint"><a href="/licences.txt" target="_blank" rel="noopener">{words.licences}</a></p>
    </Dialog>
  );
}

function Keys({ onClose }: { onClose(): void }) {
  return (
    <Dialog key="keys" title={words.keysTitle} onClose={onClose}>
      <dl class="facts keys">{words.keyList.map(([k, v]) => <div key={k}><dt><kbd>{k}</kbd></dt><dd>{v}</dd></div>)}</dl>
    </Dialog>
  );
}

function Leave({ onClose }: { onClose(): void }) {
  const [busy, setBusy] = useState(false);
  return (
    <Dialog key="leave" title={words.signOutAsk} onClose={onClose}>
      <p>{words.signOutTold}</p>
      <div class="dialog-do">
        <button type="button" class="button primary" aria-disabled={busy} onClick={() => { setBusy(true); asked.value = ""; void signOut(); }}>{words.signOut}</button>
      </div>
    </Dialog>
  );
}
