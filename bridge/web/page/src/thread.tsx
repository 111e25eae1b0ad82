// A thread: what was said with one person, by day, the newest at the end. It
// stays at the end while one is there; who reads further up is left alone and
// finds a pill that says what came.

import { signal } from "@preact/signals";
import { Component } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { openBox } from "./boxes";
import { Cog, type Deed } from "./cog";
import { Composer, composerOf } from "./composer";
import { editing } from "./contact";
import { go, learn } from "./desk";
import { detailsOpen, shownText } from "./details";
import { DayDialog } from "./day";
import { draft } from "./draft";
import { Avatar, Colleague, presenceWords } from "./face";
import { presences, typing } from "./hint";
import { AddPersonIcon, BackIcon, DetailsIcon, DownIcon } from "./icon";
import { NoLine } from "./line";
import { Bubble, type BubbleProps, Waiting } from "./message";
import { later } from "./later";
import { isNumber } from "./number";
import { bubbles, outbox, type Outgoing } from "./outbox";
import type { Member, Message, Opening } from "./protocol";
import { askRemoveThread, mayRemoveThread } from "./remove";
import { call, state } from "./socket";
import { cameIn, type Head, keptAt, keyOf, lineName, lines, listsRead, others, place, type Place, session, sortedLines, sortedThreads, threadHead, who } from "./store";
import { dayKey, dayName, moment } from "./time";
import { close, closed, eyes, markUnread, mute, muted, see, unreadOf } from "./view";
import { atBeginning, atEnd, load, messagesOf, newer, older, tidy, windowOf } from "./window";
import { added, own, say, words } from "./words";

const FileDialog = later(() => import("./file").then((m) => m.FileDialog));

// filing is the conversation that somebody wants as a file.
const filing = signal("");

const near = 60; // pixels from the end that still count as the end
const loadAhead = 400; // pixels before an end of the window where the next page is asked for

export function ThreadPane() {
  const p = place.value;
  const [gone, setGone] = useState("");
  const missing = p?.thread && !threadHead(p.thread) ? p.thread : "";
  const live = state.value === "live";
  // A thread that no list holds, such as one that was closed long ago.
  useEffect(() => {
    if (missing && live && listsRead.value) void learn(missing).then((found) => setGone(found ? "" : missing));
  }, [missing, live, listsRead.value]);
  if (!p) return <Nothing />;
  if (missing && missing === gone) return <Gone />;
  if (p.agent) return <Fresh key={p.agent} agent={p.agent} />;
  return <ThreadView key={keyOf(p)} at={p} thread={p.thread ? threadHead(p.thread) : undefined} />;
}

