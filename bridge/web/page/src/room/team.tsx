// Team: the accounts of the people and programs that work here, what each is
// for, and how somebody new gets in.

import { useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { Dialog } from "../dialog";
import { Pane, said } from "../kit";
import { CopyRow } from "../line";
import type { Agent, Role } from "../protocol";
import { may, to } from "../rooms";
import { call } from "../socket";
import { lineName, lines } from "../store";
import { exact } from "../time";
import { words as common } from "../words";
import { Choice, type Column, Field, named, Reading, Switch, Table, useRead } from "./kit";

const words = catalog("team", {
  title: "Team",
  told: "One account for each person, and one for each program that acts by itself.",
  add: "Add somebody",
  name: "Name",
  nameMissing: "Type a name.",
  role: "Role",
  roleTold: {
    viewer: "Reads what the assigned numbers say.",
    agent: "Writes on the assigned numbers as well.",
    service: "Is a program: it holds tokens and cannot sign in.",
    manager: "Sees every number, says who works on which, and reads the usage.",
    owner: "May everything.",
  },
  numbers: "Numbers",
  all: "All",
  none: "None",
  state: "State",
  active: "Active",
  disabled: "Switched off",
  noTexting: "May not text",
  change: "Change",
  invited: "An invitation for {name}",
  invitedTold: "Give this code to {name}. It signs in once, until {time}.",
  inviteAgain: "Make a new sign-in code",
  texting: "May text people",
  account: "The account works",
  accountHint: "Switched off, every session and token of it ends at once.",
  numbersHow: "Which numbers somebody texts from is set with each number:",
});

const roles: Role[] = ["viewer", "agent", "service", "manager", "owner"];

interface Invitation {
  agent: Agent;
  code?: string;
  expires_at?: string;
}

export default function Team({ at }: { at: string[] }) {
  const list = useRead<{ agents: Agent[] }>("agent.list", {}, ["agent.", "access."]);
  const [invited, setInvited] = useState<Invitation | null>(null);
  const shown = list.value?.agents.find((a) => a.id === at[0]);
  const columns: Column<Agent>[] = [
    { head: words.name, cell: (a) => <strong><bdi>{a.name}</bdi></strong> },
    { head: words.role, cell: (a) => common.role[a.role] },
    { head: words.numbers, cell: (a) => a.role === "manager" || a.role === "owner" ? words.all : named((a.lines ?? []).map((id) => lineName(lines.value[id]) || id), words.none) },
    { head: words.state, cell: (a) => a.disabled ? words.disabled : a.sms_enabled === false ? words.noTexting : words.active },
    { head: words.change, cell: (a) => may("owner") && <a class="button" href={to("team", a.id)} aria-label={`${words.change}: ${a.name}`}>{words.change}</a> },
  ];
  return (
    <Pane title={words.title} told={words.told} act={may("owner") && <a class="button primary" href={to("team", "new")}>{words.add}</a>}>
      <Reading of={list}>
        {({ agents }) => <Table name={words.title} rows={agents} columns={columns} keyOf={(a) => a.id} empty={<p>{words.none}</p>} />}
      </Reading>
      {at[0] === "new" && <Add onDone={(i) => { setInvited(i.code ? i : null); list.again(); }} />}
      {shown && <Change agent={shown} again={list.again} onInvited={setInvited} />}
      {invited && (
        <Dialog title={say(words.invited, { name: invited.agent.name })} onClose={() => setInvited(null)}>
          <p>{say(words.invitedTold, { name: invited.agent.name, time: exact(invited.expires_at) })}</p>
          <CopyRow label={common.code} value={invited.code!} />
        </Dialog>
      )}
    </Pane>
  );
}

const leave = () => (location.hash = to("team"));

function Add({ onDone }: { onDone(i: Invitation): void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const [wrong, setWrong] = useState("");
  async function submit(e: Event) {
    e.preventDefault();
    if (!name.trim()) return setWrong(words.nameMissing);
    const form = e.currentTarget as HTMLFormElement;
    try {
      onDone(await call<Invitation>("agent.add", { name: name.trim(), role }));
      form.closest("dialog")!.close();
    } catch (e) {
      setWrong(said(e));
    }
  }
  return (
    <Dialog title={words.add} onClose={leave}>
      <form onSubmit={(e) => void submit(e)} noValidate>
        <Field label={words.name} wrong={wrong}>
          {(about) => <input {...about} data-first dir="auto" autocomplete="off" value={name} onInput={(e) => { setName(e.currentTarget.value); setWrong(""); }} />}
        </Field>
        <Choice label={words.role} of={roles.map((r) => [r, common.role[r]] as [Role, string])} value={role} set={(r) => setRole(r)} />
        <p class="hint">{words.roleTold[role]}</p>
        <div class="dialog-do"><button class="button primary">{words.add}</button></div>
      </form>
    </Dialog>
  );
}

function Change({ agent: a, again, onInvited }: { agent: Agent; again(): void; onInvited(i: Invitation): void }) {
  const [wrong, setWrong] = useState("");
  const change = (what: object) => void call("agent.update", { id: a.id, ...what }).then(() => { setWrong(""); again(); }, (e) => setWrong(said(e)));
  return (
    <Dialog title={<bdi>{a.name}</bdi>} onClose={leave}>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      <Choice label={words.role} of={roles.map((r) => [r, common.role[r]] as [Role, string])} value={a.role} set={(role) => change({ role })} />
      <p class="hint">{words.roleTold[a.role]}</p>
      <Switch label={words.texting} on={a.sms_enabled !== false} set={(on) => change({ sms_enabled: on })} />
      <Switch label={words.account} hint={words.accountHint} on={!a.disabled} set={(on) => change({ disabled: !on })} />
      <p class="hint">{words.numbersHow} <a href={to("numbers")}>{common.room.numbers}</a></p>
      {a.role !== "service" && (
        <button type="button" class="button" onClick={(e) => {
          const dialog = e.currentTarget.closest("dialog");
          call<Invitation>("agent.invite", { id: a.id }).then((i) => { dialog?.close(); onInvited(i); }, (e) => setWrong(said(e)));
        }}>{words.inviteAgain}</button>
      )}
    </Dialog>
  );
}
