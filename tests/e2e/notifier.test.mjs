// The notifier's side of a webhook: who sent it, what comes again after a failure, and what a slow or
// misled notifier can do to a sign-up (nothing).

import assert from "node:assert/strict";
import { test } from "node:test";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { freshSecrets } from "../../scripts/secrets.mjs";
import { startEdgeward } from "./harness.mjs";
import { startOwnOrigin } from "./own_origin.mjs";

const timeout = 90_000;
/** The first retry is five seconds after the try, a fifth more or less. */
const retry = 30_000;

/** A notifier that keeps what it gets and answers by `answers`, one after the other, the last for good. */
async function startNotifier(t, ...answers) {
  const deliveries = [];
  const elsewhere = [];
  let tell = () => {};
  const url = await startOwnOrigin(t, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (request.url !== "/mail") return response.end(elsewhere.push(request.url) && "");
    deliveries.push({ method: request.method, headers: request.headers, body });
    tell();
    const answer = answers[Math.min(deliveries.length, answers.length) - 1];
    if (answer) response.writeHead(answer.status, answer.headers).end();
  });

  /** The n-th delivery, as soon as it is there. */
  async function delivery(n) {
    const late = setTimeout(() => tell(new Error(`delivery ${n} did not come; ${deliveries.length} did`)), retry);
    while (deliveries.length < n) {
      const error = await new Promise((resolve) => (tell = resolve));
      if (error) throw error;
    }
    clearTimeout(late);
    return { ...deliveries[n - 1], ...JSON.parse(deliveries[n - 1].body) };
  }
  return { url: `${url}/mail`, deliveries, elsewhere, delivery };
}

const token = ({ data }) => new URL(data.link).searchParams.get("token");
const id = ({ headers }) => headers["webhook-id"];

test("a letter is a signed webhook: every secret of the list verifies it, and nothing else does", { timeout }, async (t) => {
  const notifier = await startNotifier(t, { status: 200 });
  const [one, two, foreign] = [1, 2, 3].map(() => freshSecrets().WEBHOOK_SECRET);
  const house = await startEdgeward(t, { settings: { NOTIFIER_URL: notifier.url, WEBHOOK_SECRET: `${one} ${two}` } });
  const ann = house.visitor();
  await ann.signsUp({ next: "/private/?tab=1" });
  const { method, headers, body, type, timestamp, data } = await notifier.delivery(1);

  assert.equal(method, "POST");
  assert.match(headers["content-type"], /^application\/json/);
  assert.match(headers["webhook-id"], /^msg_[a-z2-7]{26}$/);
  for (const secret of [one, two]) assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body));
  const refused = (secret, text, changed) => assert.throws(() => new Webhook(secret).verify(text, { ...headers, ...changed }), WebhookVerificationError);
  refused(foreign, body);
  refused(one, body.replace(ann.email, "eve@example.com"));
  refused(one, body, { "webhook-id": "msg_other" });
  refused(one, body, { "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) });

  assert.equal(type, "auth.verify");
  assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  assert.equal(data.to, ann.email);
  assert.equal(data.account, null, "there is no account yet");
  assert.ok(data.link.startsWith(`${house.url}/login/verify?token=`));
  assert.ok(Date.parse(data.expiresAt) > Date.now());
  assert.ok(body.length < 20_000 && !body.includes(ann.password));
  assert.ok(!house.log.includes(token({ data })) && !house.log.includes(ann.email), "neither token nor address is logged");
});

test("a failed delivery comes again under its name with a new link, and the old link works too", { timeout }, async (t) => {
  const notifier = await startNotifier(t, { status: 500 }, { status: 204 });
  const house = await startEdgeward(t, { settings: { NOTIFIER_URL: notifier.url } });
  const ann = house.visitor();
  await ann.signsUp();
  const [first, second] = [await notifier.delivery(1), await notifier.delivery(2)];
  assert.equal(id(second), id(first));
  assert.ok(Number(second.headers["webhook-timestamp"]) > Number(first.headers["webhook-timestamp"]));
  assert.notEqual(token(second), token(first), "a new secret for a new try");
  assert.equal(second.data.expiresAt, first.data.expiresAt, "which lives no longer for that");
  for (const delivery of [first, second]) new Webhook(house.secrets.WEBHOOK_SECRET).verify(delivery.body, delivery.headers);

  const newer = await house.visitor().visits(`/login/verify?token=${token(second)}`);
  assert.equal(newer.status, 200);
  assert.match(newer.text, /password/i, "the new link works in any browser");
  const verified = await ann.calls("/auth/verify", { token: token(first) });
  assert.equal(verified.json.authMessageCode, "auth.verify.success", "and the old one until one of them is used");
  for (const delivery of [first, second]) {
    const again = await ann.calls("/auth/verify", { token: token(delivery) });
    assert.equal(again.json.authMessageCode, "auth.token.used");
  }
});

test("a redirect is no delivery and is not followed", { timeout }, async (t) => {
  const notifier = await startNotifier(t, { status: 302, headers: { Location: "/elsewhere" } }, { status: 200 });
  const house = await startEdgeward(t, { settings: { NOTIFIER_URL: notifier.url } });
  await house.visitor().signsUp();
  assert.equal(id(await notifier.delivery(2)), id(await notifier.delivery(1)), "it comes again");
  assert.deepEqual(notifier.elsewhere, []);
});

test("a notifier that hangs holds up nobody", { timeout }, async (t) => {
  const notifier = await startNotifier(t, undefined);
  const house = await startEdgeward(t, { settings: { NOTIFIER_URL: notifier.url } });
  const [ann, ben] = [house.visitor(), house.visitor()];
  const { email, password } = ann;
  const signedUp = await ann.calls("/auth/register", { email, password });
  assert.equal(signedUp.status, 202);
  const { data } = await notifier.delivery(1);
  const again = await ben.calls("/auth/register", { email, password });
  assert.equal(again.status, 202, "the address itself answers while its letter is on its way");
  const verified = await ann.calls("/auth/verify", { token: token({ data }) });
  assert.equal(verified.json.authMessageCode, "auth.verify.success", "and the link works that the notifier got and never acknowledged");
});

test("one address is one mail: a taken address is told to its owner and to nobody else", { timeout }, async (t) => {
  const notifier = await startNotifier(t, { status: 200 });
  const house = await startEdgeward(t, { settings: { NOTIFIER_URL: notifier.url } });
  const ann = house.visitor();
  const { email, password } = ann;
  const fresh = await ann.calls("/auth/register", { email, password });
  await ann.calls("/auth/verify", { token: token(await notifier.delivery(1)) });
  const taken = await house.visitor().calls("/auth/register", { email: email.toUpperCase(), password: "another sentence, by a stranger" });
  assert.deepEqual([taken.status, taken.text], [fresh.status, fresh.text], "the answer is the same to the letter");
  const notice = await notifier.delivery(2);
  assert.equal(notice.type, "auth.notice.already_registered");
  assert.equal(notice.data.to, email);
  assert.match(notice.data.account, /^acc_/);
  assert.ok(!notice.data.link, "a notice needs no secret");
});
