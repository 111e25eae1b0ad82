// The conversations that stand in boxes at the foot of the page, whatever room
// is shown above them. This browser keeps them.

import { signal } from "@preact/signals";
import { forget, keep, kept } from "./keep";

export interface Box {
  thread: string;
  small: boolean; // only its head is shown
}

export const boxes = signal<Box[]>([]);

// startBoxes takes up what stood open before.
export function startBoxes(): void {
  boxes.value = Object.values(kept<Box[]>("boxes")).flat().filter((b) => b.thread);
}

export function setBoxes(list: Box[]): void {
  boxes.value = list;
  if (list.length > 0) keep("boxes", "all", list);
  else forget("boxes", "all");
}

const patience = 40;
const between = 50; // ms

// openBox opens a conversation in a box, or its box if it has one, and goes to
// the field where one writes.
export function openBox(thread: string): void {
  setBoxes([...boxes.value.filter((b) => b.thread !== thread), { thread, small: false }]);
  caret("composer-" + thread, patience);
}

function caret(id: string, left: number): void {
  const field = document.getElementById(id);
  if (field) field.focus();
  else if (left > 0) window.setTimeout(() => caret(id, left - 1), between);
}
