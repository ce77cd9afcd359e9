// Asks the Edgeward of this machine for a smart link: what an application does when somebody shares a page.
//
//     node examples/link.mjs /private '{ "report": "Q3", "seats": 3 }'
//
// It takes the key and the address from `.dev.vars`.

import { join } from "node:path";
import { asks, keyWith } from "../scripts/operator.mjs";
import { readVars } from "../scripts/secrets.mjs";
import { main, root } from "../scripts/steps.mjs";

await main(async () => {
  const [path = "/private", claims = "{}"] = process.argv.slice(2);
  const settings = readVars(join(root, ".dev.vars"));
  const body = { path, expiresIn: 3600, uses: 5, claims: JSON.parse(claims) };
  const key = keyWith("links", settings.ADMIN_KEYS);
  const { status, json } = await asks({ publicUrl: settings.PUBLIC_URL, key, path: "/auth/admin/links", body });
  console.log(status === 200 ? `${json.link}\nuntil ${json.expiresAt}` : `${status} ${json.authMessage} ${JSON.stringify(json.fields ?? {})}`);
  process.exitCode = status === 200 ? 0 : 1;
});
