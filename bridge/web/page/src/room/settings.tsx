// What one person may set for themselves: how the page looks and what language
// it speaks.

import { catalog, locales } from "../catalog";
import { Choice, Pane } from "../kit";
import { language, look, setLook } from "../look";

const words = catalog("settings", {
  title: "Settings",
  told: "These are yours alone, in this browser.",
  looks: "Looks",
  theme: "Theme",
  themes: { auto: "As the system", light: "Light", dark: "Dark" },
  colours: "Colours",
  colourSets: { own: "Blue and sand", seed: "Blue, brown and green" },
  density: "Density",
  densities: { roomy: "Roomy", dense: "Dense" },
  size: "Size of words",
  language: "Language",
  asBrowser: "As the browser",
});

// Each language is named in itself, so that whoever wants it can read it.
const own: Record<string, string> = { en: "English", de: "Deutsch", fr: "Français", es: "Español", ar: "العربية" };

export default function Settings() {
  const l = look.value;
  return (
    <Pane title={words.title} told={words.told}>
      <section class="block">
        <h3>{words.looks}</h3>
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
    </Pane>
  );
}
