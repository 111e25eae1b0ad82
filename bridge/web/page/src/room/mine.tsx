// What a person sets for themselves beside the looks: how they are reached, the
// password, and where they are signed in.

import { useState } from "preact/hooks";
import { catalog } from "../catalog";
import { toast, Trouble } from "../kit";
import type { Agent } from "../protocol";
import { prefer, preferences } from "../prefer";
import { call } from "../socket";
import { session } from "../store";
import { exact, shortAge } from "../time";
import { words as common } from "../words";
import { type Column, Field, Reading, Switch, Table, useDoing, useRead } from "./kit";

const words = catalog("mine", {
  reach: "How you are reached",
  voice: "Your phone",
  voiceHint: "It rings when you call somebody from the page, such as +15550123. Nobody is texted from it.",
  chat: "Show colleagues that I am here",
  saved: "Saved.",
  password: "Password",
  passwordTold: "With a password you sign in by name, without a code.",
  old: "The password so far",
  new: "New password",
  newHint: "At least 10 characters. A few words in a row are easy to remember.",
  short: "A password has at least 10 characters.",
  again: "The same again",
  differs: "The two are not the same.",
  change: "Change the password",
  set: "Set a password",
  changed: "The password is changed. Your other sessions are signed out.",
  sessions: "Where you are signed in",
  device: "Browser",
  from: "From",
  since: "Since",
  act: "Actions",
  here: "This one",
  end: "Sign out there",
  ended: "Signed out there.",
});

const keyWords = catalog("keys", {
  title: "Keys",
  enter: "Enter sends, Shift + Enter begins a line",
  single: "Keys that stand alone: / searches, ? lists the keys",
  singleTold: "Switch them off if you speak to the computer, or press such keys by accident. All else has keys with Alt, Ctrl or F6.",
});

const least = 10;

interface Me {
  agent?: Agent & { voice_number?: string; chat_enabled?: boolean };
}

export function Reach() {
  const me = useRead<Me>("me.get", {}, ["agent."]);
  return <Reading of={me}>{({ agent }) => agent ? <ReachForm agent={agent} again={me.again} /> : null}</Reading>;
}

function ReachForm({ agent, again }: { agent: NonNullable<Me["agent"]>; again(): void }) {
  const [voice, setVoice] = useState(agent.voice_number ?? "");
  const { error, attempt } = useDoing();
  const set = (what: object) => void attempt(call("me.update", what).then(() => { toast(words.saved); again(); }));
  return (
    <section class="block">
      <h3>{words.reach}</h3>
      <Switch label={words.chat} on={agent.chat_enabled !== false} set={(on) => set({ chat_enabled: on })} />
      <form class="line-form" noValidate onSubmit={(e) => { e.preventDefault(); set({ voice_number: voice.trim() }); }}>
        <Field label={words.voice} hint={words.voiceHint}>
          {(about) => <input {...about} name="voice" dir="ltr" inputMode="tel" autocomplete="tel" value={voice} onInput={(e) => setVoice(e.currentTarget.value)} />}
        </Field>
        <button class="button">{common.save}</button>
      </form>
      <Trouble of={error} />
    </section>
  );
}

// Keys are what the keyboard does; the box keeps it for every browser of the
// account.
export function Keys() {
  const p = preferences.value;
  const { error, attempt } = useDoing();
  return (
    <section class="block" aria-label={keyWords.title}>
      <h3>{keyWords.title}</h3>
      <Switch label={keyWords.enter} on={p.enter_sends} set={(on) => void attempt(prefer("enter_sends", on))} />
      <Switch label={keyWords.single} on={p.single_keys} set={(on) => void attempt(prefer("single_keys", on))} />
      <p class="hint">{keyWords.singleTold}</p>
      <Trouble of={error} />
    </section>
  );
}

export function Password() {
  const [has, setHas] = useState(session.value?.agent?.password === true);
  const [typed, type] = useState({ old: "", new: "", again: "" });
  const [wrong, setWrong] = useState({ field: "", sentence: "" });
  const { error, attempt } = useDoing();
  async function submit(e: Event) {
    e.preventDefault();
    if ([...typed.new].length < least) return setWrong({ field: "new", sentence: words.short });
    if (typed.new !== typed.again) return setWrong({ field: "again", sentence: words.differs });
    setWrong({ field: "", sentence: "" });
    const id = session.value?.agent?.id;
    if (await attempt(call("agent.password", { id, ...(has && { old: typed.old }), password: typed.new }))) {
      setHas(true);
      type({ old: "", new: "", again: "" });
      toast(words.changed);
    }
  }
  const field = (key: keyof typeof typed, label: string, auto: "current-password" | "new-password", hint?: string) => (
    <Field label={label} hint={hint} wrong={wrong.field === key ? wrong.sentence : ""}>
      {(about) => <input {...about} name={key} type="password" autocomplete={auto} value={typed[key]} onInput={(e) => { type({ ...typed, [key]: e.currentTarget.value }); setWrong({ field: "", sentence: "" }); }} />}
    </Field>
  );
  return (
    <section class="block">
      <h3>{words.password}</h3>
      <p class="hint">{words.passwordTold}</p>
      <form class="line-form" name="password" noValidate onSubmit={(e) => void submit(e)}>
        <input type="text" class="unseen" name="username" autocomplete="username" tabIndex={-1} aria-hidden="true" readOnly value={session.value?.agent?.name ?? ""} />
        {has && field("old", words.old, "current-password")}
        {field("new", words.new, "new-password", words.newHint)}
        {field("again", words.again, "new-password")}
        <button class="button">{has ? words.change : words.set}</button>
      </form>
      <Trouble of={error} />
    </section>
  );
}

interface Signed {
  id: string;
  created_at: string;
  address?: string;
  device?: string;
  current?: boolean;
}

export function Sessions() {
  const list = useRead<{ sessions: Signed[] }>("session.list", {});
  const { error, attempt } = useDoing();
  const columns: Column<Signed>[] = [
    { head: words.device, cell: (s) => <bdi>{browser(s.device)}</bdi> },
    { head: words.from, minor: true, cell: (s) => <span dir="ltr">{s.address}</span> },
    { head: words.since, cell: (s) => <time title={exact(s.created_at)}>{shortAge(s.created_at)}</time> },
    {
      head: words.act, cell: (s) => s.current ? words.here
        : <button type="button" class="button" aria-label={`${words.end}: ${browser(s.device)}`} onClick={() => void attempt(call("session.end", { id: s.id }).then(() => { toast(words.ended); list.again(); }))}>{words.end}</button>,
    },
  ];
  return (
    <section class="block">
      <h3>{words.sessions}</h3>
      <Trouble of={error} />
      <Reading of={list}>{({ sessions }) => <Table name={words.sessions} rows={sessions} columns={columns} keyOf={(s) => s.id} empty={null} />}</Reading>
    </section>
  );
}

// browser makes a short name of what a browser calls itself (RFC 9110, 10.1.5).
function browser(agent = ""): string {
  const name = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|CrOS|Linux)/.exec(agent)?.[1];
  const called: Record<string, string> = { Edg: "Edge", OPR: "Opera" };
  return name ? [called[name] ?? name, system].filter(Boolean).join(", ") : agent;
}
