// USSD as a chat: a code such as *100# opens a dialogue with the network,
// whose menus are buttons. What was said stays here.

import { useState } from "preact/hooks";
import { catalog } from "../catalog";
import { Wrong } from "../dialog";
import { Pane, said } from "../kit";
import { may, to } from "../rooms";
import { call } from "../socket";
import { lineName, lines, sortedLines } from "../store";
import { exact, shortAge } from "../time";
import { Credit } from "./credit";
import { Field, Reading, useRead } from "./kit";

const words = catalog("ussd", {
  title: "USSD",
  told: "Codes such as *100# speak with the operator: credit, bundles, contracts. Some of them cost money or change the contract.",
  code: "Code",
  codeHint: "Such as *100#",
  codeWrong: "A code begins with * or # and ends with #, such as *100#.",
  line: "Number",
  ask: "Call the code",
  credit: "Ask for credit",
  rules: "Rules of credit",
  answer: "Answer",
  send: "Send",
  cancel: "End the dialogue",
  earlier: "Dialogues",
  none: "No dialogue yet. Call a code, and the operator's answer shows here.",
  choose: "Choose a dialogue, or call a code.",
  we: "We",
  network: "Network",
  state: { waiting: "Waiting for the network", asking: "The network asks", done: "Ended", canceled: "Ended by us", failed: "Failed" },
});

interface Turn {
  dir: "in" | "out";
  text: string;
  at: string;
  choices?: { answer: string; label: string }[];
}

interface Session {
  id: string;
  line: string;
  state: keyof typeof words.state;
  reason?: string;
  turns: Turn[] | null;
  started_at: string;
}

export default function USSD({ at }: { at: string[] }) {
  const list = useRead<{ sessions: Session[] }>("ussd.list", { limit: 50 }, ["ussd."]);
  const shown = list.value?.sessions.find((s) => s.id === at[0]);
  if (at[0] === "credit" && may("manager")) return <Credit />;
  return (
    <Pane title={words.title} told={words.told} act={may("manager") && <a class="button" href={to("ussd", "credit")}>{words.rules}</a>}>
      <Call />
      <div class="two">
        <section class="block" aria-label={words.earlier}>
          <h3>{words.earlier}</h3>
          <Reading of={list}>
            {({ sessions }) => sessions.length === 0 ? <p class="hint">{words.none}</p> : (
              <ul class="plain-rows">
                {sessions.map((s) => (
                  <li key={s.id}>
                    <a href={to("ussd", s.id)} aria-current={s.id === at[0] ? "true" : undefined}>
                      <strong dir="ltr">{s.turns?.[0]?.text}</strong>
                      <span class="hint"><bdi>{lineName(lines.value[s.line])}</bdi> · {words.state[s.state]} · <time title={exact(s.started_at)}>{shortAge(s.started_at)}</time></span>
                    </a>
                  </li>
                ))}
              </ul>
            )}
          </Reading>
        </section>
        {shown ? <Dialogue session={shown} key={shown.id} /> : <p class="empty">{words.choose}</p>}
      </div>
    </Pane>
  );
}

function Call() {
  const [code, setCode] = useState("");
  const [line, setLine] = useState("");
  const [wrong, setWrong] = useState("");
  const chosen = line || sortedLines.value[0]?.id || "";
  async function ask(method: string, params: object) {
    try {
      const { ussd } = await call<{ ussd: Session }>(method, params);
      setWrong("");
      location.hash = to("ussd", ussd.id);
    } catch (e) {
      setWrong(said(e));
    }
  }
  function submit(e: Event) {
    e.preventDefault();
    if (!/^[*#][\d*#]*#$/.test(code.trim())) return setWrong(words.codeWrong);
    void ask("ussd.send", { line: chosen, text: code.trim() });
  }
  return (
    <form class="line-form" onSubmit={submit} noValidate>
      {sortedLines.value.length > 1 && (
        <Field label={words.line}>
          {(about) => <select {...about} value={chosen} onChange={(e) => setLine(e.currentTarget.value)}>{sortedLines.value.map((l) => <option key={l.id} value={l.id}>{lineName(l)}</option>)}</select>}
        </Field>
      )}
      <Field label={words.code} hint={words.codeHint} wrong={wrong}>
        {(about) => <input {...about} dir="ltr" inputMode="tel" autocomplete="off" value={code} onInput={(e) => { setCode(e.currentTarget.value); setWrong(""); }} />}
      </Field>
      <button class="button primary">{words.ask}</button>
      <button type="button" class="button" onClick={() => void ask("line.balance", { line: chosen })}>{words.credit}</button>
    </form>
  );
}

function Dialogue({ session: s }: { session: Session }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  const open = s.state === "waiting" || s.state === "asking";
  const turns = s.turns ?? [];
  async function answer(text: string) {
    try {
      await call("ussd.answer", { id: s.id, text });
      setText("");
      setWrong("");
    } catch (e) {
      setWrong(said(e));
    }
  }
  return (
    <section class="block dialogue" aria-label={turns[0]?.text}>
      <ol class="turns">
        {turns.map((t, i) => (
          <li key={i} class={"bubble " + t.dir}>
            <div class="bubble-box">
              <p class="bubble-text" dir="auto"><span class="unseen">{t.dir === "in" ? words.network : words.we}: </span>{t.text}</p>
              {i === turns.length - 1 && s.state === "asking" && t.choices && (
                <div class="choices">{t.choices.map((c) => <button type="button" class="button" key={c.answer} onClick={() => void answer(c.answer)}>{c.answer}. {c.label}</button>)}</div>
              )}
            </div>
            <p class="bubble-foot"><time title={exact(t.at)}>{shortAge(t.at)}</time></p>
          </li>
        ))}
      </ol>
      <p class="hint" role="status">{words.state[s.state]}{s.reason && `: ${s.reason}`}</p>
      <Wrong id="wrong-ussd">{wrong}</Wrong>
      {s.state === "asking" && (
        <form class="line-form" onSubmit={(e) => { e.preventDefault(); void answer(text); }}>
          <Field label={words.answer}>{(about) => <input {...about} dir="auto" autocomplete="off" value={text} onInput={(e) => setText(e.currentTarget.value)} />}</Field>
          <button class="button primary">{words.send}</button>
        </form>
      )}
      {open && <button type="button" class="button" onClick={() => void call("ussd.cancel", { id: s.id }).catch((e) => setWrong(said(e)))}>{words.cancel}</button>}
    </section>
  );
}
