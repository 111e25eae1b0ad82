// Which article of the help is about what the box refused. Later boxes name the
// article in the error; until then the kind of refusal says it.

import { Refusal } from "./refusal";

export const articles = ["from", "gates", "unconfirmed", "parts", "tls", "no-line", "lte-only", "pin", "credit", "queue"] as const;

export type Article = (typeof articles)[number];

const of: Record<string, Article> = {
  from_required: "from",
  too_many_parts: "parts",
  sms_disabled_system: "gates", sms_disabled_user: "gates", line_not_assigned: "gates", forbidden: "gates",
  quota_exceeded: "queue", quiet_hours: "queue", number_rule: "queue", too_old_to_send: "unconfirmed",
  no_line_available: "no-line", modem_absent: "no-line", not_registered: "no-line",
};

// articleFor answers the article about an error, or "".
export function articleFor(e: unknown): Article | "" {
  if (!(e instanceof Refusal)) return "";
  const named = (e as { help?: string }).help?.replace(/^.*\/help\//, "");
  return articles.find((a) => a === named) ?? of[e.type] ?? "";
}
