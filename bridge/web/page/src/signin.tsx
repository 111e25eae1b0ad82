// The way in: the code that the box printed or the owner gave, and the first
// time the name of the person who becomes the owner; or name and password.

import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { begin, over, signIn } from "./desk";
import { Wrong } from "./dialog";
import { ChatIcon } from "./icon";
import { Lost, Refusal } from "./refusal";
import { to } from "./rooms";
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

// The way that was taken last is offered first the next time.
const wayKey = "smsbridge.way";

type Way = "code" | "password";

function lastWay(): Way {
  try {
    return localStorage.getItem(wayKey) === "password" ? "password" : "code";
  } catch {
    return "code";
  }
}

function keepWay(way: Way): void {
  try {
    localStorage.setItem(wayKey, way);
  } catch {
    // Storage is full or forbidden: the next time begins with the code.
  }
}

type FieldName = "code" | "name" | "password";

export function SignIn() {
  const s = session.value;
  const [typed, type] = useState({ code: given.value, name: "", password: "" });
  const [chosen, choose] = useState<Way>(given.value ? "code" : lastWay());
  const [wrong, setWrong] = useState<{ field: FieldName | ""; sentence: string }>({ field: "", sentence: "" });
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const way: Way = s?.setup ? "code" : chosen;
  useEffect(() => form.current?.querySelector<HTMLInputElement>(way === "code" && typed.code ? "input[name=name], button" : "input")?.focus(), [s === null, way]);
  if (!s) return <Away />;

  async function submit(e: Event) {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const refuse = (field: FieldName, sentence: string) => {
      setWrong({ field, sentence });
      (form.elements.namedItem(field) as HTMLElement | null)?.focus();
    };
    if (busy) return;
    const code = typed.code.trim();
    const name = typed.name.trim();
    const setup = s!.setup;
    if (way === "code" && !code) return refuse("code", words.codeMissing);
    if (setup && !name) return refuse("name", words.nameMissing);
    if (way === "password" && !name) return refuse("name", words.accountNameMissing);
    if (way === "password" && !typed.password) return refuse("password", words.passwordMissing);
    setBusy(true);
    setWrong({ field: "", sentence: "" });
    try {
      await signIn(way === "code" ? { code, name } : { name, password: typed.password });
      keepWay(way);
      if (setup) location.hash = to("start");
    } catch (e) {
      if (e instanceof Refusal) refuse(e.field === "name" && setup ? "name" : way, e.sentence);
      else if (e instanceof Lost) refuse(way, words.boxAway);
      else throw e;
    } finally {
      setBusy(false);
    }
  }

  const about = (field: FieldName) => ({
    name: field, value: typed[field], "aria-invalid": wrong.field === field, "aria-describedby": `hint-${field} wrong-${field}`,
    onInput: (e: { currentTarget: { value: string } }) => type({ ...typed, [field]: e.currentTarget.value }),
  });
  const why = (field: FieldName) => <Wrong id={"wrong-" + field}>{wrong.field === field && wrong.sentence}</Wrong>;
  return (
    <main class="door">
      <form class="door-card" ref={form} onSubmit={(e) => void submit(e)} noValidate>
        <p class="door-mark"><ChatIcon /><span>{words.product}</span></p>
        <h1>{s.setup ? words.welcome : words.signInTitle}</h1>
        {s.box_name && <p class="door-box"><bdi>{s.box_name}</bdi></p>}
        {over.value && <p class="over" role="status">{words.signedOut}</p>}
        <p>{s.setup ? words.setupTold : way === "code" ? words.signInTold : words.signInPassword}</p>
        {way === "code" && (
          <>
            <label class="field">{words.code}
              <input {...about("code")} class="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck={false} placeholder="WDJB-MJHT" dir="ltr" />
            </label>
            <p class="hint" id="hint-code">{words.codeHint}</p>
            {why("code")}
          </>
        )}
        {(s.setup || way === "password") && (
          <>
            <label class="field">{s.setup ? words.name : words.accountName}
              <input {...about("name")} autocomplete={s.setup ? "name" : "username"} dir="auto" />
            </label>
            {s.setup && <p class="hint" id="hint-name">{words.nameHint}</p>}
            {why("name")}
          </>
        )}
        {way === "password" && (
          <>
            <label class="field">{words.password}
              <input {...about("password")} type="password" autocomplete="current-password" />
            </label>
            {why("password")}
          </>
        )}
        <button class="button primary wide" aria-disabled={busy}>{s.setup ? words.setUp : words.signIn}</button>
        {!s.setup && (
          <button type="button" class="link other-way" onClick={() => { choose(way === "code" ? "password" : "code"); setWrong({ field: "", sentence: "" }); }}>
            {way === "code" ? words.byPassword : words.byCode}
          </button>
        )}
        {way === "password" && <details class="more"><summary>{words.forgot}</summary><p class="hint">{words.forgotTold}</p><p class="hint">{words.forgotOwner}</p></details>}
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
