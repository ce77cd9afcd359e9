// Requests that name another host: in `Host`, in the request line, in both, twice, or by what looks like ours. Sent as
// they stand to real workerd, the first of all after a restart included. What is not for us is refused before
// anything of it is read, and whatever is served leads to `PUBLIC_URL`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { figure } from "../figures.mjs";
import { startEdgeward } from "../harness.mjs";
import { rawRequest } from "../raw_request.mjs";

/** What says where a request is to go: the target, and lines of the head. `mayServe`: it does name us. */
function cases(host, path) {
  const port = host.split(":")[1];
  const named = (...hosts) => ({ target: path, lines: hosts.map((name) => `Host: ${name}`) });
  const absolute = (url, ...hosts) => ({ target: url, lines: hosts.map((name) => `Host: ${name}`) });
  const others = [
    "evil.example", `evil.example:${port}`, "localhost", "localhost:80", `localhost.:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`,
    `${host}.evil.example`, `evil.${host}`, `${host}@evil.example`, `evil.example@${host}`, `${host}/evil.example`, `${host}#evil.example`,
    `${host}?evil.example`, `${host}, evil.example`, `evil.example, ${host}`, `${host}\\evil.example`, `${host}%00evil.example`, "", "/", ":",
    ...[..."^|<>\"{}[]%'` \t\x7f\xe9"].map((letter) => `evil${letter}x`), "[::1", "evil.example:99999", "evil.example:port", "xn--", "..", `${host}^`, `|${host}`,
  ];
  const claims = ["X-Forwarded-Host", "X-Host", "X-Original-Host", "X-Forwarded-Server", "X_Forwarded_Host"].map((name) => `${name}: ${host}`);
  return [
    ...others.map((name) => named(name)),
    ...others.map((name) => ({ ...named(name), lines: [`Host: ${name}`, ...claims, `Forwarded: host=${host}`] })),
    named(), named(host, "evil.example"), named("evil.example", host),
    absolute(`http://evil.example${path}`, "evil.example"), absolute(`http://evil.example${path}`),
    absolute(`https://evil.example${path}`, "evil.example"), absolute(`http://${host}@evil.example${path}`, "evil.example"), absolute(`//evil.example${path}`, "evil.example"),
    absolute(`http:/evil.example${path}`, "evil.example"), absolute(`evil.example${path}`, "evil.example"), absolute("*", "evil.example"),
    // The runtime goes by `Host` in every form of request (RFC 9112 §3.2.2 would have the other), and so it is for us.
    ...[`http://evil.example${path}`, `https://evil.example${path}`, `http://${host}@evil.example${path}`].map((url) => ({ ...absolute(url, host), mayServe: true })),
    { ...absolute(`http://${host}${path}`, "evil.example"), mayServe: true },
    { ...absolute(`http://${host}${path}`, host), mayServe: true },
    { ...absolute(`http://evil.example@${host}${path}`, host), mayServe: true },
    { ...named(host.toUpperCase()), mayServe: true },
    { ...named(host), lines: [`Host: ${host}`, "X-Forwarded-Host: evil.example", "Forwarded: host=evil.example", "X_Forwarded_Host: evil.example"], mayServe: true },
    // A path of ours that only looks like a host.
    { ...absolute(`//evil.example${path}`, host), mayServe: true },
  ];
}

test("a request for another host is refused, however it says so", async (t) => {
  const house = await startEdgeward(t);
  const host = new URL(house.url).host;
  const [tally, wrong] = [{ tried: 0, survived: 0 }, []];
  const browser = ["Accept: text/html", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Site: none"];
  for (const version of ["1.1", "1.0"]) {
    for (const path of ["/public/echo", "/private/echo", "/login", "/auth/health"]) {
      for (const { target, lines, mayServe } of cases(host, path)) {
        house.origin.requests.length = 0;
        const answer = await rawRequest(house.port, [`GET ${target} HTTP/${version}`, ...lines, ...browser]);
        const isRefused = [400, 421].includes(answer.status) && house.origin.requests.length === 0;
        const isWell = answer.status < 500 && (mayServe ? leadsHere(answer, host) : isRefused);
        tally.tried += 1;
        tally.survived += isWell ? 1 : 0;
        if (!isWell) wrong.push([version, target, lines, answer.status, house.origin.requests.length]);
      }
    }
  }
  figure("host_games", tally);
  assert.deepEqual(wrong, []);
  assert.equal(house.said("uncaught exception"), 0, "whatever it says, nothing is thrown");
  assert.ok(tally.tried > 400, `${tally.tried}`);
});

/** Nothing of the answer leads elsewhere, and the origin, if it was asked, was told our host. */
function leadsHere({ headers, body }, host) {
  const leads = [...(headers.location ?? []), ...(headers["set-cookie"] ?? []), ...(headers.refresh ?? [])];
  if (leads.some((value) => /evil/.test(value.replaceAll("%2F%2Fevil.example", "")))) return false;
  if (!body.includes('"headers"')) return true;
  return /\["x-forwarded-host","([^"]*)"\]/i.exec(body)?.[1] === host;
}

test("the first request after a restart teaches nothing", async (t) => {
  const house = await startEdgeward(t);
  const ann = house.visitor();
  await ann.settlesIn();
  await ann.signsOut();
  for (const wrong of ["evil.example", "localhost"]) {
    await house.restart({ waitFor: 421, host: wrong });
    await ann.calls("/auth/forgot", { email: ann.email });
    const { link } = await ann.receives("auth.reset", { another: true });
    figure("host_games", { tried: 1, survived: link.startsWith(`${house.url}/login/reset?token=`) ? 1 : 0 });
    assert.ok(link.startsWith(`${house.url}/login/reset?token=`), link);
  }
  const echo = await ann.fetch("/public/echo");
  const told = echo.json.headers.filter(([name]) => name.toLowerCase() === "x-forwarded-host");
  assert.deepEqual(told.map(([, value]) => value), [new URL(house.url).host]);
});

test("letters that are asked for in a strange way lead to the public URL", async (t) => {
  const house = await startEdgeward(t, { unopenedMail: true });
  const host = new URL(house.url).host;
  const ann = house.visitor();
  await ann.settlesIn();
  const routes = { "/auth/forgot": "auth.reset", "/auth/magic-request": "auth.magic", "/auth/register": "auth.verify" };
  for (const [route, type] of Object.entries(routes)) {
    const to = type === "auth.verify" ? "somebody@example.com" : ann.email;
    const fields = JSON.stringify(type === "auth.verify" ? { email: to, password: "a sentence for somebody else" } : { email: to });
    const strange = ["Host: evil.example", "X-Forwarded-Host: evil.example", "Forwarded: host=evil.example;proto=https", "X-Forwarded-Proto: https"];
    const lines = [`POST http://${host}${route} HTTP/1.1`, ...strange, "Content-Type: application/json", `Content-Length: ${fields.length}`];
    const answer = await rawRequest(house.port, lines, fields);
    if (answer.status === 421 || answer.status === 400) {
      // Not taken at all: then by the right host, and everything else as strange.
      const taken = await rawRequest(house.port, [lines[0], `Host: ${host}`, ...lines.slice(2)], fields);
      assert.equal(taken.status, 202, taken.text);
    } else assert.equal(answer.status, 202, answer.text);
    const { link } = await house.mailbox.received({ to, type });
    figure("host_games", { tried: 1, survived: link.startsWith(`${house.url}/login/`) ? 1 : 0 });
    assert.ok(link.startsWith(`${house.url}/login/`), link);
  }
});
