// What the owner sets for the box, the copies of its ledger, the programs that
// follow its events, and the bundle for whoever helps.

import { useState } from "preact/hooks";
import { catalog, type Plural, say, tag } from "../catalog";
import { toast, Trouble } from "../kit";
import type { Author } from "../protocol";
import { call } from "../socket";
import { exact, shortAge } from "../time";
import { words as common } from "../words";
import { type Column, Field, Reading, Switch, Table, useDoing, useRead } from "./kit";

const words = catalog("box", {
  settings: "Settings of the box",
  names: {
    sms_enabled: "Texts may leave this box", call_way: "How the phone button calls", call_hook_url: "Address of the telephone system",
    video_url_template: "Video rooms", embed_origins: "Portals that may show this page",
    stop_words: "Words that end texts", start_words: "Words that begin them again", stop_reply: "Answer to who ends them", help_reply: "Answer to HELP",
  } as Record<string, string>,
  helps: {
    sms_enabled: "Switched off, nobody’s text leaves by any number.", call_way: "Not at all, by the computer’s own phone program, by a telephone system, or by a modem.",
    call_hook_url: "It is asked to connect a colleague with a client.", video_url_template: "Address of a video service, with {room} in it.",
    embed_origins: "One on each line: the scheme and the host, as the address bar of the portal shows them.",
    stop_words: "One on each line, beside STOP and those of the usual languages.", start_words: "One on each line, beside START and those of the usual languages.",
    stop_reply: "Empty: no answer.", help_reply: "What somebody gets who writes HELP. Empty: no answer.",
  } as Record<string, string>,
  choices: { none: "Not at all", tel: "The computer’s phone program", hook: "A telephone system", modem: "A modem, without sound" } as Record<string, string>,
  usual: "As it comes",
  reset: "As it comes again",
  saved: "Saved.",
  backups: "Backups",
  backupsTold: "A backup is a whole copy of the ledger, made while the box works. Copy it to another place: beside the ledger it does not survive the card.",
  backUp: "Make a backup now",
  made: "{file} is made.",
  file: "File",
  size: "Size",
  at: "When",
  key: "Key beside it",
  yes: "Yes",
  no: "No",
  noBackups: "No backup yet.",
  followers: "Programs that follow",
  followersTold: "How far each program has come in the log of events.",
  who: "Program",
  device: "Place",
  behind: "Behind",
  events: { one: "{n} event", other: "{n} events" } as Plural,
  lost: "Cannot go on from where it was",
  state: "State",
  online: "Connected",
  seen: "Seen {time}",
  noFollowers: "No program has told how far it is.",
  report: "Report a problem",
  reportTold: "The support bundle is a file about this box for whoever helps: versions, settings, modems, the journal. No text, PIN or token is in it, and of each number only the last three digits. Look into it before you pass it on.",
  bundle: "Make the support bundle",
  deep: "With what the program is doing",
});

interface Setting {
  key: string;
  value: unknown;
  default?: boolean;
  kind: "switch" | "choice" | "text" | "list";
  choices?: string[];
  help: string;
  rev?: number;
}

export function Box() {
  const list = useRead<{ settings: Setting[] }>("setting.list", {}, ["setting."]);
  return (
    <section class="block">
      <h3>{words.settings}</h3>
      <Reading of={list}>{({ settings }) => <>{settings.map((s) => <One key={s.key + String(s.rev)} setting={s} again={list.again} />)}</>}</Reading>
    </section>
  );
}

