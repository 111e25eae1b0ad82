// The composer: what is written, to which number and from which of ours, when
// it goes, and what it costs. All of that comes from the box: the count from
// the codec that sends, the From menu from the rule that fills it in.

import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { sendChat } from "./chat";
import { Counter, useCount } from "./counter";
import { Wrong } from "./dialog";
import { draft, drafts } from "./draft";
import { tellTyping } from "./hint";
import { CloseIcon, MoreIcon, SendIcon } from "./icon";
import { later } from "./later";
import { complaint, type Extra, outbox, send } from "./outbox";
import { preferences } from "./prefer";
import type { FromOptions, Priority, Role } from "./protocol";
import { Refusal } from "./refusal";
import { call, state } from "./socket";
import { keyOf, lines, type Place, session, threadHead, threads } from "./store";
import { exact } from "./time";
import { messagesOf, windowOf } from "./window";
import { mayWrite, templates } from "./work";
import { say, words } from "./words";

const Templates = later(() => import("./template").then((m) => m.Templates));

// chosen is the From that somebody picked for a place, instead of what is filled in.
const chosen = signal<Record<string, string>>({});

// writeTo is another number of the same person, picked for a place.
export const writeTo = signal<Record<string, string>>({});

// extras is what goes with the next text of a place.
const extras = signal<Record<string, Extra>>({});

interface Props {
  at: Place;
  channel: string;
  number: string;
  name: string;
  lastLine: string;
  boxed: boolean;
}

// composerOf is the id of the field of a place: that of the pane, or that of a
// box beside it.
export const composerOf = (at: Place, boxed: boolean) => "composer" + (boxed ? "-" + keyOf(at) : "");

export function Composer({ at, channel, number, name, lastLine, boxed }: Props) {
  const key = keyOf(at);
  const field = composerOf(at, boxed);
  const id = (name: string) => name + field.slice("composer".length);
  const box = useRef<HTMLTextAreaElement>(null);
  const text = drafts.value[key] ?? "";
  const chat = channel === "chat";
  const to = writeTo.value[key] || number;
  const count = useCount(chat ? "" : text);
  const from = useFrom(key, chat, at.thread && !writeTo.value[key] ? { thread: at.thread } : { number: to }, lastLine);
  const extra = extras.value[key] ?? {};
  const wrong = complaint.value?.key === key ? complaint.value : null;
  const wrongFrom = wrong && /^(from|line)/.test(wrong.field);
  const stop = whyNot(chat, from.options);

  useLayoutEffect(() => grow(box.current!), [text]);
  useEffect(() => {
    if (!wrong) return;
    (wrongFrom ? document.getElementById(id("from")) ?? box.current : box.current)?.focus();
  }, [wrong]);

  const refuse = (field: string, sentence: string) => { complaint.value = { key, field, sentence }; };

  function submit(e?: Event) {
    e?.preventDefault();
    if (stop) return refuse("text", stop);
    if (!text.trim()) {
      box.current?.focus();
      return refuse("text", words.writeFirst);
    }
    if (!chat && !from.line && from.options?.choose) return refuse("from", words.fromMissing);
    if (extra.at && Date.parse(extra.at) < Date.now()) return refuse("at", words.sendAtPast);
    complaint.value = null;
    draft(key, "");
    const { [key]: _, ...others } = extras.value;
    extras.value = others;
    const undo = Number(preferences.value.undo_s);
    if (chat) sendChat(at, text);
    else send(at, to, from.line, text, false, { ...extra, direct: to !== number, ...(undo > 0 && !extra.at && { undo }) });
    box.current?.focus();
  }

  function onKey(e: KeyboardEvent) {
    if (e.isComposing || e.keyCode === 229) return; // an input method is at work
    const plain = !e.shiftKey && !e.altKey && !e.ctrlKey && !e.metaKey;
    const sends = preferences.value.enter_sends ? plain : !plain && !e.altKey;
    if (e.key === "Enter" && sends) submit(e);
    else if (e.key === "ArrowUp" && text === "") recall(e, at, key);
  }

  const set = (change: Extra) => { extras.value = { ...extras.value, [key]: { ...extra, ...change } }; };

  return (
    <form class="composer" onSubmit={submit} aria-label={say(words.message, { who: name })}>
      {chat ? <p class="composer-ways"><span class="tag" title={words.channelOf}>{words.channelChat}</span></p> : (
        <div class="composer-ways">
          <span class="tag" title={words.channelOf}>{words.sms}</span>
          <To key_={key} thread={at.thread} number={number} id={id("to")} />
          <From key_={key} name={name} from={from} lastLine={lastLine} wrong={wrongFrom ? wrong.sentence : ""} id={id} />
        </div>
      )}
      {stop && <p class="warn composer-stop" id={id("why-not")}>{stop}</p>}
      <Chips extra={extra} set={set} />
      <div class="composer-row">
        {!chat && !stop && <More extra={extra} set={set} />}
        {!chat && templates.value && <Templates place={key} field={field} to={at.thread ? { thread: at.thread } : { number: to }} />}
        <textarea id={field} ref={box} rows={1} dir="auto" value={text} autocomplete="off"
          placeholder={chat ? words.chats.placeholder : words.placeholder}
          aria-label={say(words.message, { who: name })} aria-invalid={!!wrong && !wrongFrom} aria-describedby={`${id("wrong-text")} ${id("counter")} ${id("why-not")}`}
          onInput={(e) => { draft(key, e.currentTarget.value); if (at.thread) tellTyping(at.thread); if (wrong) complaint.value = null; }} onKeyDown={onKey} />
        <button class="button primary send" aria-disabled={stop ? "true" : undefined} aria-describedby={stop ? id("why-not") : undefined} title={stop || undefined}>
          <SendIcon /><span>{extra.at ? words.schedule : words.send}</span>
        </button>
      </div>
      <div class="composer-foot">
        <Wrong id={id("wrong-text")}>{wrong && !wrongFrom && wrong.sentence}</Wrong>
        {text && count && <Counter id={id("counter")} count={count} text={text} fit={(plain) => { draft(key, plain); box.current?.focus(); }} />}
      </div>
    </form>
  );
}

