// A reporter of Node's test runner: a line for each test, with the row that its file is in the tables.

import { basename } from "node:path";

export default async function* reporter(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.nesting > 0 || data.file === undefined) continue;
    yield `${JSON.stringify({ row: basename(data.file, ".test.mjs"), passed: type === "test:pass" })}\n`;
  }
}
