// The sign of somebody: a colleague, a manager, a contact or a number. They
// differ in shape and in words, not in colour alone.

import { ManagerIcon, PersonIcon, HashIcon, HeadsetIcon } from "./icon";
import { presences } from "./hint";
import { digits } from "./number";
import type { Role } from "./protocol";
import { type Head, others } from "./store";
import { words } from "./words";

// Avatar is the face of a conversation.
export function Avatar({ thread: t }: { thread: Head }) {
  const [colleague] = others(t);
  if (t.channel === "chat") return colleague ? <Colleague id={colleague.id} name={colleague.name} role={colleague.role} /> : <Stranger />;
  const name = t.contact?.name.trim();
  return name ? <Client name={name} /> : <Stranger />;
}

export function Client({ name }: { name: string }) {
  const tone = [...name].reduce((n, c) => (n * 31 + c.codePointAt(0)!) % 6, 0);
  return <span class={"avatar tone" + tone} aria-hidden="true">{initials(name)}<i class="kind contact"><PersonIcon /></i></span>;
}

export function Stranger() {
  return <span class="avatar stranger" aria-hidden="true"><HashIcon /></span>;
}

// isManager tells whether somebody is shown as the supervisor.
export const isManager = (role: Role | undefined) => role === "manager" || role === "owner";

export function Colleague({ id, name, role }: { id: string; name: string; role?: Role }) {
  return (
    <span class={"avatar inside" + (isManager(role) ? " manager" : "")} aria-hidden="true">
      {initials(name)}<i class="kind">{isManager(role) ? <ManagerIcon /> : <HeadsetIcon />}</i><Dot agent={id} />
    </span>
  );
}

// Dot is the light of somebody's presence and, where it is known, a second one of
// their phone; presenceWords says both.
function Dot({ agent }: { agent: string }) {
  const p = presences.value[agent];
  return <><i class={"presence" + (p?.online ? " online" : "")} />{p?.phone && <PhoneDot state={p.phone} />}</>;
}

// PhoneDot is square, so that it is told from the other by its shape, and full
// while the phone is in use.
export function PhoneDot({ state }: { state: string }) {
  return <i class={"phone-dot " + state} />;
}

export function presenceWords(agent: string): string {
  const p = presences.value[agent];
  return [p?.online ? words.chats.online : words.chats.offline, p?.phone && words.chats.phone[p.phone]].filter(Boolean).join(", ");
}

function initials(name: string): string {
  const pieces = name.split(/\s+/u).filter((p) => /[\p{L}\p{N}]/u.test(p));
  const ends = pieces.length > 1 ? [pieces[0], pieces[pieces.length - 1]] : pieces;
  return ends.map((p) => /[\p{L}\p{N}]/u.exec(p)![0].toLocaleUpperCase()).join("") || digits(name).slice(0, 2);
}
