// What a text costs, as the codec of the box says: parts, where they begin,
// and the characters that make it cost more.

import { useEffect, useState } from "preact/hooks";
import type { Count } from "./protocol";
import { call, state } from "./socket";
import { say, words } from "./words";

const countAfter = 120; // milliseconds without a key; the box answers 20 requests a second

// useCount asks the box what the text costs, a moment after the last key. An
// answer that was overtaken is dropped.
export function useCount(text: string): Count | null {
  const [count, setCount] = useState<Count | null>(null);
  const live = state.value === "live";
  useEffect(() => {
    if (!text) setCount(null);
    if (!text || !live) return;
    let current = true;
    const timer = window.setTimeout(() => {
      call<{ count: Count }>("message.count", { text }).then((a) => { if (current) setCount(a.count); }, () => {});
    }, countAfter);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [text, live]);
  return count;
}

// Counter opens to show where the text is cut.
export function Counter({ count, text, fit, id }: { count: Count; text: string; fit(plain: string): void; id?: string }) {
  const signs = [...text];
  const cuts = [0, ...(count.breaks ?? []), signs.length];
  const quote = (forces: boolean) => (count.costly ?? []).filter((c) => !!c.forces === forces).map((c) => `“${c.char}”`).slice(0, 12).join(" ");
  const forcing = quote(true), double = quote(false);
  const instead = count.instead;
  return (
    <div class="cost">
      {instead && (
        <button type="button" class="link" onClick={() => fit(instead.text)}>{say(words.fit, { n: instead.parts })}</button>
      )}
      <details class="counter" id={id}>
        <summary title={words.counterTitle}>
          {say(words.counter, { n: count.parts, left: count.left_in_part, alphabet: words.alphabet[count.alphabet] ?? count.alphabet })}
        </summary>
        <div class="counter-more">
          <p>{count.alphabet === "gsm7" ? words.counterGSM : words.counterUnicode}</p>
          {forcing && <p><bdi>{say(words.forces, { signs: forcing })}</bdi></p>}
          {double && <p><bdi>{say(words.costsTwo, { signs: double })}</bdi></p>}
          {count.parts > 1 && cuts.length === count.parts + 1 && (
            <ol>{cuts.slice(1).map((end, i) => <li key={i} dir="auto" aria-label={say(words.partOf, { i: i + 1 })}>{signs.slice(cuts[i], end).join("")}</li>)}</ol>
          )}
        </div>
      </details>
    </div>
  );
}
