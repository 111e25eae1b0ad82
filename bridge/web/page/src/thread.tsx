// A thread: what was said with one person, by day, the newest at the end. It
// stays at the end while one is there; who reads further up is left alone and
// finds a pill that says what came.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Composer } from "./composer";
import { editing } from "./contact";
import { go } from "./desk";
import { detailsOpen, shownText } from "./details";
import { draft } from "./draft";
import { AddPersonIcon, BackIcon, DetailsIcon, DownIcon } from "./icon";
import { NoLine } from "./line";
import { Avatar } from "./list";
import { Bubble, Waiting } from "./message";
import { isNumber } from "./number";
import { bubbles, outbox, type Outgoing, send } from "./outbox";
import type { Message, Thread } from "./protocol";
import { see, unreadOf } from "./read";
import { state } from "./socket";
import { keyOf, lineName, lines, listsRead, place, type Place, session, sortedLines, sortedThreads, threads, who } from "./store";
import { clock, dayKey, dayName } from "./time";
import { atBeginning, atEnd, load, messagesOf, newer, older, tidy, windowOf } from "./window";
import { say, words } from "./words";

const near = 60; // pixels from the end that still count as the end
const loadAhead = 400; // pixels before an end of the window where the next page is asked for

export function ThreadPane() {
  const p = place.value;
  if (!p) return <Nothing />;
  const t = p.thread ? threads.value[p.thread] : undefined;
  if (p.thread && !t && listsRead.value) return <Gone />;
  return <ThreadView key={keyOf(p)} at={p} thread={t} />;
}

function Nothing() {
  const empty = listsRead.value && sortedThreads.value.length === 0;
  return (
    <section class="pane thread nothing" id="thread" tabIndex={-1} aria-label={words.chooseThread}>
      <div>
        <h2>{empty ? words.beFirst : words.chooseThread}</h2>
        <p>{empty ? words.beFirstTold : words.chooseThreadTold}</p>
        {session.value?.demo && <p><a class="button" href="/handset" target="_blank" rel="noopener">{words.openPhone}</a></p>}
      </div>
    </section>
  );
}

function Gone() {
  return (
    <section class="pane thread nothing" id="thread" tabIndex={-1} aria-label={words.chooseThread}>
      <div><p>{words.gone}</p><p><button type="button" class="button" onClick={() => go(null)}>{words.back}</button></p></div>
    </section>
  );
}

function ThreadView({ at, thread: t }: { at: Place; thread?: Thread }) {
  const peer = t?.peer ?? at.number ?? "";
  const name = t ? who(t) : peer;
  return (
    <section class="pane thread" id="thread" tabIndex={-1} aria-label={say(words.paneThread, { who: name })}>
      <header class="thread-head">
        <a class="plain square back" href="#" aria-label={words.back} title={words.back}><BackIcon /></a>
        {t && <Avatar thread={t} />}
        <div class="thread-who">
          <h2><bdi>{name}</bdi> <span class="tag">{words.sms}</span></h2>
          {t?.contact && <p dir="ltr">{peer}</p>}
        </div>
        {t && !t.contact && (
          <button type="button" class="button add" aria-label={words.addContact} onClick={() => (editing.value = { thread: t.id })}><AddPersonIcon /><span>{words.addContact}</span></button>
        )}
        {t && (
          <button type="button" class="plain square" aria-pressed={detailsOpen.value} aria-label={words.showDetails} title={words.showDetails}
            onClick={() => { detailsOpen.value = !detailsOpen.value; shownText.value = ""; }}><DetailsIcon /></button>
        )}
      </header>
      <Scroll at={at} thread={t} name={name} />
      {isNumber(peer)
        ? <Composer key={keyOf(at)} at={at} number={peer} name={name} lastLine={t?.line ?? ""} />
        : peer && <p class="composer no-answer">{say(words.cannotAnswer, { who: name })}</p>}
    </section>
  );
}

