// What is not needed for the first drawing is loaded when it is first shown.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export function later<P extends object>(load: () => Promise<ComponentType<P>>, Missing?: ComponentType): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [Inside, show] = useState<ComponentType<P> | null>(() => loaded);
    const [failed, fail] = useState(false);
    useEffect(() => {
      if (!Inside) void load().then((c) => { loaded = c; show(() => c); }, () => fail(true)); // the next showing tries again
    }, []);
    if (failed && Missing) return <Missing />;
    return Inside && <Inside {...props} />;
  };
}
