// The first file: it finds out which page is asked for (the desk, the way in,
// or the pretend phone) and draws it.

import { type ComponentType, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Announcer } from "./announce";
import { Bar, BarDialogs, Rail } from "./bar";
import { ContactDialog } from "./contact";
import { begin, watchAddress } from "./desk";
import { speak } from "./catalog";
import { Details } from "./details";
import { Door, takeCode } from "./door";
import { watchKeys } from "./keys";
import { Pane, Toasts } from "./kit";
import { List } from "./list";
import { applyLook, language } from "./look";
import { QuickDialog } from "./quick";
import { RemoveDialog } from "./remove";
import { address, may, type RoomProps, rooms, titleOf } from "./rooms";
import { StartDialog } from "./start";
import { place, session } from "./store";
import { ThreadPane } from "./thread";
import { asking } from "./notify";
import { boxes } from "./boxes";
import { later } from "./later";
import { offers, startWork } from "./work";
import { words } from "./words";

const askAgain = 3_000;

// Where the browser allows it, the page opens without the box and shows what
// was read.
const lasting = window.isSecureContext && window.top === window && "serviceWorker" in navigator;
const offline = () => import("./offline");
const Offers = later(() => import("./offer").then((m) => m.Offers));
const Boxes = later(() => import("./box").then((m) => m.Boxes));
const AskBar = later(() => import("./notice").then((m) => m.AskBar));

function App() {
  if (!session.value?.signed_in) return <Door />;
  const { room } = address.value;
  return (
    <>
      <nav class="skips" aria-label={words.skips}>
        {room ? <a href="#room" onClick={skipTo("room")}>{words.skipToRoom}</a> : <>
          <a href="#list" onClick={skipTo("list")}>{words.skipToList}</a>
          <a href="#thread" onClick={skipTo("thread")}>{words.skipToThread}</a>
          {place.value && <a href="#composer" onClick={skipTo("composer")}>{words.skipToComposer}</a>}
        </>}
      </nav>
      <div class={"desk " + (boxes.value.length ? "with-boxes " : "") + (room ? "in-room" : place.value ? "in-thread" : "in-list")}>
        <Bar />
        <Rail />
        <main class="panes">
          {room ? <Room key={room} name={room} /> : <><List /><ThreadPane /><Details /></>}
        </main>
      </div>
      <StartDialog />
      <QuickDialog />
      <RemoveDialog />
      <ContactDialog />
      <BarDialogs />
      {Object.keys(offers.value).length > 0 && <Offers />}
      {boxes.value.length > 0 && <Boxes />}
      {asking.value && <AskBar />}
      <Toasts />
      <Announcer />
    </>
  );
}

// Room loads a room when somebody goes there and shows it.
function Room({ name }: { name: string }) {
  const [shown, show] = useState<{ Inside: ComponentType<RoomProps> } | "failed" | null>(null);
  const room = rooms[name];
  const allowed = may(room.least);
  useEffect(() => {
    if (allowed) room.load().then((m) => show({ Inside: m.default }), () => show("failed"));
  }, [allowed]);
  if (!allowed) return <Pane title={titleOf(room)}><p class="empty">{words.roomNotYours}</p></Pane>;
  if (shown === "failed") return <Pane title={titleOf(room)}><p class="empty" role="alert">{words.roomFailed}</p></Pane>;
  return shown ? <shown.Inside at={address.value.at} /> : <Pane title={titleOf(room)}><p class="note">{words.loading}</p></Pane>;
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
    if (lasting) await offline().then((m) => m.wake()).catch(() => {});
    window.setTimeout(() => { if (!session.value) void knock(); }, askAgain);
  }
}

// A browser calls it an error that a size was looked at late, and it is none.
const fail = (error: unknown) => { if (!String(error).startsWith("ResizeObserver")) void import("./notice").then((m) => m.failed(error), () => {}); };
window.addEventListener("error", (e) => fail(e.error ?? e.message));
window.addEventListener("unhandledrejection", (e) => fail(e.reason));

const root = document.getElementById("page")!;

async function start(): Promise<void> {
  applyLook();
  await speak(language()).catch(() => {}); // English is here already
  if (location.pathname === "/handset") {
    const { Handset } = await import("./handset");
    document.documentElement.classList.add("handset");
    document.title = words.phoneTitle;
    render(<Handset />, root);
    return;
  }
  if (location.pathname === "/embed") {
    const { begin } = await import("./embed");
    begin(root);
    return;
  }
  takeCode();
  watchAddress();
  watchKeys();
  void import("./steady").then((m) => { m.keepFocus(); m.watchPanes(); }, () => {});
  startWork();
  await knock();
  render(<App />, root);
  if (lasting) void offline().then((m) => m.startOffline());
}

void start();
