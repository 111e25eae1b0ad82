// When the page itself fails, its reader hears so and gets a report to copy: what
// went wrong where, and nothing of what people wrote.

import { render } from "preact";
import { useState } from "preact/hooks";
import { catalog } from "./catalog";
import { Refusal } from "./refusal";

const words = catalog("failure", {
  told: "Something on this page went wrong. What was sent and what you are writing is kept.",
  reload: "Load it again",
  copy: "Copy a report",
  copied: "Copied",
  close: "Go on",
  report: "Report",
});

let place: HTMLElement | null = null; // the first failure counts: others follow from it

export function show(error: unknown): void {
  if (place || error instanceof Refusal) return; // what the box refuses is said where it was asked
  place = document.body.appendChild(document.createElement("div"));
  render(<Failure report={reportOf(error)} onClose={close} />, place);
}

function close(): void {
  if (!place) return;
  render(null, place);
  place.remove();
  place = null;
}

function reportOf(error: unknown): string {
  const what = error instanceof Error ? (error.stack ?? "").includes(error.message) ? error.stack : `${error.name}: ${error.message}\n${error.stack}` : String(error);
  const build = document.querySelector<HTMLMetaElement>("meta[name=build]")?.content;
  return [`smsbridge ${build}`, new Date().toISOString(), navigator.userAgent, location.hash.replace(/=.*|\/[^/]*_.*/, ""), what].join("\n");
}

function Failure({ report, onClose }: { report: string; onClose(): void }) {
  const [copied, tell] = useState(false);
  async function copy(e: Event) {
    const field = (e.currentTarget as HTMLElement).parentElement!.querySelector("textarea")!;
    field.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(report).catch(() => {});
    else document.execCommand("copy");
    tell(true);
  }
  return (
    <div class="ask-bar failure" role="alert">
      <span>{words.told}</span>
      <textarea class="mono" rows={2} readOnly dir="ltr" aria-label={words.report} value={report} />
      <button type="button" class="button" onClick={(e) => void copy(e)}>{copied ? words.copied : words.copy}</button>
      <button type="button" class="button primary" onClick={() => location.reload()}>{words.reload}</button>
      <button type="button" class="button" onClick={onClose}>{words.close}</button>
    </div>
  );
}
