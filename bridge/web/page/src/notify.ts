// The ladder of notices: the title, a sound, a notice of the desktop. A muted
// thread climbs none of it; its badge stays. Of several tabs one makes noise.

import { effect, signal } from "@preact/signals";
import { onEvent } from "./kit";
import { preferences } from "./prefer";
import type { Event, Message } from "./protocol";
import { place, session, threads, who } from "./store";
import { muted, unreadTotal } from "./view";
import { say, words } from "./words";

// What the bar asks for: to unlock the sound, to allow notices, or to load the
// new version of the page.
export const asking = signal<"" | "sound" | "desktop" | "version">("");

const still = matchMedia("(prefers-reduced-motion: reduce)");

const looking = () => !document.hidden && document.hasFocus();

// Sound. Browsers let a page be heard once somebody has touched it.

let audio: AudioContext | null = null;

// unlock is called from a click or a key, which is what browsers ask for.
export function unlock(): void {
  audio ??= new AudioContext();
  void audio.resume().then(() => {
    if (asking.value === "sound") asking.value = "";
    lead("sound");
  });
}

export const tones = ["glass", "knock", "rise"] as const;

// Each tone is a few notes: pitch in Hz, when it begins and how long it lasts.
const notes: Record<string, [number, number, number][]> = {
  glass: [[1318, 0, 0.5], [1760, 0.09, 0.6]],
  knock: [[220, 0, 0.09], [180, 0.14, 0.11]],
  rise: [[523, 0, 0.16], [659, 0.13, 0.16], [784, 0.26, 0.34]],
};

// sound plays the tone and tells whether it could be heard.
export function sound(tone = preferences.value.notify_tone, volume = Number(preferences.value.notify_volume)): boolean {
  if (!audio || audio.state !== "running") {
    asking.value ||= "sound";
    return false;
  }
  for (const [pitch, at, lasts] of notes[tone] ?? notes.glass) {
    const from = audio.currentTime + at;
    const voice = audio.createOscillator(), loud = audio.createGain();
    voice.type = tone === "knock" ? "triangle" : "sine";
    voice.frequency.value = pitch;
    loud.gain.setValueAtTime(0, from);
    loud.gain.linearRampToValueAtTime((volume / 100) * 0.4, from + 0.012);
    loud.gain.exponentialRampToValueAtTime(0.0001, from + lasts);
    voice.connect(loud).connect(audio.destination);
    voice.start(from);
    voice.stop(from + lasts);
  }
  return true;
}

// Title. It changes once a second until somebody looks, and stands still for
// who asked for no motion (WCAG 2.2, 2.2.2).

let flashing = 0;
let flash = "";
let base = "";

const steady = -1; // no timer has this number

export function flashTitle(told: string): void {
  if (flashing) turnBack();
  flash = "● " + told;
  turn();
  flashing ||= still.matches ? steady : window.setInterval(turn, 1_000);
}

function turn(): void {
  if (document.title === flash) {
    document.title = base;
    return;
  }
  base = document.title;
  document.title = flash;
}

function turnBack(): void {
  if (document.title === flash) document.title = base;
}

export function stopTitle(): void {
  window.clearInterval(flashing);
  if (flashing) turnBack();
  flashing = 0;
}

// Desktop. Asked for after the first text that came while nobody looked.

export type Desktop = "granted" | "denied" | "default" | "insecure" | "none";

export function desktop(): Desktop {
  if (!window.isSecureContext) return "insecure";
  return "Notification" in window ? Notification.permission : "none";
}

export async function allowDesktop(): Promise<Desktop> {
  asking.value = "";
  if (desktop() === "default") await Notification.requestPermission();
  return desktop();
}

const later = "smsbridge.notice-later";

// notNow leaves somebody alone who does not want notices.
export function notNow(): void {
  asking.value = "";
  try {
    localStorage.setItem(later, "1");
  } catch {
    // Then it is asked again.
  }
}

function wanted(): boolean {
  try {
    return localStorage.getItem(later) === null;
  } catch {
    return false;
  }
}

export function notice(title: string, text: string, tag: string): boolean {
  if (desktop() !== "granted") return false;
  const hash = tag && "#t=" + encodeURIComponent(tag);
  const facts = { body: text, tag, icon: "/icon-192.png", data: hash };
  try {
    const shown = new Notification(title, facts);
    shown.onclick = () => {
      window.focus();
      if (hash) location.hash = hash;
      shown.close();
    };
  } catch {
    // Phones let only the worker show one, which then goes where it leads.
    void navigator.serviceWorker?.ready.then((r) => r.showNotification(title, facts)).catch(() => {});
  }
  return true;
}

// App badge: the number on the icon of the installed page.

export type AppBadge = "works" | "browser" | "insecure" | "none";

export function appBadge(): AppBadge {
  if (!window.isSecureContext) return "insecure";
  if (!("setAppBadge" in navigator)) return "none";
  return matchMedia("(display-mode: standalone)").matches ? "works" : "browser";
}

