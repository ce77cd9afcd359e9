// Operators' routes on the real runtime: the headers that arrive there are those a client sent, and no others.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { asks } from "../../examples/link.mjs";
import { startEdgeward } from "./harness.mjs";

const links = "/auth/admin/links";
const terms = { path: "/private", expiresIn: 60 };
const told = ({ status, json }) => `${status} ${json.authMessageCode}`;

test("what a browser sends is refused, whatever key comes along", async (t) => {
  const house = await startEdgeward(t);
  for (const headers of [
    { Origin: house.url }, { Origin: "null" }, { Cookie: "a=b" }, { "Sec-Fetch-Site": "none" }, { "Sec-Fetch-Mode": "cors" },
    { "Sec-Fetch-Dest": "empty" }, { "sec-fetch-user": "?1" },
  ]) {
    const name = JSON.stringify(headers);
    assert.equal(told(await house.operator(links, { json: terms, headers })), "403 auth.admin.browser", name);
    assert.equal(told(await house.operator(`${links}/x`, { method: "GET", headers })), "403 auth.admin.browser", name);
  }
  assert.equal(told(await house.operator(links, { json: terms })), "200 auth.link.created");
  const key = house.secrets.ADMIN_KEYS.split(":").at(-1);
  assert.equal(told(await asks({ publicUrl: house.url, key, path: links, body: terms })), "200 auth.link.created", "as the example asks");
  const fetched = await fetch(house.url + links, { method: "POST", body: JSON.stringify(terms), headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" } });
  assert.equal((await fetched.json()).authMessageCode, "auth.admin.browser", "Node's fetch says Sec-Fetch-Mode, as docs/routes.md warns");
});

test("a key is for its scopes, and wrong ones are paid for until their network cannot pay", async (t) => {
  const [read, link] = [0, 1].map(() => randomBytes(32).toString("base64url"));
  const house = await startEdgeward(t, { settings: { ADMIN_KEYS: `one:read+accounts:${read}, two:links:${link}` } });
  const refused = await house.operator(links, { json: terms, key: read });
  assert.equal(told(refused), "401 auth.admin.unauthorized");
  assert.equal(refused.headers["www-authenticate"], "Bearer");
  assert.equal(told(await house.operator(links, { json: terms, headers: { Authorization: null } })), "401 auth.admin.unauthorized");
  for (let n = 2; n < 10; n += 1) {
    assert.equal(told(await house.operator(links, { json: terms, key: randomBytes(32).toString("base64url") })), "401 auth.admin.unauthorized");
  }
  const spent = await house.operator(links, { json: terms, key: link });
  assert.equal(told(spent), "429 auth.throttled", "the right key too");
  assert.ok(Number(spent.headers["retry-after"]) > 0);
  const elsewhere = await house.operator(links, { json: terms, key: link, address: "192.0.2.2" });
  assert.equal(told(elsewhere), "200 auth.link.created");
  await house.says('"operator_refused"', 10);
  for (const key of [read, link]) assert.equal(house.said(key), 0, "no key in the log");
});

test("without ADMIN_KEYS there is nothing there", async (t) => {
  const house = await startEdgeward(t, { settings: { ADMIN_KEYS: undefined } });
  assert.equal(told(await house.operator(links, { json: terms })), "404 auth.request.not_found");
  assert.equal(told(await house.operator(links, { json: terms, headers: { Origin: "https://evil.example" } })), "404 auth.request.not_found");
});
