// What can go wrong when the box is asked for something: it says no, or no
// answer comes. Nothing else is an error of the page.

// Refusal is the box's "no": a sentence for people, the field it is about,
// and whether asking again may help.
export class Refusal extends Error {
  code = 0;
  type = "internal";
  retryable = false;
  field = "";
  detail = "";
  options: string[] = [];

  static from(code: number, message: string, data: Partial<Refusal> = {}): Refusal {
    const r = new Refusal(message);
    r.code = code;
    r.type = data.type ?? r.type;
    r.retryable = data.retryable ?? false;
    r.field = data.field ?? "";
    r.detail = data.detail ?? "";
    r.options = data.options ?? [];
    return r;
  }

  // sentence is what is shown: the detail where there is one, since it names
  // the thing to change.
  get sentence(): string {
    return this.detail || this.message;
  }
}

// Lost means that no answer came. What was asked may have happened.
export class Lost extends Error {}
