// What this browser keeps between two visits: drafts, texts that wait, what
// was read. Each is one item of localStorage under the agent's id, so that
// two tabs never write over each other's items.

let agent = "";

const prefix = () => `smsbridge.${agent}.`;

// keepFor sets whose items the others mean.
export function keepFor(id: string): void {
  agent = id;
}

export function keep(kind: string, name: string, value: unknown): void {
  try {
    localStorage.setItem(prefix() + kind + "." + name, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the page works, it only forgets.
  }
}

export function forget(kind: string, name: string): void {
  try {
    localStorage.removeItem(prefix() + kind + "." + name);
  } catch {
    // As above.
  }
}

// kept reads all items of a kind.
export function kept<T>(kind: string): Record<string, T> {
  const found: Record<string, T> = {};
  const start = prefix() + kind + ".";
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i)!;
      if (key.startsWith(start)) found[key.slice(start.length)] = JSON.parse(localStorage.getItem(key)!) as T;
    }
  } catch {
    // Nothing is kept, or somebody else wrote there.
  }
  return found;
}

// forgetAll removes everything of the agent from this browser.
export function forgetAll(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix())) localStorage.removeItem(key);
    }
  } catch {
    // As above.
  }
}

// onKept tells of items that another tab wrote or removed.
export function onKept(kind: string, tell: (name: string, value: unknown) => void): void {
  window.addEventListener("storage", (e) => {
    const start = prefix() + kind + ".";
    if (!e.key?.startsWith(start)) return;
    try {
      tell(e.key.slice(start.length), e.newValue === null ? null : JSON.parse(e.newValue));
    } catch {
      // Not ours.
    }
  });
}
