// The whole way of a mail: a visitor signs up, the example notifier gets the webhook, an SMTP server gets the
// mail, and the link that is read out of it proves the address. The SMTP server is down at first.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { freshSecrets } from "../../scripts/secrets.mjs";
import { root } from "../../scripts/steps.mjs";
import { ensureNpmPackages } from "../../scripts/tools.mjs";
import { startEdgeward } from "./harness.mjs";

const timeout = 90_000;
const folder = join(root, "examples", "notifier");

await ensureNpmPackages("examples/notifier");
const { createNotifier } = await import(join(folder, "notifier.mjs"));
const { languages } = await import(join(folder, "words.mjs"));
const { readSettings } = await import(join(folder, "settings.mjs"));
const { SMTPServer } = createRequire(join(folder, "notifier.mjs"))("smtp-server");
const { default: PostalMime } = await import(createRequire(join(folder, "notifier.mjs")).resolve("postal-mime"));

/** An SMTP server that refuses for now the first letter it is offered, and hands over the next. */
async function startPostOffice(t) {
  let refused = 0;
  let take;
  const mail = new Promise((resolve) => (take = resolve));
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onMailFrom: (address, session, done) => done(refused++ === 0 ? Object.assign(new Error("not now"), { responseCode: 451 }) : null),
    async onData(stream, session, done) {
      take(await PostalMime.parse(Buffer.concat(await stream.toArray())));
      done();
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return { url: `smtp://127.0.0.1:${server.server.address().port}`, mail };
}

/** The example notifier; what Edgeward's own address is, it learns when that is known. */
async function startNotifier(t, lines) {
  let notifier;
  const server = createServer((request, response) => notifier.emit("request", request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const start = (variables) => (notifier = createNotifier(readSettings(variables), (line) => lines.push(line)));
  return { url: `http://127.0.0.1:${server.address().port}/mail`, start };
}

test("a mail goes all the way, through an SMTP server that refused it at first", { timeout }, async (t) => {
  const lines = [];
  const office = await startPostOffice(t);
  const notifier = await startNotifier(t, lines);
  const { WEBHOOK_SECRET } = freshSecrets();
  const house = await startEdgeward(t, { settings: { NOTIFIER_URL: notifier.url, WEBHOOK_SECRET } });
  notifier.start({ WEBHOOK_SECRET, SMTP_URL: office.url, MAIL_FROM: "no-reply@example.com", PRODUCT_NAME: "Story", PUBLIC_URL: house.url });

  const ann = house.visitor();
  await ann.signsUp({ next: "/private/" });
  const mail = await office.mail;
  assert.equal(mail.subject, "Story: confirm your address");
  assert.deepEqual(mail.to.map(({ address }) => address), [ann.email]);
  const link = mail.text.split(/\r?\n/).find((line) => line.startsWith(house.url));
  await ann.visits(link.slice(house.url.length), { from: "cross-site" });
  const landed = await ann.confirms();
  assert.equal(landed.path, "/private/");
  assert.deepEqual(lines.map(({ event }) => event), ["down", "sent"], "refused for now, tried again, sent");
});

test("the example has words for every letter that Edgeward sends", () => {
  const source = readFileSync(join(root, "src", "outbox", "letter.rs"), "utf8");
  const types = new Set([...source.matchAll(/"(auth\.[a-z_.]+)"/g)].map(([, type]) => type));
  assert.ok(types.size >= 3, "the types were found");
  const unsaid = [...types].filter((type) => !Object.hasOwn(languages.en.letters, type));
  assert.deepEqual(unsaid, []);
});
