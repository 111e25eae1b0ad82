// The cog of a conversation: a button that opens a few things to do.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { SettingsIcon } from "./icon";

export interface Deed {
  name: string;
  key?: string; // that does the same, in words
  bad?: boolean;
  run(): void;
}

export function Cog({ name, deeds, icon }: { name: string; deeds(): Deed[]; icon?: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    items()[0]?.focus();
    const outside = (e: Event) => { if (!frame.current?.contains(e.target as Node)) setOpen(false); };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const items = () => [...frame.current!.querySelectorAll<HTMLElement>("[role=menuitem]")];

  function shut() {
    setOpen(false);
    frame.current?.querySelector("button")?.focus();
  }

  function onKey(e: KeyboardEvent) {
    if (!open) return;
    const all = items();
    const here = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: (here + 1) % all.length, ArrowUp: (here - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[e.key];
    if (to !== undefined) all[to].focus();
    else if (e.key === "Escape") shut();
    else return;
    e.preventDefault();
    e.stopPropagation();
  }

  return (
    <div class="cog" ref={frame} onKeyDown={onKey} onFocusOut={(e) => { if (e.relatedTarget && !frame.current?.contains(e.relatedTarget as Node)) setOpen(false); }}>
      <button type="button" class="plain square" aria-haspopup="menu" aria-expanded={open} aria-label={name} title={name} onClick={() => setOpen(!open)}>
        {icon ?? <SettingsIcon />}
      </button>
      {open && (
        <div class="cog-menu" role="menu" aria-label={name}>
          {deeds().map((d) => (
            <button type="button" class={"plain" + (d.bad ? " bad" : "")} role="menuitem" tabIndex={-1} key={d.name} onClick={() => { shut(); d.run(); }}>
              <span>{d.name}</span>{d.key && <kbd>{d.key}</kbd>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
