// What others would use in the place of Edgeward, each set up as its documentation says, with somebody signed in.

import { randomBytes } from "node:crypto";
import { sign } from "hono/jwt";
import { freePort } from "./workerd.mjs";
import { Failed } from "../scripts/steps.mjs";

/** Hono and its JWT middleware. Gives the Worker, started, and the cookies of somebody signed in. */
export async function startHono(house) {
  const key = randomBytes(32).toString("base64url");
  const worker = await house.worker("hono", { JWT_KEY: key });
  await worker.start();
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return { worker, cookies: [`session=${await sign({ sub: "acc_3hxw7t7laatjpkpwgstb6nfc5q", roles: [], exp }, key, "HS256")}`] };
}

/** better-auth, asked to keep its session in a cookie for ten minutes. */
export async function startBetterAuth(house) {
  const port = await freePort();
  const variables = { PUBLIC_URL: `http://localhost:${port}`, SECRET: randomBytes(32).toString("base64url") };
  const worker = await house.worker("better_auth", variables, { port });
  await worker.start();
  const answer = await fetch(`${worker.url}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: worker.url },
    body: JSON.stringify({ name: "Ann", email: "ann@example.com", password: randomBytes(12).toString("base64url") }),
  });
  if (!answer.ok) throw new Failed(`better-auth signed nobody up: ${answer.status} ${await answer.text()}\n${worker.log}`);
  return { worker, cookies: answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]) };
}
