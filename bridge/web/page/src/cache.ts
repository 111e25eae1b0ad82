// What was read, kept in this browser for when the box is away: the lists, and
// the end of each thread that was looked at. It is one account's at a time; who
// signs out takes it away, and so does whoever signs in after.

import type { Preferences } from "./prefer";
import type { Line, Message, Session, Thread } from "./protocol";

// Lists are what stood beside the texts, and who read them; each thread has its
// view.
export interface Lists {
  session: Session;
  threads: Thread[];
  lines: Line[];
  preferences: Preferences;
  at: number;
}

// End is the end of a thread, as it was at a moment.
export interface End {
  thread: string;
  messages: Message[];
  at: number;
}

export const mostThreads = 30;
export const mostMessages = 200;

const mostAge = 30 * 86_400_000; // a session of the box lasts no longer

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((done, fail) => {
    const r = indexedDB.open("smsbridge", 1);
    r.onupgradeneeded = () => {
      r.result.createObjectStore("lists");
      r.result.createObjectStore("ends", { keyPath: "thread" }).createIndex("at", "at");
    };
    r.onsuccess = () => done(r.result);
    r.onerror = () => fail(r.error);
  });
  return opened;
}

// within runs one transaction and answers when it is done.
async function within<T>(mode: IDBTransactionMode, run: (lists: IDBObjectStore, ends: IDBObjectStore) => IDBRequest<T> | void): Promise<T | undefined> {
  const t = (await open()).transaction(["lists", "ends"], mode);
  return new Promise((done, fail) => {
    const r = run(t.objectStore("lists"), t.objectStore("ends"));
    t.oncomplete = () => done(r ? r.result : undefined);
    t.onabort = t.onerror = () => fail(t.error);
  });
}

// putLists keeps the lists. What another account read goes in the same step.
export function putLists(l: Lists): Promise<unknown> {
  return within("readwrite", (lists, ends) => {
    const before = lists.get("now") as IDBRequest<Lists | undefined>;
    before.onsuccess = () => {
      if (before.result && before.result.session.agent?.id !== l.session.agent?.id) ends.clear();
      lists.put(l, "now");
    };
  });
}

// getLists answers nothing where what is kept is older than any session.
export async function getLists(): Promise<Lists | undefined> {
  const found = await within("readonly", (lists) => lists.get("now") as IDBRequest<Lists | undefined>);
  if (!found || Date.now() - found.at < mostAge) return found;
  await clear();
  return undefined;
}

// putEnd keeps the end of a thread for who the lists belong to; the threads that
// were not looked at for longest make room.
export function putEnd(agent: string, e: End): Promise<unknown> {
  return within("readwrite", (lists, ends) => {
    const owner = lists.get("now") as IDBRequest<Lists | undefined>;
    owner.onsuccess = () => {
      if (owner.result?.session.agent?.id !== agent) return;
      ends.put({ ...e, messages: e.messages.slice(-mostMessages) });
      const count = ends.count();
      count.onsuccess = () => drop(ends, count.result - mostThreads);
    };
  });
}

function drop(ends: IDBObjectStore, n: number): void {
  if (n <= 0) return;
  const oldest = ends.index("at").openCursor();
  oldest.onsuccess = () => {
    if (!oldest.result || n-- <= 0) return;
    oldest.result.delete();
    oldest.result.continue();
  };
}

export function getEnd(thread: string): Promise<End | undefined> {
  return within("readonly", (_, ends) => ends.get(thread) as IDBRequest<End | undefined>);
}

export async function kept(): Promise<string[]> {
  return (await within("readonly", (_, ends) => ends.getAllKeys() as IDBRequest<string[]>)) ?? [];
}

// change makes another end of a kept thread, or none.
export function change(thread: string, make: (messages: Message[]) => Message[]): Promise<unknown> {
  return within("readwrite", (_, ends) => {
    const old = ends.get(thread) as IDBRequest<End | undefined>;
    old.onsuccess = () => {
      if (old.result) ends.put({ ...old.result, messages: make(old.result.messages).slice(-mostMessages) });
    };
  });
}

export function take(thread: string): Promise<unknown> {
  return within("readwrite", (_, ends) => { ends.delete(thread); });
}

export function clear(): Promise<unknown> {
  return within("readwrite", (lists, ends) => {
    lists.clear();
    ends.clear();
  });
}
