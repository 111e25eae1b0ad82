// The one place that speaks to screen readers. The thread itself is no live
// region: readers would read old lines again whenever the window moves.

import { signal } from "@preact/signals";

const gap = 1_500; // what comes within it is told together

const spoken = signal("");

let waiting: string[] = [];
let timer = 0;

export function announce(sentence: string): void {
  waiting = [...waiting.filter((w) => w !== sentence), sentence];
  if (timer) return;
  timer = window.setTimeout(() => {
    timer = 0;
    spoken.value = waiting.slice(-3).join(" ");
    waiting = [];
  }, spoken.value === "" ? 50 : gap);
}

export function Announcer() {
  return <div class="unseen" role="status" aria-live="polite">{spoken.value}</div>;
}
