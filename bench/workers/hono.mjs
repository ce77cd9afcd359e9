// Hono with its own middleware: a JWT in a cookie (HS256), and its proxy helper before the origin. It tells the
// origin who asks in one unsigned header.

import { Hono } from "hono";
import { jwt } from "hono/jwt";
import { proxy } from "hono/proxy";

const app = new Hono();

app.use("/private/*", (context, next) => jwt({ secret: context.env.JWT_KEY, alg: "HS256", cookie: "session" })(context, next));

app.all("/private/*", (context) => {
  const { pathname, search } = new URL(context.req.url);
  const { sub } = context.get("jwtPayload");
  return proxy(context.env.ORIGIN_URL + pathname + search, {
    ...context.req,
    headers: { ...context.req.header(), cookie: undefined, "x-user": sub },
  });
});

app.all("*", (context) => context.text("hello"));

export default app;
