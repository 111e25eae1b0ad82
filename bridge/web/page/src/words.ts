// Every word that the page says. A translation is a second object of this
// shape: {name} is filled in, a pair of forms is chosen by the number {n}.

import type { LineState, MessageState } from "./protocol";

interface Plural {
  one: string;
  other: string;
}

export const locale = "en";

export const words = {
  product: "smsbridge",
  texts: "Texts",
  sms: "SMS",
  you: "You",
  close: "Close",
  save: "Save",
  copy: "Copy",
  copied: "Copied",
  back: "Back",
  program: "a program",
  console: "the console",
  unnamedLine: "Line",

  // Skip links and panes
  skipToList: "Skip to conversations",
  skipToThread: "Skip to texts",
  skipToComposer: "Skip to writing",
  paneBar: "Lines and connection",
  paneRail: "Main menu",
  paneList: "Conversations",
  paneThread: "Texts with {who}",
  paneDetails: "Details",

  // Top bar
  live: "Live, {n} ms",
  liveUnmeasured: "Live",
  connecting: "Connecting",
  reconnecting: "Reconnecting",
  reconnectingQueued: { one: "Reconnecting, {n} queued", other: "Reconnecting, {n} queued" } as Plural,
  tryNow: "Try to connect now",
  unread: { one: "{n} unread", other: "{n} unread" } as Plural,
  account: "Account of {name}",
  owner: "Owner",
  agent: "Agent",
  signOut: "Sign out",
  signOutAsk: "Sign out of this browser?",
  signOutTold: "Drafts and texts that still wait here are removed from this browser.",
  keys: "Keys",
  keysTitle: "Keys that work here",
  phone: "Pretend phone",
  openPhone: "Open the pretend phone",
  demo: "Demo",
  demoTold: "Demo: the modems are pretended, no text leaves this computer.",
  licences: "Licences of the parts of this page",

  // Lines
  lineReady: "Ready",
  lineState: {
    ready: "Ready",
    not_registered: "No network",
    absent: "No modem",
    failed: "Modem fault",
  } satisfies Record<LineState, string>,
  lineWhy: {
    ready: "This line sends and receives.",
    not_registered: "The modem works, but the network has not taken its SIM. Whoever looks after the box can check the aerial, the SIM and its credit.",
    absent: "The modem of this line is unplugged. Whoever looks after the box can plug it in again; nothing else is needed.",
    failed: "The modem is there but does not answer as it should. Whoever looks after the box can unplug it, wait ten seconds and plug it in again.",
  } satisfies Record<LineState, string>,
  signal: ["no signal known", "weak signal", "fair signal", "good signal", "strong signal"],
  lineNumber: "Number",
  lineOperator: "Network",
  lineSignal: "Signal",
  lineModem: "Modem",
  linePort: "Port",
  lineSIM: "SIM (ICCID)",
  lineNoNumber: "The SIM does not tell its number.",
  noLine: "No line yet",
  noLineTold: "To text, this box needs a modem with a SIM. None has been found so far.",
  noLineWho: "Whoever looks after the box can plug one in: it shows here by itself, usually within a minute.",
  noLineReady: "No line is ready",

  // List
  newConversation: "New",
  newConversationLong: "New conversation",
  search: "Search name or number",
  searchGo: "Search",
  clear: "Clear",
  anyLine: "All our numbers",
  filterLine: "Show texts of",
  draft: "Draft:",
  youSaid: "You:",
  markAllRead: "Mark all read",
  more: "More conversations",
  nothingFound: "Nobody here is called or has the number “{what}”.",
  textNumber: "Send SMS to {number}",
  noThreads: "No texts yet",
  noThreadsTold: "Text {number} from any phone and it shows here, or write first with New.",
  noThreadsNoNumber: "A text that comes in shows here. Write first with New.",
  loading: "Loading…",

  // New conversation
  toNumber: "Number or name",
  toHint: "With + and country code, such as +15550100. A short code has 3 to 8 digits.",
  toMissing: "Type a number first.",
  toNoCountry: "Write + and the country code first, such as +15550100.",
  toNotNumber: "This is no phone number. Write + and digits, such as +15550100.",
  write: "Write",
  openChat: "Open chat",

  // Thread
  chooseThread: "Choose a conversation",
  chooseThreadTold: "or start one with New. Alt+N does it from anywhere.",
  beFirst: "Ready to text",
  beFirstTold: "Write first with New, or wait for somebody to text you. Alt+N is New from anywhere.",
  firstText: "Your first text to {who} starts this conversation.",
  beginning: "This is the beginning.",
  older: "Loading earlier texts…",
  newTexts: { one: "{n} new text", other: "{n} new texts" } as Plural,
  toNewest: "To the newest text",
  addContact: "Add contact",
  editContact: "Edit contact",
  showDetails: "Details",
  today: "Today",
  yesterday: "Yesterday",
  said: "{from} to {to}, {time}, {state}",
  announced: { one: "New text from {who}", other: "{n} new texts from {who}" } as Plural,
  gone: "This conversation is not here (any more).",

  // States of a text
  state: {
    queued: "Queued",
    held: "Held back",
    sending: "Sending",
    sent: "Sent",
    delivered: "Delivered",
    undelivered: "Not delivered",
    unconfirmed: "Unconfirmed",
    failed: "Failed",
    expired: "Expired",
    canceled: "Cancelled",
    partially_sent: "Sent in part",
    partially_delivered: "Delivered in part",
    received: "Received",
    partial: "Incomplete",
  } satisfies Record<MessageState, string>,
  sendingPart: "Sending, part {i} of {n}",
  deliveredAt: "Delivered at {time}",
  waiting: "Waiting for the connection",
  handing: "Handing over",
  asking: "Not sent",
  refused: "Refused",
  unconfirmedTold: "The line was lost while it went out. It may have arrived; it is not sent again by itself.",
  failedTold: "It was not sent.",
  undeliveredTold: "The network could not deliver it.",
  expiredTold: "It became too old before it could be sent.",
  partialTold: "{have} of {n} parts have come. The rest fills in here.",
  undecodable: "This text could not be read. It is kept as it came:",
  copies: "The network delivered this {n} times.",
  partsN: { one: "{n} part", other: "{n} parts" } as Plural,
  sendAgain: "Send again",
  sendAgainTwice: "Send again (may arrive twice)",
  edit: "Edit",
  discard: "Discard",
  sendNow: "Send now",
  sendNowAsk: "This waited {age} for the connection. Send it now?",
  facts: "About this text",
  hiddenSign: "hidden sign {code}",

  // Composer
  message: "Text to {who}",
  placeholder: "Write a text",
  send: "Send",
  from: "From",
  fromChoose: "Choose a number",
  fromOther: "{who} will see {number}. So far it was {before}.",
  fromMissing: "Choose the number to send from.",
  lineNotReady: "{line}: {state}. Your text waits until the line is ready.",
  counter: { one: "{n} part · {left} left · {alphabet}", other: "{n} parts · {left} left · {alphabet}" } as Plural,
  alphabet: { gsm7: "GSM", ucs2: "Unicode" } as Record<string, string>,
  counterTitle: "How this text is cut into parts",
  counterGSM: "Every character is in the SMS alphabet: 160 fit into one part, 153 into each part of a longer text.",
  counterUnicode: "A character outside the SMS alphabet makes parts shorter: 70 fit into one part, 67 into each part of a longer text.",
  partOf: "Part {i}",
  cannotAnswer: "{who} is a name, not a number: the network carries no answer to it.",
  writeFirst: "Write something first.",

  // Contact
  contactName: "Name",
  contactNameMissing: "Give the contact a name.",
  contactNumbers: "Numbers",
  contactNumbersHint: "One on each line.",
  contactWhich: "Save as",
  contactNew: "New contact",
  unsaved: "Not saved as a contact",
  sharedLine: "Texts with this contact last went over",

  // Facts
  factsHint: "Press the sign beside a text to see all about it here.",
  factState: "State",
  factFrom: "From",
  factTo: "To",
  factLine: "Line",
  factAuthor: "Written by",
  factAccepted: "Accepted",
  factSent: "Sent",
  factSentIn: "Time stamp of the network",
  factReceived: "Received",
  factDelivered: "Delivered",
  factParts: "Parts",
  factReason: "Reason",
  factTrace: "Modem to box",
  factCost: "Length",
  factID: "Id",

  // Sign-in
  welcome: "Welcome",
  signInTitle: "Sign in",
  setupTold: "This box has no owner yet. The code that it printed when it started makes you the owner.",
  signInTold: "Type the code that you were given. Whoever looks after the box can make one.",
  code: "Code",
  codeHint: "Eight letters, such as WDJB-MJHT.",
  codeMissing: "Type the code first.",
  name: "Your name",
  nameHint: "Your team sees it beside the texts that you send.",
  nameMissing: "Type your name.",
  signIn: "Sign in",
  setUp: "Make me the owner",
  boxAway: "The box does not answer. Is it switched on, and are you on its network?",
  signedOut: "Your session is over. Sign in again; your drafts are kept.",

  // Pretend phone
  phoneTitle: "Pretend phone",
  phoneTold: "It plays the customer. No radio, no network, no cost: what you write here goes to the pretended modems of this box.",
  phoneNumber: "This phone's number",
  phoneEmpty: "No texts. Write one to the box, or let somebody text {number} from the page.",
  phoneMessage: "Text message",
  phoneAbsent: "There is no pretend phone here: the box runs with real modems. Start it with --demo to try things out.",
  phoneAway: "No network (the box does not answer)",
  phoneFrom: "From {who}, {time}",
  phoneTo2: "To {who}, {time}",
  onItsWay: "On its way",
  phoneDesk: "To the page",
  phoneNoModem: "The box has no pretended modem.",

  // Keys, as the list of keys shows them
  keyList: [
    ["Enter", "Send"],
    ["Shift + Enter", "New line"],
    ["Alt + N", "New conversation"],
    ["Alt + ↑ / ↓", "Previous or next conversation"],
    ["Alt + Shift + ↑ / ↓", "Previous or next unread one"],
    ["F6 / Shift + F6", "Next or previous pane"],
    ["↑ in an empty box", "Bring back the last text that failed"],
    ["Esc", "Close, clear the search, or go back"],
  ] as [string, string][],
};

const rules = new Intl.PluralRules(locale);

// say fills {names} into a sentence; a pair of forms is chosen by n.
export function say(sentence: string | Plural, values: Record<string, string | number> = {}): string {
  const form = typeof sentence === "string" ? sentence
    : rules.select(Number(values.n)) === "one" ? sentence.one : sentence.other;
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

// sentence makes a whole one of a reason that the box gives in short.
export function sentence(reason: string): string {
  return reason.charAt(0).toLocaleUpperCase(locale) + reason.slice(1) + (/[.!?]$/.test(reason) ? "" : ".");
}
