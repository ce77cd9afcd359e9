// better-auth with its cookie cache, before the same proxy as `bare.mjs`: within the cache's minutes nothing is
// looked up. Without a database it keeps people in memory. It tells the origin who asks in one unsigned header.

import { betterAuth } from "better-auth";

let auth;

export default {
  async fetch(request, env) {
    auth ??= betterAuth({
      baseURL: env.PUBLIC_URL,
      secret: env.SECRET,
      emailAndPassword: { enabled: true },
      session: { cookieCache: { enabled: true, maxAge: 600 } },
      rateLimit: { enabled: false },
      telemetry: { enabled: false },
    });
    const { pathname, search } = new URL(request.url);
    if (pathname.startsWith("/api/auth/")) return auth.handler(request);

    const session = await auth.api.getSession({ headers: request.headers });
    if (session === null) return Response.json({ error: "sign in first" }, { status: 401 });
    const onward = new Request(env.ORIGIN_URL + pathname + search, request);
    onward.headers.set("x-user", session.user.id);
    onward.headers.delete("cookie");
    return fetch(onward);
  },
};
