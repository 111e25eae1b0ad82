// How the page looks to one person in one browser: theme, density, size of the
// words, and the language.

import { signal } from "@preact/signals";

export interface Look {
  theme: "auto" | "light" | "dark";
  colours: "own" | "seed"; // seed: green, brown and blue as the portals of old had them
  density: "roomy" | "dense";
  size: 90 | 100 | 115 | 130; // per cent
  language: string; // empty: the browser's
}

const key = "smsbridge.look";
const plain: Look = { theme: "auto", colours: "own", density: "roomy", size: 100, language: "" };

export const look = signal<Look>(read());

export function setLook(change: Partial<Look>): void {
  look.value = { ...look.value, ...change };
  try {
    localStorage.setItem(key, JSON.stringify(look.value));
  } catch {
    // Storage is full or forbidden: the look lasts until the page is closed.
  }
  applyLook();
}

// applyLook puts the look on the root, where the style sheet finds it.
export function applyLook(): void {
  const { theme, colours, density, size } = look.value;
  const root = document.documentElement;
  root.dataset.theme = theme;
  root.dataset.colours = colours;
  root.dataset.density = density;
  root.dataset.size = String(size);
}

// language is the one to speak: the chosen one, or the browser's first.
export function language(): string {
  return look.value.language || navigator.languages[0] || "en";
}

function read(): Look {
  try {
    return { ...plain, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Look>) };
  } catch {
    return plain;
  }
}
