// Whom to write to: one field that takes a colleague, a contact or a number,
// and offers what the box finds.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { openBox } from "./boxes";
import { go } from "./desk";
import { Wrong } from "./dialog";
import { Client, Colleague, isManager, presenceWords, Stranger } from "./face";
import { toComposer } from "./focus";
import { parse } from "./number";
import { preferences } from "./prefer";
import type { Found } from "./protocol";
import { call, state } from "./socket";
import { reopen } from "./view";
import { words } from "./words";

const askAfter = 150;
const atMost = 12;

// openFound goes to the conversation with somebody that was found.
export function openFound(f: Found): void {
  if (f.thread && f.closed) reopen(f.thread);
  if (f.thread && preferences.value.open_chats === "box") return openBox(f.thread);
  go(f.thread ? { thread: f.thread } : f.kind === "agent" ? { agent: f.id } : { number: f.number });
  toComposer();
}

// useFound asks the box who is meant by what is typed; with nothing typed it is
// everybody.
export function useFound(typed: string): { of: string; found: Found[] } {
  const [answer, setAnswer] = useState<{ of: string; found: Found[] }>({ of: "", found: [] });
  const text = typed.trim();
  const live = state.value === "live";
  useEffect(() => {
    if (!live) return;
    let current = true;
    const timer = window.setTimeout(() => {
      call<{ found: Found[] }>("people.find", { q: text, limit: atMost }).then((a) => { if (current) setAnswer({ of: text, found: a.found }); }, () => {});
    }, text ? askAfter : 0);
    return () => { current = false; window.clearTimeout(timer); };
  }, [text, live]);
  return answer;
}

// FoundRow is one of them: the sign and the word of its kind, and under the
// name what can be written: the chat, or the number.
export function FoundRow({ found: f }: { found: Found }) {
  const raw = f.kind === "number" && !f.thread;
  return (
    <>
      {f.kind === "agent" ? <Colleague id={f.id!} name={f.name ?? ""} role={f.role} /> : f.kind === "contact" ? <Client name={f.name ?? ""} /> : <Stranger />}
      <span class="found-who">
        <bdi class="found-name" title={f.name ? undefined : f.number}>{f.name || f.written || f.number}</bdi>
        <span class="found-sub">
          {f.kind === "agent"
            ? <>{words.who.newChat} · {presenceWords(f.id!)}</>
            : f.name ? <><bdi dir="ltr" title={f.number}>{f.written || f.number}</bdi>{f.type && <> · {words.numberType[f.type]}</>}</> : words.sms}
          {f.blocked && <> · {words.who.blocked}</>}
        </span>
      </span>
      <span class="found-kind">
        <span class="tag">{f.kind === "agent" ? (isManager(f.role) ? words.who.manager : words.who.agent) : f.kind === "contact" ? words.who.contact : words.who.stranger}</span>
        <span class="link">{f.thread ? words.openChat : raw || f.kind === "contact" ? words.who.sendSMS : words.who.newChat}</span>
      </span>
    </>
  );
}

// Choice is one row of a picker.
export interface Choice {
  key: string;
  shown: ComponentChildren;
  run(): void;
}

interface Props {
  label: string;
  hint: string;
  value: string;
  set(value: string): void;
  choices: Choice[];
  settled: boolean; // the choices are those of the value
  nobody: string; // said when there are none
  number?: boolean; // a number is among what can be typed
}

// Picker is a field with its choices under it: arrow keys move among them, Enter
// takes the one that is marked.
export function Picker({ label, hint, value, set, choices, settled, nobody, number }: Props) {
  const id = useId();
  const [at, setAt] = useState(0);
  const [wrong, setWrong] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const eager = useRef(false); // Enter was pressed before the box had answered
  const here = Math.min(at, choices.length - 1);
  useEffect(() => {
    if (!settled || !eager.current) return;
    eager.current = false;
    take(choices[here], field.current!);
  }, [settled]);

  function take(c: Choice | undefined, from: Element) {
    if (!c) {
      const read = parse(value);
      setWrong(!value.trim() ? words.who.first : number && "wrong" in read && /\d/.test(value) ? read.wrong : nobody);
      return;
    }
    (from.closest("dialog") as HTMLDialogElement | null)?.close();
    c.run();
  }

  function onKey(e: KeyboardEvent) {
    if (e.isComposing) return;
    const to = { ArrowDown: Math.min(here + 1, choices.length - 1), ArrowUp: Math.max(here - 1, 0) }[e.key];
    if (to !== undefined) {
      setAt(to);
      document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: "nearest" });
    } else if (e.key === "Enter") {
      if (settled) take(value.trim() || at > 0 ? choices[here] : undefined, field.current!);
      else eager.current = value.trim() !== "";
    } else return;
    e.preventDefault();
  }

  return (
    <div class="picker">
      <label class="field" for={id}>{label}</label>
      <input id={id} ref={field} name="to" data-first value={value} autocomplete="off" role="combobox" aria-expanded={choices.length > 0} aria-controls={`${id}-list`}
        aria-activedescendant={choices.length ? `${id}-${here}` : undefined} aria-invalid={wrong !== ""} aria-describedby={`${id}-hint ${id}-wrong`}
        onInput={(e) => { set(e.currentTarget.value); setAt(0); setWrong(""); eager.current = false; }} onKeyDown={onKey} />
      <p class="hint" id={`${id}-hint`}>{hint}</p>
      <Wrong id={`${id}-wrong`}>{wrong}</Wrong>
      <ul class="found" id={`${id}-list`} role="listbox" aria-label={words.who.list} aria-busy={!settled}>
        {choices.map((c, i) => (
          <li key={c.key} id={`${id}-${i}`} role="option" aria-selected={i === here} class={"found-row" + (i === here ? " here" : "")}
            onClick={(e) => take(c, e.currentTarget)}>{c.shown}</li>
        ))}
      </ul>
      {settled && value.trim() && choices.length === 0 && !wrong && <p class="hint">{nobody}</p>}
    </div>
  );
}
