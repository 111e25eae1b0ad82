// The rooms of the page beside the chat: one file in room/ for each, which the
// browser loads when somebody goes there. The address keeps the room, and what
// is looked at in it: #/numbers/ln_1.

import type { ComponentType } from "preact";
import { signal } from "@preact/signals";
import {
  BookIcon, CaseIcon, ChartIcon, ContactsIcon, HelpIcon, HistoryIcon, PeopleIcon, PlugIcon, QueueIcon, QuietIcon, RadioIcon, SettingsIcon, SimIcon, StarIcon, TeamIcon,
} from "./icon";
import { session } from "./store";
import { added, words } from "./words";

export interface RoomProps {
  at: string[]; // what follows the room's name in the address
}

interface Room {
  title: keyof typeof words.room | keyof typeof added.room;
  icon: ComponentType;
  group: "work" | "box" | "own" | "none"; // where the menu lists it, if it does
  under?: string; // the room of the menu that it belongs to
  least: "viewer" | "agent" | "manager" | "owner";
  load(): Promise<{ default: ComponentType<RoomProps> }>;
}

export const rooms: Record<string, Room> = {
  history: { title: "history", icon: HistoryIcon, group: "work", least: "viewer", load: () => import("./room/history") },
  people: { title: "people", icon: ContactsIcon, group: "work", least: "viewer", load: () => import("./room/people") },
  cases: { title: "cases", icon: CaseIcon, group: "work", least: "viewer", load: () => import("./room/cases") },
  sending: { title: "sending", icon: QueueIcon, group: "work", least: "viewer", load: () => import("./room/sending") },
  campaigns: { title: "campaigns", icon: PeopleIcon, group: "work", least: "agent", load: () => import("./room/campaigns") },
  lists: { title: "lists", icon: PeopleIcon, group: "none", under: "campaigns", least: "agent", load: () => import("./room/lists") },
  templates: { title: "templates", icon: PeopleIcon, group: "none", under: "campaigns", least: "agent", load: () => import("./room/templates") },
  consent: { title: "consent", icon: QuietIcon, group: "work", least: "agent", load: () => import("./room/consent") },
  usage: { title: "usage", icon: ChartIcon, group: "work", least: "agent", load: () => import("./room/usage") },
  numbers: { title: "numbers", icon: SimIcon, group: "box", least: "viewer", load: () => import("./room/numbers") },
  radio: { title: "radio", icon: RadioIcon, group: "box", least: "agent", load: () => import("./room/radio") },
  ussd: { title: "ussd", icon: StarIcon, group: "box", least: "agent", load: () => import("./room/ussd") },
  team: { title: "team", icon: TeamIcon, group: "box", least: "manager", load: () => import("./room/team") },
  programs: { title: "programs", icon: PlugIcon, group: "box", least: "owner", load: () => import("./room/programs") },
  audit: { title: "audit", icon: BookIcon, group: "box", least: "owner", load: () => import("./room/audit") },
  help: { title: "help", icon: HelpIcon, group: "own", least: "viewer", load: () => import("./room/help") },
  start: { title: "start", icon: HelpIcon, group: "none", least: "owner", load: () => import("./room/first") },
  settings: { title: "settings", icon: SettingsIcon, group: "own", least: "viewer", load: () => import("./room/settings") },
};

// titleOf is what a room is called.
export function titleOf(r: Room): string {
  return { ...words.room, ...added.room }[r.title];
}

// Address is the room that is shown, "" being the chat.
export const address = signal<{ room: string; at: string[] }>({ room: "", at: [] });

const ranks = ["viewer", "agent", "manager", "owner"];

// may tells whether the one who is signed in has at least that role.
export function may(least: Room["least"]): boolean {
  const role = session.value?.agent?.role ?? "";
  return ranks.indexOf(role === "service" ? "agent" : role) >= ranks.indexOf(least);
}

// readRoom takes the room out of the address.
export function readRoom(hash: string): void {
  const [room = "", ...at] = hash.startsWith("#/") ? hash.slice(2).split("/").map(decodeURIComponent) : [];
  address.value = rooms[room] ? { room, at } : { room: "", at: [] };
}

// to is the address of a room.
export function to(room: string, ...at: string[]): string {
  return "#/" + [room, ...at].map(encodeURIComponent).join("/");
}
