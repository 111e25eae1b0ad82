// The way in, before anybody is signed in: the code that came in the address, and
// what stands there until the box says who we are.

import { signal } from "@preact/signals";
import { begin } from "./desk";
import { ChatIcon } from "./icon";
import { later } from "./later";
import { session } from "./store";
import { words } from "./words";

// A box that is another one since this page was loaded has no form for it.
const Form = later(() => import("./signin").then((m) => m.SignIn), () => <Shut told={words.roomFailed} again={() => location.reload()} />);

// given is the code that came in the address.
export const given = signal("");

// takeCode reads the code out of the address and takes it away from there, so
// that it stays neither in the history nor on a screenshot.
export function takeCode(): void {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code === null) return;
  given.value = code;
  history.replaceState(null, "", location.pathname);
}

// Door is the form, once the box has said who we are.
export function Door() {
  return session.value ? <Form key={String(session.value.setup)} /> : <Shut told={words.boxAway} again={() => void begin().catch(() => {})} />;
}

function Shut({ told, again }: { told: string; again(): void }) {
  return (
    <main class="door">
      <div class="door-card">
        <p class="door-mark"><ChatIcon /><span>{words.product}</span></p>
        <p role="alert">{told}</p>
        <button type="button" class="button" onClick={again}>{words.tryNow}</button>
      </div>
    </main>
  );
}
