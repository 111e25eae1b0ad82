// The worker keeps the files of the page, so that it opens while the box is
// away. It keeps nothing else: what the box answers to anybody never comes here
// (cache.ts keeps what was read, for one account).

// build names the files of one version of the page; files are their paths, each
// with its hash (Subresource Integrity, 3.1): what is not the file that was built
// is not kept. The bundler fills in both.
declare const build: string;
declare const files: Record<string, string>;

interface Life extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface Asking extends Life {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Pressed extends Life {
  notification: Notification;
}

interface Page {
  url: string;
  focus(): Promise<Page>;
  postMessage(message: object): void;
}

// Worker is what is used here of the scope of a worker (Service Workers, 4.1).
interface Worker {
  addEventListener<E extends Event>(name: string, hear: (e: E) => void): void;
  skipWaiting(): Promise<void>;
  clients: {
    claim(): Promise<void>;
    matchAll(which: { type: "window" }): Promise<Page[]>;
    openWindow(address: string): Promise<Page | null>;
  };
}

const worker = self as unknown as Worker;

const begins = "smsbridge.";
const mine = begins + build;

// A box that has not answered for so long is taken as away.
const patience = 3_000;

// A new version takes the place of the old one at once: the page that is shown
// is the box's own wherever the box answers, and the kept one must be the same.
worker.addEventListener<Life>("install", (e) => e.waitUntil(fill().then(() => worker.skipWaiting())));

async function fill(): Promise<void> {
  const cache = await caches.open(mine);
  try {
    await Promise.all(Object.entries(files).map(async ([path, integrity]) => {
      const answer = await fetch(path, { cache: "no-cache", integrity });
      if (!answer.ok) throw new Error(path + ": " + answer.status);
      await cache.put(path, answer);
    }));
  } catch (e) {
    await caches.delete(mine); // half a page is none
    throw e;
  }
}

worker.addEventListener<Life>("activate", (e) => e.waitUntil(begin()));

async function begin(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(begins) && name !== mine) await caches.delete(name);
  await worker.clients.claim();
  for (const page of await worker.clients.matchAll({ type: "window" })) page.postMessage({ build });
}

worker.addEventListener<Asking>("fetch", (e) => {
  const { origin, pathname } = new URL(e.request.url);
  if (e.request.method !== "GET" || origin !== self.location.origin || !Object.hasOwn(files, pathname)) return;
  e.respondWith(answer(e.request, pathname));
});

// answer is the box's file, or the kept one where the box is away. A file with a
// hash in its name is the same wherever it comes from.
async function answer(request: Request, path: string): Promise<Response> {
  const kept = await (await caches.open(mine)).match(path);
  if (!kept) return fetch(request);
  if (/-[0-9A-Z]{8}\.js$/.test(path)) return kept;
  const fresh = fetch(request).catch(() => kept);
  const late = new Promise<Response>((done) => setTimeout(() => done(kept), patience));
  const first = await Promise.race([fresh, late]);
  return first.status < 500 ? first : kept;
}

// Who presses a notice comes to the conversation that it told of.
worker.addEventListener<Pressed>("notificationclick", (e) => {
  e.notification.close();
  e.waitUntil(show(String(e.notification.data ?? "")));
});

async function show(hash: string): Promise<void> {
  const pages = await worker.clients.matchAll({ type: "window" });
  const page = pages.find((p) => new URL(p.url).pathname === "/");
  if (!page) await worker.clients.openWindow("/" + hash);
  else (await page.focus()).postMessage({ hash });
}
