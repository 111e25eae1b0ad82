// The way in: the code that the box printed and, the first time, the name of
// the person who becomes its owner.

import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { begin, over, signIn } from "./desk";
import { Wrong } from "./dialog";
import { ChatIcon } from "./icon";
import { Lost, Refusal } from "./refusal";
import { session } from "./store";
import { words } from "./words";

// given is the code that came in the address.
const given = signal("");

// takeCode reads the code out of the address and takes it away from there, so
// that it stays neither in the history nor on a screenshot.
export function takeCode(): void {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code === null) return;
  given.value = code;
  history.replaceState(null, "", location.pathname);
}

export function SignIn() {
  const s = session.value;
  const [code, setCode] = useState(given.value);
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState({ field: "", sentence: "" });
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLInputElement>(code ? "input[name=name], button" : "input")?.focus(), [s === null]);
  if (!s) return <Away />;

  async function submit(e: Event) {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const refuse = (field: "code" | "name", sentence: string) => {
      setWrong({ field, sentence });
      (form.elements.namedItem(field) as HTMLElement | null)?.focus();
    };
    if (busy) return;
    if (!code.trim()) return refuse("code", words.codeMissing);
    if (s!.setup && !name.trim()) return refuse("name", words.nameMissing);
    setBusy(true);
    setWrong({ field: "", sentence: "" });
    try {
      await signIn(code.trim(), name.trim());
    } catch (e) {
      if (e instanceof Refusal) refuse(e.field === "name" && s!.setup ? "name" : "code", e.sentence);
      else if (e instanceof Lost) refuse("code", words.boxAway);
      else throw e;
    } finally {
      setBusy(false);
    }
  }

  return (
    <main class="door">
      <form class="door-card" ref={form} onSubmit={(e) => void submit(e)} noValidate>
        <p class="door-mark"><ChatIcon /><span>{words.product}</span></p>
        <h1>{s.setup ? words.welcome : words.signInTitle}</h1>
        {s.box_name && <p class="door-box"><bdi>{s.box_name}</bdi></p>}
        {over.value && <p class="over" role="status">{words.signedOut}</p>}
        <p>{s.setup ? words.setupTold : words.signInTold}</p>
        <label class="field">{words.code}
          <input name="code" class="code" value={code} autocomplete="one-time-code" autocapitalize="characters" spellcheck={false}
            aria-invalid={wrong.field === "code"} aria-describedby="hint-code wrong-code" placeholder="WDJB-MJHT" dir="ltr"
            onInput={(e) => setCode(e.currentTarget.value)} />
        </label>
        <p class="hint" id="hint-code">{words.codeHint}</p>
        <Wrong id="wrong-code">{wrong.field === "code" && wrong.sentence}</Wrong>
        {s.setup && (
          <>
            <label class="field">{words.name}
              <input name="name" value={name} autocomplete="name" dir="auto"
                aria-invalid={wrong.field === "name"} aria-describedby="hint-name wrong-name"
                onInput={(e) => setName(e.currentTarget.value)} />
            </label>
            <p class="hint" id="hint-name">{words.nameHint}</p>
            <Wrong id="wrong-name">{wrong.field === "name" && wrong.sentence}</Wrong>
          </>
        )}
        <button class="button primary wide" aria-disabled={busy}>{s.setup ? words.setUp : words.signIn}</button>
        {s.demo && <p class="hint">{words.demoTold}</p>}
      </form>
    </main>
  );
}

// Away is shown while the box does not answer at all; it asks again.
function Away() {
  return (
    <main class="door">
      <div class="door-card">
        <p class="door-mark"><ChatIcon /><span>{words.product}</span></p>
        <p>{words.boxAway}</p>
        <button type="button" class="button" onClick={() => void begin().catch(() => {})}>{words.tryNow}</button>
      </div>
    </main>
  );
}
