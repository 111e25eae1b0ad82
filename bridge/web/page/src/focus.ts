// Where the focus goes when the page itself moves somebody.

// toComposer waits until the page shows the place, then goes to its composer.
export function toComposer(): void {
  window.setTimeout(() => document.getElementById("composer")?.focus(), 60);
}
