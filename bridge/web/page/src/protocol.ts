// The objects of the protocol as the server writes them. The room for their
// meaning is the Go package storage; the names here are its JSON names.

export type Direction = "in" | "out";

export type MessageState =
  | "queued" | "held" | "sending" | "sent" | "delivered" | "undelivered" | "unconfirmed"
  | "failed" | "expired" | "canceled" | "partially_sent" | "partially_delivered"
  | "received" | "partial";

export interface Part {
  n: number;
  state: MessageState;
  ref?: number;
  attempts?: number;
  code?: number;
  reason?: string;
}

export interface Count {
  alphabet: string; // gsm7, ucs2
  units: number;
  parts: number;
  left_in_part: number;
  breaks?: number[]; // index of the character that begins part 2, 3, ...
  costly?: { char: string; at: number; count: number; units: number; forces?: boolean }[];
  instead?: { text: string; parts: number; units: number };
}

export interface Author {
  kind: string; // agent, token, admin
  id?: string;
  name?: string;
}

export interface Message {
  id: string;
  thread: string;
  line: string;
  dir: Direction;
  channel: string;
  from?: string;
  to?: string;
  text: string;
  state: MessageState;
  reason?: string;
  total: number;
  parts: Part[] | null;
  count?: Count;
  copies?: number;
  warnings?: string[];
  raw?: string;
  author?: Author;
  case?: string;
  priority?: Priority;
  flash?: boolean;
  resend_of?: string;
  resent_as?: string;
  sender?: string; // chat: the account that wrote it
  code?: number; // behind the reason
  card?: MessageCard; // what came was no text
  passcode?: string; // a code to sign in with
  links?: { text: string; url: string; host: string; warn?: string }[];
  due_at?: string; // not sent before
  expires_at?: string;
  created_at: string;
  sent_at?: string;
  received_at?: string;
  delivered_at?: string;
  trace_ms?: { urc_to_pdu: number; pdu_to_stored: number };
  rev: number;
}

export interface Contact {
  id: string;
  name: string;
  numbers: string[] | null;
  types?: Record<string, NumberType>; // of numbers
  rev?: number;
}

export type NumberType = "mobile" | "work" | "home" | "other";

export interface Thread {
  id: string;
  channel: string; // sms, chat
  peer: string; // E.164, a short code, or a name; of a chat empty
  members?: Member[]; // of a chat
  contact?: Contact;
  line?: string;
  last?: Message;
  view?: View; // never in an event
  rev: number;
}

export interface Member {
  id: string;
  name: string;
  role: Role;
}

// View is a thread as the one who is signed in sees it.
export interface View {
  thread: string;
  read_to?: string;
  unread: number;
  closed_at?: string;
  muted?: boolean;
  draft?: string;
  draft_rev?: number;
  both?: boolean; // the draft was made of two that were written at once
  rev?: number;
}

export type LineState = "ready" | "not_registered" | "absent" | "sim_missing" | "failed";

export interface Line {
  id: string;
  number?: string;
  name?: string;
  state: LineState;
  reason?: string;
  operator?: string;
  registration?: string;
  signal_dbm?: number;
  port?: string;
  iccid?: string;
  imei?: string;
  manufacturer?: string;
  model?: string;
  revision?: string;
  balance?: { amount: number; currency?: string; expires?: string; low?: boolean; at: string };
  alarm?: string;
  sms_disabled?: boolean;
  rev: number;
}

export type Role = "viewer" | "agent" | "service" | "manager" | "owner";

export interface Agent {
  id: string;
  name: string;
  role: Role;
  sms_enabled?: boolean;
  disabled?: boolean;
  password?: boolean;
  lines?: string[]; // assigned
}

export interface Session {
  signed_in: boolean;
  agent?: Agent;
  setup: boolean; // true: this box has no owner yet
  demo: boolean;
  version: string;
  box: string;
  box_name?: string;
  call_way?: "none" | "tel" | "hook" | "modem";
  video?: boolean; // colleagues can be invited to a video room
}

export interface Head {
  epoch: string;
  seq: number;
}

export interface ThreadPage {
  threads: Thread[] | null;
  next?: string;
  head?: Head;
}

export interface MessagePage {
  messages: Message[] | null; // oldest first
  prev?: string;
  next?: string;
  head?: Head;
}

export interface Hello {
  epoch: string;
  heartbeat_ms?: number;
}

