// Names beside each other.

import { type ComponentChildren, Fragment } from "preact";

// named are names in a row, each in the direction of its own letters, or what
// stands for none.
export function named(names: string[], none: string): ComponentChildren {
  return names.length > 0 ? names.map((n, i) => <Fragment key={n}>{i > 0 && ", "}<bdi>{n}</bdi></Fragment>) : none;
}
