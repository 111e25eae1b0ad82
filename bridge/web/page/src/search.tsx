// The search over everything: names and digits first, as the box finds them
// and at once among what is loaded, then the texts that say the words.

import { effect, signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { go, putAll } from "./desk";
import { Colleague, Client, Stranger } from "./face";
import { CloseIcon, SearchIcon } from "./icon";
import { said } from "./kit";
import { parse } from "./number";
import { FoundRow, openFound } from "./people";
import type { Found, Hit, HitPage, ThreadPage } from "./protocol";
import { call, state } from "./socket";
import { matches, others, sortedThreads, threads, who } from "./store";
import { exact, shortAge } from "./time";
import { reopen } from "./view";
import { say, words } from "./words";

const askAfter = 200; // milliseconds without a key; the box answers 20 requests a second
const threadsAtMost = 30;
const peopleAtMost = 8;
const hitsAtMost = 30;

export const search = signal("");

interface Result {
  of: string; // what was typed
  threads: string[];
  people: Found[]; // whom nobody here wrote to so far
  hits: Hit[];
  next: string;
  wrong: string; // why texts could not be searched
}

const nothing: Result = { of: "", threads: [], people: [], hits: [], next: "", wrong: "" };

export const result = signal<Result>(nothing);

let soon = 0;

effect(() => {
  const typed = search.value.trim();
  const live = state.value === "live";
  window.clearTimeout(soon);
  if (!typed) result.value = nothing;
  else if (live && typed.length > 1) soon = window.setTimeout(() => void ask(typed), askAfter);
});

async function ask(typed: string): Promise<void> {
  let wrong = "";
  const [page, people, hits] = await Promise.all([
    call<ThreadPage>("thread.list", { q: typed, limit: threadsAtMost }).catch(() => ({ threads: [] }) as ThreadPage),
    call<{ found: Found[] }>("people.find", { q: typed, limit: peopleAtMost }).catch(() => ({ found: [] })),
    call<HitPage>("message.search", { q: typed, limit: hitsAtMost }).catch((e) => { wrong = said(e); return { hits: [] } as HitPage; }),
  ]);
  if (search.value.trim() !== typed) return; // somebody typed on
  putAll(page.threads ?? []);
  result.value = {
    of: typed, threads: (page.threads ?? []).map((t) => t.id), people: people.found.filter((f) => !f.thread),
    hits: hits.hits, next: hits.next ?? "", wrong,
  };
}

// moreHits goes on where the search of texts ended.
async function moreHits(): Promise<void> {
  const r = result.value;
  const page = await call<HitPage>("message.search", { q: r.of, limit: hitsAtMost, before: r.next });
  if (result.value.of === r.of) result.value = { ...result.value, hits: [...result.value.hits, ...page.hits], next: page.next ?? "" };
}

// found are the threads that are meant by what is typed.
export function found(): string[] {
  const typed = search.value;
  const here = sortedThreads.value.filter((t) => matches(t, typed)).map((t) => t.id);
  return [...here, ...result.value.threads.filter((id) => !here.includes(id) && threads.value[id])];
}

export const clearSearch = () => { search.value = ""; };

export function SearchBox() {
  const field = useRef<HTMLInputElement>(null);
  return (
    <form class="search" role="search" onSubmit={(e) => { e.preventDefault(); openFirst(); }}>
      <button class="plain square go" aria-label={words.searchGo} title={words.searchGo}><SearchIcon /></button>
      <input id="search" ref={field} type="search" value={search.value} placeholder={words.search} aria-label={words.search} autocomplete="off" aria-keyshortcuts="/"
        onInput={(e) => (search.value = e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === "Escape" && search.value) { clearSearch(); e.stopPropagation(); e.preventDefault(); }
        }} />
      {search.value && (
        <button type="button" class="plain square" aria-label={words.clear} title={words.clear} onClick={() => { clearSearch(); field.current?.focus(); }}>
          <CloseIcon />
        </button>
      )}
    </form>
  );
}

// openFirst is Enter in the search: the first that was found, or a new
// conversation with the number that was typed.
function openFirst(): void {
  const [first] = found();
  const [person] = result.value.people;
  const [hit] = result.value.hits;
  const typed = parse(search.value);
  if (first) {
    reopen(first);
    go({ thread: first });
  }
  else if ("number" in typed) go({ number: typed.number });
  else if (person) openFound(person);
  else if (hit) go({ thread: hit.message.thread, message: hit.message.id });
}

// Results stand under the threads that were found by name or number.
export function Results({ any }: { any: boolean }) {
  const typed = search.value.trim();
  const r = result.value;
  const done = r.of === typed;
  if (!typed) return null;
  return (
    <>
      {r.people.length > 0 && (
        <ul class="found people" aria-label={words.people}>
          {r.people.map((f) => <li key={f.kind + f.id + f.number}><button type="button" class="plain found-row" onClick={() => { clearSearch(); openFound(f); }}><FoundRow found={f} /></button></li>)}
        </ul>
      )}
      {typed.length > 1 && <h3 class="list-part">{words.inTexts}</h3>}
      {!done && typed.length > 1 && <p class="list-note">{words.searching}</p>}
      {done && r.wrong && <p class="list-note">{r.wrong}</p>}
      {done && !r.wrong && r.hits.length === 0 && <p class="list-note">{say(any || r.people.length ? words.noHits : words.nothingAtAll, { what: typed })}</p>}
      <ul class="rows hits">{done && r.hits.map((h) => <HitRow key={h.message.id} hit={h} />)}</ul>
      {done && r.next && <button type="button" class="button wide" onClick={() => void moreHits().catch(() => {})}>{words.moreHits}</button>}
      {typed.length > 1 && <p class="list-note hint">{words.searchHint}</p>}
    </>
  );
}

function HitRow({ hit: { message: m, contact, snippet, marks } }: { hit: Hit }) {
  const t = threads.value[m.thread];
  const [colleague] = t ? others(t) : [];
  const name = t ? who(t) : contact?.name || (m.dir === "in" ? m.from : m.to) || m.author?.name || "";
  const face = m.channel === "chat" ? <Colleague id={colleague?.id ?? ""} name={name} role={colleague?.role} /> : contact ? <Client name={contact.name} /> : <Stranger />;
  return (
    <li class="row hit">
      <a href={"#" + new URLSearchParams({ t: m.thread, m: m.id })}>
        {face}
        <span class="row-who"><span class="row-name"><bdi>{name}</bdi></span></span>
        <time class="row-time" dateTime={m.created_at} title={exact(m.created_at)}>{shortAge(m.created_at)}</time>
        <span class="row-text" dir="auto"><Marked text={snippet} marks={marks} /></span>
      </a>
    </li>
  );
}

function Marked({ text, marks }: { text: string; marks: [number, number][] }) {
  let at = 0;
  const pieces = marks.map(([from, to]) => {
    const before = text.slice(at, from);
    at = to;
    return <>{before}<mark>{text.slice(from, to)}</mark></>;
  });
  return <>{pieces}{text.slice(at)}</>;
}
