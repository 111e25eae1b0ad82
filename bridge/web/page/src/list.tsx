// The list of conversations, texts and chats alike: who, what was said last,
// what is unread. It is one tab stop; arrow keys move within it.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { go, isListed, moreOf, readFirst, readMore, type Which } from "./desk";
import { drafts } from "./draft";
import { Avatar, presenceWords } from "./face";
import { typing } from "./hint";
import { MutedIcon, PlusIcon, Tick } from "./icon";
import { LineChips, NoLine } from "./line";
import { tickOf } from "./message";
import { parse } from "./number";
import type { Thread } from "./protocol";
import { clearSearch, found, Results, search, SearchBox } from "./search";
import { state } from "./socket";
import { starting } from "./start";
import { cameIn, keptAt, lineName, listsRead, others, place, session, sortedLines, sortedThreads, threads, who } from "./store";
import { exact, moment, shortAge } from "./time";
import { closed, muted, readAll, reopen, unreadOf, unreadTotal } from "./view";
import { own, say, words } from "./words";

export { Avatar } from "./face";

const which = signal<Which>({ state: "open", line: "" });

// kept are the threads that were unread when the list of unread ones was shown:
// one that is opened stays where it is.
const kept = signal<string[]>([]);

export function List() {
  const typed = search.value.trim();
  const rows = typed ? found().map((id) => threads.value[id]) : sortedThreads.value.filter(isShown);
  const stop = rows.some((t) => t.id === place.value?.thread) ? place.value?.thread : rows[0]?.id;
  return (
    <section class="pane list" id="list" tabIndex={-1} aria-label={words.paneList}>
      <div class="narrow-chips"><LineChips /></div>
      <header class="list-head">
        <div class="list-title">
          <h2>{words.texts}</h2>
          {unreadTotal.value > 0 && <button type="button" class="link" onClick={() => void readAll()}>{words.markAllRead}</button>}
          <button type="button" class="button primary" onClick={() => (starting.value = "")} title="Alt+N" aria-keyshortcuts="Alt+N" aria-label={words.newConversationLong}>
            <PlusIcon />{words.newConversation}
          </button>
        </div>
        <SearchBox />
        {!typed && <Filters />}
      </header>
      {keptAt.value > 0 && <p class="note kept" role="status">{say(own.keptAt, { time: moment(keptAt.value) })}</p>}
      {listsRead.value && <NoLine />}
      <ul class="rows" onKeyDown={walk}>
        {rows.map((t) => <Row key={t.id} thread={t} stop={t.id === stop} searched={typed !== ""} />)}
      </ul>
      {typed ? <Found any={rows.length > 0} />
        : listsRead.value ? rows.length === 0 && <Empty /> : <p class="list-note">{words.loading}</p>}
      {!typed && moreOf(which.value) && <button type="button" class="button wide" onClick={() => void readMore(which.value).catch(() => {})}>{words.more}</button>}
    </section>
  );
}

function isShown(t: Thread): boolean {
  const { state, line } = which.value;
  if (line && t.line !== line && !isListed(which.value, t.id)) return false;
  switch (state) {
    case "open":
      return !closed(t.id) && (t.last !== undefined || t.channel === "sms");
    case "closed":
      return closed(t.id);
  }
  return !closed(t.id) && (unreadOf(t.id) > 0 || kept.value.includes(t.id) && t.id === place.value?.thread);
}

// Filters choose what is listed; by own number only where there are several.
function Filters() {
  const w = which.value;
  const several = sortedLines.value.length > 1;
  useEffect(() => {
    if (state.value === "live" && (w.state !== "open" || w.line)) readFirst(w);
  }, [w, state.value]);
  const choose = (change: Partial<Which>) => {
    which.value = { ...which.value, ...change };
    kept.value = Object.keys(threads.value).filter((id) => unreadOf(id) > 0);
  };
  return (
    <div class="filters">
      <div class="segments" role="group" aria-label={words.filterName}>
        {(Object.keys(words.filters) as Which["state"][]).map((name) => (
          <button type="button" key={name} aria-pressed={w.state === name} onClick={() => choose({ state: name })}>{words.filters[name]}</button>
        ))}
      </div>
      {several && (
        <label class="filter"><span class="unseen">{words.filterLine}</span>
          <select value={w.line} onChange={(e) => choose({ line: e.currentTarget.value })}>
            <option value="">{words.anyLine}</option>
            {sortedLines.value.map((l) => <option key={l.id} value={l.id}>{lineName(l)}</option>)}
          </select>
        </label>
      )}
    </div>
  );
}

