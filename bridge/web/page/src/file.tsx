// A conversation as a file: to keep, to reckon with, or to print.

import { useState } from "preact/hooks";
import { catalog } from "./catalog";
import { Dialog } from "./dialog";
import { Choice } from "./room/kit";

const words = catalog("file", {
  title: "Save the conversation as a file",
  told: "All its texts that you see, with their times and what became of them.",
  form: "Form",
  forms: { text: "Text", html: "Page to print", csv: "Table (CSV)", jsonl: "JSON lines" },
  save: "Save",
});

type Form = keyof typeof words.forms;

export function FileDialog({ thread, onClose }: { thread: string; onClose(): void }) {
  const [form, choose] = useState<Form>("text");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const at = "/api/v1/export/thread?" + new URLSearchParams({ thread, format: form, zone }).toString();
  return (
    <Dialog title={words.title} onClose={onClose}>
      <p>{words.told}</p>
      <Choice label={words.form} of={Object.entries(words.forms) as [Form, string][]} value={form} set={(f) => choose(f)} />
      <div class="dialog-do"><a class="button primary" href={at} download onClick={(e) => e.currentTarget.closest("dialog")?.close()}>{words.save}</a></div>
    </Dialog>
  );
}
