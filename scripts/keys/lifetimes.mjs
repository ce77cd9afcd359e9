// How long what a key made is good for, in seconds. The waits between the steps follow from these, and a test
// holds them to the program's own (keys.test.mjs).

/** By the program, and not to be set. */
export const fixed = {
  /** An identity, in either form, of a method that changes nothing; the longest there is. */
  identity: 60,
  /** How far the clocks of Edgeward and an origin may be apart. */
  clocks: 5,
  /** How long `/auth/jwks.json` may be kept. */
  keySet: 300,
  /** The cookie by which a device is known. */
  device: 180 * 86_400,
};

/** How long a deployment, or a changed secret, is given to reach every place. */
export const spread = 120;

const units = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `12h` in seconds. */
export function seconds(text) {
  const match = /^(\d+)([smhd])$/.exec(text);
  return match ? Number(match[1]) * units[match[2]] : undefined;
}

/** How long a session may idle: as settings have it, else as it is by default. */
export function idleOf(lifetimes) {
  let table = lifetimes ?? {};
  if (typeof table === "string") table = parsed(table);
  return seconds(String(table.idle ?? "12h")) ?? seconds("12h");
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** A wait in words: `12 hours`, `7 minutes`. Rounded up. */
export function inWords(wait) {
  for (const [unit, size] of [["days", 86_400], ["hours", 3600], ["minutes", 60]]) {
    if (wait >= 2 * size) return `${Math.ceil(wait / size)} ${unit}`;
  }
  return `${wait} seconds`;
}
