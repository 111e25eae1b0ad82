// Holds documents against the rules of their own kind, with tools that other
// people wrote: lint.mjs openapi|asyncapi|parser FILE... It prints a line of JSON
// for each file: what is wrong with it.
//
// asyncapi is the official JSON Schema of AsyncAPI 3.0, by ajv, and the rules of
// redocly. parser is the official parser; it takes 40 s for one document of our
// size, since it unfolds every reference, so it is asked in the long tests only.
import { readFileSync } from "node:fs";

const [kind, ...files] = process.argv.slice(2);
const lint = await ({ openapi, asyncapi, parser })[kind]();
for (const file of files) console.log(JSON.stringify((await lint(readFileSync(file, "utf8"))).slice(0, 20)));

async function openapi() {
	return redocly({
		struct: "error", "no-unresolved-refs": "error", "no-invalid-media-type-examples": "error",
		"operation-operationId-unique": "error", "operation-summary": "error", "path-parameters-defined": "error",
		"path-declaration-must-exist": "error", "no-identical-paths": "error", "operation-parameters-unique": "error",
		"no-undefined-server-variable": "error", "security-defined": "error", "operation-4xx-response": "error",
	});
}

async function redocly(rules) {
	const { createConfig, lintFromString } = await import("@redocly/openapi-core");
	const config = await createConfig({ extends: ["minimal"], rules });
	return async (source) => (await lintFromString({ source, config }))
		.filter((p) => p.severity === "error").map((p) => `${p.ruleId} ${p.location?.[0]?.pointer ?? ""}: ${p.message}`);
}

async function asyncapi() {
	const struct = await redocly({ struct: "error" });
	const [{ default: Ajv }, { default: formats }, { default: specs }] =
		await Promise.all([import("ajv"), import("ajv-formats"), import("@asyncapi/specs")]);
	const ajv = new Ajv({ strict: false, validateFormats: true });
	formats(ajv);
	const fits = ajv.compile(specs.schemasWithoutId["3.0.0"]);
	return async (source) => {
		const document = JSON.parse(source);
		// redocly wants an address; AsyncAPI 3.0, "Channel Object", has null for one that is not known.
		const wrong = (await struct(source)).filter((w) => !/address: Expected type `string` but got `null`/.test(w));
		if (!fits(document)) wrong.push(...fits.errors.map((e) => `schema ${e.instancePath}: ${e.message}`));
		return wrong.concat(dangling(document));
	};
}

// dangling is every reference within a document that leads nowhere.
function dangling(document) {
	const wrong = [];
	(function walk(v) {
		if (v === null || typeof v !== "object") return;
		if (typeof v.$ref === "string") {
			const path = v.$ref.replace(/^#\//, "").split("/").map((p) => p.replaceAll("~1", "/").replaceAll("~0", "~"));
			if (path.reduce((at, p) => at?.[p], document) === undefined) wrong.push(`ref ${v.$ref}: there is nothing`);
		}
		Object.values(v).forEach(walk);
	})(document);
	return wrong;
}

async function parser() {
	const { Parser } = await import("@asyncapi/parser");
	return async (source) => (await new Parser().validate(source))
		.filter((d) => d.severity === 0).map((d) => `${d.code} ${d.path.join("/")}: ${d.message}`);
}
