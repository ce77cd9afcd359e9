// Asks the Edgeward of this machine for a smart link: what an application does when somebody shares a page.
//
//     node examples/link.mjs /private '{ "report": "Q3", "seats": 3 }'
//
// It takes the key and the address from `.dev.vars`. The request goes by `node:http`, because Node's fetch adds
// a header that browsers send, and Edgeward refuses those where keys are shown.

import { request as http } from "node:http";
import { request as https } from "node:https";
import { join } from "node:path";
import { readVars } from "../scripts/secrets.mjs";
import { isProgram, root } from "../scripts/steps.mjs";

/** Posts JSON with a key; gives the status and the answer. */
export function asks({ publicUrl, key, method = "POST", path, body }) {
  const url = new URL(path, publicUrl);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = { Authorization: `Bearer ${key}`, ...(text && { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }) };
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === "https:" ? https : http)(url, { method, headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode, json: JSON.parse(Buffer.concat(chunks)) }));
    });
    sent.on("error", reject).end(text);
  });
}

if (isProgram(import.meta.url)) {
  const [path = "/private", claims = "{}"] = process.argv.slice(2);
  const settings = readVars(join(root, ".dev.vars"));
  const body = { path, expiresIn: 3600, uses: 5, claims: JSON.parse(claims) };
  const key = settings.ADMIN_KEYS.split(",")[0].split(":")[2];
  const { status, json } = await asks({ publicUrl: settings.PUBLIC_URL, key, path: "/auth/admin/links", body });
  console.log(status === 200 ? `${json.link}\nuntil ${json.expiresAt}` : `${status} ${json.authMessage} ${JSON.stringify(json.fields ?? {})}`);
  process.exitCode = status === 200 ? 0 : 1;
}
