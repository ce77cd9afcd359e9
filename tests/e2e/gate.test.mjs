// The gate: what reaches the origin, what comes back, and what never does.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";

const headersOf = (answer, name) => answer.json.headers.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value);

test("what passes through", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();

  await t.test("method, path, query and body arrive as sent", async () => {
    const body = Buffer.alloc(3_000_000, "abc");
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"]) {
      const { status, json } = await ann.fetch("/private/echo/a%2fb?q=%C3%BC&&x", { method, body });
      assert.equal(status, 200, method);
      assert.equal(json.method, method);
      assert.equal(json.url, "/private/echo/a%2fb?q=%C3%BC&&x");
      assert.deepEqual(json.body, { length: body.length, sha256: createHash("sha256").update(body).digest("hex") });
      assert.match(json.identity.account, /^acc_/);
    }
  });

  await t.test("no cookie of ours reaches the origin, and the origin's own do", async () => {
    const set = await ann.fetch("/private/cookies?forge");
    assert.equal(set.headers["set-cookie"].filter((line) => /^(flavour|topping)=/.test(line)).length, 2);
    assert.ok(!set.headers["set-cookie"].some((line) => line.includes("forged")), "the origin cannot set ours");
    const [cookie] = headersOf(await ann.fetch("/private/echo"), "cookie");
    assert.equal(cookie, "flavour=oat; topping=plum");
  });

  await t.test("headers that claim an identity are taken away, however they are spelled", async () => {
    const forged = {
      "Edgeward-Identity": 'account="acc_mallory"', Edgeward_Identity: "x", "X-Remote-User": "root", "X-Forwarded-For": "1.2.3.4",
      "X_Forwarded_Host": "evil.example", Forwarded: "for=1.2.3.4", "X-Original-URL": "/admin", "X-HTTP-Method-Override": "DELETE", "Remote-User": "root",
    };
    for (const path of ["/public/echo", "/private/echo"]) {
      const echo = await ann.fetch(path, { headers: forged });
      assert.ok(!JSON.stringify(echo.json.headers).match(/mallory|root|evil|1\.2\.3\.4|DELETE/), path);
      assert.equal(headersOf(echo, "edgeward-identity").length, 1);
      assert.deepEqual(headersOf(echo, "x-forwarded-host"), [new URL(house.url).host]);
    }
  });

  await t.test("on a public page nobody is anybody", async () => {
    const echo = await ann.fetch("/public/echo");
    assert.equal(echo.json.identity.account, null);
  });

  await t.test("on an optional page you are who you are, or nobody", async () => {
    assert.match((await ann.fetch("/maybe/echo")).json.identity.account, /^acc_/);
    assert.equal((await house.visitor().fetch("/maybe/echo")).json.identity.account, null);
  });

  await t.test("a page for a role is closed to who lacks it, and the log says to whom", async () => {
    assert.equal((await ann.fetch("/admin/echo")).status, 403);
    assert.equal((await ann.fetch("/admin/echo", { method: "POST" })).status, 403);
    assert.equal((await house.visitor().fetch("/admin/echo")).status, 401);
    const { account } = (await ann.fetch("/private/echo")).json.identity;
    await house.says(`"account":"${account}","event":"access_denied"`, 2);
    assert.equal(house.said("access_denied"), 2, "once each, and not for who is nobody");
  });

  await t.test("redirects are passed on, and the origin's own address is not shown", async () => {
    assert.equal((await ann.fetch("/private/redirect")).headers.location, "/public/");
    assert.equal((await ann.fetch("/private/redirect/absolute")).headers.location, `${house.url}/public/`);
  });

  await t.test("a status is passed on", async () => {
    for (const status of [204, 304, 404, 418, 500, 503]) assert.equal((await ann.fetch(`/private/status/${status}`)).status, status);
  });

  await t.test("server-sent events come one by one", async () => {
    const events = await firstEvent(house, ann, "/private/stream?n=2&ms=60000");
    assert.match(events, /^id: 1\ndata: event 1\n\n$/);
  });

  await t.test("a response about somebody is kept by no shared cache", async () => {
    assert.match((await ann.fetch("/private/slow?ms=0")).headers["cache-control"], /private|no-store/);
  });
});

test("who is not signed in", async (t) => {
  const house = await startEdgeward(t);
  const eve = house.visitor();

  await t.test("gets JSON where a program asks, and the sign-in page where a person does", async () => {
    const program = await eve.fetch("/private/echo");
    assert.equal(program.status, 401);
    assert.equal(program.json.authMessageCode, "auth.session.required");
    const person = await eve.visits("/private/echo?x=1");
    assert.equal(person.path, `/login?next=${encodeURIComponent("/private/echo?x=1")}`);
  });

  await t.test("finds no other spelling of a private path", async () => {
    const spellings = [
      "/PRIVATE/echo", "/%70rivate/echo", "/%2570rivate/echo", "/public/../private/echo", "/public/%2e%2e/private/echo", "//private/echo",
      "/public/..%2fprivate/echo", "/public/..;/private/echo", "/public\\..\\private/echo", "/private;x/echo", "/unnamed",
    ];
    for (const path of spellings) {
      const { status } = await eve.fetch(path);
      assert.ok([400, 401].includes(status), `${path} → ${status}`);
    }
    assert.deepEqual(house.origin.requests, [], "nothing of it reached the origin");
  });

  await t.test("meets 421 under another host", async () => {
    const answer = await eve.fetch("/public/", { headers: { Host: "evil.example" } });
    assert.equal(answer.status, 421);
  });

  await t.test("gets 502 when the origin is gone", async () => {
    await house.origin.close();
    assert.equal((await eve.fetch("/public/echo")).status, 502);
    assert.equal((await eve.fetch("/auth/health")).status, 200);
  });
});

test("a forged or damaged cookie is no cookie", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  const cookie = ann.jar.value("__Host-edgeward");
  const flipped = cookie.slice(0, -1) + (cookie.endsWith("A") ? "B" : "A");
  for (const value of [flipped, `${cookie}x`, cookie.slice(1), "", "v1", "v1.k1..", ann.jar.value("__Host-edgeward-device")]) {
    const eve = house.visitor();
    eve.jar.put("__Host-edgeward", value);
    assert.equal((await eve.fetch("/private/echo")).status, 401, value);
  }
});

test("settings that are missing or wrong are all named, and nothing is served", async (t) => {
  const settings = { COOKIE_KEYS: undefined, NAME_KEY: "short", REGISTRATION: "perhaps" };
  const house = await startEdgeward(t, { settings, waitFor: 503 });
  const page = await house.visitor().visits("/public/");
  assert.equal(page.status, 503);
  for (const name of Object.keys(settings)) {
    assert.match(page.text, new RegExp(name), "on a loopback host the page names it");
    assert.match(house.log, new RegExp(name), "and the log does");
  }
  assert.ok(!page.html.includes(house.secrets.PEPPERS) && !house.log.includes(house.secrets.PEPPERS), "values are never shown");
  assert.deepEqual(house.origin.requests, []);
});

/** The first piece of an answer that has not ended; waits for it, then hangs up. */
function firstEvent(house, visitor, path) {
  return new Promise((resolve, reject) => {
    const headers = { Host: new URL(house.url).host, Cookie: visitor.jar.header(path), Accept: "text/event-stream" };
    const sent = httpRequest({ host: "127.0.0.1", port: house.port, path, headers, agent: false }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`));
      answer.once("data", (chunk) => {
        resolve(chunk.toString());
        sent.destroy();
      });
    });
    sent.on("error", reject).end();
  });
}
