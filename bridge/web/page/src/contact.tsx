// Contacts: what is being written; the form of it is loaded when it is.

import { signal } from "@preact/signals";
import { later } from "./later";
import { threads } from "./store";

const Form = later(() => import("./contactform").then((m) => m.ContactForm));

// editing is the thread whose contact is being written; attach gives its number
// to somebody who is known already.
export const editing = signal<{ thread: string; attach?: boolean } | null>(null);

export function ContactDialog() {
  const t = editing.value && threads.value[editing.value.thread];
  if (!t) return null;
  return <Form key={t.id} peer={t.peer} contact={t.contact} attach={!!editing.value?.attach} onClose={() => (editing.value = null)} />;
}
