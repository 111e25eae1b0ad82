// The element that a portal puts into its page:
//
//   <script src="https://BOX/portal.js"></script>
//   <sms-bridge-chat number="+15550100" ticket-url="/my/ticket"></sms-bridge-chat>
//
// ticket-url is the portal's own: a POST to it answers {"ticket": "tkt_..."}, which
// its server gets from POST /api/v1/tickets with its token. In place of number it
// takes contact or thread. It fires "open" when the conversation is there, and
// "unread" with how many texts nobody has looked at. The portal's origin stands
// in the setting embed_origins.
//
// It is a script of the old kind, within a function of its own: those are loaded
// from another origin without leave, and leave no names in the portal's page.

((box: string) => {
  class Chat extends HTMLElement {
    private frame = document.createElement("iframe");
    private hear = (e: MessageEvent) => void this.answer(e);

    connectedCallback(): void {
      this.frame.src = box + "/embed";
      this.frame.title = this.getAttribute("label") ?? "SMS";
      this.frame.style.cssText = "border: 0; width: 100%; height: 100%; min-height: 320px;";
      window.addEventListener("message", this.hear);
      this.append(this.frame);
    }

    disconnectedCallback(): void {
      window.removeEventListener("message", this.hear);
      this.frame.remove();
    }

    private async answer(e: MessageEvent): Promise<void> {
      if (e.source !== this.frame.contentWindow || e.origin !== box) return;
      const said = e.data as { type?: string; n?: number };
      if (said.type === "smsbridge.open") this.dispatchEvent(new Event("open"));
      if (said.type === "smsbridge.unread") this.dispatchEvent(new CustomEvent("unread", { detail: said.n }));
      if (said.type !== "smsbridge.want") return;
      const answer = await fetch(this.getAttribute("ticket-url") ?? "", { method: "POST" });
      const { ticket } = (await answer.json()) as { ticket: string };
      const whom = Object.fromEntries(["number", "contact", "thread"].map((name) => [name, this.getAttribute(name) ?? undefined]));
      this.frame.contentWindow?.postMessage({ type: "smsbridge.ticket", ticket, ...whom }, box);
    }
  }

  customElements.define("sms-bridge-chat", Chat);
})(new URL((document.currentScript as HTMLScriptElement).src).origin);
