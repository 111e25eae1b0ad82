// Settings: what one person sets for themselves, and what the owner sets for the
// box.

import { catalog, locales } from "../catalog";
import { Pane } from "../kit";
import { language, look, setLook } from "../look";
import { NotifySettings } from "../notice";
import { may, to } from "../rooms";
import { Backups, Box, Followers, Report } from "./box";
import { Keys, Password, Reach, Sessions } from "./mine";
import { Opening } from "./opening";
import { Choice } from "./kit";

const words = catalog("settings", {
  title: "Settings",
  mine: "Yours",
  box: "The box",
  which: "Settings of",
  told: "These are yours alone.",
  toldBox: "These hold for everybody who uses this box.",
  looks: "Looks",
  looksTold: "In this browser.",
  theme: "Theme",
  themes: { auto: "As the system", light: "Light", dark: "Dark" },
  colours: "Colours",
  colourSets: { own: "Blue and sand", seed: "Blue, brown and green" },
  density: "Density",
  densities: { roomy: "Roomy", dense: "Dense" },
  size: "Size of words",
  language: "Language",
  asBrowser: "As the browser",
  firstSteps: "First steps",
  firstStepsTold: "Number, first text, first colleague: the way through again.",
  go: "Begin",
});

// Each language is named in itself, so that whoever wants it can read it.
const own: Record<string, string> = { en: "English", de: "Deutsch", fr: "Français", es: "Español", ar: "العربية" };

export default function Settings({ at }: { at: string[] }) {
  const box = at[0] === "box" && may("owner");
  return (
    <Pane title={words.title} told={box ? words.toldBox : words.told} act={may("owner") && (
      <nav class="row-buttons" aria-label={words.which}>
        <a class="button" href={to("settings")} aria-current={box ? undefined : "true"}>{words.mine}</a>
        <a class="button" href={to("settings", "box")} aria-current={box ? "true" : undefined}>{words.box}</a>
      </nav>
    )}>
      {box ? <><Box /><Backups /><Followers /><Report /><FirstSteps /></> : <><Looks /><Opening /><NotifySettings /><Keys /><Reach /><Password /><Sessions /></>}
    </Pane>
  );
}

function Looks() {
  const l = look.value;
  return (
    <>
      <section class="block">
        <h3>{words.looks}</h3>
        <p class="hint">{words.looksTold}</p>
        <Choice label={words.theme} value={l.theme} set={(theme) => setLook({ theme })}
          of={[["auto", words.themes.auto], ["light", words.themes.light], ["dark", words.themes.dark]]} />
        <Choice label={words.colours} value={l.colours} set={(colours) => setLook({ colours })}
          of={[["own", words.colourSets.own], ["seed", words.colourSets.seed]]} />
        <Choice label={words.density} value={l.density} set={(density) => setLook({ density })}
          of={[["roomy", words.densities.roomy], ["dense", words.densities.dense]]} />
        <Choice label={words.size} value={l.size} set={(size) => setLook({ size })}
          of={[[90, "90 %"], [100, "100 %"], [115, "115 %"], [130, "130 %"]]} />
      </section>
      <section class="block">
        <h3>{words.language}</h3>
        <Choice label={words.language} value={l.language} of={[["", words.asBrowser], ...locales.map((code) => [code, own[code]] as [string, string])]}
          set={(chosen) => {
            const before = language();
            setLook({ language: chosen });
            if (language() !== before) location.reload();
          }} />
      </section>
    </>
  );
}

function FirstSteps() {
  return (
    <section class="block">
      <h3>{words.firstSteps}</h3>
      <p class="hint">{words.firstStepsTold}</p>
      <p><a class="button" href={to("start")}>{words.go}</a></p>
    </section>
  );
}
