// docs/openapi.yaml for tests: what it says, what the program has of it, and whether answers are described.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePythonPackages, pythonBin } from "../../scripts/python.mjs";
import { root, run } from "../../scripts/steps.mjs";

const judge = "tests/openapi/document.py";
const methods = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/** Reads the document; fails when it is not well-formed, or one of its examples is not what it stands for. */
export async function readDocument() {
  await ensurePythonPackages();
  return new Document(JSON.parse(await run(pythonBin("python"), [judge, "lint", "docs/openapi.yaml"], { show: "none" })));
}

/** The JSON routes of the program, as `POST /auth/login`: every entry of ROUTES that is no page. */
export function routes() {
  const source = readFileSync(join(root, "src/web/routes.rs"), "utf8");
  const [, table] = /pub const ROUTES: &\[Route\] = &\[\n(.*?)\n\];/s.exec(source);
  const entries = [...table.matchAll(/^ {4}(\w+)\(\s*"([^"]*)",\s*&\[([^\]]*)\]/gm)];
  assert.equal(entries.length, table.match(/^ {4}\w+\(/gm).length, "every entry of ROUTES was understood");
  return entries
    .filter(([, surface]) => surface !== "page")
    .flatMap(([, , path, list]) => [...list.matchAll(/"([A-Z]+)"/g)].map(([, method]) => `${method} /auth${path}`));
}

/** The codes of the program. */
export const codes = () =>
  [...readFileSync(join(root, "src/pages/code.rs"), "utf8").matchAll(/^ {4}\w+ = "(auth\.[a-z._]+)" \w+,$/gm)].map(([, code]) => code);

/** What makes a request an operator's program's, and no browser's. */
export const asProgram = (house) => ({ Authorization: `Bearer ${operatorsKey(house)}`, Origin: null, "Sec-Fetch-Site": null, "Sec-Fetch-Mode": null });

export const operatorsKey = (house) => house.secrets.ADMIN_KEYS.split(":").at(-1);

class Document {
  constructor(content) {
    this.content = content;
  }

  get codes() {
    return this.content.components.schemas.Code.enum;
  }

  /** Each operation, with what the document says of it and how it is called. */
  get operations() {
    return Object.entries(this.content.paths).flatMap(([path, item]) =>
      methods.filter((method) => item[method]).map((method) => this.#operation(path, item, method)),
    );
  }

  #operation(path, item, method) {
    const about = item[method];
    const parameters = [...(about.parameters ?? []), ...(item.parameters ?? [])].map((one) => this.resolved(one));
    const target = parameters.filter((one) => one.in === "path").reduce((text, { name, example }) => text.replace(`{${name}}`, example), path);
    return { name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, target, about, isOperators: about.tags.includes("operators") };
  }

  /** Those of the operations that the program has. */
  get real() {
    const known = routes();
    return this.operations.filter(({ name }) => known.includes(name));
  }

  /** What a `$ref` stands for, with what stands beside it. */
  resolved(node) {
    if (!node.$ref) return node;
    const { $ref, ...beside } = node;
    const target = this.resolved($ref.slice(2).split("/").reduce((at, part) => at[part], this.content));
    const both = { ...target, ...beside };
    return Array.isArray(both.required) ? { ...both, required: [...(target.required ?? []), ...(beside.required ?? [])] } : both;
  }

  /**
   * Writes the document into a file as the program must keep to it: the routes there are, and no member in an
   * answer that is not described. People who read it are told to expect more, so it does not say so itself.
   */
  writeStrict(t) {
    const folder = mkdtempSync(join(tmpdir(), "edgeward-openapi-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "strict.json");
    writeFileSync(file, JSON.stringify(this.#strict()));
    return file;
  }

  #strict() {
    const copy = structuredClone(this.content);
    const real = this.real.map(({ name }) => name);
    for (const { name, method, path } of this.operations) {
      const item = copy.paths[path];
      if (real.includes(name)) Object.values(item[method.toLowerCase()].responses).forEach(close);
      else delete item[method.toLowerCase()];
      if (!methods.some((one) => item[one])) delete copy.paths[path];
    }
    const { responses, schemas } = copy.components;
    Object.values(responses).forEach(close);
    for (const schema of [schemas.Account, schemas.Session, schemas.Sessions.items, schemas.Export, schemas.OperatorsAccount, schemas.Invitation, schemas.OpenedLink]) {
      schema.unevaluatedProperties = false;
    }
    return copy;
  }

  /** Fails when one of the answers, `{ operation, status, headers, body }`, is not described. */
  judges(t, answers) {
    const judged = spawnSync(pythonBin("python"), [judge, "answers", this.writeStrict(t)], { cwd: root, input: JSON.stringify(answers), encoding: "utf8" });
    assert.equal(judged.status, 0, judged.stderr);
  }
}

function close({ content = {} }) {
  if (content["application/json"]) content["application/json"].schema.unevaluatedProperties = false;
}
