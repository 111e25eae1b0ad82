// The ways by which a stranger's words come to be shown. Each takes some strings
// and answers how many of them it saw on the page, as they are.
(() => {
  const now = new Date().toISOString();
  const soon = () => new Promise((done) => { const c = new MessageChannel(); c.port1.onmessage = () => done(); c.port2.postMessage(0); });
  const frame = () => new Promise((done) => requestAnimationFrame(() => done()));
  const all = (selector) => [...document.querySelectorAll(selector)];
  let rev = 1e9;
  let me;

  async function until(what, told) {
    for (const end = performance.now() + 10_000; performance.now() < end; await frame()) if (what()) return;
    throw new Error(`not seen: ${told}`);
  }

  // plain tells whether the page shows a text as it is: signs that are not seen,
  // and the hosts of links, are put into words.
  const plain = (s) => !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|https?:/iu.test(s);
  const count = (strings, shown) => strings.filter((s, i) => shown[i] === s || (shown[i] && !plain(s))).length;
  const pairs = (strings) => strings.map((s, i) => [s, strings[(i + 1) % strings.length]]);
  const inLots = async (strings, size, one) => {
    let n = 0;
    for (let i = 0; i < strings.length; i += size) n += await one(strings.slice(i, i + size));
    return n;
  };

  const text = (id, thread, words, more) => ({
    id, thread, line: "ln_0000000000000001", dir: "in", channel: "sms", text: words, state: "received", total: 1, parts: null, created_at: now, rev: ++rev, ...more,
  });
  const lots = 100;

  const sinks = {
    // Names and last words in the list; every second without a contact, so that
    // the sender's own name is shown.
    list: (strings) => inLots(strings, lots, async (some) => {
      pairs(some).forEach(([name, words], i) => {
        const id = "th_list" + i, last = text("ms_list" + i, id, words);
        wire.event("thread.changed", { thread: { id, channel: "sms", peer: i % 2 ? name : "+1555900" + i, contact: i % 2 ? undefined : { id: "ct_list" + i, name, numbers: ["+1555900" + i], rev: ++rev }, last, rev: ++rev } });
      });
      const row = (i) => document.querySelector(`.row a[href="#t=th_list${i}"]`);
      await until(() => row(some.length - 1)?.querySelector(".row-name bdi").textContent === some.at(-1), "the last row");
      const words = some.map((_, i) => row(i).querySelector(".row-text").textContent);
      const names = some.map((_, i) => row(i).querySelector(".row-name bdi").textContent);
      return (count(some, names) + pairs(some).filter(([, w], i) => words[i] === w).length) / 2;
    }),

    // Conversations among colleagues, and who writes just now.
    chats: (strings) => inLots(strings, lots, async (some) => {
      some.forEach((name, i) => {
        const id = "th_chat" + i;
        wire.event("thread.changed", { thread: { id, channel: "chat", peer: "", members: [{ id: "ag_chat" + i, name, role: "agent" }], last: text("ms_chat" + i, id, name, { channel: "chat", sender: "ag_chat" + i, author: { kind: "agent", name } }), rev: ++rev } });
      });
      const row = (i) => document.querySelector(`.row a[href="#t=th_chat${i}"]`);
      await until(() => row(some.length - 1)?.querySelector(".row-name bdi").textContent === some.at(-1), "the last chat");
      const n = count(some, some.map((_, i) => row(i).querySelector(".row-name bdi").textContent));
      some.forEach((name, i) => wire.hint("th_chat" + i, { author: { kind: "agent", name } }));
      await until(() => row(some.length - 1).querySelector(".typing")?.textContent.includes(some.at(-1)), "who writes");
      return Math.min(n, some.filter((s, i) => row(i).querySelector(".typing").textContent.includes(s)).length);
    }),

    // Bubbles: what came, what went with its writer and its trouble, a picture
    // message, a text with a doubtful link and octets that are no text.
    bubbles: (strings) => inLots(strings, lots, async (some) => {
      const thread = await here();
      pairs(some).forEach(([s, other], i) => wire.event("message.changed", { message: text("ms_bubble" + i, thread, s, [
        {},
        { dir: "out", state: "failed", reason: other, author: { kind: "agent", id: "x", name: other }, warnings: [other] },
        { card: { kind: "mms", subject: s, from: other, size: 1000 } },
        { raw: other, links: [{ text: other, url: other, host: other, warn: true }], passcode: other, from: other, total: 2, state: "partial" },
      ][i % 4]) }));
      const bubble = (i) => document.querySelector(`[data-key="ms_bubble${i}"]`);
      const shown = () => some.map((_, i) => bubble(i)?.querySelector(".bubble-text, .picture p")?.textContent);
      await until(() => bubble(some.length - 1) && count(some, shown()) === some.length, "the last bubble");
      return count(some, shown());
    }),

    // The head of a conversation, and all that is called after whom it is with.
    head: (strings) => inLots(strings, 1, async ([name]) => {
      const thread = await here();
      wire.event("thread.changed", { thread: { id: thread, channel: "sms", peer: "+15550100", contact: { id: "ct_head", name, numbers: ["+15550100"], rev: ++rev }, rev: ++rev } });
      await soon();
      return Number(document.querySelector(".thread-head h2 bdi").textContent === name);
    }),

    // All that is known of one text.
    facts: (strings) => inLots(strings, lots, async (some) => {
      const thread = await here(), id = "ms_facts";
      const [reason, from, to, author, ...rest] = some;
      wire.event("message.changed", { message: text(id, thread, reason, {
        dir: "out", state: "failed", reason, from, to, author: { kind: "agent", name: author }, warnings: rest.filter((_, i) => i % 2),
        total: 2, parts: rest.filter((_, i) => i % 2 === 0).map((reason, n) => ({ n, state: "failed", reason })),
      }) });
      await until(() => document.querySelector(`[data-key="${id}"]`), "the text");
      if (!document.querySelector(".about .parts")) document.querySelector(`[data-key="${id}"] button.state-button`).click();
      await until(() => document.querySelector(".about .parts") && all(".about dd bdi").some((b) => b.textContent === to), "its facts");
      const shown = all(".about .hint, .about .parts li, .about dd bdi").map((e) => e.textContent);
      return some.filter((s) => shown.some((t) => t.includes(s))).length;
    }),

    // The card of a contact, with fields of any name.
    card: (strings) => inLots(strings, lots, async (some) => {
      const thread = await here();
      const [name, organisation, address, notes, ...rest] = some;
      const keys = rest.filter((_, i) => i % 3 === 0), values = rest.filter((_, i) => i % 3 === 1), emails = rest.filter((_, i) => i % 3 === 2);
      const contact = {
        id: "ct_card", name, organisation, address, notes, language: name, numbers: ["+15550100"], types: { "+15550100": name }, emails: emails.map((address) => ({ address, type: address })),
        custom: Object.fromEntries(keys.map((k, i) => [k, values[i] ?? k])), rev: ++rev,
      };
      wire.answers["contact.get"] = () => ({ result: { contact } });
      wire.event("thread.changed", { thread: { id: thread, channel: "sms", peer: "+15550100", contact: { id: "ct_card", name, numbers: ["+15550100"], rev: ++rev }, rev: ++rev } });
      wire.event("contact.saved", { contact });
      await until(() => all(".card .reach bdi").at(-1)?.textContent === emails.at(-1), "the card");
      const shown = all(".card h2, .card .hint, .card dt, .card dd, .card .reach bdi").map((e) => e.textContent);
      return some.filter((s) => shown.includes(s) || s === "__proto__").length;
    }),

    // What a search finds: people, names, and texts with what was found marked.
    search: (strings) => inLots(strings, lots, async (some) => {
      wire.answers["message.search"] = () => ({ result: { hits: pairs(some).map(([s, name], i) => ({
        message: text("ms_hit" + i, "th_hit" + i, s, { from: name }), contact: { id: "ct_hit" + i, name, numbers: [] }, snippet: s, marks: [[0, Math.ceil(s.length / 2)]],
      })) } });
      wire.answers["people.find"] = () => ({ result: { found: some.map((name, i) => ({ kind: ["agent", "contact", "number"][i % 3], id: "x" + i, name, number: name, role: "agent", channel: "sms" })) } });
      wire.answers["thread.list"] = () => ({ result: { threads: [] } });
      const field = document.getElementById("search");
      field.value = "search " + rev;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await until(() => all(".hit .row-text").at(-1)?.textContent === some.at(-1), "the last hit");
      const n = Math.min(count(some, all(".hit .row-text").map((e) => e.textContent)), count(some, all(".people .found-name").map((e) => e.textContent)));
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      delete wire.answers["thread.list"];
      return n;
    }),

    // An error that a toast tells of.
    toasts: (strings) => inLots(strings, 3, async (some) => {
      await here();
      for (const s of some) {
        wire.answers["thread.view"] = () => ({ error: { code: -32000, message: s, data: { detail: s, type: s } } });
        document.dispatchEvent(new KeyboardEvent("keydown", { altKey: true, code: "KeyM", bubbles: true }));
        await soon();
      }
      await soon();
      delete wire.answers["thread.view"];
      const shown = all(".toast > span").map((e) => e.textContent);
      return some.filter((s) => shown.includes(s)).length;
    }),

    // An error beside the field that it is about.
    errors: (strings) => inLots(strings, 1, async ([s]) => {
      await here();
      wire.answers["message.send"] = () => ({ error: { code: -32000, message: s, data: { detail: s, field: "text" } } });
      const box = document.getElementById("composer");
      box.value = "x";
      box.dispatchEvent(new Event("input", { bubbles: true }));
      await soon();
      document.querySelector(".send").click();
      for (let i = 0; i < 20 && document.getElementById("wrong-text")?.textContent !== s; i++) await soon();
      return Number(document.getElementById("wrong-text")?.textContent === s);
    }),

    // The title and the notice of the desktop, while nobody looks.
    notices: (strings) => inLots(strings, 1, async ([s]) => {
      wire.event("thread.changed", { thread: { id: "th_notice", channel: "sms", peer: s, last: text("ms_before", "th_notice", s), rev: ++rev } });
      wire.look(false);
      wire.notices.length = 0;
      wire.event("message.received", { message: text("ms_" + ++rev, "th_notice", s, { from: s }) });
      for (const end = performance.now() + 2_000; wire.notices.length === 0 && performance.now() < end;) await soon(); // other tabs are asked first
      const title = document.querySelector("title").textContent, [notice = ["", ""]] = wire.notices;
      wire.look(true);
      return Number(title.includes(s) && notice[0].includes(s) && notice[1] === s);
    }),

    // Offers: who asks, and what the text says.
    offers: (strings) => inLots(strings, 4, async ([title, number = title, reference = title, words = title]) => {
      me ??= (await (await fetch("/api/v1/session")).json()).agent.id;
      wire.answers["message.get"] = () => ({ result: { message: { text: words } } });
      const offer = { id: "of_1", reference, title, number, thread: "th_offer", line: "ln_1", state: "ringing", message: "ms_" + ++rev, policy: "ask", to: [me], created_at: now, rev: ++rev };
      wire.event("offer.created", { offer });
      const says = () => [".offer h2", ".offer-who bdi", ".offer .tag", ".offer-text"].map((s) => document.querySelector(s)?.textContent);
      await until(() => says()[0] === title && (says()[3] === words || (says()[3] && !plain(words))), "the offer");
      const n = count([title, number, reference, words], says());
      wire.event("offer.taken", { offer: { ...offer, state: "taken", taken_by_name: title, rev: ++rev } });
      await soon();
      return n;
    }),

    // A case: its notes, its outcome, what was looked up, and where a CRM has it.
    cases: (strings) => inLots(strings, lots, async (some) => {
      const thread = await here();
      const [reference, owner_name, name, address, error, ...rest] = some;
      const keys = rest.filter((_, i) => i % 2), notes = rest.filter((_, i) => i % 2 === 0);
      const one = {
        id: "cs_1", reference, thread, number: name, line: "ln_1", state: "open", owner: "x", owner_name, origin: "in", outcome: name, started_at: now, opened_at: now,
        lookup: { source: "http", name, address, error, fields: Object.fromEntries(keys.map((k) => [k, k])), at: now },
        notes: notes.map((text, n) => ({ n, kind: "note", author: { kind: "agent", name: text }, text, at: now })), pop_url: "javascript:alert(1)//" + name, rev: ++rev,
      };
      wire.answers["case.get"] = () => ({ result: { case: one } });
      wire.event("case.changed", { case: one });
      await until(() => document.querySelector(".case h3 .tag")?.textContent === reference && all(".case-notes p").at(-1)?.textContent === notes.at(-1), "the case");
      const shown = all(".case h3 .tag, .case dt, .case dd, .case .hint, .case-notes p").map((e) => e.textContent);
      return some.filter((s) => shown.some((t) => t.includes(s)) || s === "__proto__").length;
    }),

    // Templates: names and texts.
    templates: (strings) => inLots(strings, lots, async (some) => {
      await here();
      wire.answers["template.list"] = () => ({ result: { templates: pairs(some).map(([name, text], i) => ({ id: "tp_" + i, name, text })) } });
      if (!document.querySelector(".templates")) all(".composer .pop > summary").at(-1).click();
      wire.event("template.saved", {});
      await until(() => all(".template strong").at(-1)?.textContent === some.at(-1), "the last template");
      return count(some, all(".template strong").map((e) => e.textContent));
    }),

    // Lines: names and networks in the bar and in the menus.
    lines: (strings) => inLots(strings, 50, async (some) => {
      pairs(some).forEach(([name, operator], i) => wire.event("line.changed", { line: { id: "ln_sink" + i, name, operator, state: i % 2 ? "ready" : "failed", reason: operator, rev: ++rev } }));
      const shown = () => all(".wide-chips .chip-name bdi").map((e) => e.textContent);
      await until(() => shown().includes(some.at(-1)), "the last line");
      const there = new Set(shown());
      return some.filter((s) => there.has(s)).length;
    }),

    // Backups of the box: names of files.
    files: (strings) => inLots(strings, lots, async (some) => {
      wire.answers["backup.list"] = () => ({ result: { backups: some.map((name) => ({ name, file: name, size: 1, bytes: 1, at: now, created_at: now })) } });
      location.hash = "#/help";
      await until(() => document.querySelector(".plain-rows"), "another room");
      location.hash = "#/settings/box";
      await until(() => all("#backups tbody tr").at(-1)?.textContent.includes(some.at(-1)), "the last backup");
      const shown = all("#backups tbody tr").map((e) => e.textContent);
      return some.filter((s, i) => shown[i].includes(s)).length;
    }),
  };

  // here is the conversation that is shown.
  async function here() {
    if (!location.hash.startsWith("#t=") || location.hash === "#t=") {
      location.hash = wire.thread;
      await until(() => document.querySelector(".thread-head h2") && document.querySelector("#composer") && document.querySelector("[data-key]"), "the conversation");
    }
    return decodeURIComponent(location.hash.slice(3));
  }

  wire.sinks = sinks;
  wire.strings = [];
  wire.drive = async (sink, from, to) => {
    await document.fonts.ready;
    return sinks[sink](wire.strings.slice(from, to));
  };

  // everywhere makes every free word of every answer one of the strings, and
  // every list long.
  const free = /^(name|text|title|reason|detail|note|notes|hint|told|sentence|what|why|words|operator|organisation|address|label|number|reference|manufacturer|model|revision|place|said|line|snippet|file|path|by|owner_name|device|agent_name|url|prefix|entry|value|said_by|from|to|message|advice|next|finding|answer|iccid|imei|alarm)$/;
  let turn = 0;
  const next = () => wire.strings[turn++ % wire.strings.length];
  function twisted(v, key) {
    if (Array.isArray(v)) {
      const long = v.length > 0 && v.length < 60 && v.every((x) => typeof x === "object" && x && typeof x.id === "string")
        ? Array.from({ length: 60 }, (_, i) => ({ ...v[i % v.length], id: i < v.length ? v[i].id : v[i % v.length].id + i })) : v;
      return long.map((x) => twisted(x, key));
    }
    if (typeof v === "object" && v !== null) return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, twisted(x, k)]));
    return typeof v === "string" && v !== "" && free.test(key) && !/^[a-z]{2}_[0-9A-Z]{16}$/.test(v) && Number.isNaN(Date.parse(v)) ? next() : v;
  }
  wire.everywhere = () => { wire.twist = (method, result) => /^(session|line\.list|message\.count)/.test(method) ? result : twisted(result, ""); };
  wire.turned = () => turn;
})();
