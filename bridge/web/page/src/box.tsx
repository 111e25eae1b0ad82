// Boxes: conversations at the foot of the page, several side by side. A box is
// made small and stays, or is closed, which closes nothing but the box; it turns
// green when something came that nobody has looked at.

import { useEffect, useState } from "preact/hooks";
import { type Box, boxes, setBoxes } from "./boxes";
import { catalog, type Plural, say } from "./catalog";
import { go, learn } from "./desk";
import { Avatar } from "./face";
import { CloseIcon, DownIcon, GoIcon } from "./icon";
import { state } from "./socket";
import { listsRead, place, threadHead, who } from "./store";
import { Talk } from "./thread";
import { unreadOf } from "./view";
import { words as common } from "./words";

const words = catalog("boxes", {
  pane: "Boxes",
  box: "Box: {who}",
  small: "Make small: {who}",
  open: "Open: {who}",
  whole: "Open in full: {who}",
  close: "Close box: {who}",
  fresh: { one: "{n} new text", other: "{n} new texts" } as Plural,
  gone: "This conversation is not here any more.",
});

const boxWidth = 340; // pixels, with the gap

// useMost is how many open boxes the page has room for.
function useMost(): number {
  const count = () => Math.max(1, Math.floor((window.innerWidth - 80) / boxWidth));
  const [most, setMost] = useState(count);
  useEffect(() => {
    const measure = () => setMost(count());
    window.addEventListener("resize", measure);
    return () => window.removeEventListener("resize", measure);
  }, []);
  return most;
}

export function Boxes() {
  const most = useMost();
  const open = boxes.value.filter((b) => !b.small);
  const shown = new Set(open.slice(-most).map((b) => b.thread)); // the newest stay open
  return (
    <aside class="boxes" aria-label={words.pane}>
      {boxes.value.map((b) => <One key={b.thread} of={{ ...b, small: !shown.has(b.thread) }} />)}
    </aside>
  );
}

const change = (thread: string, small: boolean) => {
  const others = boxes.value.filter((b) => b.thread !== thread);
  setBoxes(small ? boxes.value.map((b) => (b.thread === thread ? { ...b, small } : b)) : [...others, { thread, small }]);
};

// headOf is the head of the box that something is in, which stays when the rest
// of it goes.
const headOf = (el: Element | null) => el?.closest(".chatbox")?.querySelector<HTMLElement>(".box-name");

function One({ of: b }: { of: Box }) {
  const t = threadHead(b.thread);
  const [gone, setGone] = useState(false);
  const live = state.value === "live" && listsRead.value;
  useEffect(() => {
    if (!t && live) void learn(b.thread).then((found) => setGone(!found));
  }, [!t, live]);
  const name = t ? who(t) : "";
  const n = unreadOf(b.thread);
  const close = () => setBoxes(boxes.value.filter((o) => o.thread !== b.thread));
  const whole = () => { close(); go({ thread: b.thread }); window.setTimeout(() => document.getElementById("composer")?.focus(), 60); };
  const smaller = (e: Event) => { headOf(e.currentTarget as Element)?.focus(); change(b.thread, true); };
  const away = (e: Event) => {
    const box = (e.currentTarget as Element).closest(".chatbox")!;
    headOf(box.previousElementSibling ?? box.nextElementSibling)?.focus();
    close();
  };
  // Esc closes what is open within first, then makes the box small.
  const onKey = (e: KeyboardEvent) => {
    if (e.key !== "Escape" || e.defaultPrevented || b.small) return;
    e.preventDefault();
    e.stopPropagation();
    const within = (e.currentTarget as Element).querySelector<HTMLDetailsElement>("details[open]");
    if (!within) return smaller(e);
    within.open = false;
    within.querySelector("summary")?.focus();
  };
  return (
    <section class={"chatbox" + (b.small ? " small" : "") + (n > 0 ? " fresh" : "")} aria-label={say(words.box, { who: name })} onKeyDown={onKey}>
      <header>
        <button type="button" class="plain box-name" aria-expanded={!b.small} title={say(b.small ? words.open : words.small, { who: name })} onClick={() => change(b.thread, !b.small)}>
          {t && <Avatar thread={t} />}
          <span><bdi>{name}</bdi> <span class="tag">{t?.channel === "chat" ? common.chat : common.sms}</span></span>
          {n > 0 && <span class="badge"><span aria-hidden="true">{n}</span><span class="unseen">{say(words.fresh, { n })}</span></span>}
        </button>
        {!b.small && <button type="button" class="plain square" aria-label={say(words.small, { who: name })} title={say(words.small, { who: name })} onClick={smaller}><DownIcon /></button>}
        {!b.small && <button type="button" class="plain square onward" aria-label={say(words.whole, { who: name })} title={say(words.whole, { who: name })} onClick={whole}><GoIcon /></button>}
        <button type="button" class="plain square" aria-label={say(words.close, { who: name })} title={say(words.close, { who: name })} onClick={away}><CloseIcon /></button>
      </header>
      {!b.small && (gone ? <p class="note">{words.gone}</p> : place.value?.thread === b.thread && !location.hash.startsWith("#/") ? null
        : t && <div class="box-body"><Talk at={{ thread: b.thread }} thread={t} onDay={whole} boxed /></div>)}
    </section>
  );
}