// One is a setting by its kind. A key that this page has no words for shows what
// the box says of it.
function One({ setting: s, again }: { setting: Setting; again(): void }) {
  const [text, setText] = useState(Array.isArray(s.value) ? s.value.join("\n") : String(s.value ?? ""));
  const { error, attempt } = useDoing();
  const set = (value: unknown) => void attempt(call("setting.set", { key: s.key, value }).then(() => { toast(words.saved); again(); }));
  const name = words.names[s.key] ?? s.help;
  const help = words.helps[s.key] ?? (words.names[s.key] ? s.help : undefined);
  const back = !s.default && <button type="button" class="link" aria-label={`${words.reset}: ${name}`} onClick={() => set(null)}>{words.reset}</button>;
  if (s.kind === "switch") return <div class="setting" data-key={s.key}><Switch label={name} hint={help} on={s.value === true} set={set} />{back}<Trouble of={error} /></div>;
  if (s.kind === "choice") {
    return (
      <div class="setting" data-key={s.key}>
        <Field label={name} hint={help}>
          {(about) => <select {...about} value={String(s.value)} onChange={(e) => set(e.currentTarget.value)}>{(s.choices ?? []).map((c) => <option key={c} value={c}>{words.choices[c] ?? c}</option>)}</select>}
        </Field>
        {back}
        <Trouble of={error} />
      </div>
    );
  }
  const lines = () => text.split("\n").map((v) => v.trim()).filter(Boolean);
  return (
    <form class="setting" data-key={s.key} noValidate onSubmit={(e) => { e.preventDefault(); set(s.kind === "list" ? lines() : text.trim()); }}>
      <Field label={name} hint={help}>
        {(about) => s.kind === "list"
          ? <textarea {...about} rows={2} dir="ltr" value={text} onInput={(e) => setText(e.currentTarget.value)} />
          : <input {...about} dir="ltr" autocomplete="off" value={text} onInput={(e) => setText(e.currentTarget.value)} />}
      </Field>
      <div class="row-buttons"><button class="button" aria-label={`${common.save}: ${name}`}>{common.save}</button>{back}</div>
      <Trouble of={error} />
    </form>
  );
}

interface Backup {
  file: string;
  bytes: number;
  at: string;
  key: boolean;
}

export function Backups() {
  const list = useRead<{ backups: Backup[] }>("backup.list", {});
  const [busy, setBusy] = useState(false);
  const { error, attempt } = useDoing();
  async function make() {
    setBusy(true);
    await attempt(call<{ backup: Backup }>("backup.create", {}).then(({ backup }) => { toast(say(words.made, { file: backup.file })); list.again(); }));
    setBusy(false);
  }
  const mega = new Intl.NumberFormat(tag(), { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });
  const columns: Column<Backup>[] = [
    { head: words.file, cell: (b) => <code>{b.file}</code> },
    { head: words.at, cell: (b) => <time title={exact(b.at)}>{shortAge(b.at)}</time> },
    { head: words.size, number: true, cell: (b) => mega.format(b.bytes / 1e6) },
    { head: words.key, minor: true, cell: (b) => b.key ? words.yes : words.no },
  ];
  return (
    <section class="block" id="backups">
      <div class="block-head"><h3>{words.backups}</h3><button type="button" class="button" aria-disabled={busy} onClick={() => { if (!busy) void make(); }}>{words.backUp}</button></div>
      <p class="hint">{words.backupsTold}</p>
      <Trouble of={error} />
      <Reading of={list}>{({ backups }) => <Table name={words.backups} rows={backups} columns={columns} keyOf={(b) => b.file} empty={<p>{words.noBackups}</p>} />}</Reading>
    </section>
  );
}

interface Cursor {
  owner: Author;
  device: string;
  client?: string;
  at: string;
  behind: number;
  lost?: string;
  online: boolean;
}

export function Followers() {
  const list = useRead<{ cursors: Cursor[] }>("cursor.list", {}, ["message."]);
  const columns: Column<Cursor>[] = [
    { head: words.who, cell: (c) => <strong><bdi>{c.owner.name || c.owner.id}</bdi></strong> },
    { head: words.device, minor: true, cell: (c) => <bdi>{[c.device, c.client].filter(Boolean).join(", ")}</bdi> },
    { head: words.behind, cell: (c) => c.lost ? <span class="warn">{words.lost}</span> : say(words.events, { n: c.behind }) },
    { head: words.state, cell: (c) => c.online ? words.online : <time title={exact(c.at)}>{say(words.seen, { time: shortAge(c.at) })}</time> },
  ];
  return (
    <section class="block">
      <h3>{words.followers}</h3>
      <p class="hint">{words.followersTold}</p>
      <Reading of={list}>{({ cursors }) => <Table name={words.followers} rows={cursors} columns={columns} keyOf={(c) => `${c.owner.kind} ${c.owner.id} ${c.device}`} empty={<p>{words.noFollowers}</p>} />}</Reading>
    </section>
  );
}

export function Report() {
  const [deep, setDeep] = useState(false);
  return (
    <section class="block" id="report">
      <h3>{words.report}</h3>
      <p class="hint">{words.reportTold}</p>
      <Switch label={words.deep} on={deep} set={setDeep} />
      <p><a class="button" href={"/api/v1/support-bundle" + (deep ? "?goroutines=true" : "")} download>{words.bundle}</a></p>
    </section>
  );
}
