// The first file: it finds out which page is asked for (the desk, the way in,
// or the pretend phone) and draws it.

import { render } from "preact";
import { Announcer } from "./announce";
import { Bar, BarDialogs, Rail } from "./bar";
import { ContactDialog } from "./contact";
import { begin, watchAddress } from "./desk";
import { Details } from "./details";
import { Handset } from "./handset";
import { watchKeys } from "./keys";
import { List } from "./list";
import { SignIn, takeCode } from "./signin";
import { StartDialog } from "./start";
import { place, session } from "./store";
import { ThreadPane } from "./thread";
import { words } from "./words";

const askAgain = 3_000;

function App() {
  if (!session.value?.signed_in) return <SignIn key={String(session.value?.setup)} />;
  return (
    <>
      <nav class="skips">
        <a href="#list" onClick={skipTo("list")}>{words.skipToList}</a>
        <a href="#thread" onClick={skipTo("thread")}>{words.skipToThread}</a>
        {place.value && <a href="#composer" onClick={skipTo("composer")}>{words.skipToComposer}</a>}
      </nav>
      <div class={"desk " + (place.value ? "in-thread" : "in-list")}>
        <Bar />
        <Rail />
        <main class="panes">
          <List />
          <ThreadPane />
          <Details />
        </main>
      </div>
      <StartDialog />
      <ContactDialog />
      <BarDialogs />
      <Announcer />
    </>
  );
}

// skipTo moves the focus and leaves the address alone, which keeps the place.
function skipTo(id: string) {
  return (e: Event) => {
    e.preventDefault();
    document.getElementById(id)?.focus();
  };
}

async function knock(): Promise<void> {
  try {
    await begin();
  } catch {
    window.setTimeout(() => { if (!session.value) void knock(); }, askAgain);
  }
}

const root = document.getElementById("page")!;
if (location.pathname === "/handset") {
  document.documentElement.classList.add("handset");
  document.title = words.phoneTitle;
  render(<Handset />, root);
} else {
  takeCode();
  watchAddress();
  watchKeys();
  void knock().finally(() => render(<App />, root));
}
