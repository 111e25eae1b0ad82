// The list of conversations: who, what was said last, what is unread. It is
// one tab stop; arrow keys move within it.

import { signal } from "@preact/signals";
import { go, readMore } from "./desk";
import { drafts } from "./draft";
import { CloseIcon, PersonIcon, PlusIcon, SearchIcon, Tick } from "./icon";
import { LineChips, NoLine } from "./line";
import { tickOf } from "./message";
import { digits, parse } from "./number";
import type { Thread } from "./protocol";
import { seeAll, unreadOf, unreadTotal } from "./read";
import { starting } from "./start";
import { lineName, listsRead, matches, moreThreads, place, session, sortedLines, sortedThreads, who } from "./store";
import { exact, shortAge } from "./time";
import { say, words } from "./words";

export const search = signal("");
const onlyLine = signal("");

export function List() {
  const typed = search.value;
  const found = sortedThreads.value.filter((t) => matches(t, typed) && (!onlyLine.value || t.line === onlyLine.value));
  const several = sortedLines.value.length > 1;
  return (
    <section class="pane list" id="list" tabIndex={-1} aria-label={words.paneList}>
      <div class="narrow-chips"><LineChips /></div>
      <header class="list-head">
        <div class="list-title">
          <h2>{words.texts}</h2>
          {unreadTotal.value > 0 && <button type="button" class="link" onClick={seeAll}>{words.markAllRead}</button>}
          <button type="button" class="button primary" onClick={() => (starting.value = "")} title="Alt+N" aria-keyshortcuts="Alt+N" aria-label={words.newConversationLong}>
            <PlusIcon />{words.newConversation}
          </button>
        </div>
        <Search />
        {several && (
          <label class="filter"><span class="unseen">{words.filterLine}</span>
            <select value={onlyLine.value} onChange={(e) => (onlyLine.value = e.currentTarget.value)}>
              <option value="">{words.anyLine}</option>
              {sortedLines.value.map((l) => <option key={l.id} value={l.id}>{lineName(l)}</option>)}
            </select>
          </label>
        )}
      </header>
      {listsRead.value && <NoLine />}
      <ul class="rows" onKeyDown={walk}>
        {found.map((t, i) => <Row key={t.id} thread={t} stop={t.id === place.value?.thread || (i === 0 && !found.some((f) => f.id === place.value?.thread))} />)}
      </ul>
      {listsRead.value ? found.length === 0 && <Empty typed={typed} /> : <p class="list-note">{words.loading}</p>}
      {moreThreads.value && <button type="button" class="button wide" onClick={() => void readMore().catch(() => {})}>{words.more}</button>}
    </section>
  );
}

function Search() {
  return (
    <form class="search" role="search" onSubmit={(e) => { e.preventDefault(); openFirst(); }}>
      <button class="plain square go" aria-label={words.searchGo} title={words.searchGo}><SearchIcon /></button>
      <input id="search" type="search" value={search.value} placeholder={words.search} aria-label={words.search} autocomplete="off"
        onInput={(e) => (search.value = e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === "Escape" && search.value) { search.value = ""; e.stopPropagation(); e.preventDefault(); }
        }} />
      {search.value && (
        <button type="button" class="plain square" aria-label={words.clear} title={words.clear} onClick={() => { search.value = ""; document.getElementById("search")?.focus(); }}>
          <CloseIcon />
        </button>
      )}
    </form>
  );
}

// openFirst is Enter in the search: the first that was found, or a new
// conversation with the number that was typed.
function openFirst(): void {
  const first = sortedThreads.value.find((t) => matches(t, search.value));
  if (first) return go({ thread: first.id });
  const typed = parse(search.value);
  if ("number" in typed) go({ number: typed.number });
}

function Empty({ typed }: { typed: string }) {
  if (typed.trim()) {
    const read = parse(typed);
    return (
      <div class="list-note">
        <p>{say(words.nothingFound, { what: typed.trim() })}</p>
        {"number" in read && (
          <button type="button" class="button wide" onClick={() => { search.value = ""; go({ number: read.number }); }}>
            {say(words.textNumber, { number: read.number })}
          </button>
        )}
      </div>
    );
  }
  const own = sortedLines.value.find((l) => l.number)?.number;
  return (
    <div class="list-note">
      <strong>{words.noThreads}</strong>
      <p>{own ? say(words.noThreadsTold, { number: own }) : words.noThreadsNoNumber}</p>
      {session.value?.demo && <p><a href="/handset" target="_blank" rel="noopener">{words.openPhone}</a></p>}
    </div>
  );
}

function Row({ thread: t, stop }: { thread: Thread; stop: boolean }) {
  const n = unreadOf(t.id);
  const draft = drafts.value[t.id]?.trim();
  const here = place.value?.thread === t.id;
  return (
    <li class={"row" + (n > 0 ? " fresh" : "") + (here ? " here" : "")}>
      <a href={"#t=" + encodeURIComponent(t.id)} aria-current={here ? "true" : undefined} tabIndex={stop ? 0 : -1}>
        <Avatar thread={t} />
        <span class="row-who"><span class="row-name"><bdi>{who(t)}</bdi></span><span class="tag">{words.sms}</span></span>
        <time class="row-time" dateTime={t.last?.created_at} title={exact(t.last?.created_at)}>{shortAge(t.last?.created_at)}</time>
        <span class="row-text" dir="auto">
          {draft && !here ? <><em class="draft">{words.draft}</em> {draft}</> : <LastText thread={t} />}
        </span>
        {n > 0 && <span class="badge"><span aria-hidden="true">{n > 99 ? "99+" : n}</span><span class="unseen">{say(words.unread, { n })}</span></span>}
      </a>
    </li>
  );
}

function LastText({ thread: { last } }: { thread: Thread }) {
  if (!last) return null;
  const text = last.text || (last.raw ? words.undecodable : "");
  if (last.dir === "in") return <>{text}</>;
  return <><Tick shape={tickOf(last.state)} /><span class="unseen">{words.state[last.state]}. {words.youSaid}</span> {text}</>;
}

export function Avatar({ thread: t }: { thread: Thread }) {
  const name = t.contact?.name.trim();
  if (!name) return <span class="avatar stranger" aria-hidden="true"><PersonIcon /></span>;
  const tone = [...name].reduce((n, c) => (n * 31 + c.codePointAt(0)!) % 6, 0);
  return <span class={"avatar tone" + tone} aria-hidden="true">{initials(name)}</span>;
}

function initials(name: string): string {
  const pieces = name.split(/\s+/u).filter((p) => /[\p{L}\p{N}]/u.test(p));
  const ends = pieces.length > 1 ? [pieces[0], pieces[pieces.length - 1]] : pieces;
  return ends.map((p) => /[\p{L}\p{N}]/u.exec(p)![0].toLocaleUpperCase()).join("") || digits(name).slice(0, 2);
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
