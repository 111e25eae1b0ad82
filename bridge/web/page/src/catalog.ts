// The languages of the page. English stands in the sources, as a catalogue
// beside what says it; another language is one file with the same names, which
// takes the place of the English before anything is drawn.

// A sentence with forms by number, chosen by {n} and the rules of the language.
export interface Plural {
  zero?: string;
  one?: string;
  two?: string;
  few?: string;
  many?: string;
  other: string;
}

export const locales = ["en", "de", "fr", "es", "ar"];

// Every word of the pseudo language stands between these, so that a word that
// is in no catalogue shows itself.
const pseudo = "xx";

export let locale = "en";

type Words = { [name: string]: unknown };

let foreign: Record<string, Words> | null = null;
let rules = new Intl.PluralRules("en");
const sections = new Map<string, Words>();

// catalog names a section of the words of the page, and speaks it in the
// language that was chosen.
export function catalog<T extends object>(name: string, english: T): T {
  sections.set(name, english as Words);
  translate(name, english as Words);
  return english;
}

// speak chooses the language. It is called once, before the first drawing.
export async function speak(wanted: string): Promise<void> {
  const found = wanted === pseudo ? pseudo : locales.find((l) => l === wanted.slice(0, 2)) ?? "en";
  if (found !== "en" && found !== pseudo) {
    const answer = await fetch(`/words-${found}.json`);
    if (!answer.ok) return;
    foreign = (await answer.json()) as Record<string, Words>;
  }
  locale = found;
  rules = new Intl.PluralRules(found === pseudo ? "en" : found);
  document.documentElement.lang = found === pseudo ? "en" : found;
  document.documentElement.dir = found === "ar" ? "rtl" : "ltr";
  for (const [name, words] of sections) translate(name, words);
}

// tag is the language for the browser's own formats of dates and numbers. The
// figures are those of phone numbers in every language: two sets of them on one
// screen would be read twice.
export function tag(): string | undefined {
  if (locale === pseudo) return "en";
  const wanted = navigator.languages.find((l) => l.slice(0, 2) === locale) ?? locale;
  return locale === "ar" ? wanted + "-u-nu-latn" : wanted;
}

function translate(name: string, words: Words): void {
  if (locale === pseudo) mark(words);
  else if (foreign?.[name]) replace(words, foreign[name]);
}

// replace puts the words of another language in, name by name.
function replace(words: Words, by: Words): void {
  for (const [name, value] of Object.entries(by)) {
    const old = words[name];
    if (isGroup(old) && isGroup(value) && !isPlural(value)) replace(old, value);
    else if (old !== undefined) words[name] = value;
  }
}

function mark(words: Words): void {
  for (const [name, value] of Object.entries(words)) {
    if (typeof value === "string") words[name] = `⟦${value}⟧`;
    else if (typeof value === "object" && value !== null) mark(value as Words);
  }
}

function isGroup(value: unknown): value is Words {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const forms = ["zero", "one", "two", "few", "many", "other"];

// A group may have a word called other; plural forms are nothing but forms.
function isPlural(value: Words): boolean {
  return Object.keys(value).every((name) => forms.includes(name));
}

// say fills {names} into a sentence; a form is chosen by n.
export function say(sentence: string | Plural, values: Record<string, string | number> = {}): string {
  const form = typeof sentence === "string" ? sentence : sentence[rules.select(Number(values.n))] ?? sentence.other;
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => isolated(values[name] ?? whole));
}

// isolated keeps the order of what is filled into a sentence that goes from
// right to left: the + of a number would stand behind it (UAX 9, 2.4.2).
function isolated(value: string | number): string {
  return locale === "ar" && typeof value === "string" ? `\u2068${value}\u2069` : String(value);
}

// sentence makes a whole one of a reason that the box gives in short.
export function sentence(reason: string): string {
  return reason.charAt(0).toLocaleUpperCase(tag()) + reason.slice(1) + (/[.!?]$/.test(reason) ? "" : ".");
}
