// Requests over plain HTTP: what is needed before there is a socket, and the
// pretend phone.

import { Lost, Refusal } from "./refusal";

export async function ask<T>(method: string, path: string, body?: object, stop?: AbortSignal): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch("/api/v1" + path, {
      method,
      signal: stop,
      headers: body ? { "Content-Type": "application/json", Accept: "application/json" } : { Accept: "application/json" },
      body: body && JSON.stringify(body),
    });
    text = await response.text();
  } catch {
    throw new Lost();
  }
  let answer: Record<string, unknown> = {};
  try {
    if (text) answer = JSON.parse(text);
  } catch {
    // An answer that is no JSON comes from something between us and the box.
  }
  if (response.ok) return answer as T;
  const data = ((answer.data as object) ?? answer) as Partial<Refusal>;
  throw Refusal.from(
    Number(answer.code ?? response.status),
    String(answer.message ?? answer.title ?? answer.error ?? response.statusText),
    { ...data, type: shortType(data.type) },
  );
}

// shortType takes the last word of a problem's type ("/problems/forbidden").
function shortType(type = "internal"): string {
  return type.slice(type.lastIndexOf("/") + 1);
}
