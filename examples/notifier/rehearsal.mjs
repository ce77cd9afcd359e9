// A notifier with a real SMTP server behind it, both on this machine, for tests.

import { once } from "node:events";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";
import { createNotifier } from "./notifier.mjs";
import { readSettings } from "./settings.mjs";

export const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
export const publicUrl = "https://app.example.com";

/** What Edgeward would sign: a mail of this type. */
export const mail = (type, over = {}) => ({
  type,
  timestamp: new Date().toISOString(),
  data: {
    to: "ada@example.com",
    account: null,
    link: `${publicUrl}/login/verify?token=verify.abc-_.xyz`,
    expiresAt: new Date(Date.now() + 24 * 3_600_000).toISOString(),
    locale: "en",
    reason: "somebody registered with this address",
    ...over,
  },
});

/**
 * Starts both for the test `t`. `variables` are settings over the usual ones, or a function that makes them
 * of the SMTP server; `smtp` are options of that server, whose `onRcptTo` and `onData` may be set while it
 * runs; `limits` are those of `createNotifier`.
 */
export async function rehearse(t, { variables = {}, smtp = {}, limits } = {}) {
  const post = await startPostOffice(t, smtp);
  const settings = readSettings({
    WEBHOOK_SECRET: secret,
    SMTP_URL: post.url,
    MAIL_FROM: "Example <no-reply@example.com>",
    PRODUCT_NAME: "Example",
    PUBLIC_URL: publicUrl,
    PORT: "0",
    ...(typeof variables === "function" ? variables(post) : variables),
  });
  const lines = [];
  const server = createNotifier(settings, (line) => lines.push(line), limits).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${server.address().port}`;

  /** Delivers a payload as Edgeward does; `over` changes headers, `body` what is sent in place of it. */
  function deliver(payload, { id = "msg_one", by = secret, at = new Date(), body, headers = {}, path = "/mail", method = "POST" } = {}) {
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    const signed = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(by).sign(id, at, text),
      ...headers,
    };
    const kept = Object.fromEntries(Object.entries(signed).filter(([, value]) => value !== undefined));
    return fetch(url + path, { method, headers: kept, body: method === "GET" ? undefined : (body ?? text), duplex: "half" });
  }
  return { url, post, deliver, lines };
}

/** An SMTP server that keeps what it takes. */
async function startPostOffice(t, options) {
  const office = { taken: [], onRcptTo: undefined, onData: undefined };
  const start = async (port) => {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      ...options,
      onRcptTo: (address, session, done) => (office.onRcptTo ? office.onRcptTo(address, done) : done()),
      async onData(stream, session, done) {
        const raw = Buffer.concat(await stream.toArray());
        const take = () => {
          office.taken.push({ raw: raw.toString(), envelope: session.envelope, secure: session.secure, user: session.user });
          done();
        };
        if (office.onData) office.onData(take, done);
        else take();
      },
    });
    server.on("error", () => {});
    server.listen(port, "127.0.0.1");
    await once(server.server, "listening");
    return server;
  };
  let server = await start(0);
  const { port } = server.server.address();
  office.port = port;
  office.url = `smtp://127.0.0.1:${port}`;
  office.close = () => new Promise((resolve) => server.close(resolve));
  office.open = async () => (server = await start(port));
  /** What came, read by a parser that is neither ours nor the sender's. */
  office.mails = () => Promise.all(office.taken.map(async ({ raw, ...rest }) => ({ raw, ...rest, ...(await PostalMime.parse(raw)) })));
  t.after(office.close);
  return office;
}

/** What an SMTP server says that does not take something. */
export const failure = (code, message) => Object.assign(new Error(message), { responseCode: code });
