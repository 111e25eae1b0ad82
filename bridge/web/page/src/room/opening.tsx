// Where conversations open that somebody goes to from a room or an offer.

import { catalog } from "../catalog";
import { toast, said } from "../kit";
import { prefer, preferences } from "../prefer";
import { Choice } from "./kit";

const words = catalog("opening", {
  title: "Conversations",
  where: "Open conversations",
  ways: { pane: "In the whole page", box: "In a box at the foot of it" },
  told: "Boxes stay while you go from room to room; several stand side by side.",
});

type Way = keyof typeof words.ways;

export function Opening() {
  return (
    <section class="block">
      <h3>{words.title}</h3>
      <Choice label={words.where} of={Object.entries(words.ways) as [Way, string][]} value={preferences.value.open_chats} set={(way) => void prefer("open_chats", way).catch((e: unknown) => toast(said(e)))} />
      <p class="hint">{words.told}</p>
    </section>
  );
}