// whyNot is why nothing can be sent from here at all, and who can change it.
function whyNot(chat: boolean, f: FromOptions | undefined): string {
  if (!mayWrite.value) return words.cannotWrite;
  if (chat) return "";
  if (session.value?.agent?.sms_enabled === false) return words.smsOff;
  if (f?.why === "none") return [words.fromWhy[f.reason ?? ""] ?? (f.detail || words.fromNone + "."), words.fixBy[f.fix_by ?? "viewer" as Role]].filter(Boolean).join(" ");
  return "";
}

interface FromState {
  line: string; // "" while nobody knows
  options?: FromOptions;
}

// useFrom asks the box which of our numbers a text could come from. What
// somebody picked stays until it is no option any more.
function useFrom(key: string, chat: boolean, to: object, lastLine: string): FromState {
  const [options, setOptions] = useState<FromOptions>();
  const live = state.value === "live";
  const asked = JSON.stringify(to);
  const radio = Object.values(lines.value).map((l) => l.id + l.state + l.sms_disabled).join();
  useEffect(() => {
    if (!live || chat || !mayWrite.value) return;
    let current = true;
    call<FromOptions>("from.options", { to: JSON.parse(asked) as object }).then((f) => { if (current) setOptions(f); }, (e) => {
      if (!(e instanceof Refusal) || !current) return;
      setOptions(e.field.startsWith("to") ? undefined : { options: [], why: "none", choose: false, detail: e.sentence });
    });
    return () => { current = false; };
  }, [live, chat, asked, lastLine, radio]);
  const picked = chosen.value[key];
  return { options, line: options?.options.some((o) => o.line === picked) ? picked : options?.from ?? (options ? "" : lastLine) };
}

