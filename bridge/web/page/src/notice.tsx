// What the page asks for to be heard and seen, and the settings of it.

import { useState } from "preact/hooks";
import { catalog } from "./catalog";
import { said, toast } from "./kit";
import { Choice, Switch } from "./room/kit";
import { allowDesktop, type AppBadge, appBadge, asking, type Desktop, desktop, flashTitle, notice, notNow, showAppBadge, sound, stopTitle, tones, unlock } from "./notify";
import { type Preferences, prefer, preferences } from "./prefer";
import { unreadTotal } from "./view";

const words = catalog("notices", {
  title: "Notices",
  what: "Tell me of",
  sms: "Texts",
  chat: "What colleagues write",
  call: "Missed calls",
  how: "Tell me by",
  flash: "The title of the window",
  sound: "A sound",
  focused: "A sound also while I look at the page",
  tone: "Sound",
  tones: { glass: "Glass", knock: "Knock", rise: "Rise" } as Record<string, string>,
  volume: "Loudness",
  desktop: "A notice of the desktop",
  preview: "The notice shows the words",
  allow: "Allow notices",
  testAll: "Test all",
  testFlash: "This is a test",
  testText: "So a text would be told of.",
  testTold: "Every step of the ladder, one after the other.",
  results: "What the test found",
  step: { badge: "Badge", flash: "Title", sound: "Sound", desktop: "Desktop" } as Record<string, string>,
  works: "works",
  off: "switched off above",
  locked: "locked by the browser until you press something on this page",
  stillTold: "shown without motion, as your system asks",
  desktopState: {
    granted: "works",
    denied: "forbidden in the browser; its settings for this page can allow it again",
    default: "not allowed yet; press Allow notices",
    insecure: "the browser has none on this address: open the page by HTTPS, or on the box itself",
  } satisfies Record<Exclude<Desktop, "none">, string>,
  askSound: "The browser keeps this page silent until you press something.",
  unlock: "Switch sound on",
  askDesktop: "A text came while you looked elsewhere. Shall the desktop tell you of such?",
  notNow: "No, thank you",
});

// ladder has the words of the rungs that the page itself can show, and of its new
// version.
const ladder = catalog("ladder", {
  icon: "Icon of the tab",
  box: "Green head of a conversation",
  app: "Badge of the app",
  none: "this browser has none",
  notInstalled: "shown once this page is installed as an app, which the menu of the browser does",
  mutedTold: "A conversation that you mute makes no sound, no title and no notice; its badge stays.",
  version: "A new version of this page is here. What you began to write stays.",
  reload: "Load it",
  notYet: "Later",
});

const stepName = (step: string) => words.step[step] ?? { icon: ladder.icon, box: ladder.box, app: ladder.app }[step];

const desktopWords = (state: Desktop) => (state === "none" ? ladder.none : words.desktopState[state]);

const appWords = (state: AppBadge) =>
  ({ works: words.works, browser: ladder.notInstalled, insecure: words.desktopState.insecure, none: ladder.none })[state];

// Bar asks for what a notice needs, where it needs something.
export function AskBar() {
  if (!asking.value) return null;
  if (asking.value === "version") {
    return (
      <div class="ask-bar" role="status">
        <span>{ladder.version}</span>
        <button type="button" class="button primary" onClick={() => location.reload()}>{ladder.reload}</button>
        <button type="button" class="button" onClick={() => (asking.value = "")}>{ladder.notYet}</button>
      </div>
    );
  }
  const forSound = asking.value === "sound";
  return (
    <div class="ask-bar" role="status">
      <span>{forSound ? words.askSound : words.askDesktop}</span>
      <button type="button" class="button primary" onClick={() => { if (forSound) unlock(); else void allowDesktop(); }}>{forSound ? words.unlock : words.allow}</button>
      <button type="button" class="button" onClick={() => (forSound ? (asking.value = "") : notNow())}>{words.notNow}</button>
    </div>
  );
}

const testLasts = 4_000;

