// How one person likes the page, as the box keeps it for all their browsers.

import { signal } from "@preact/signals";
import type { Setting } from "./protocol";
import { call } from "./socket";

const usual = {
  phone_button: "ask" as "ask" | "sms" | "call",
  enter_sends: true,
  single_keys: true,
  undo_s: "0",
  open_chats: "pane" as "pane" | "box",
  notify_sms: true,
  notify_chat: true,
  notify_call: true,
  notify_desktop: true,
  notify_sound: true,
  notify_title: true,
  notify_tone: "glass",
  notify_volume: "60",
  notify_focused: false,
  notify_preview: true,
};

export type Preferences = typeof usual;

export const preferences = signal<Preferences>(usual);

export function putPreferences(list: Setting[]): void {
  preferences.value = { ...preferences.value, ...Object.fromEntries(list.filter((p) => p.key in usual && p.value != null).map((p) => [p.key, p.value])) };
}

export async function readPreferences(): Promise<void> {
  putPreferences((await call<{ preferences: Setting[] }>("preference.get", {})).preferences);
}

// prefer sets one thing; it shows at once and goes back if the box says no.
export async function prefer<K extends keyof Preferences>(key: K, value: Preferences[K]): Promise<void> {
  const before = preferences.value;
  preferences.value = { ...before, [key]: value };
  try {
    await call("preference.set", { key, value });
  } catch (e) {
    preferences.value = { ...preferences.value, [key]: before[key] };
    throw e;
  }
}