function Scroll({ at, thread: t, name }: { at: Place; thread?: Thread; name: string }) {
  const box = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const anchor = useRef<{ key: string; top: number } | null>(null);
  const [stop, setStop] = useState("");

  const w = t ? windowOf(t.id).value : undefined;
  const messages = w ? messagesOf(w) : [];
  const waiting = outbox.value.filter((o) => (o.thread ? o.thread === t?.id : o.number === (t?.peer ?? at.number)));
  const fresh = t && !stuck.current ? unreadOf(t.id) : 0;
  const severalLines = sortedLines.value.length > 1;

  // The window is read when the place is shown and the box answers.
  useEffect(() => {
    if (t && state.value === "live" && w && !w.read && !w.busy) void load(t.id);
  }, [t?.id, state.value, w?.read]);

  // What is read here and looked at is seen.
  useEffect(() => {
    const look = () => {
      if (t && !document.hidden && document.hasFocus() && stuck.current && w?.read) see(t.id);
    };
    look();
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("focus", look);
    };
  }, [t?.id, t?.rev, w]);

  // After each change of the list: at the end one stays at the end; else the
  // first text that was visible stays where it was.
  useLayoutEffect(() => {
    const el = box.current!;
    if (stuck.current) toBottom();
    else if (anchor.current) {
      const kept = el.querySelector(`[data-key="${CSS.escape(anchor.current.key)}"]`);
      if (kept) el.scrollTop += kept.getBoundingClientRect().top - anchor.current.top;
    }
    mark();
  }, [w, waiting.length]);

  // The keyboard of a phone and a growing composer change the height.
  useEffect(() => {
    const watch = new ResizeObserver(() => { if (stuck.current) toBottom(); });
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);

  // The place may have been left while an answer was awaited.
  function toBottom() {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }

  function mark() {
    const el = box.current!;
    const top = el.getBoundingClientRect().top;
    for (const child of el.querySelectorAll<HTMLElement>("[data-key]")) {
      const rect = child.getBoundingClientRect();
      if (rect.bottom > top) {
        anchor.current = { key: child.dataset.key!, top: rect.top };
        return;
      }
    }
  }

  function onScroll() {
    const el = box.current!;
    const fromEnd = el.scrollHeight - el.scrollTop - el.clientHeight;
    stuck.current = fromEnd < near && (!w || atEnd(w));
    if (stuck.current && t && !document.hidden && document.hasFocus()) see(t.id);
    mark();
    if (!t || !w) return;
    if (el.scrollTop < loadAhead) void older(t.id);
    if (fromEnd < loadAhead) void newer(t.id);
  }

  async function toEnd() {
    stuck.current = true;
    if (t && w && !atEnd(w)) await load(t.id);
    else if (t) tidy(t.id);
    toBottom();
  }

  // Arrow keys go from text to text; the Tab key leaves.
  function walk(e: KeyboardEvent) {
    if (e.altKey || e.ctrlKey || e.metaKey || !(e.target as HTMLElement).matches("article")) return;
    const all = [...box.current!.querySelectorAll<HTMLElement>("article")];
    const here = all.indexOf(e.target as HTMLElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[e.key];
    if (to !== undefined) {
      e.preventDefault();
      const next = all[to];
      if (!next) return;
      next.focus();
      setStop(next.dataset.key!);
    } else if (e.key === "Enter") {
      (e.target as HTMLElement).querySelector<HTMLElement>("button.state-button")?.click();
    }
  }

  const edit = (text: string) => { draft(keyOf(at), text); document.getElementById("composer")?.focus(); };
  const again = (text: string, m: Message) => { void toEnd(); send(at, t?.peer ?? at.number!, m.line, text); };
  const facts = (m: Message) => { shownText.value = m.id; detailsOpen.value = true; };
  const lastKey = waiting.length ? waiting[waiting.length - 1].idem : messages.length ? keyOfMessage(messages[messages.length - 1]) : "";
  const stopKey = [...messages.map(keyOfMessage), ...waiting.map((o) => o.idem)].includes(stop) ? stop : lastKey;

  return (
    <div class="scroll-frame">
      <div class="scroll" ref={box} onScroll={onScroll} onKeyDown={walk}>
        {w && w.busy === "older" && <p class="note">{words.older}</p>}
        {w && w.read && atBeginning(w) && messages.length > 20 && <p class="note">{words.beginning}</p>}
        {w && !w.read && <p class="note">{w.failed && state.value === "live" ? w.failed : words.loading}</p>}
        {messages.length + waiting.length === 0 && (!t || w?.read) && <p class="note">{say(words.firstText, { who: name })}</p>}
        {listsRead.value && !Object.values(lines.value).some((l) => l.state === "ready") && <div class="thread-no-line"><NoLine /></div>}
        {days(messages, waiting).map((day) => (
          <section class="day" key={day.key} aria-label={dayName(day.at)}>
            <h3><span>{dayName(day.at)}</span></h3>
            {day.messages.map((m, i) => (
              <div class={"slot" + (runsOn(m, day.messages[i + 1]) ? " runs-on" : "")} key={keyOfMessage(m)} data-key={keyOfMessage(m)}>
                <Bubble message={m} name={name} stop={keyOfMessage(m) === stopKey} showLine={severalLines || lineName(lines.value[m.line]) === ""}
                  onFacts={facts} onAgain={again} onEdit={edit} />
              </div>
            ))}
            {day.waiting.map((o) => (
              <div class="slot" key={o.idem} data-key={o.idem}>
                <Waiting out={o} name={name} stop={o.idem === stopKey} onEdit={edit} />
              </div>
            ))}
          </section>
        ))}
      </div>
      {(fresh > 0 || (w && w.read && !atEnd(w))) && (
        <button type="button" class="pill" onClick={() => void toEnd()}>
          <DownIcon />{fresh > 0 ? say(words.newTexts, { n: fresh }) : words.toNewest}
        </button>
      )}
    </div>
  );
}

function keyOfMessage(m: Message): string {
  return bubbles.get(m.id) ?? m.id;
}

// runsOn tells whether the next text repeats what stands under this one, so
// that it need not be said twice.
function runsOn(m: Message, next: Message | undefined): boolean {
  return next !== undefined && plainly(m) && plainly(next) && m.dir === next.dir && m.state === next.state && m.line === next.line &&
    m.author?.id === next.author?.id && m.author?.kind === next.author?.kind && clock(m.created_at) === clock(next.created_at);
}

function plainly(m: Message): boolean {
  return m.total <= 1 && !m.copies && ["received", "delivered", "sent"].includes(m.state);
}

interface Day {
  key: string;
  at: string;
  messages: Message[];
  waiting: Outgoing[];
}

function days(messages: Message[], waiting: Outgoing[]): Day[] {
  const found: Day[] = [];
  const dayOf = (at: string) => {
    const key = dayKey(at);
    if (found.at(-1)?.key !== key) found.push({ key, at, messages: [], waiting: [] });
    return found.at(-1)!;
  };
  for (const m of messages) dayOf(m.created_at).messages.push(m);
  for (const o of waiting) dayOf(new Date(Math.max(o.at, Date.parse(found.at(-1)?.at ?? "") || 0)).toISOString()).waiting.push(o);
  return found;
}
