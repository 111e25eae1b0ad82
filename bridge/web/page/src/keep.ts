// What this browser keeps between two visits: drafts, texts that wait, what
// was read. Each is one item of localStorage under the agent's id, so that
// two tabs never write over each other's items.

let agent = "";

const prefix = () => `smsbridge.${agent}.`;

// keepFor sets whose items the others mean. What another account left in this
// browser is removed: nobody who uses it after is to find it. The desk and a
// portal (embed.tsx) leave each other alone: one person may have both open.
export function keepFor(id: string): void {
  agent = id;
  if (id) drop((key) => key.split(".").length > 3 && !key.startsWith(prefix()) && inPortal(key) === inPortal(prefix()));
}

const inPortal = (key: string) => key.startsWith("smsbridge.portal.");

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
  drop((key) => key.startsWith(prefix()));
}

function drop(which: (key: string) => boolean): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("smsbridge.") && which(key)) localStorage.removeItem(key);
    }
  } catch {
    // As above.
  }
}

const leavingKey = "smsbridge.leaving";

// leaving tells that somebody signed out here while the box was away, which
// does not know it yet.
export function leaving(): boolean {
  try {
    return localStorage.getItem(leavingKey) !== null;
  } catch {
    return false;
  }
}

export function setLeaving(on: boolean): void {
  try {
    if (on) localStorage.setItem(leavingKey, "1");
    else localStorage.removeItem(leavingKey);
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
