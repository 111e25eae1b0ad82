// Phone numbers as people type them and as the box keeps them.

import { words } from "./words";

// parse reads a number by the box's own rules (storage.ParseNumber): E.164, or
// a short code of 3 to 8 digits. It answers the number or what is wrong.
export function parse(typed: string): { number: string } | { wrong: string } {
  const text = typed.trim();
  if (text === "") return { wrong: words.toMissing };
  if (!/^\+?[0-9 .\-/()\u00a0]+$/.test(text)) return { wrong: words.toNotNumber };
  const number = digits(text);
  if (text.startsWith("+")) {
    return /^[1-9][0-9]{6,14}$/.test(number) ? { number: "+" + number } : { wrong: words.toNotNumber };
  }
  return /^[0-9]{3,8}$/.test(number) ? { number } : { wrong: words.toNoCountry };
}

// digits are what a search compares: any way of writing finds the number.
export function digits(text: string): string {
  return text.replace(/[^0-9]/g, "");
}

// isNumber tells a number from a named sender, which nobody can answer.
export function isNumber(peer: string): boolean {
  return /^\+?[0-9]+$/.test(peer);
}
