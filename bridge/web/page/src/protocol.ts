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
  code?: number;
  total: number;
  parts: Part[] | null;
  count?: Count;
  copies?: number;
  warnings?: string[];
  raw?: string;
  author?: Author;
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
  rev?: number;
}

export interface Thread {
  id: string;
  channel: string;
  peer: string; // E.164, a short code, or a name
  contact?: Contact;
  line?: string;
  last?: Message;
  rev: number;
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
}

export interface Event {
  epoch: string;
  seq: number;
  prev: number;
  at: string;
  type: string;
  thread?: string;
  line?: string;
  data: { message?: Message; thread?: Thread; contact?: Contact; line?: Line };
}
