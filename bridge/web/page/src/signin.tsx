// The form of the way in: the code that the box printed or the owner gave, and the
// first time the name of the person who becomes the owner; or name and password.
// Who is signed in already does not load it.

import { useEffect, useRef, useState } from "preact/hooks";
import { catalog } from "./catalog";
import { over, signIn } from "./desk";
import { Wrong } from "./dialog";
import { given } from "./door";
import { ChatIcon } from "./icon";
import { Lost, Refusal } from "./refusal";
import { to } from "./rooms";
import { session } from "./store";
import { words as common } from "./words";

const words = catalog("door", {
  welcome: "Welcome",
  signInTitle: "Sign in",
  setupTold: "This box has no owner yet. The code that it printed when it started makes you the owner.",
  codeHint: "Eight letters, such as WDJB-MJHT.",
  codeMissing: "Type the code first.",
  nameHint: "Your team sees it beside the texts that you send.",
  accountName: "Name",
  accountNameMissing: "Type the name of your account.",
  passwordMissing: "Type the password first.",
  signInPassword: "Type the name of your account and your password.",
  byPassword: "Sign in with name and password",
  byCode: "Sign in with a code",
  forgot: "Forgot the password?",
  forgotTold: "The owner of the box makes you a new sign-in code under Team, Change. With it you sign in and set a new password under Settings.",
  forgotOwner: "Are you the owner? On the box, smsbridge setup prints a new code.",
  setUp: "Make me the owner",
  signedOut: "Your session is over. Sign in again; your drafts are kept.",
});

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
  const s = session.value!;
  const [typed, type] = useState({ code: given.value, name: "", password: "" });
  const [chosen, choose] = useState<Way>(given.value ? "code" : lastWay());
  const [wrong, setWrong] = useState<{ field: FieldName | ""; sentence: string }>({ field: "", sentence: "" });
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const way: Way = s.setup ? "code" : chosen;
  useEffect(() => form.current?.querySelector<HTMLInputElement>(way === "code" && typed.code ? "input[name=name], button" : "input")?.focus(), [way]);

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
    const setup = s.setup;
    if (way === "code" && !code) return refuse("code", words.codeMissing);
    if (setup && !name) return refuse("name", common.nameMissing);
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
      else if (e instanceof Lost) refuse(way, common.boxAway);
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
        <p class="door-mark"><ChatIcon /><span>{common.product}</span></p>
        <h1>{s.setup ? words.welcome : words.signInTitle}</h1>
        {s.box_name && <p class="door-box"><bdi>{s.box_name}</bdi></p>}
        {over.value && <p class="over" role="status">{words.signedOut}</p>}
        <p>{s.setup ? words.setupTold : way === "code" ? common.signInTold : words.signInPassword}</p>
        {way === "code" && (
          <>
            <label class="field">{common.code}
              <input {...about("code")} class="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck={false} placeholder="WDJB-MJHT" dir="ltr" />
            </label>
            <p class="hint" id="hint-code">{words.codeHint}</p>
            {why("code")}
          </>
        )}
        {(s.setup || way === "password") && (
          <>
            <label class="field">{s.setup ? common.name : words.accountName}
              <input {...about("name")} autocomplete={s.setup ? "name" : "username"} dir="auto" />
            </label>
            {s.setup && <p class="hint" id="hint-name">{words.nameHint}</p>}
            {why("name")}
          </>
        )}
        {way === "password" && (
          <>
            <label class="field">{common.password}
              <input {...about("password")} type="password" autocomplete="current-password" />
            </label>
            {why("password")}
          </>
        )}
        <button class="button primary wide" aria-disabled={busy}>{s.setup ? words.setUp : common.signIn}</button>
        {!s.setup && (
          <button type="button" class="link other-way" onClick={() => { choose(way === "code" ? "password" : "code"); setWrong({ field: "", sentence: "" }); }}>
            {way === "code" ? words.byPassword : words.byCode}
          </button>
        )}
        {way === "password" && <details class="more"><summary>{words.forgot}</summary><p class="hint">{words.forgotTold}</p><p class="hint">{words.forgotOwner}</p></details>}
        {s.demo && <p class="hint">{common.demoTold}</p>}
      </form>
    </main>
  );
}
