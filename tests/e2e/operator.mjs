// A program of the operator's: it has a key, and none of what a browser sends.

/** A key of `scopes` for the settings of a test: `ADMIN_KEYS` takes several, separated by commas. */
export const adminKey = (id, scopes) => `${id}:${scopes}:${Buffer.from(`${id} of ${scopes}`.padEnd(48, ".")).toString("base64url")}`;

/** The key of a proxy, and settings by which a proxy may ask beside the operator of the set-up. */
const proxy = adminKey("proxy", "check");
export const proxyKey = proxy.split(":")[2];
export const proxied = (settings) => (house) => ({ AUTH_CHECK: "x-original", ADMIN_KEYS: `${house.secrets.ADMIN_KEYS},${proxy}`, ...settings });

/** Calls operators' routes of `house` by `key`, one entry of `ADMIN_KEYS`; the one of the set-up can do all. */
export function operator(house, key = house.secrets.ADMIN_KEYS) {
  const caller = house.visitor();
  const secret = key.split(":")[2];
  const browsers = { Origin: null, Cookie: null, "Sec-Fetch-Site": null, "Sec-Fetch-Mode": null };
  const calls = (method, path, body, headers = {}) =>
    caller.fetch(`/auth/admin${path}`, { method, json: body, headers: { ...browsers, Authorization: `Bearer ${secret}`, ...headers } });
  return {
    calls,
    finds: async (email) => (await calls("GET", `/accounts?email=${encodeURIComponent(email)}`)).json.account,
    changes: async (id, change) => (await calls("PATCH", `/accounts/${id}`, change)).json.account,
    invites: async (email, roles) => (await calls("POST", "/invitations", { email, roles })).json.invitation,
  };
}