export function showAppBadge(n: number): void {
  if (appBadge() !== "works") return;
  void (n > 0 ? navigator.setAppBadge(n) : navigator.clearAppBadge()).catch(() => {});
}

// One tab of a browser shows notices, and one of those that may be heard makes
// noise: where the browser has locks, who holds them; elsewhere (plain HTTP), who
// writes the number of the event first.

const held = { notices: false, sound: false };
const asked = new Set<string>();

function lead(what: keyof typeof held): void {
  if (!navigator.locks || asked.has(what)) return;
  asked.add(what);
  void navigator.locks.request("smsbridge." + what, () => {
    held[what] = true;
    return new Promise<void>(() => {}); // until the tab is closed
  });
}

// A tab in which somebody looks at a conversation holds a lock of that name, so
// that the others are silent about it.

const lookedAt = (thread: string) => "smsbridge.at." + thread;

let watched = "";
let letGo = () => {};

function watch(): void {
  const thread = place.value?.thread;
  const now = thread && looking() ? lookedAt(thread) : "";
  if (now === watched) return;
  letGo();
  watched = now;
  if (now) void navigator.locks?.request(now, { mode: "shared" }, () => (watched === now ? new Promise<void>((done) => { letGo = done; }) : undefined));
}

async function holds(name: string): Promise<boolean> {
  return !!(await navigator.locks?.query())?.held?.some((l) => l.name === name);
}

// ring sounds the tone where this tab has to; where no tab may be heard, one asks.
async function ring(one: boolean): Promise<void> {
  if (navigator.locks ? held.sound : one) {
    sound();
    return;
  }
  if (!one || !navigator.locks) return;
  if (!(await holds("smsbridge.sound"))) asking.value ||= "sound";
}

async function first(seq: number): Promise<boolean> {
  if (navigator.locks) return held.notices;
  await new Promise((done) => setTimeout(done, looking() ? 0 : 20 + Math.random() * 80));
  const key = "smsbridge.noticed";
  try {
    if (Number(localStorage.getItem(key)) >= seq && seq > 0) return false;
    localStorage.setItem(key, String(seq));
  } catch {
    // Every tab is heard then.
  }
  return true;
}

// kind is what there is to be told of, if anything.
function kind(e: Event, m: Message | undefined): "sms" | "chat" | "call" | "offer" | "" {
  const own = session.value?.agent?.id;
  if (e.type === "offer.created") return e.data.offer?.to?.includes(own ?? "") ? "offer" : "";
  if (!m || (e.type !== "message.received" && e.type !== "message.queued")) return "";
  if (m.channel === "chat") return m.sender !== own ? "chat" : "";
  if (m.dir !== "in") return "";
  return m.channel === "call" ? "call" : "sms";
}

// climb goes up the ladder for an event.
async function climb(e: Event): Promise<void> {
  const m = e.data.message;
  const what = kind(e, m);
  if (!what || Date.now() - Date.parse(e.at) > 300_000) return; // it came while this page was away
  const p = preferences.value;
  const thread = m?.thread ?? e.data.offer?.thread ?? "";
  const t = threads.value[thread];
  if (muted(thread) && what !== "offer") return;
  if ((what === "sms" && !p.notify_sms) || (what === "chat" && !p.notify_chat) || (what === "call" && !p.notify_call)) return;
  const name = t ? who(t) : e.data.offer?.title ?? m?.from ?? m?.author?.name ?? "";
  const told = what === "offer" ? say(words.noticeOffer, { who: e.data.offer!.number })
    : what === "call" ? say(words.noticeCall, { who: name }) : say(words.noticeText, { who: name });
  const away = !looking();
  if (away && !p.notify_focused && (await holds(lookedAt(thread)))) return; // in another tab
  if (away && p.notify_title) flashTitle(told);
  if (!away && !p.notify_focused && place.value?.thread === thread) return;
  const one = await first(e.seq);
  if (p.notify_sound && (away || p.notify_focused || what === "offer" || place.value?.thread !== thread)) await ring(one);
  if (!one || !away || !p.notify_desktop) return;
  if (desktop() === "granted") notice(told, p.notify_preview ? m?.text ?? e.data.offer?.reference ?? "" : "", thread);
  else if (desktop() === "default" && wanted()) asking.value ||= "desktop";
}

// startNotices is called once.
export function startNotices(): void {
  lead("notices");
  onEvent((e) => void climb(e));
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, unlock, { once: true });
  const look = () => {
    if (looking()) stopTitle();
    watch();
  };
  window.addEventListener("focus", look);
  window.addEventListener("blur", look);
  document.addEventListener("visibilitychange", look);
  effect(watch);
  effect(() => {
    document.documentElement.toggleAttribute("data-unseen", unreadTotal.value > 0);
    showAppBadge(unreadTotal.value);
    if (unreadTotal.value === 0) stopTitle();
  });
}
