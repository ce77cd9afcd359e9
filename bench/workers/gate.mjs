// A gate as one would write it by hand in JavaScript, for one rule: whoever has a session cookie that is
// fresh and rightly signed goes on, with a signed identity. It knows a fraction of what Edgeward does
// (one reading of the path, no rules, no roles, no renewal), and does that part as well as JavaScript can.

const encoder = new TextEncoder();
const hmac = { name: "HMAC", hash: "SHA-256" };
const ours = "__Host-edgeward";
const window = 60;
const forged = /^(edgeward-.*|x-forwarded.*|signature|signature-input|forwarded|connection|proxy|x-(real|client|cluster-client)-ip|true-client-ip|x-host|x-(original|rewrite|middleware|remote|webauth|auth-request)-.*|x-http-method.*|x-method-override|remote-.*|(x-)?client-cert.*)$/;

let keys;

export default {
  async fetch(request, env) {
    keys ??= await read(env);
    const now = Math.floor(Date.now() / 1000);
    const cookies = (request.headers.get("cookie") ?? "").split(/; */);
    const session = await opened(cookies, now);
    if (session === undefined) return Response.json({ authMessageCode: "auth.session.required" }, { status: 401 });

    const { pathname, search } = new URL(request.url);
    const onward = new Request(env.ORIGIN_URL + pathname + search, request);
    const { headers } = onward;
    for (const name of [...headers.keys()]) {
      if (forged.test(name.replace(/[^a-z0-9]/g, "-"))) headers.delete(name);
    }
    const theirs = cookies.filter((cookie) => !cookie.startsWith(ours));
    if (theirs.length > 0) headers.set("cookie", theirs.join("; "));
    else headers.delete("cookie");
    headers.set("x-forwarded-for", request.headers.get("cf-connecting-ip"));
    headers.set("x-forwarded-proto", "http");
    headers.set("x-forwarded-host", env.PUBLIC_HOST);
    const { identity, input, signature } = await signed(session, request.method, pathname, search, env, now);
    headers.set("edgeward-identity", identity);
    headers.set("signature-input", input);
    headers.set("signature", signature);

    const answer = await fetch(onward, { cache: "no-store" });
    const response = new Response(answer.body, answer);
    if (!response.headers.has("cache-control")) response.headers.set("cache-control", "private, no-store");
    response.headers.set("edgeward-window", String(window));
    return response;
  },
};

async function read(env) {
  const key = (text, use) => crypto.subtle.importKey("raw", bytes(text), hmac, false, [use]);
  return { cookie: await key(env.COOKIE_KEY, "verify"), identity: await key(env.IDENTITY_KEY, "sign") };
}

async function opened(cookies, now) {
  const cookie = cookies.find((one) => one.startsWith(`${ours}=`))?.slice(ours.length + 1);
  if (cookie === undefined) return undefined;
  const dot = cookie.lastIndexOf(".");
  const whole = cookie.slice(0, dot);
  if (!(await crypto.subtle.verify("HMAC", keys.cookie, bytes(cookie.slice(dot + 1)), encoder.encode(whole)))) return undefined;
  const session = JSON.parse(new TextDecoder().decode(bytes(whole.split(".")[2])));
  return now - session.i / 1000 < window ? session : undefined;
}

async function signed(session, method, pathname, search, env, now) {
  const list = (items) => `(${items.join(" ")})`;
  const identity =
    `account="${session.a}", session="${session.s}", roles=${list((session.r ?? []).map((role) => `"${role}"`))}, ` +
    `at=${Math.floor(session.t / 1000)}, methods=${list(session.m)}, aud="${env.AUDIENCE}", target="${pathname}${search}", id="${crypto.randomUUID()}"`;
  const nonce = base64(crypto.getRandomValues(new Uint8Array(16)));
  const parameters =
    `("@method" "@path" "@query" "edgeward-identity");created=${now};expires=${now + 60};` +
    `nonce="${nonce}";keyid="${env.KEY_ID}";tag="edgeward"`;
  const base =
    `"@method": ${method}\n"@path": ${pathname}\n"@query": ${search || "?"}\n` +
    `"edgeward-identity": ${identity}\n"@signature-params": ${parameters}`;
  const tag = await crypto.subtle.sign("HMAC", keys.identity, encoder.encode(base));
  return { identity, input: `edgeward=${parameters}`, signature: `edgeward=:${base64(new Uint8Array(tag))}:` };
}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const base64 = (array) => btoa(String.fromCharCode(...array));