export interface Opened {
  session?: string;
  resumed?: boolean;
  reason?: string;
  head?: number;
  epoch?: string;
  missed?: Missed;
  agent?: Agent; // who came in
  account?: Agent; // that the token belongs to
}

// Missed is what came while no desk of the account was open.
export interface Missed {
  messages: number;
  threads: number;
  since?: string;
  thread?: string; // of the newest one
}

// Presence is whether a colleague can be reached now.
export interface Presence {
  agent: string;
  online: boolean;
  phone?: "idle" | "ringing" | "busy" | "away";
}

// Hint is news that is worth nothing a moment later.
export interface Hint {
  kind: string; // typing, presence
  thread?: string;
  data: { author?: Author; presence?: Presence };
}

// Found is one row of whom to write to.
export interface Found {
  kind: "agent" | "contact" | "number";
  id?: string;
  name?: string;
  role?: Role;
  number?: string;
  written?: string; // the number as people at home write it
  type?: NumberType;
  channel: string;
  thread?: string;
  closed?: boolean;
  blocked?: boolean;
}

// Opening is where somebody is written to.
export interface Opening {
  thread?: Thread;
  channel: string;
}

// Hit is a message that a search found, with what was found marked.
export interface Hit {
  message: Message;
  contact?: Contact;
  snippet: string;
  marks: [number, number][]; // begin and end in snippet
}

export interface HitPage {
  hits: Hit[];
  next?: string;
}

export interface Event {
  epoch: string;
  seq: number;
  prev: number;
  at: string;
  type: string;
  thread?: string;
  line?: string;
  data: {
    message?: Message; thread?: Thread; contact?: Contact; line?: Line;
    offer?: Offer; case?: Case; preference?: Setting; setting?: Setting; presence?: Presence;
    view?: View;
    deleted?: { id: string; thread: string };
    merged?: { thread: string; from: string };
    read?: { threads: number; undo?: string };
  };
}

// Work: what asks for somebody, and what somebody has taken on.

export type Priority = "high" | "normal" | "low";

export interface MessageCard {
  kind: "mms" | "wap" | "contact" | "calendar" | "sim" | "binary";
  from?: string;
  subject?: string;
  size?: number;
  expiry?: string;
  url?: string;
}

export interface Offer {
  id: string;
  reference: string;
  title: string;
  thread: string;
  number: string;
  contact?: Contact;
  line: string;
  state: "ringing" | "unanswered" | "taken" | "withdrawn";
  message: string; // the text that made it
  case?: string;
  last_case?: Case;
  policy: "ask" | "continue" | "new";
  to?: string[]; // agents whom it rings for
  until?: string;
  created_at: string;
  taken_by?: string;
  taken_by_name?: string;
  rev: number;
}

export interface Case {
  id: string;
  reference: string;
  thread: string;
  number: string;
  contact?: Contact;
  line: string;
  state: "open" | "closed";
  owner?: string;
  owner_name?: string;
  origin: Direction;
  outcome?: string;
  started_at: string;
  opened_at: string;
  waiting_since?: string;
  closed_at?: string;
  closed_by?: string;
  lookup?: { source: string; name?: string; address?: string; fields?: Record<string, string>; error?: string; at: string };
  notes?: { n: number; kind: string; author: Author; text: string; at: string }[];
  pop_url?: string;
  rev: number;
}

// CasePop is all that an answered case opens with.
export interface CasePop {
  offer?: Offer;
  case: Case;
  messages: Message[];
}

export interface Setting {
  key: string;
  value?: unknown;
}

export interface Colleague {
  id: string;
  name: string;
  role: Role;
  presence: Presence;
}

// FromOptions is what a text to somebody can be sent from, and what is filled in.
export interface FromOptions {
  options: {
    line: string; number?: string; name?: string; state: LineState; state_reason?: string;
    sms_disabled?: boolean; filled?: boolean; last?: boolean; changes?: boolean;
  }[];
  from?: string;
  why: "last_used" | "only_one" | "must_choose" | "none";
  choose: boolean;
  reason?: string;
  fix_by?: Role;
  detail?: string;
}

// Card is a contact with all that reaches it.
export interface Card extends Contact {
  first_name?: string;
  last_name?: string;
  organisation?: string;
  emails?: { address: string; type?: string }[];
  address?: string;
  notes?: string;
  custom?: Record<string, string>;
  language?: string;
  blocked?: boolean;
}

export interface Template {
  id: string;
  name: string;
  text: string;
  language?: string;
  owner?: string;
  fields?: string[];
}
