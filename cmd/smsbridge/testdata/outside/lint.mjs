// Holds a document against the rules of its own kind, with tools that other
// people wrote: lint.mjs openapi|asyncapi FILE. It prints what is wrong.
import { readFileSync } from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Parser } from "@asyncapi/parser";

const [kind, file] = process.argv.slice(2);
const source = readFileSync(file, "utf8");
const wrong = [];
if (kind === "openapi") {
	const config = await createConfig({ extends: ["minimal"], rules: {
		struct: "error", "no-unresolved-refs": "error", "no-invalid-media-type-examples": "error",
		"operation-operationId-unique": "error", "operation-summary": "error", "path-parameters-defined": "error",
		"path-declaration-must-exist": "error", "no-identical-paths": "error", "operation-parameters-unique": "error",
		"no-undefined-server-variable": "error", "security-defined": "error", "operation-4xx-response": "error",
	} });
	for (const p of await lintFromString({ source, config })) {
		if (p.severity === "error") wrong.push(`${p.ruleId} ${p.location?.[0]?.pointer ?? ""}: ${p.message}`);
	}
} else {
	const { document, diagnostics } = await new Parser().parse(source);
	for (const d of diagnostics) {
		if (d.severity === 0) wrong.push(`${d.code} ${d.path.join("/")}: ${d.message}`);
	}
	if (!document) wrong.push("it is no document");
	else console.log(`${document.operations().length} operations`);
}
console.log(wrong.slice(0, 20).join("\n"));
process.exit(wrong.length ? 1 : 0);
