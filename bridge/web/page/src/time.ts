// Moments in people's words, by the browser's own rules of the language.

import { tag } from "./catalog";
import { words } from "./words";

// A format is made when it is first used: the language is known by then.
function format(options: Intl.DateTimeFormatOptions): (date: Date) => string {
  let made: Intl.DateTimeFormat | undefined;
  return (date) => (made ??= new Intl.DateTimeFormat(tag(), options)).format(date);
}

const clockFormat = format({ hour: "numeric", minute: "2-digit" });
const exactFormat = format({ dateStyle: "medium", timeStyle: "medium" });
const weekdayFormat = format({ weekday: "short" });
const dateFormat = format({ day: "numeric", month: "short" });
const yearFormat = format({ day: "numeric", month: "short", year: "numeric" });
const dayFormat = format({ weekday: "long", day: "numeric", month: "long" });

const oneDay = 86_400_000;

// clock is the time of day: 21:41.
export function clock(at: string | undefined): string {
  return at ? clockFormat(new Date(at)) : "";
}

// exact is the whole moment, for a hover and for the facts.
export function exact(at: string | undefined): string {
  return at ? exactFormat(new Date(at)) : "";
}

// moment is the whole moment of a clock of this browser.
export function moment(ms: number): string {
  return exactFormat(new Date(ms));
}

// dayKey is the same for all moments of one local day.
export function dayKey(at: string): string {
  return new Date(at).toDateString();
}

// dayName is the heading of a day.
export function dayName(at: string): string {
  const date = new Date(at);
  const away = daysAgo(date);
  if (away === 0) return words.today;
  if (away === 1) return words.yesterday;
  return away > 300 ? yearFormat(date) : dayFormat(date);
}

// shortAge is what a list row has room for: the time, the weekday or the date.
export function shortAge(at: string | undefined): string {
  if (!at) return "";
  const date = new Date(at);
  const away = daysAgo(date);
  if (away === 0) return clockFormat(date);
  if (away === 1) return words.yesterday;
  if (away < 7) return weekdayFormat(date);
  return away > 300 ? yearFormat(date) : dateFormat(date);
}

// span is a length of time in its largest unit: "4 minutes".
export function span(ms: number, unitDisplay: "long" | "short" = "long"): string {
  const [value, unit] = ms < 60_000 ? [ms / 1000, "second"] : ms < 3_600_000 ? [ms / 60_000, "minute"]
    : ms < oneDay ? [ms / 3_600_000, "hour"] : [ms / oneDay, "day"];
  return new Intl.NumberFormat(tag(), {
    style: "unit", unit: unit as string, unitDisplay, maximumFractionDigits: 0,
  }).format(Math.max(1, Math.floor(value as number)));
}

function daysAgo(date: Date): number {
  const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(date)) / oneDay);
}
