// What is refused before a field is read or the origin is asked: each refusal has its own status and code,
// speaks JSON to programs and HTML to people, and leaves everything as it was.

import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { startEdgeward } from "./harness.mjs";

const timeout = 60_000;
const page = { Accept: "text/html,application/xhtml+xml", "Sec-Fetch-Mode": "navigate" };
const json = { "Content-Type": "application/json" };

/** Status and code; a page shows its code nowhere, so of a page it is the kind. */
const told = ({ status, json: body, headers }) => [status, body?.authMessageCode ?? headers["content-type"]?.split(";")[0]];

test("our routes and the gate refuse what is not for them", { timeout }, async (t) => {
  const house = await startEdgeward(t);
  const eve = house.visitor();
  const host = new URL(house.url).host;

  await t.test("another host is told that it is wrong here, whatever it asks for", async () => {
    for (const Host of ["evil.example", `${host}.evil.example`, `127.0.0.1:${house.port}`, "localhost", `localhost:${house.port + 1}`, `user@${host}`]) {
      for (const path of ["/public/", "/private/", "/login", "/auth/health", "/auth/nothing"]) {
        const answer = await eve.fetch(path, { headers: { Host } });
        assert.ok([400, 421].includes(answer.status), `${Host}${path} → ${answer.status}`);
        if (answer.status === 421 && answer.json) assert.equal(answer.json.authMessageCode, "auth.request.misdirected");
      }
    }
    assert.equal((await eve.fetch("/public/", { headers: { Host: "evil.example", ...page } })).status, 421);
    assert.equal((await eve.fetch("/login", { method: "POST", headers: { Host: "evil.example", Origin: "http://evil.example" }, form: { email: "a@example.com" } })).status, 421);
    assert.deepEqual(house.origin.requests, []);
  });

  await t.test("who is not signed in: people go to the sign-in page and back, everything else gets 401", async () => {
    const target = "/private/a%2Fb?x=1&next=/y#z";
    for (const [headers, wanted] of [
      [page, 303],
      [{ Accept: "text/html", "Sec-Fetch-Mode": null }, 303],
      [{ Accept: "text/html", "Sec-Fetch-Mode": "cors" }, 401],
      [{ Accept: "*/*", "Sec-Fetch-Mode": null }, 401],
      [{ ...page, Upgrade: "h2c", Connection: "Upgrade" }, 401],
    ]) {
      const answer = await eve.fetch(target.split("#")[0], { headers });
      assert.equal(answer.status, wanted, JSON.stringify(headers));
      if (wanted === 303) assert.equal(answer.headers.location, `/login?next=${encodeURIComponent("/private/a%2Fb?x=1&next=/y")}`);
      else assert.equal(answer.json.authMessageCode, "auth.session.required");
      assert.match(answer.headers["cache-control"], /no-store/);
    }
    const post = await eve.fetch("/private/echo", { method: "POST", headers: page, form: { a: "1" } });
    assert.deepEqual(told(post), [401, "auth.session.required"], "a form cannot be carried over the sign-in");
  });

  await t.test("below our prefixes there is what is listed, in one spelling", async () => {
    for (const path of ["/auth", "/auth/", "/auth/nothing", "/auth/login/", "/auth/Login", "/auth/sessions/", "/auth/sessions/a/b", "/auth/%6cogin"]) {
      assert.deepEqual(told(await eve.fetch(path)), [404, "auth.request.not_found"], path);
    }
    for (const path of ["/login/", "/login/nothing", "/login/Signup", "/login/verify/"]) assert.deepEqual(told(await eve.fetch(path, { headers: page })), [404, "text/html"], path);
    for (const path of ["/LOGIN", "/%6Cogin", "//login", "/x/../login/%2e", "/login;x", "/AUTH/health", "/public/..%2flogin"]) {
      const { status } = await eve.fetch(path);
      assert.ok([400, 404].includes(status), `${path} → ${status}`);
    }
    assert.deepEqual(house.origin.requests, [], "nothing of it reached the origin");
    assert.equal((await eve.fetch("/loginx")).status, 401, "a longer word is the origin's");
  });

  await t.test("a method that a route does not have is told which it has", async () => {
    for (const [method, path, allow] of [
      ["GET", "/auth/login", "POST"], ["PUT", "/auth/login", "POST"], ["PROPFIND", "/login", "GET, POST, HEAD"], ["POST", "/auth/health", "GET, HEAD"],
      ["GET", "/login/logout", "POST"], ["GET", "/auth/sessions/ses_x", "DELETE"], ["OPTIONS", "/auth/login", "POST"], ["DELETE", "/auth/sessions", "GET, HEAD"],
    ]) {
      const answer = await eve.fetch(path, { method });
      assert.deepEqual([answer.status, answer.headers.allow], [405, allow], `${method} ${path}`);
    }
  });

  await t.test("a post that a foreign page may have made is refused, before it is looked at", async () => {
    const forms = [
      [{ "Sec-Fetch-Site": "cross-site" }, 403], [{ "Sec-Fetch-Site": "same-site" }, 403], [{ "Sec-Fetch-Site": "none" }, 403],
      [{ "Sec-Fetch-Site": "cross-site", Origin: house.url }, 403], [{ "Sec-Fetch-Site": null, Origin: "https://evil.example" }, 403],
      [{ "Sec-Fetch-Site": null, Origin: "null" }, 403], [{ "Sec-Fetch-Site": null, Origin: null }, 403], [{ "Sec-Fetch-Site": null }, 303],
      [{ "Sec-Fetch-Site": "same-origin", Origin: "null" }, 303],
    ];
    for (const [headers, wanted] of forms) {
      const { status } = await eve.fetch("/login/signup", { method: "POST", form: { email: "x" }, headers: { ...page, ...headers } });
      assert.equal(status, wanted, JSON.stringify(headers));
    }
    const program = { "Sec-Fetch-Site": null, "Sec-Fetch-Mode": null, Origin: null };
    assert.equal((await house.visitor().calls("/auth/login", { email: "x" }, { headers: program })).status, 422, "a program without cookies may");
    assert.deepEqual(told(await eve.calls("/auth/login", { email: "x" }, { headers: program })), [403, "auth.request.cross_site"], "with a cookie of ours it may not");
  });

  await t.test("a body of another type, too large, or in no shape", async () => {
    const post = (path, body, headers) => house.visitor().fetch(path, { method: "POST", body, headers: { ...headers, "Content-Length": headers["Transfer-Encoding"] ? null : Buffer.byteLength(body) } });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", ""]) {
      assert.deepEqual(told(await post("/auth/login", "{}", { "Content-Type": type })), [415, "auth.request.unsupported_type"], type);
    }
    assert.equal((await post("/login", "{}", { ...page, ...json })).status, 415);
    assert.equal((await post("/auth/login", "{}", { "Content-Type": "Application/JSON; charset=utf-8" })).status, 422, "the type in other letters is the type");

    const large = JSON.stringify({ email: "a@example.com", password: "x".repeat(70_000) });
    assert.deepEqual(told(await post("/auth/login", large, json)), [413, "auth.request.too_large"]);
    assert.deepEqual(told(await post("/auth/login", large, { ...json, "Transfer-Encoding": "chunked" })), [413, "auth.request.too_large"], "its length untold");
    assert.equal((await post("/login", `email=${"x".repeat(70_000)}`, { ...page, "Content-Type": "application/x-www-form-urlencoded" })).status, 413);

    for (const body of ["{", "[]", "7", '"x"', "null", '{"email":"a"}x', "{'email':'a'}", '{"email":"\\ud800"}', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])]) {
      assert.deepEqual(told(await post("/auth/login", body, json)), [400, "auth.request.malformed"], String(body));
    }
  });

  await t.test("fields are named, each with what is wrong with it", async () => {
    const fields = async (path, body) => {
      const answer = await house.visitor().fetch(path, { method: "POST", body, headers: { ...json, "Content-Length": Buffer.byteLength(body) } });
      return [answer.status, answer.json.authMessageCode, answer.json.fields];
    };
    const required = "auth.field.required", invalid = "auth.field.invalid", unknown = "auth.field.unknown";
    assert.deepEqual(await fields("/auth/login", "{}"), [422, required, { email: required, password: required }]);
    assert.deepEqual(await fields("/auth/login", '{"email":"","password":"x"}'), [422, required, { email: required }]);
    assert.deepEqual(await fields("/auth/login", '{"email":"a","email":"b","password":"x"}'), [422, invalid, { email: invalid }]);
    assert.deepEqual(await fields("/auth/login", '{"email":7,"password":["x"]}'), [422, invalid, { email: invalid, password: invalid }]);
    assert.deepEqual(await fields("/auth/login", '{"email":"no address","password":"x"}'), [422, invalid, { email: invalid }]);
    assert.deepEqual(await fields("/auth/register", '{"email":"a@example.com","password":"x","roles":"admin"}'), [422, invalid, { roles: unknown }]);
    assert.deepEqual(await fields("/auth/register", '{"email":"a@example.com","password":"too short"}'), [422, invalid, { password: "auth.password.too_short" }]);
    assert.deepEqual((await fields("/auth/verify", '{"token":"verify.x.y","password":7}')).slice(0, 2), [400, "auth.token.invalid"], "a token is judged before the rest");
    assert.deepEqual(house.mailbox.mails(), [], "and nothing of it sent a mail");
  });
});

test("a head that is no request does not get past the front door", { timeout }, async (t) => {
  const house = await startEdgeward(t);
  const host = new URL(house.url).host;
  const raw = (path) => new Promise((resolve, reject) => {
    httpRequest({ host: "127.0.0.1", port: house.port, path, headers: { Host: host }, agent: false }, (answer) => resolve(answer.resume().statusCode)).on("error", reject).end();
  });
  for (const path of ["/private/%00", "/private/%2500", "/public/%252525252e%252e/private/", "/public/%c0%ae/../private/x"]) {
    assert.ok([400, 401].includes(await raw(path)), path);
  }
  assert.deepEqual(house.origin.requests, []);
});