// Found stands under the rows of a search.
function Found({ any }: { any: boolean }) {
  const read = parse(search.value);
  const isNew = "number" in read && !any;
  return (
    <>
      {isNew && (
        <div class="list-note">
          <button type="button" class="button wide" onClick={() => { clearSearch(); go({ number: read.number }); }}>
            {say(words.textNumber, { number: read.number })}
          </button>
        </div>
      )}
      <Results any={any} />
    </>
  );
}

function Empty() {
  const { state, line } = which.value;
  if (state !== "open" || line) return <p class="list-note">{state === "closed" ? words.nothingClosed : state === "unread" ? words.nothingUnread : words.noThreads}</p>;
  const own = sortedLines.value.find((l) => l.number)?.number;
  return (
    <div class="list-note">
      <strong>{words.noThreads}</strong>
      <p>{own ? say(words.noThreadsTold, { number: own }) : words.noThreadsNoNumber}</p>
      {session.value?.demo && <p><a href="/handset" target="_blank" rel="noopener">{words.openPhone}</a></p>}
    </div>
  );
}

function Row({ thread: t, stop, searched }: { thread: Thread; stop: boolean; searched: boolean }) {
  const n = unreadOf(t.id);
  const draft = drafts.value[t.id]?.trim();
  const here = place.value?.thread === t.id;
  const [colleague] = t.channel === "chat" ? others(t) : [];
  return (
    <li class={"row" + (n > 0 ? " fresh" : "") + (here ? " here" : "")}>
      <a href={"#t=" + encodeURIComponent(t.id)} aria-current={here ? "true" : undefined} tabIndex={stop ? 0 : -1} onClick={() => { if (searched) reopen(t.id); }}>
        <Avatar thread={t} />
        <span class="row-who">
          <span class="row-name"><bdi>{who(t)}</bdi></span>
          {colleague && <span class="unseen">{presenceWords(colleague.id)}</span>}
          <span class="tag">{t.channel === "chat" ? words.chat : words.sms}</span>
          {muted(t.id) && <span class="row-muted" title={words.mutedSign}><MutedIcon /><span class="unseen">{words.mutedSign}</span></span>}
        </span>
        <time class="row-time" dateTime={t.last?.created_at} title={exact(t.last?.created_at)}>{shortAge(t.last?.created_at)}</time>
        <span class="row-text" dir="auto">
          {typing.value[t.id] && !here ? <em class="typing">{say(words.chats.typing, { who: typing.value[t.id] })}</em>
            : draft && !here ? <><em class="draft">{words.draft}</em> {draft}</> : <LastText thread={t} />}
        </span>
        {n > 0 ? <span class="badge"><span aria-hidden="true">{n > 99 ? "99+" : n}</span><span class="unseen">{say(words.unread, { n })}</span></span>
          : searched && closed(t.id) && <span class="link row-open">{words.openChat}</span>}
      </a>
    </li>
  );
}

function LastText({ thread: { last } }: { thread: Thread }) {
  if (!last) return null;
  const text = last.text || (last.raw ? words.undecodable : "");
  if (cameIn(last)) return <>{text}</>;
  if (last.channel === "chat") return <>{words.youSaid} {text}</>;
  return <><Tick shape={tickOf(last.state)} /><span class="unseen">{words.state[last.state]}. {words.youSaid}</span> {text}</>;
}

// walk moves with the arrow keys from row to row.
function walk(e: KeyboardEvent): void {
  if (e.altKey || e.ctrlKey || e.metaKey) return;
  const rows = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("a")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[e.key];
  if (to === undefined || !rows[to]) return;
  e.preventDefault();
  rows[to].focus();
}
