// A dialog of the browser's own kind: it keeps the focus inside, Esc leaves
// it, and the focus goes back to where it came from.

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { CloseIcon } from "./icon";
import { words } from "./words";

interface Props {
  title: ComponentChildren;
  onClose(): void;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => (opener?.isConnected ? opener : document.getElementById("composer"))?.focus();
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={onClose}
      onClick={(e) => e.target === dialog.current && dialog.current?.close()}>
      <div class="dialog-body">
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" class="plain square" aria-label={words.close} title={words.close} onClick={() => dialog.current?.close()}>
            <CloseIcon />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

// Wrong is the sentence beside a field that cannot be taken.
export function Wrong({ id, children }: { id: string; children: ComponentChildren }) {
  return children ? <p class="wrong" id={id} role="alert">{children}</p> : null;
}
