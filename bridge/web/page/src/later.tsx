// What is not needed for the first drawing is loaded when it is first shown.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [Inside, show] = useState<ComponentType<P> | null>(() => loaded);
    useEffect(() => {
      if (!Inside) void load().then((c) => { loaded = c; show(() => c); }, () => {}); // the next showing tries again
    }, []);
    return Inside && <Inside {...props} />;
  };
}
