// Edgeward's browser client: every action of a sign-in page as a promise. No dependency, no build, no eval.
//
//   import { login, feedback, go } from "/auth/client.js";
//   const answer = await login({ email, password });
//   if (answer.ok) go(answer); else show(answer.message, answer.fields);
//
// A refusal is an answer, not an exception: { ok, status, code, message, type, fields, redirect, … }.

const base = new URL(".", import.meta.url);

/** Asks one route. What never reached Edgeward has the code `client.unreachable`. */
async function ask(method, path, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const given = body && Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== ""));
  const init = { method, headers, body: given && JSON.stringify(given), credentials: "same-origin", cache: "no-store" };
  try {
    const response = await fetch(new URL(path, base), init);
    const { authMessage, authMessageCode, authMessageType, fields = {}, ...rest } = await response.json();
    const wait = Number(response.headers.get("Retry-After")) || undefined;
    const { ok, status } = response;
    return { ...rest, ok, status, code: authMessageCode, message: authMessage, type: authMessageType, fields, retryAfter: wait };
  } catch {
    const message = "The site cannot be reached. Check your connection and try again.";
    return { ok: false, status: 0, code: "client.unreachable", message, type: "error", fields: {} };
  }
}

const post = (path) => (body = {}) => ask("POST", path, body);

export const login = post("login");
export const register = post("register");
export const resend = post("resend");
export const forgot = post("forgot");
export const requestMagicLink = post("magic-request");
export const changePassword = post("change-password");
export const changeEmail = post("change-email");
export const deleteAccount = post("delete-account");
export const logout = post("logout");
export const endSessions = (which) => ask("POST", "end-sessions", { which });
export const endSession = (id) => ask("DELETE", `sessions/${encodeURIComponent(id)}`);
export const session = () => ask("GET", "session");
export const sessions = () => ask("GET", "sessions");
export const exportData = () => ask("GET", "export");

/** The message that the last step left for this page, once; `undefined` when there is none. */
export async function feedback() {
  const answer = await ask("GET", "feedback");
  return answer.code === "auth.feedback.none" ? undefined : answer;
}

/**
 * The link this browser has opened: `answer.link` says whose it is and what posting it asks for. The token
 * stays in a sealed cookie; `answer.link.visit` stands for it.
 */
export const openedLink = (kind) => ask("GET", `opened/${encodeURIComponent(kind)}`);

export const verify = post("verify");
export const reset = post("reset");
export const magic = post("magic");
export const acceptInvitation = post("invite-complete");
export const confirmEmail = post("change-email");
export const undo = post("undo");

/** Where the visitor wanted to go, as this page's address says it. */
export const wanted = () => new URLSearchParams(location.search).get("next") ?? undefined;

/** Goes where an answer leads, on this site alone. */
export function go(answer) {
  const target = new URL(answer.redirect ?? "/", location.origin);
  if (target.origin === location.origin) location.assign(target.pathname + target.search);
}
