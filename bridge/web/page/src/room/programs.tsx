// Programs: the tokens that scripts and desktop agents sign in with, the
// devices that wait to be let in, and the webhooks that events are pushed to.

import { useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { Dialog, Wrong } from "../dialog";
import { Confirm, Pane, said, toast } from "../kit";
import { CopyRow } from "../line";
import { to } from "../rooms";
import { call } from "../socket";
import { exact, shortAge } from "../time";
import { words as common } from "../words";
import { Deliveries, words as delivered } from "./deliveries";
import { type Column, Field, Reading, Table, useRead } from "./kit";

const words = catalog("programs", {
  title: "Programs",
  told: "Scripts and desktop agents come in by a token; webhooks tell other servers what happens here.",
  tokens: "Tokens",
  newToken: "New token",
  label: "Label",
  labelHint: "What it is for, so that you know it again.",
  may: "It may",
  scopes: {
    "messages:send": "send texts", "messages:read": "read texts", "lines:read": "see numbers and modems",
    "lines:act": "call, use USSD and run self-tests (may cost money)", "contacts:write": "change contacts", admin: "manage the box",
  } as Record<string, string>,
  made: "The new token",
  madeTold: "Copy it now: it is kept as a hash only and nobody can see it again.",
  secret: "Secret",
  created: "Made",
  revoke: "Revoke",
  revokeTold: "Whatever uses “{label}” is cut off within a second.",
  revoked: "Revoked",
  noTokens: "No token yet.",
  state: "State",
  works: "Works",
  devices: "Devices that ask to come in",
  code: "Code that the device shows",
  devicesTold: "Compare the four signs with those on the device, then let it in.",
  approve: "Let it in",
  deny: "Refuse",
  hooks: "Webhooks",
  hooksTold: "Each event is signed and tried again for three days; what could not be delivered waits here to be replayed.",
  newHook: "New webhook",
  url: "Address",
  urlHint: "https://… An address in your own network has to be allowed when the box is started.",
  events: "Events",
  eventsHint: "Types parted by commas, such as message.*; empty: all.",
  hookSecret: "Signing secret",
  waiting: "{n} waiting",
  dead: "{n} given up",
  delivering: "Delivers",
  off: "Off: {reason}",
  test: "Test",
  tested: "The endpoint answered {status} in {ms} ms.",
  testFailed: "It did not work: {why}",
  remove: "Remove",
  removeTold: "{url} is told nothing any more.",
  noHooks: "No webhook yet.",
  act: "Actions",
});

interface Token {
  id: string;
  label: string;
  scopes: string[];
  created_at: string;
  revoked_at?: string;
}

interface Hook {
  id: string;
  url: string;
  label?: string;
  events?: string[];
  disabled_at?: string;
  reason?: string;
  failing_since?: string;
  missed?: number;
  cursor: number;
  waiting: number;
  dead: number;
}

export default function Programs({ at }: { at: string[] }) {
  const [secret, show] = useState({ title: "", value: "" });
  const onHook = (value: string) => show({ title: words.hookSecret, value });
  return (
    <Pane title={words.title} told={words.told}>
      {at[0] === "hook" ? <OneHook id={at[1]} onSecret={onHook} /> : <>
        <Tokens adding={at[0] === "token"} onMade={(value) => show({ title: words.made, value })} />
        <Devices />
        <Hooks adding={at[0] === "webhook"} onMade={onHook} />
      </>}
      {secret.value && (
        <Dialog title={secret.title} onClose={() => show({ title: "", value: "" })}>
          <p>{words.madeTold}</p>
          <CopyRow label={words.secret} value={secret.value} />
        </Dialog>
      )}
    </Pane>
  );
}

const leave = () => (location.hash = to("programs"));

function Tokens({ adding, onMade }: { adding: boolean; onMade(secret: string): void }) {
  const list = useRead<{ tokens: Token[] }>("token.list", {});
  const [ending, end] = useState<Token | null>(null);
  const columns: Column<Token>[] = [
    { head: words.label, cell: (t) => <strong><bdi>{t.label}</bdi></strong> },
    { head: words.may, cell: (t) => t.scopes.map((s) => words.scopes[s] ?? s).join(", ") },
    { head: words.created, minor: true, cell: (t) => <time title={exact(t.created_at)}>{shortAge(t.created_at)}</time> },
    { head: words.state, cell: (t) => t.revoked_at ? words.revoked : words.works },
    { head: words.act, cell: (t) => !t.revoked_at && <button type="button" class="button" aria-label={`${words.revoke}: ${t.label}`} onClick={() => end(t)}>{words.revoke}</button> },
  ];
  return (
    <section class="block">
      <div class="block-head"><h3>{words.tokens}</h3><a class="button" href={to("programs", "token")}>{words.newToken}</a></div>
      <Reading of={list}>{({ tokens }) => <Table name={words.tokens} rows={tokens} columns={columns} keyOf={(t) => t.id} empty={<p>{words.noTokens}</p>} />}</Reading>
      {adding && <NewToken onMade={(s) => { onMade(s); list.again(); }} />}
      {ending && (
        <Confirm title={words.revoke} told={<p>{say(words.revokeTold, { label: ending.label })}</p>} act={words.revoke} danger onClose={() => end(null)}
          run={async () => { await call("token.revoke", { id: ending.id }); list.again(); }} />
      )}
    </section>
  );
}

function NewToken({ onMade }: { onMade(secret: string): void }) {
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState(["messages:send", "messages:read"]);
  const [wrong, setWrong] = useState("");
  async function submit(e: Event) {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    try {
      const { secret } = await call<{ secret: string }>("token.create", { label: label.trim(), scopes });
      form.closest("dialog")!.close();
      onMade(secret);
    } catch (e) {
      setWrong(said(e));
    }
  }
  return (
    <Dialog title={words.newToken} onClose={leave}>
      <form onSubmit={(e) => void submit(e)} noValidate>
        <Field label={words.label} hint={words.labelHint} wrong={wrong}>
          {(about) => <input {...about} data-first autocomplete="off" dir="auto" value={label} onInput={(e) => { setLabel(e.currentTarget.value); setWrong(""); }} />}
        </Field>
        <fieldset class="ticks">
          <legend>{words.may}</legend>
          {Object.entries(words.scopes).map(([scope, told]) => (
            <label key={scope}>
              <input type="checkbox" checked={scopes.includes(scope)}
                onChange={(e) => setScopes(e.currentTarget.checked ? [...scopes, scope] : scopes.filter((s) => s !== scope))} />{told}
            </label>
          ))}
        </fieldset>
        <div class="dialog-do"><button class="button primary">{words.newToken}</button></div>
      </form>
    </Dialog>
  );
}

interface Pairing {
  name: string;
  emoji: string[];
  scopes: string[];
}

function Devices() {
  const [code, setCode] = useState("");
  const [asked, ask] = useState<Pairing | null>(null);
  const [wrong, setWrong] = useState("");
  function find(e: Event) {
    e.preventDefault();
    call<{ pairing: Pairing }>("pair.show", { code: code.trim() }).then(({ pairing }) => { ask(pairing); setWrong(""); }, (e) => setWrong(said(e)));
  }
  function answer(method: string) {
    call(method, { code: code.trim() }).then(() => { ask(null); setCode(""); }, (e) => setWrong(said(e)));
  }
  return (
    <section class="block">
      <h3>{words.devices}</h3>
      <form class="line-form" onSubmit={find}>
        <Field label={words.code} hint={words.devicesTold} wrong={wrong}>
          {(about) => <input {...about} class="mono" autocomplete="off" placeholder="WDJB-MJHT" value={code} onInput={(e) => { setCode(e.currentTarget.value); ask(null); }} />}
        </Field>
      </form>
      {asked && (
        <div class="finding note">
          <strong><bdi>{asked.name}</bdi></strong>
          <p class="emoji">{asked.emoji.join(" ")}</p>
          <p class="hint">{words.may}{common.colon}{asked.scopes.map((s) => words.scopes[s] ?? s).join(", ")}</p>
          <div class="row-buttons">
            <button type="button" class="button primary" onClick={() => answer("pair.approve")}>{words.approve}</button>
            <button type="button" class="button" onClick={() => answer("pair.deny")}>{words.deny}</button>
          </div>
        </div>
      )}
    </section>
  );
}

function Hooks({ adding, onMade }: { adding: boolean; onMade(secret: string): void }) {
  const list = useRead<{ hooks: Hook[] }>("hook.list", {}, ["hook."]);
  const [removing, remove] = useState<Hook | null>(null);
  function test(h: Hook) {
    call<{ delivery: { status?: number; took_ms: number; error?: string } }>("hook.test", { id: h.id }).then(
      ({ delivery: d }) => toast(d.error ? say(words.testFailed, { why: d.error }) : say(words.tested, { status: d.status ?? 0, ms: d.took_ms })),
      (e) => toast(said(e)),
    );
  }
  const columns: Column<Hook>[] = [
    { head: words.url, cell: (h) => <><strong><bdi>{h.label || h.url}</bdi></strong>{h.label && <div class="hint">{h.url}</div>}</> },
    { head: words.events, minor: true, cell: (h) => h.events?.join(", ") || "*" },
    { head: words.state, cell: (h) => <>{h.disabled_at ? say(words.off, { reason: h.reason ?? "" }) : words.delivering}{h.waiting > 0 && <div class="warn">{say(words.waiting, { n: h.waiting })}</div>}{h.dead > 0 && <div class="warn">{say(words.dead, { n: h.dead })}</div>}</> },
    { head: words.act, cell: (h) => (
      <div class="row-buttons">
        <a class="button" aria-label={`${delivered.open}: ${h.url}`} href={to("programs", "hook", h.id)}>{delivered.open}</a>
        <button type="button" class="button" onClick={() => test(h)}>{words.test}</button>
        <button type="button" class="button" onClick={() => remove(h)}>{words.remove}</button>
      </div>
    ) },
  ];
  return (
    <section class="block">
      <div class="block-head"><h3>{words.hooks}</h3><a class="button" href={to("programs", "webhook")}>{words.newHook}</a></div>
      <p class="hint">{words.hooksTold}</p>
      <Reading of={list}>{({ hooks }) => <Table name={words.hooks} rows={hooks} columns={columns} keyOf={(h) => h.id} empty={<p>{words.noHooks}</p>} />}</Reading>
      {adding && <NewHook onMade={(s) => { onMade(s); list.again(); }} />}
      {removing && (
        <Confirm title={words.remove} told={<p>{say(words.removeTold, { url: removing.url })}</p>} act={words.remove} danger onClose={() => remove(null)}
          run={async () => { await call("hook.delete", { id: removing.id }); list.again(); }} />
      )}
    </section>
  );
}

function OneHook({ id, onSecret }: { id: string; onSecret(secret: string): void }) {
  const list = useRead<{ hooks: Hook[]; head: { seq: number } }>("hook.list", {}, ["hook."]);
  return (
    <Reading of={list}>
      {({ hooks, head }) => {
        const hook = hooks.find((h) => h.id === id);
        return hook ? <Deliveries hook={hook} head={head.seq} again={list.again} onSecret={onSecret} /> : <p class="empty">{words.noHooks}</p>;
      }}
    </Reading>
  );
}

function NewHook({ onMade }: { onMade(secret: string): void }) {
  const [url, setURL] = useState("");
  const [events, setEvents] = useState("");
  const [wrong, setWrong] = useState("");
  async function submit(e: Event) {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    try {
      const made = await call<{ secret: string }>("hook.create", { url: url.trim(), events: events.split(",").map((s) => s.trim()).filter(Boolean) });
      form.closest("dialog")!.close();
      onMade(made.secret);
    } catch (e) {
      setWrong(said(e));
    }
  }
  return (
    <Dialog title={words.newHook} onClose={leave}>
      <form onSubmit={(e) => void submit(e)} noValidate>
        <Field label={words.url} hint={words.urlHint}>
          {(about) => <input {...about} data-first type="url" dir="ltr" autocomplete="off" value={url} onInput={(e) => { setURL(e.currentTarget.value); setWrong(""); }} />}
        </Field>
        <Field label={words.events} hint={words.eventsHint}>
          {(about) => <input {...about} dir="ltr" autocomplete="off" value={events} onInput={(e) => setEvents(e.currentTarget.value)} />}
        </Field>
        <Wrong id="wrong-hook">{wrong}</Wrong>
        <div class="dialog-do"><button class="button primary">{words.newHook}</button></div>
      </form>
    </Dialog>
  );
}
