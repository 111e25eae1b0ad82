// History: every conversation, open, closed or muted, with what was said in it
// and whom it is with. The address keeps the filter, so that View All comes back
// to the list as it was left: #/history/closed/ana/th_1.

import { useEffect, useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { reply, replyTo } from "../goto";
import { Confirm, Pane, toast, Trouble } from "../kit";
import { Avatar } from "../list";
import type { Message, Thread } from "../protocol";
import { may, to } from "../rooms";
import { call, state } from "../socket";
import { starting } from "../start";
import { lineName, lines, session } from "../store";
import { exact, shortAge } from "../time";
import { words as common } from "../words";
import { Choice, type Column, Reading, SearchField, Table, useDoing, usePages, usePlace, useRead } from "./kit";

const words = catalog("history", {
  title: "Chat and SMS",
  told: "All conversations: open, closed and muted ones. Closing hides a conversation in the chat, never here.",
  show: "Show",
  states: { all: "All", open: "Open", closed: "Closed", muted: "Muted", unread: "Unread" },
  search: "Search names, numbers and texts",
  with: "With",
  last: "Last text",
  when: "When",
  state: "State",
  act: "Actions",
  open: "Open",
  closed: "Closed",
  muted: "Muted",
  unread: "{n} unread",
  reply: "Reply",
  detail: "Detail",
  more: "Earlier conversations",
  none: "No conversation is like that.",
  found: "In the texts",
  viewAll: "View All",
  texts: "Texts",
  earlier: "Earlier texts",
  contact: "Contact",
  unsaved: "Not saved as a contact",
  card: "Show the card",
  colleagues: "Between colleagues",
  deleteText: "Delete this text",
  deleteTextTold: "It is taken out of this box. It cannot be called back from the other phone.",
  deleteAll: "Delete the conversation",
  deleteAllTold: "Everything said with {who} is taken out of this box, for everybody. The other phone keeps what it got.",
  deleted: "Deleted.",
  mute: "Mute",
  unmute: "Unmute",
  close: "Close",
  reopen: "Open again",
  noText: "(no text)",
});

interface Seen extends Thread {
}

type State = keyof typeof words.states;

const changes = ["message.", "thread.", "view.", "contact."];

export default function History({ at }: { at: string[] }) {
  const state: State = at[0] && at[0] in words.states ? (at[0] as State) : "all";
  const q = at[1] ?? "";
  return at[2] ? <Detail key={at[2]} id={at[2]} back={to("history", state, q)} /> : <All state={state} q={q} />;
}

// called is whom a conversation is with: a person, or the colleagues in it.
function called(t: Seen): string {
  const others = t.members?.filter((m) => m.id !== session.value?.agent?.id).map((m) => m.name).join(", ");
  return others || t.contact?.name || t.peer;
}

function All({ state, q }: { state: State; q: string }) {
  const list = usePages<Seen>("thread.list", { ...(state !== "all" && { state }), ...(q && { q }) }, "threads", "before", changes);
  const { error, attempt } = useDoing();
  usePlace(`history ${state} ${q}`, list.value !== undefined);
  const show = (state: State, q: string) => (location.hash = to("history", state, q));
  const columns: Column<Seen>[] = [
    { head: words.with, cell: (t) => <a class="who-cell" href={to("history", state, q, t.id)}><Avatar thread={t} /><span><strong><bdi>{called(t)}</bdi></strong>{t.contact && <span class="hint" dir="ltr">{t.peer}</span>}</span></a> },
    { head: words.last, cell: (t) => <bdi class="clip">{t.last?.text || words.noText}</bdi> },
    { head: words.when, cell: (t) => <time title={exact(t.last?.created_at)}>{shortAge(t.last?.created_at)}</time> },
    { head: words.state, minor: true, cell: (t) => [t.view?.closed_at ? words.closed : words.open, t.view?.muted && words.muted, t.view?.unread && say(words.unread, { n: t.view.unread })].filter(Boolean).join(", ") },
    {
      head: words.act, cell: (t) => (
        <span class="row-buttons">
          <button type="button" class="button" aria-label={`${words.reply}: ${called(t)}`} onClick={() => reply(t)}>{words.reply}</button>
          <a class="button" aria-label={`${words.detail}: ${called(t)}`} href={to("history", state, q, t.id)}>{words.detail}</a>
        </span>
      ),
    },
  ];
  return (
    <Pane title={words.title} told={words.told} act={<button type="button" class="button primary" onClick={() => (starting.value = "")}>{common.newConversationLong}</button>}>
      <div class="filters">
        <Choice label={words.show} value={state} set={(s) => show(s, q)} of={Object.entries(words.states) as [State, string][]} />
        <SearchField label={words.search} value={q} set={(q) => show(state, q)} />
      </div>
      <Trouble of={error} />
      <Reading of={list}>
        {(threads) => <Table name={words.title} rows={threads} columns={columns} keyOf={(t) => t.id} empty={<p>{words.none}</p>} />}
      </Reading>
      {list.more && <button type="button" class="button" onClick={list.more}>{words.more}</button>}
      {q && <Found q={q} open={(thread) => void attempt(replyTo(thread))} detail={(thread) => to("history", state, q, thread)} />}
    </Pane>
  );
}

interface Hit {
  message: Message;
  contact?: { name: string };
  snippet: string;
  marks: [number, number][] | null;
}

// Found is what the words of the search are in, beside names and numbers.
function Found({ q, open, detail }: { q: string; open(thread: string): void; detail(thread: string): string }) {
  const found = useRead<{ hits: Hit[] }>("message.search", { q, limit: 20 });
  const hits = found.value?.hits ?? [];
  if (hits.length === 0) return null;
  return (
    <section class="block">
      <h3>{words.found}</h3>
      <ul class="plain-rows">
        {hits.map(({ message: m, contact, snippet, marks }) => (
          <li class="hit" key={m.id}>
            <a href={detail(m.thread)}>
              <strong><bdi>{contact?.name ?? (m.dir === "in" ? m.from : m.to)}</bdi></strong>
              <span class="hint"><time title={exact(m.created_at)}>{shortAge(m.created_at)}</time></span>
              <bdi>{marked(snippet, marks ?? [])}</bdi>
            </a>
            <button type="button" class="button" onClick={() => open(m.thread)}>{words.reply}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function marked(text: string, marks: [number, number][]) {
  let from = 0;
  return [...marks.flatMap(([begin, end]) => {
    const before = text.slice(from, begin);
    from = end;
    return [before, <mark>{text.slice(begin, end)}</mark>];
  }), text.slice(from)];
}

function Detail({ id, back }: { id: string; back: string }) {
  const read = useRead<{ thread: Seen }>("thread.get", { thread: id }, changes);
  const [ending, end] = useState<"" | "all">("");
  const { error, attempt } = useDoing();
  const t = read.value?.thread;
  const view = (change: object) => void attempt(call("thread.view", { thread: id, ...change }).then(read.again));
  return (
    <Pane title={t ? called(t) : words.title} told={t?.channel === "chat" ? words.colleagues : undefined} act={<>
      <a class="button" href={back}>{words.viewAll}</a>
      {t && <button type="button" class="button primary" onClick={() => reply(t)}>{words.reply}</button>}
    </>}>
      <Trouble of={error} />
      <Reading of={read}>
        {({ thread }) => (
          <div class="two wide-first">
            <Transcript thread={thread} />
            <aside class="block" aria-label={words.contact}>
              <h3>{words.contact}</h3>
              <p><strong><bdi>{called(thread)}</bdi></strong></p>
              {thread.channel !== "chat" && <>
                <ul class="numbers">{(thread.contact?.numbers ?? [thread.peer]).map((n) => <li key={n} dir="ltr">{n}</li>)}</ul>
                {thread.contact ? <p><a href={to("people", thread.contact.id)}>{words.card}</a></p> : <p class="hint">{words.unsaved}</p>}
              </>}
              <div class="menu">
                <button type="button" class="button" onClick={() => view({ muted: !thread.view?.muted })}>{thread.view?.muted ? words.unmute : words.mute}</button>
                <button type="button" class="button" onClick={() => view({ closed: !thread.view?.closed_at })}>{thread.view?.closed_at ? words.reopen : words.close}</button>
                {may("manager") && <button type="button" class="button" onClick={() => end("all")}>{words.deleteAll}</button>}
              </div>
            </aside>
            {ending && (
              <Confirm title={words.deleteAll} danger act={words.deleteAll} told={<p>{say(words.deleteAllTold, { who: called(thread) })}</p>} onClose={() => end("")}
                run={async () => { await call("thread.delete", { thread: id }); toast(words.deleted); location.hash = back; }} />
            )}
          </div>
        )}
      </Reading>
    </Pane>
  );
}

// Transcript is what was said, the newest at the end; it reads back page by page.
function Transcript({ thread }: { thread: Seen }) {
  const [list, setList] = useState<Message[]>([]);
  const [prev, setPrev] = useState("");
  const [ending, end] = useState<Message | null>(null);
  const { error, attempt } = useDoing();
  const read = (before: string) => attempt(call<{ messages: Message[] | null; prev?: string }>("thread.messages", { thread: thread.id, limit: 50, ...(before && { before }) }).then((page) => {
    setList((old) => before ? [...(page.messages ?? []), ...old] : page.messages ?? []);
    setPrev(page.prev ?? "");
  }));
  const live = state.value === "live";
  useEffect(() => { if (live) void read(""); }, [live, thread.last?.id, thread.last?.rev]);
  return (
    <section class="block" aria-label={words.texts}>
      <Trouble of={error} />
      {prev && <button type="button" class="button" onClick={() => void read(prev)}>{words.earlier}</button>}
      <ol class="turns">
        {list.map((m) => (
          <li key={m.id} class={"bubble " + m.dir}>
            <div class="bubble-box"><p class="bubble-text" dir="auto">{m.text || words.noText}</p></div>
            <p class="bubble-foot">
              <bdi>{m.author?.name ?? (m.dir === "in" ? m.from : lineName(lines.value[m.line]))}</bdi> · <time title={exact(m.created_at)}>{shortAge(m.created_at)}</time>
              {m.channel !== "chat" && <> · {common.state[m.state]}</>}
              {may("agent") && m.channel !== "chat" && <button type="button" class="link" aria-label={`${words.deleteText}: ${m.text.slice(0, 40)}`} onClick={() => end(m)}>{words.deleteText}</button>}
            </p>
          </li>
        ))}
      </ol>
      {ending && (
        <Confirm title={words.deleteText} danger act={words.deleteText} told={<><p>{words.deleteTextTold}</p><blockquote dir="auto">{ending.text}</blockquote></>} onClose={() => end(null)}
          run={async () => { await call("message.delete", { id: ending.id }); setList((old) => old.filter((m) => m.id !== ending.id)); toast(words.deleted); }} />
      )}
    </section>
  );
}
