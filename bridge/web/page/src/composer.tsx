// The composer: what is written, from which number, and what it costs. The
// count comes from the box, from the same codec that sends.

import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { sendChat } from "./chat";
import { Wrong } from "./dialog";
import { draft, drafts } from "./draft";
import { tellTyping } from "./hint";
import { SendIcon } from "./icon";
import { complaint, outbox, send } from "./outbox";
import type { Count, Line } from "./protocol";
import { call, state } from "./socket";
import { keyOf, lineName, lines, type Place, sortedLines, threads } from "./store";
import { messagesOf, windowOf } from "./window";
import { say, words } from "./words";

const countAfter = 120; // milliseconds without a key; the box answers 20 requests a second

// chosen is the From that somebody picked for a place, instead of the last used.
const chosen = signal<Record<string, string>>({});

export function Composer({ at, channel, number, name, lastLine }: { at: Place; channel: string; number: string; name: string; lastLine: string }) {
  const chat = channel === "chat";
  const key = keyOf(at);
  const box = useRef<HTMLTextAreaElement>(null);
  const text = drafts.value[key] ?? "";
  const count = useCount(chat ? "" : text);
  const from = useFrom(key, lastLine);
  const wrong = complaint.value?.key === key ? complaint.value : null;
  const wrongFrom = wrong && /^(from|line)/.test(wrong.field);

  useLayoutEffect(() => grow(box.current!), [text]);
  useEffect(() => {
    if (!wrong) return;
    (wrongFrom ? document.getElementById("from") : box.current)?.focus();
  }, [wrong]);

  function submit(e?: Event) {
    e?.preventDefault();
    if (!text.trim()) {
      complaint.value = { key, field: "text", sentence: words.writeFirst };
      box.current?.focus();
      return;
    }
    if (!chat && !from.line && sortedLines.value.length > 1) {
      complaint.value = { key, field: "from", sentence: words.fromMissing };
      return;
    }
    complaint.value = null;
    draft(key, "");
    if (chat) sendChat(at, text);
    else send(at, number, from.line?.id ?? "", text);
    box.current?.focus();
  }

  function onKey(e: KeyboardEvent) {
    if (e.isComposing || e.keyCode === 229) return; // an input method is at work
    if (e.key === "Enter" && !e.shiftKey && !e.altKey && !e.ctrlKey && !e.metaKey) submit(e);
    else if (e.key === "ArrowUp" && text === "") recall(e, at, key);
  }

  return (
    <form class="composer" onSubmit={submit} aria-label={say(words.message, { who: name })}>
      {!chat && <From key_={key} name={name} from={from} lastLine={lastLine} wrong={wrongFrom ? wrong.sentence : ""} />}
      <div class="composer-row">
        <textarea id="composer" ref={box} rows={1} dir="auto" value={text} placeholder={chat ? words.chats.placeholder : words.placeholder} autocomplete="off"
          aria-label={say(words.message, { who: name })} aria-invalid={!!wrong && !wrongFrom} aria-describedby="wrong-text counter"
          onInput={(e) => { draft(key, e.currentTarget.value); if (at.thread) tellTyping(at.thread); if (wrong) complaint.value = null; }} onKeyDown={onKey} />
        <button class="button primary send"><SendIcon /><span>{words.send}</span></button>
      </div>
      <div class="composer-foot">
        <Wrong id="wrong-text">{wrong && !wrongFrom && wrong.sentence}</Wrong>
        {text && count && <Counter count={count} text={text} />}
      </div>
    </form>
  );
}

// useCount asks the box what the text costs, a moment after the last key. An
// answer that was overtaken is dropped.
function useCount(text: string): Count | null {
  const [count, setCount] = useState<Count | null>(null);
  const live = state.value === "live";
  useEffect(() => {
    if (!text) setCount(null);
    if (!text || !live) return;
    let current = true;
    const timer = window.setTimeout(() => {
      call<{ count: Count }>("message.count", { text }).then((a) => { if (current) setCount(a.count); }, () => {});
    }, countAfter);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [text, live]);
  return count;
}

interface FromState {
  line: Line | undefined;
  before: Line | undefined; // the line that the client knows us by
}

// useFrom is the line to send from: the one that was picked, else the one used
// last, else the only one.
function useFrom(key: string, lastLine: string): FromState {
  const list = sortedLines.value;
  const before = lines.value[lastLine];
  return { line: lines.value[chosen.value[key]] ?? before ?? (list.length === 1 ? list[0] : undefined), before };
}

function From({ key_, name, from, lastLine, wrong }: { key_: string; name: string; from: FromState; lastLine: string; wrong: string }) {
  const list = sortedLines.value;
  const { line, before } = from;
  const other = line && before && line.id !== lastLine;
  return (
    <>
      {list.length > 1 && (
        <label class="from">
          <span>{words.from}</span>
          <select id="from" value={line?.id ?? ""} aria-invalid={wrong !== ""} aria-describedby="wrong-from from-note"
            onChange={(e) => {
              chosen.value = { ...chosen.value, [key_]: e.currentTarget.value };
              if (wrong) complaint.value = null;
            }}>
            {!line && <option value="">{words.fromChoose}</option>}
            {list.map((l) => <option key={l.id} value={l.id}>{optionName(l)}</option>)}
          </select>
        </label>
      )}
      <Wrong id="wrong-from">{wrong}</Wrong>
      <div class="from-notes" id="from-note">
        {other && <p class="warn">{say(words.fromOther, { who: name, number: line.number || lineName(line), before: before.number || lineName(before) })}</p>}
        {line && line.state !== "ready" && <p class="warn">{say(words.lineNotReady, { line: lineName(line), state: words.lineState[line.state] })}</p>}
      </div>
    </>
  );
}

function optionName(l: Line): string {
  const number = l.name && l.number ? ` · ${l.number}` : "";
  return lineName(l) + number + (l.state === "ready" ? "" : ` · ${words.lineState[l.state]}`);
}

// Counter opens to show where the text is cut.
function Counter({ count, text }: { count: Count; text: string }) {
  const signs = [...text];
  const cuts = [0, ...(count.breaks ?? []), signs.length];
  return (
    <details class="counter" id="counter">
      <summary title={words.counterTitle}>
        {say(words.counter, { n: count.parts, left: count.left_in_part, alphabet: words.alphabet[count.alphabet] ?? count.alphabet })}
      </summary>
      <div class="counter-more">
        <p>{count.alphabet === "gsm7" ? words.counterGSM : words.counterUnicode}</p>
        {count.parts > 1 && cuts.length === count.parts + 1 && (
          <ol>{cuts.slice(1).map((end, i) => <li key={i} dir="auto" aria-label={say(words.partOf, { i: i + 1 })}>{signs.slice(cuts[i], end).join("")}</li>)}</ol>
        )}
      </div>
    </details>
  );
}

// grow gives the field the height of its text, up to what the sheet allows.
function grow(el: HTMLTextAreaElement): void {
  el.style.height = "auto";
  el.style.height = el.scrollHeight + 2 + "px";
}

// recall brings back the last text that did not go out.
function recall(e: KeyboardEvent, at: Place, key: string): void {
  const refused = outbox.value.findLast((o) => o.state === "refused" && (o.thread ? o.thread === at.thread : o.number === at.number));
  const failed = at.thread && threads.value[at.thread]
    ? messagesOf(windowOf(at.thread).value).findLast((m) => m.dir === "out" && (m.state === "failed" || m.state === "undelivered"))
    : undefined;
  const text = refused?.text ?? failed?.text;
  if (!text) return;
  e.preventDefault();
  draft(key, text);
}
