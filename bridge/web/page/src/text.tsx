// A text as people see it. It comes from anybody in the world, so it is never
// anything but text: links are marked with the host they really lead to, and
// signs that are not seen are shown.

import type { ComponentChildren } from "preact";
import { say, words } from "./words";

const link = /\bhttps?:\/\/[^\s<>"'\u0000-\u001f]+[^\s<>"'.,;:!?)\]}\u0000-\u001f]/giu;

// Control characters, and the marks that turn the direction of what follows.
// Line ends stay as they are; so do the marks that only say how a word is read.
const hidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;

export function Text({ text }: { text: string }) {
  const pieces: ComponentChildren[] = [];
  let from = 0;
  const whole = text.replace(/\r\n?/g, "\n");
  for (const found of whole.matchAll(link)) {
    pieces.push(plain(whole.slice(from, found.index)), <Link key={found.index} address={found[0]} />);
    from = found.index + found[0].length;
  }
  pieces.push(plain(whole.slice(from)));
  return <>{pieces}</>;
}

function plain(text: string): ComponentChildren {
  if (!hidden.test(text)) return text;
  return [...text].map((c, i) => (hidden.test(c) ? <Hidden key={i} sign={c} /> : c));
}

function Hidden({ sign }: { sign: string }) {
  const at = sign.codePointAt(0)!;
  const code = "U+" + at.toString(16).toUpperCase().padStart(4, "0");
  return <span class="hidden-sign" title={say(words.hiddenSign, { code })}>{at < 32 ? String.fromCodePoint(0x2400 + at) : code}</span>;
}

function Link({ address }: { address: string }) {
  let host = "";
  try {
    host = new URL(address).host;
  } catch {
    return <>{address}</>;
  }
  const shown = address.replace(/^https?:\/\//i, "").toLowerCase();
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      {address}
      {!shown.startsWith(host) && <span class="real-host"> ({host})</span>}
    </a>
  );
}
