// Texts that somebody began to write, one for each place, kept in this browser.

import { signal } from "@preact/signals";
import { forget, keep, kept, onKept } from "./keep";

export const drafts = signal<Record<string, string>>({});

export function startDrafts(): void {
  drafts.value = kept<string>("draft");
}

onKept("draft", (name, value) => set(name, typeof value === "string" ? value : ""));

export function draft(name: string, text: string): void {
  if ((drafts.value[name] ?? "") === text) return;
  set(name, text);
  if (text === "") forget("draft", name);
  else keep("draft", name, text);
}

function set(name: string, text: string): void {
  const { [name]: _, ...rest } = drafts.value;
  drafts.value = text === "" ? rest : { ...rest, [name]: text };
}