// From is shown where there is a choice. Before somebody sees another number
// of ours than so far, it says so.
function From({ key_, name, from, lastLine, wrong, id }: { key_: string; name: string; from: FromState; lastLine: string; wrong: string; id(name: string): string }) {
  const list = from.options?.options ?? [];
  const now = list.find((o) => o.line === from.line);
  const before = list.find((o) => o.last) ?? lines.value[lastLine];
  return (
    <>
      {from.options?.choose && (
        <label class="from">
          <span>{words.from}</span>
          <select id={id("from")} value={from.line} aria-invalid={wrong !== ""} aria-describedby={`${id("wrong-from")} ${id("from-note")}`} aria-keyshortcuts="Alt+F"
            onChange={(e) => {
              chosen.value = { ...chosen.value, [key_]: e.currentTarget.value };
              if (wrong) complaint.value = null;
            }}>
            {!from.line && <option value="">{words.fromChoose}</option>}
            {list.map((o) => <option key={o.line} value={o.line} disabled={o.sms_disabled}>{optionName(o)}</option>)}
          </select>
        </label>
      )}
      <div class="from-notes" id={id("from-note")}>
        <Wrong id={id("wrong-from")}>{wrong}</Wrong>
        {now?.changes && <p class="warn">{say(words.fromOther, { who: name, number: now.number || now.name || "", before: before?.number || before?.name || "" })}</p>}
        {now && now.state !== "ready" && <p class="warn">{say(words.lineNotReady, { line: now.name || now.number || "", state: words.lineState[now.state] })}</p>}
      </div>
    </>
  );
}

function optionName(o: FromOptions["options"][number]): string {
  return [o.name || o.number || o.line, o.name && o.number, o.last && words.fromLast, o.state !== "ready" && words.lineState[o.state]].filter(Boolean).map((s) => say("{s}", { s: s as string })).join(" · ");
}

// To is shown for somebody with several numbers.
function To({ key_, thread, number, id }: { key_: string; thread?: string; number: string; id: string }) {
  const numbers = thread && threadHead(thread)?.contact?.numbers || [];
  if (numbers.length < 2) return null;
  return (
    <label class="from">
      <span>{words.writeTo}</span>
      <select id={id} dir="ltr" value={writeTo.value[key_] || number} onChange={(e) => (writeTo.value = { ...writeTo.value, [key_]: e.currentTarget.value })}>
        {[...new Set([number, ...numbers])].map((n) => <option key={n} value={n}>{n}</option>)}
      </select>
    </label>
  );
}

// More is when the text goes and how: closed until somebody wants it.
function More({ extra, set }: { extra: Extra; set(change: Extra): void }) {
  return (
    <details class="pop">
      <summary class="plain square" aria-label={words.options} title={words.options}><MoreIcon /></summary>
      <div class="pop-body">
        <label class="field">{words.sendAt}
          <input type="datetime-local" min={local(new Date())} value={extra.at ? local(new Date(extra.at)) : ""}
            onInput={(e) => set({ at: e.currentTarget.value ? new Date(e.currentTarget.value).toISOString() : undefined })} />
        </label>
        <label class="field">{words.priority}
          <select value={extra.priority ?? "normal"} onChange={(e) => set({ priority: e.currentTarget.value === "normal" ? undefined : (e.currentTarget.value as Priority) })}>
            {(["high", "normal", "low"] as const).map((p) => <option key={p} value={p}>{words.priorities[p]}</option>)}
          </select>
        </label>
        <label class="check"><input type="checkbox" checked={!!extra.flash} onChange={(e) => set({ flash: e.currentTarget.checked || undefined })} /><span>{words.flash}</span></label>
      </div>
    </details>
  );
}

// local is a moment as the browser's own field takes it.
function local(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

// Chips say what goes with the text, so that a closed menu hides nothing.
function Chips({ extra, set }: { extra: Extra; set(change: Extra): void }) {
  const chips: [keyof Extra, string][] = [];
  if (extra.at) chips.push(["at", exact(extra.at)]);
  if (extra.priority) chips.push(["priority", words.priority + words.colon + words.priorities[extra.priority]]);
  if (extra.flash) chips.push(["flash", words.flashShort]);
  if (chips.length === 0) return null;
  return (
    <div class="extras">
      {chips.map(([name, told]) => (
        <button type="button" class="extra" key={name} aria-label={say(words.without, { what: told })} onClick={() => set({ [name]: undefined })}>{told}<CloseIcon /></button>
      ))}
    </div>
  );
}

// grow gives the field the height of its text, up to what the sheet allows, where
// the browser does not do it by itself.
function grow(el: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing: content")) return;
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