// Fresh is a colleague whom one did not write to so far.
function Fresh({ agent }: { agent: string }) {
  const [member, setMember] = useState<Member>();
  const live = state.value === "live";
  useEffect(() => {
    if (!live) return;
    let current = true;
    call<{ open: Opening }>("thread.open", { agent }).then(({ open }) => {
      if (current && open.thread) go({ thread: open.thread.id });
    }, () => {});
    call<{ colleagues: Member[] }>("agent.directory", {}).then(({ colleagues }) => {
      if (current) setMember(colleagues.find((c) => c.id === agent));
    }, () => {});
    return () => { current = false; };
  }, [agent, live]);
  return <ThreadView at={{ agent }} member={member} />;
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

function ThreadView({ at, thread: t, member }: { at: Place; thread?: Head; member?: Member }) {
  const [toDay, setToDay] = useState(false);
  const chat = t ? t.channel === "chat" : at.agent !== undefined;
  const colleague = member ?? (t && others(t)[0]);
  const name = t ? who(t) : member?.name ?? at.number ?? "";
  const n = t ? unreadOf(t.id) : 0; // of what is shown: nobody has looked yet
  return (
    <section class={"pane thread" + (n > 0 ? " fresh" : "")} id="thread" tabIndex={-1} aria-label={say(words.paneThread, { who: name })}>
      <header class="thread-head">
        <a class="plain square back" href="#" aria-label={words.back} title={words.back}><BackIcon /></a>
        {t ? <Avatar thread={t} /> : member && <Colleague id={member.id} name={member.name} role={member.role} />}
        <div class="thread-who">
          <h2><bdi>{name}</bdi> <span class="tag">{chat ? words.chat : words.sms}</span>{t && closed(t.id) && <> <span class="tag">{words.filters.closed}</span></>}</h2>
          {n > 0 ? <p><strong>{say(words.unread, { n })}</strong></p> : <Under thread={t} colleague={chat ? colleague : undefined} />}
        </div>
        {t && !chat && !t.contact && (
          <button type="button" class="button add" aria-label={words.addContact} onClick={() => (editing.value = { thread: t.id })}><AddPersonIcon /><span>{words.addContact}</span></button>
        )}
        {t && <Cog name={words.view.settings} deeds={() => deeds(t, () => setToDay(true))} />}
        {t && (
          <button type="button" class="plain square" aria-pressed={detailsOpen.value} aria-label={words.showDetails} title={words.showDetails}
            onClick={() => { detailsOpen.value = !detailsOpen.value; shownText.value = ""; }}><DetailsIcon /></button>
        )}
      </header>
      <Talk at={at} thread={t} member={member} onDay={() => setToDay(true)} />
      {toDay && t && <DayDialog thread={t.id} onClose={() => setToDay(false)} />}
      {filing.value && <FileDialog thread={filing.value} onClose={() => (filing.value = "")} />}
    </section>
  );
}

// Talk is what was said, and the field to say more: in the pane, or in a box at
// the foot of the page.
export function Talk({ at, thread: t, member, onDay, boxed = false }: { at: Place; thread?: Head; member?: Member; onDay(): void; boxed?: boolean }) {
  const chat = t ? t.channel === "chat" : at.agent !== undefined;
  const colleague = member ?? (t && others(t)[0]);
  const peer = t?.peer ?? at.number ?? "";
  const name = t ? who(t) : member?.name ?? peer;
  return (
    <>
      <Scroll at={at} thread={t} name={name} chat={chat} onDay={onDay} boxed={boxed} />
      {chat && colleague && !presences.value[colleague.id]?.online && <p class="away-note">{say(words.chats.offlineTold, { who: name })}</p>}
      {chat || isNumber(peer)
        ? <Composer key={keyOf(at)} at={at} channel={chat ? "chat" : "sms"} number={peer} name={name} lastLine={t?.line ?? ""} boxed={boxed} />
        : peer && <p class="composer no-answer">{say(words.cannotAnswer, { who: name })}</p>}
    </>
  );
}

// Under is the second line of a head: who writes now, or by what somebody is
// reached. A number that nobody saved is the first line already.
function Under({ thread: t, colleague }: { thread?: Head; colleague?: Member }) {
  const writer = t && typing.value[t.id];
  if (writer) return <p class="typing" role="status">{say(words.chats.typing, { who: writer })}</p>;
  if (colleague) return <p>{presenceWords(colleague.id)}</p>;
  if (!t?.contact) return null;
  const type = t.contact.types?.[t.peer];
  return <p>{type && <>{words.numberType[type]} · </>}<bdi dir="ltr">{t.peer}</bdi></p>;
}

function deeds(t: Head, toDay: () => void): Deed[] {
  const w = words.view;
  return [
    { name: muted(t.id) ? w.unmute : w.mute, key: "Alt M", run: () => mute(t.id) },
    { name: w.markUnread, key: "Alt U", run: () => markUnread(t.id) },
    { name: w.toDay, run: toDay },
    ...(location.pathname === "/embed" ? [] : [{ name: added.box, run: () => { openBox(t.id); if (place.value?.thread === t.id) go(null); } }]),
    { name: added.file, run: () => (filing.value = t.id) },
    { name: closed(t.id) ? w.open : w.close, key: "Alt E", run: () => close(t.id) },
    ...(mayRemoveThread() ? [{ name: w.remove, bad: true, run: () => askRemoveThread(t) }] : []),
  ];
}

function Scroll({ at, thread: t, name, chat, onDay, boxed }: { at: Place; thread?: Head; name: string; chat: boolean; onDay(): void; boxed: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  // A box is looked at by who has the focus in it: beside others it may stay unseen.
  const looked = () => !document.hidden && document.hasFocus() && (!boxed || !!box.current?.closest(".chatbox")?.contains(document.activeElement));
  const stuck = useRef(!at.message);
  const due = useRef(0); // the frame that goes to the end
  const end = useRef(0); // where the last way there ended
  const anchor = useRef<{ key: string; top: number } | null>(null);
  const [stop, setStop] = useState("");
  const [sought, setSought] = useState(""); // the message to jump to
  const [foundAt, setFoundAt] = useState(""); // the one that was jumped to

  const w = t ? windowOf(t.id).value : undefined;
  const messages = w ? messagesOf(w) : [];
  const waiting = outbox.value.filter((o) => (o.thread ? o.thread === t?.id : !!o.chat === chat && o.number === (chat ? at.agent : t?.peer ?? at.number)));
  const unread = t ? unreadOf(t.id) : 0;
  const fresh = stuck.current ? 0 : unread;
  const seen = state.value === "live" ? 0 : w?.kept || keptAt.value;
  const severalLines = !chat && sortedLines.value.length > 1;

  // The window is read when the place is shown and the box answers.
  useEffect(() => {
    if (t && state.value === "live" && w && !w.read && !w.busy) void load(t.id, { around: at.message });
  }, [t?.id, state.value, w?.read]);

  // A message that was jumped to comes out in the middle.
  useEffect(() => {
    if (!t || !at.message || state.value !== "live") return;
    const message = at.message;
    stuck.current = false;
    const shown = () => messagesOf(windowOf(t.id).value).some((m) => m.id === message);
    void (shown() ? Promise.resolve() : load(t.id, { around: message })).then(() => setSought(message));
  }, [t?.id, at.message, state.value]);

  useLayoutEffect(() => {
    const there = sought && box.current!.querySelector(`[data-key="${CSS.escape(bubbles.get(sought) ?? sought)}"]`);
    if (!there) return;
    there.scrollIntoView({ block: "center" });
    stuck.current = nearEnd(); // nothing scrolls where all of a thread is in sight
    mark();
    setFoundAt(sought);
    setSought("");
  }, [sought, w]);

  // A window that begins at a day shows its first message.
  useLayoutEffect(() => {
    if (!w?.from) return;
    stuck.current = false;
    box.current!.scrollTop = 0;
    mark();
  }, [w?.from]);

  // What is read here and looked at is seen.
  useEffect(() => {
    const eye = () => looked() && stuck.current && w?.read && t?.id;
    const look = () => {
      const thread = eye();
      if (thread) see(thread);
    };
    look();
    eyes.add(eye);
    const over = new AbortController();
    document.addEventListener("visibilitychange", look, over);
    window.addEventListener("focus", look, over);
    if (boxed) document.addEventListener("focusin", look, over);
    return () => {
      eyes.delete(eye);
      over.abort();
    };
  }, [t?.id, unread, w]);

  // After each change of the list: at the end one stays at the end; else the
  // first text that was visible stays where it was.
  useLayoutEffect(() => {
    const el = box.current!;
    if (stuck.current) return atNextFrame();
    if (anchor.current) {
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
    const el = box.current;
    if (!el) return;
    el.scrollTop = el.scrollHeight;
    end.current = el.scrollTop;
  }

  // Where the end is gets asked in the frame that draws it. Asked at once, the
  // page would be laid out while the next text and the other half of the page wait.
  function atNextFrame() {
    due.current ||= requestAnimationFrame(() => {
      due.current = 0;
      if (stuck.current) toBottom();
    });
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

  function fromEnd(): number {
    const el = box.current!;
    return el.scrollHeight - el.scrollTop - el.clientHeight;
  }

  const nearEnd = () => fromEnd() < near && (!w || atEnd(w));

  function onScroll() {
    const el = box.current;
    if (!el) return; // the place was left meanwhile
    if (due.current && stuck.current && el.scrollTop >= end.current) return; // nobody scrolled: it grew
    stuck.current = nearEnd();
    if (!stuck.current) mark();
    else if (t && looked()) see(t.id);
    if (!t || !w) return;
    if (el.scrollTop < loadAhead) void older(t.id);
    if (fromEnd() < loadAhead) void newer(t.id);
  }

  async function toEnd() {
    stuck.current = true;
    if (at.message && t) {
      history.replaceState(null, "", "#t=" + encodeURIComponent(t.id));
      place.value = { thread: t.id };
    }
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

  const edit = useCallback((text: string) => { draft(keyOf(at), text); document.getElementById(composerOf(at, boxed))?.focus(); }, [keyOf(at), boxed]);
  const lastKey = waiting.length ? waiting[waiting.length - 1].idem : messages.length ? keyOfMessage(messages[messages.length - 1]) : "";
  const stopKey = [...messages.map(keyOfMessage), ...waiting.map((o) => o.idem)].includes(stop) ? stop : lastKey;

  return (
    <div class="scroll-frame">
      <div class="scroll" ref={box} onScroll={onScroll} onKeyDown={walk}>
        {w && w.busy === "older" && <p class="note">{words.older}</p>}
        {seen > 0 && <p class="note kept" role="status">{say(own.keptAt, { time: moment(seen) })}</p>}
        {w && w.read && !w.kept && atBeginning(w) && messages.length > 20 && <p class="note">{words.beginning}</p>}
        {w && !w.read && <p class="note">{w.failed && state.value === "live" ? w.failed : words.loading}</p>}
        {messages.length + waiting.length === 0 && (!t || w?.read) && <p class="note">{say(chat ? words.chats.firstWord : words.firstText, { who: name })}</p>}
        {!chat && listsRead.value && !Object.values(lines.value).some((l) => l.state === "ready") && <div class="thread-no-line"><NoLine /></div>}
        {days(messages, waiting).map((day) => (
          <section class="day" key={day.key} aria-label={dayName(day.at)}>
            <h3>{t ? <button type="button" class="plain" title={words.view.toDay} onClick={onDay}>{dayName(day.at)}</button> : <span>{dayName(day.at)}</span>}</h3>
            {day.messages.map((m, i) => (
              <Slot key={keyOfMessage(m)} id={keyOfMessage(m)} form={(runsOn(m, day.messages[i + 1]) ? " runs-on" : "") + (m.id === foundAt ? " sought" : "")}
                message={asSeen(m)} name={name} stop={keyOfMessage(m) === stopKey} showLine={!chat && (severalLines || lineName(lines.value[m.line]) === "")}
                onFacts={facts} onEdit={edit} />
            ))}
            {day.waiting.map((o) => (
              <div class="slot ours" key={o.idem} data-key={o.idem}>
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

// A Slot is the place of one text. Of two hundred, a text that comes draws one.
class Slot extends Component<BubbleProps & { id: string; form: string }> {
  shouldComponentUpdate(next: Slot["props"]) {
    return (Object.keys(next) as (keyof typeof next)[]).some((k) => next[k] !== this.props[k]);
  }
  render({ id, form, ...bubble }: Slot["props"]) {
    return <div class={"slot " + (bubble.message.dir === "in" ? "theirs" : "ours") + form} data-key={id}><Bubble {...bubble as BubbleProps} /></div>;
  }
}

// facts and whatever else a bubble is given stay the same from one drawing to the
// next: a bubble of which nothing changed is not drawn again, and a page of older
// texts costs what is new in it.
const facts = (m: Message) => { shownText.value = m.id; detailsOpen.value = true; };

const seenAs = new WeakMap<Message, Message>();

// asSeen is a word of a colleague as something that came, though the box wrote
// it down for both alike.
function asSeen(m: Message): Message {
  if (m.channel !== "chat" || !cameIn(m)) return m;
  if (!seenAs.has(m)) seenAs.set(m, { ...m, dir: "in", state: "received" });
  return seenAs.get(m)!;
}

function keyOfMessage(m: Message): string {
  return bubbles.get(m.id) ?? m.id;
}

// runsOn tells whether the next text repeats what stands under this one, so
// that it need not be said twice.
function runsOn(m: Message, next: Message | undefined): boolean {
  return next !== undefined && plainly(m) && plainly(next) && m.dir === next.dir && m.sender === next.sender && m.state === next.state && m.line === next.line &&
    m.author?.id === next.author?.id && m.author?.kind === next.author?.kind && minute(m.created_at) === minute(next.created_at);
}

// minute is the same for two moments that a clock shows alike, in every zone.
const minute = (at: string) => at.slice(0, 16); // 2026-11-21T09:30

function plainly(m: Message): boolean {
  return m.total <= 1 && !m.copies && ["received", "delivered", "sent"].includes(m.state);
}

interface Day {
  key: string;
  at: string;
  messages: Message[];
  waiting: Outgoing[];
}

const keys = new WeakMap<Message, string>(); // the day of each

function days(messages: Message[], waiting: Outgoing[]): Day[] {
  const found: Day[] = [];
  const dayOf = (at: string, key = dayKey(at)) => {
    if (found.at(-1)?.key !== key) found.push({ key, at, messages: [], waiting: [] });
    return found.at(-1)!;
  };
  for (const m of messages) {
    if (!keys.has(m)) keys.set(m, dayKey(m.created_at));
    dayOf(m.created_at, keys.get(m)).messages.push(m);
  }
  for (const o of waiting) dayOf(new Date(Math.max(o.at, Date.parse(found.at(-1)?.at ?? "") || 0)).toISOString()).waiting.push(o);
  return found;
}
