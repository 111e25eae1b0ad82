// Lines: our own numbers, each a SIM in a modem. A chip in the top bar says
// whether one can text from it and how well it hears the network.

import { useState } from "preact/hooks";
import { Dialog } from "./dialog";
import { SimIcon } from "./icon";
import type { Line } from "./protocol";
import { lineName, lines, sortedLines } from "./store";
import { say, sentence, words } from "./words";

// bars are 0 to 4: what people know from their phones. The steps are those of
// the received signal strength in dBm.
export function bars(line: Line): number {
  const dbm = line.signal_dbm;
  if (!dbm || line.state === "absent" || line.state === "failed") return 0;
  return dbm >= -75 ? 4 : dbm >= -85 ? 3 : dbm >= -95 ? 2 : 1;
}

// why is what the box says and, where that is the modem's own short word, who
// can do what about it.
export function why(l: Line): string {
  if (l.state === "ready" || !l.reason) return words.lineWhy[l.state];
  return sentence(l.reason) + (l.state === "not_registered" ? "" : " " + words.lineWhy[l.state]);
}

export function Bars({ line }: { line: Line }) {
  const n = bars(line);
  return (
    <svg class={"bars bars" + n} viewBox="0 0 16 12" width="16" height="12" aria-hidden="true" focusable="false">
      {[0, 1, 2, 3].map((i) => (
        <rect key={i} x={i * 4} y={9 - i * 3} width="3" height={3 + i * 3} rx="1" class={i < n ? "on" : "off"} />
      ))}
    </svg>
  );
}

export function money(amount: number, currency?: string): string {
  return amount.toFixed(2) + (currency ? " " + currency : "");
}

export function LineChips() {
  const [shown, show] = useState<string | null>(null);
  const list = sortedLines.value;
  const line = shown === null ? undefined : lines.value[shown];
  return (
    <div class="chips">
      {list.map((l) => (
        <button type="button" class={"chip " + l.state} key={l.id} onClick={() => show(l.id)}
          title={l.state === "ready" ? words.signal[bars(l)] : words.lineState[l.state]}>
          <Bars line={l} />
          <span class="chip-name"><bdi>{lineName(l)}</bdi></span>
          {l.state === "ready"
            ? <span class="chip-note">{l.operator && <bdi>{l.operator}</bdi>}<span class="unseen">, {words.lineReady}, {words.signal[bars(l)]}</span></span>
            : <span class="chip-state">{words.lineState[l.state]}</span>}
          {l.balance && <span class={"chip-note credit" + (l.balance.low ? " low" : "")}><bdi>{money(l.balance.amount, l.balance.currency)}</bdi></span>}
        </button>
      ))}
      {line && <LineDialog line={line} onClose={() => show(null)} />}
    </div>
  );
}

function LineDialog({ line, onClose }: { line: Line; onClose(): void }) {
  const rows: [string, string | undefined][] = [
    [words.lineOperator, line.operator],
    [words.lineSignal, words.signal[bars(line)] + (line.signal_dbm ? ` (${line.signal_dbm} dBm)` : "")],
    [words.lineModem, [line.manufacturer, line.model, line.revision].filter(Boolean).join(" ")],
    [words.linePort, line.port],
    [words.lineSIM, line.iccid],
  ];
  return (
    <Dialog title={<bdi>{lineName(line)}</bdi>} onClose={onClose}>
      <p class={"state-line " + line.state}>
        <strong>{words.lineState[line.state]}.</strong> {why(line)}
      </p>
      {line.number ? <CopyRow label={words.lineNumber} value={line.number} /> : <p class="hint">{words.lineNoNumber}</p>}
      <dl class="facts">
        {rows.filter(([, v]) => v).map(([k, v]) => <div key={k}><dt>{k}</dt><dd><bdi>{v}</bdi></dd></div>)}
      </dl>
    </Dialog>
  );
}

// CopyRow shows a value to read out or to copy. The clipboard needs a secure
// context; without one the old way takes its place, and by hand it always works.
export function CopyRow({ label, value }: { label: string; value: string }) {
  const [done, tell] = useState(false);
  async function copy(e: Event) {
    const field = (e.currentTarget as HTMLElement).parentElement!.querySelector("input")!;
    field.select();
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(value);
      else document.execCommand("copy");
      tell(true);
    } catch {
      tell(false);
    }
  }
  return (
    <div class="copy-row">
      <label>{label}<input readOnly value={value} dir="ltr" onFocus={(e) => e.currentTarget.select()} /></label>
      <button type="button" class="button" onClick={(e) => void copy(e)}>{done ? words.copied : words.copy}</button>
    </div>
  );
}

// NoLine says why nobody can text and who can change it.
export function NoLine() {
  const list = sortedLines.value;
  if (list.some((l) => l.state === "ready")) return null;
  return (
    <div class="no-line" role="note">
      <SimIcon />
      <div>
        <strong>{list.length === 0 ? words.noLine : words.noLineReady}</strong>
        {list.length === 0
          ? <p>{words.noLineTold} {words.noLineWho}</p>
          : list.map((l) => (
            <p key={l.id}><bdi>{lineName(l)}</bdi>: {words.lineState[l.state]}. {why(l)}</p>
          ))}
      </div>
    </div>
  );
}

// lineBadge is the short name that a bubble carries.
export function lineBadge(id: string): string {
  const l = lines.value[id];
  return l ? lineName(l) : say(words.unnamedLine);
}
