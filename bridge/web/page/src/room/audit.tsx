// Audit: who did what. Rows are only ever added, and each one's hash covers
// the one before it.

import { useState } from "preact/hooks";
import { catalog, say } from "../catalog";
import { Pane, said } from "../kit";
import type { Author } from "../protocol";
import { call } from "../socket";
import { exact } from "../time";
import { type Column, Reading, Table, useRead } from "./kit";

const words = catalog("audit", {
  title: "Audit",
  told: "Who did what, newest first. Nothing here can be changed or taken out.",
  verify: "Verify the chain",
  whole: "All {n} rows are as they were written.",
  at: "When",
  who: "Who",
  what: "What",
  object: "On what",
  outcome: "Outcome",
  done: "Done",
  console: "the console",
  more: "Earlier rows",
  none: "Nothing has been done yet.",
});

interface Row {
  seq: number;
  at: string;
  author: Author;
  method: string;
  object?: string;
  outcome: string;
}

const rows = 100;

export default function Audit() {
  const [before, setBefore] = useState<string[]>([]);
  const [verdict, tell] = useState({ told: "", bad: false });
  const page = useRead<{ rows: Row[] }>("audit.list", { limit: rows, before: before.at(-1) ?? "" });
  const columns: Column<Row>[] = [
    { head: words.at, cell: (r) => <time dateTime={r.at}>{exact(r.at)}</time> },
    { head: words.who, cell: (r) => <bdi>{r.author.name || r.author.id || words.console}</bdi> },
    { head: words.what, cell: (r) => <code>{r.method}</code> },
    { head: words.object, minor: true, cell: (r) => <bdi>{r.object}</bdi> },
    { head: words.outcome, cell: (r) => r.outcome === "done" ? words.done : <span class="warn"><bdi lang="en">{r.outcome}</bdi></span> },
  ];
  function verify() {
    call<{ verdict: { rows: number; fault?: string } }>("audit.verify", {}).then(
      ({ verdict: v }) => tell(v.fault ? { told: v.fault, bad: true } : { told: say(words.whole, { n: v.rows }), bad: false }),
      (e) => tell({ told: said(e), bad: true }),
    );
  }
  return (
    <Pane title={words.title} told={words.told} act={<button type="button" class="button" onClick={verify}>{words.verify}</button>}>
      {verdict.told && <p role="status" class={verdict.bad ? "wrong" : "state-line ready"}>{verdict.told}</p>}
      <Reading of={page}>
        {({ rows: found }) => <>
          <Table name={words.title} rows={found} columns={columns} keyOf={(r) => String(r.seq)} empty={<p>{words.none}</p>} />
          {found.length === rows && <button type="button" class="button" onClick={() => setBefore([...before, String(found.at(-1)!.seq)])}>{words.more}</button>}
        </>}
      </Reading>
    </Pane>
  );
}