// light shows the rungs that stay as long as something is unread, for a while.
function light(): void {
  const icon = document.querySelector("link[rel=icon]");
  icon?.setAttribute("href", "/icon-unread.svg");
  showAppBadge(unreadTotal.peek() + 1);
  window.setTimeout(() => {
    stopTitle();
    icon?.setAttribute("href", unreadTotal.peek() > 0 ? "/icon-unread.svg" : "/icon.svg");
    showAppBadge(unreadTotal.peek());
  }, testLasts);
}

// NotifySettings are the switches of the ladder and the test of all its steps.
export function NotifySettings() {
  const p = preferences.value;
  const [found, tell] = useState<[string, string][]>([]);
  const [green, turn] = useState(false);
  const [, again] = useState(0);
  const set = <K extends keyof Preferences>(key: K) => (value: Preferences[K]) => void prefer(key, value).catch((e) => toast(said(e)));

  function test() {
    unlock();
    window.setTimeout(() => {
      const state = desktop();
      if (p.notify_title) flashTitle(words.testFlash);
      light();
      turn(true);
      window.setTimeout(() => turn(false), testLasts);
      const heard = p.notify_sound && sound();
      if (p.notify_desktop && state === "granted") notice(words.testFlash, words.testText, "");
      const steady = matchMedia("(prefers-reduced-motion: reduce)").matches;
      tell([
        ["badge", words.works],
        ["box", words.works],
        ["flash", !p.notify_title ? words.off : steady ? words.stillTold : words.works],
        ["icon", words.works],
        ["sound", !p.notify_sound ? words.off : heard ? words.works : words.locked],
        ["desktop", !p.notify_desktop ? words.off : desktopWords(state)],
        ["app", appWords(appBadge())],
      ]);
    }, 150); // the sound is unlocked by then
  }

  return (
    <section class={"block notify" + (green ? " fresh" : "")} aria-label={words.title}>
      <h3>{words.title}</h3>
      <fieldset class="switches"><legend>{words.what}</legend>
        <Switch label={words.sms} on={p.notify_sms} set={set("notify_sms")} />
        <Switch label={words.chat} on={p.notify_chat} set={set("notify_chat")} />
        <Switch label={words.call} on={p.notify_call} set={set("notify_call")} />
      </fieldset>
      <fieldset class="switches"><legend>{words.how}</legend>
        <Switch label={words.flash} on={p.notify_title} set={set("notify_title")} />
        <Switch label={words.sound} on={p.notify_sound} set={set("notify_sound")} />
        {p.notify_sound && <Switch label={words.focused} on={p.notify_focused} set={set("notify_focused")} />}
        <Switch label={words.desktop} on={p.notify_desktop} set={set("notify_desktop")} />
        {p.notify_desktop && <Switch label={words.preview} on={p.notify_preview} set={set("notify_preview")} />}
      </fieldset>
      {p.notify_sound && <>
        <Choice label={words.tone} value={p.notify_tone} of={tones.map((t) => [t, words.tones[t]] as [string, string])}
          set={(tone) => { unlock(); set("notify_tone")(tone); window.setTimeout(() => sound(tone), 150); }} />
        <Choice label={words.volume} value={p.notify_volume} of={["20", "40", "60", "80", "100"].map((v) => [v, v + " %"] as [string, string])}
          set={(volume) => { unlock(); set("notify_volume")(volume); window.setTimeout(() => sound(p.notify_tone, Number(volume)), 150); }} />
      </>}
      <p class="line-form">
        <button type="button" class="button" onClick={test}>{words.testAll}</button>
        {desktop() === "default" && <button type="button" class="button" onClick={() => void allowDesktop().then(() => again((n) => n + 1))}>{words.allow}</button>}
      </p>
      <p class="hint">{words.testTold} {ladder.mutedTold}</p>
      {found.length > 0 && (
        <div role="status" aria-label={words.results}>
          <dl class="facts">{found.map(([step, result]) => <div key={step} data-step={step}><dt>{stepName(step)}</dt><dd>{result}</dd></div>)}</dl>
        </div>
      )}
    </section>
  );
}

export { show as failed } from "./failure";
