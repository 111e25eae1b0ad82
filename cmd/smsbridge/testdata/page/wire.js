// Runs in the test's browser before the page does. It stands at the wire, as a
// box that says what it likes, and watches what the page makes of that: wrong
// fills with whatever no text may ever bring about.
(() => {
  const made = new WeakSet();
  const wrong = [];
  const note = (what) => { if (wrong.length < 20) wrong.push(String(what).slice(0, 300)); };

  // A script makes an element by its name; a text that is taken as HTML makes it
  // without one. So does the parser of the page itself, until it is done.
  for (const name of ["createElement", "createElementNS"]) {
    const make = Document.prototype[name];
    Document.prototype[name] = function (...of) {
      const e = make.apply(this, of);
      made.add(e);
      return e;
    };
  }
  const leads = { href: ["http:", "https:", "mailto:", "tel:", "blob:"], src: ["http:", "https:"], action: ["http:", "https:"], formaction: ["http:", "https:"] };
  function judge(e, parsed) {
    if (!parsed && !made.has(e)) note("made of a text: " + e.outerHTML);
    for (const { name, value } of e.attributes) {
      if (name.startsWith("on") || name === "srcdoc") note(`${e.tagName} has ${name}: ${value}`);
      if (leads[name] && !leads[name].includes(new URL(value, location.href).protocol)) note(`${e.tagName} leads to ${value}`);
      if (name === "style" && /url|expression|import/i.test(value)) note(`${e.tagName} looks like ${value}`);
    }
  }
  new MutationObserver((changes) => {
    for (const c of changes) {
      const parsed = document.readyState !== "complete" && [document, document.documentElement, document.head, document.body].includes(c.target);
      if (c.type === "attributes") judge(c.target, true);
      for (const n of c.addedNodes) {
        if (n.nodeType !== Node.ELEMENT_NODE) continue;
        judge(n, parsed);
        for (const inside of n.querySelectorAll("*")) judge(inside, parsed);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
  document.addEventListener("securitypolicyviolation", (e) => note(`the policy forbids ${e.violatedDirective}: ${e.blockedURI} ${e.sample}`));
  for (const name of ["alert", "confirm", "prompt", "open"]) window[name] = (what) => note(`${name}(${what})`);
  window.addEventListener("error", (e) => { if (!/^ResizeObserver loop/.test(e.message)) note("thrown: " + e.message); });
  window.addEventListener("unhandledrejection", (e) => note("not handled: " + e.reason));

  // Notices of the desktop show nothing here; they are kept to be looked at.
  const notices = [];
  window.Notification = class {
    static permission = "granted";
    constructor(title, { body }) { notices.push([title, body]); }
    close() {}
  };
  let looking = true;
  Document.prototype.hasFocus = () => looking;

  const wire = {
    wrong, notices,
    socket: null,
    head: { epoch: "", seq: 0 },
    answers: {}, // by method: what is answered instead of the box, given the parameters
    twist: null, // what becomes of the box's own answers, given the method
    look(on) {
      looking = on;
      if (on) window.dispatchEvent(new Event("focus"));
    },
    tell(frame) { this.socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify({ jsonrpc: "2.0", ...frame }) })); },
    event(type, data) {
      this.tell({ method: "event", params: { epoch: this.head.epoch, seq: 0, prev: 0, at: new Date().toISOString(), type, data } });
    },
    hint(thread, data) { this.tell({ method: "hint", params: { kind: "typing", thread, data } }); },
  };
  window.wire = wire;

  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    #asked = new Map();
    constructor(...of) {
      super(...of);
      wire.socket = this;
      this.addEventListener("message", (m) => { // before the page's own
        if (!m.isTrusted) return;
        const frame = JSON.parse(m.data);
        if (frame.params?.epoch) wire.head = frame.params;
        const method = this.#asked.get(frame.id);
        if (!wire.twist || !frame.result || !method) return;
        m.stopImmediatePropagation();
        wire.tell({ id: frame.id, result: wire.twist(method, frame.result) });
      });
    }
    send(text) {
      const frame = JSON.parse(text);
      this.#asked.set(frame.id, frame.method);
      const answer = wire.answers[frame.method];
      if (!answer) return super.send(text);
      queueMicrotask(() => wire.tell({ id: frame.id, ...answer(frame.params) }));
    }
  };
})();
