// A desk as somebody else would write one: its types are made from the document
// that the box serves, and nothing of ours is imported.
import createClient from "openapi-fetch";
import type { paths } from "./openapi";

declare const process: { argv: string[]; exit(code: number): never };

const [baseUrl, token, number] = process.argv.slice(2) as [string, string, string];
const box = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const lines = await box.GET("/api/v1/lines");
const from = lines.data?.lines.find((l) => l.state === "ready")?.id;
if (!from) throw new Error("no line is ready");

const sent = await box.POST("/api/v1/messages", {
	params: { header: { "Idempotency-Key": "outside-1" }, query: { wait: "sent" } },
	body: { to: { number }, from, text: "Written by a client that was generated." },
});
if (!sent.data) throw new Error(`refused: ${sent.error.code} ${sent.error.detail}`);
const { id, thread } = sent.data.message;

const read = await box.GET("/api/v1/messages/{id}", { params: { path: { id } } });
if (!read.data) throw new Error(read.error.detail);

const list = await box.GET("/api/v1/threads/{thread}/messages", { params: { path: { thread }, query: { limit: 10 } } });
const found = list.data?.messages.find((m) => m.id === id);

const gone = await box.GET("/api/v1/messages/{id}", { params: { path: { id: "ms_0" } } });
console.log(JSON.stringify({
	state: read.data.message.state, text: read.data.message.text, parts: found?.parts.length, refused: gone.error?.type,
}));
