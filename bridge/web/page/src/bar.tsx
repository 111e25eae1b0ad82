// The bar over everything: the way to the texts with what is unread, the
// lines, the connection, and who is signed in.

import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { go, missed, signOut } from "./desk";
import { Dialog } from "./dialog";
import { ChatIcon, KeysIcon, LeaveIcon, MenuIcon, PhoneIcon } from "./icon";
import { LineChips } from "./line";
import { outbox } from "./outbox";
import { preferences } from "./prefer";
import { unreadTotal } from "./view";
import { address, may, rooms, titleOf, to } from "./rooms";
import { latency, now, problem, state } from "./socket";
import { session } from "./store";
import { own, say, words } from "./words";

// asked is the dialog that the bar has open.
export const asked = signal<"" | "menu" | "keys" | "leave" | "account">("");

export function Bar() {
  const s = session.value!;
  return (
    <header class="bar" id="bar" tabIndex={-1} aria-label={words.paneBar}>
      <h1 class="unseen">{words.product}</h1>
      <button type="button" class="plain square menu-button" aria-label={words.menu} title={words.menu} onClick={() => (asked.value = "menu")}><MenuIcon /></button>
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
        {missed.value && <span class="badge missed"><span aria-hidden="true">{missed.value.messages > 99 ? "99+" : missed.value.messages}</span><span class="unseen">{say(words.missedShort, { n: missed.value.messages })}</span></span>}
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
      <Ways />
    </nav>
  );
}

// Ways are the ways to every room, for the rail and for the menu of a page
// that has no room for a rail.
function Ways() {
  const room = address.value.room;
  const here = rooms[room]?.under ?? room;
  return (
    <>
      <a class={"rail-item" + (here ? "" : " here")} href="#" aria-current={here ? undefined : "page"}><span class="rail-icon"><ChatIcon /><UnreadBadge /></span>{words.texts}</a>
      {groups.map((g) => (
        <div class={"rail-group " + g} key={g}>
          {Object.entries(rooms).filter(([, r]) => r.group === g && may(r.least)).map(([name, r]) => (
            <a class={"rail-item" + (here === name ? " here" : "")} key={name} href={to(name)} aria-current={here === name ? "page" : undefined}>
              <span class="rail-icon"><r.icon /></span>{titleOf(r)}
            </a>
          ))}
        </div>
      ))}
      {session.value?.demo && <a class="rail-item" href="/handset" target="_blank" rel="noopener"><span class="rail-icon"><PhoneIcon /></span>{words.phone}</a>}
    </>
  );
}

const groups = ["work", "box", "own"] as const;

function Menu({ onClose }: { onClose(): void }) {
  return (
    <Dialog key="menu" title={words.menu} onClose={onClose}>
      <nav class="ways" aria-label={words.paneRail} onClick={(e) => (e.target as HTMLElement).closest("a")?.closest("dialog")?.close()}><Ways /></nav>
    </Dialog>
  );
}

export function BarDialogs() {
  const close = () => (asked.value = "");
  switch (asked.value) {
    case "menu":
      return <Menu onClose={close} />;
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
      <p class="hint">{s.agent && words.role[s.agent.role]} · {s.box_name || s.box} · {words.product} {s.version}</p>
      <div class="menu">
        {missed.value && (
          <button type="button" class="button wide missed" onClick={look}><ChatIcon />{say(words.missedTold, { n: missed.value.messages })}</button>
        )}
        {s.demo && <a class="button wide" href="/handset" target="_blank" rel="noopener"><PhoneIcon />{words.openPhone}</a>}
        <button type="button" class="button wide" data-first onClick={() => (asked.value = "keys")}><KeysIcon />{words.keysTitle}</button>
        <button type="button" class="button wide" onClick={() => (asked.value = "leave")}><LeaveIcon />{words.signOut}</button>
      </div>
      <p class="hint"><a href="/licences.txt" target="_blank" rel="noopener">{words.licences}</a></p>
    </Dialog>
  );
}

// look goes to the newest of what was missed.
function look(e: Event) {
  (e.currentTarget as HTMLElement).closest("dialog")?.close();
  const thread = missed.value?.thread;
  missed.value = null;
  if (thread) go({ thread });
}

function Keys({ onClose }: { onClose(): void }) {
  return (
    <Dialog key="keys" title={words.keysTitle} onClose={onClose}>
      <dl class="facts keys">{[...words.keyList, ...own.moreKeys].map(([k, v]) => <div key={k} class={single(k) && !preferences.value.single_keys ? "off" : undefined}><dt><kbd>{k}</kbd></dt><dd>{v}</dd></div>)}</dl>
      <p class="hint">{preferences.value.single_keys ? own.singleOn : own.singleOff} <a href={to("settings")} onClick={onClose}>{words.room.settings}</a></p>
    </Dialog>
  );
}

// single tells whether a key stands alone, without one that is held down.
const single = (key: string) => key === "/" || key === "?";

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
