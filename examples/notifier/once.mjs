// Sends no letter twice: remembers for a day which ones left. In memory, and only so many of them, so a
// restart or a second instance may send one twice; a letter lost would be worse.
//
// A letter that failed is forgotten. Its next try brings a new link, and has to be sent.

/** Edgeward tries for a day. */
const memory = 24 * 60 * 60 * 1000;

/** How many letters are remembered. The oldest go first. */
const mostRemembered = 50_000;

/** How many letters may be on their way to the SMTP server at once. */
const mostUnderway = 20;

/** @param {{ remembered?: number, places?: number, now?: () => number }} [limits] */
export function rememberSent({ remembered = mostRemembered, places = mostUnderway, now = Date.now } = {}) {
  /** Letters that left, oldest first, and when. @type {Map<string, number>} */
  const sent = new Map();
  /** @type {Map<string, Promise<unknown>>} */
  const underway = new Map();

  /** @param {string} id */
  function remember(id) {
    sent.delete(id);
    sent.set(id, now());
    for (const [oldest, at] of sent) {
      if (sent.size <= remembered && now() - at < memory) return;
      sent.delete(oldest);
    }
  }

  /** @template {string} Outcome @param {string} id @param {() => Promise<Outcome>} send */
  async function run(id, send) {
    try {
      const outcome = await send();
      if (outcome === "sent") remember(id);
      return outcome;
    } finally {
      underway.delete(id);
    }
  }

  /**
   * Sends a letter unless it was sent before. One that is being sent is waited for, and sent anew only
   * when that failed.
   *
   * @template {string} Outcome
   * @param {string} id
   * @param {() => Promise<Outcome>} send Resolves with `sent`, or with why not.
   * @returns {Promise<Outcome | "again" | "full">}
   */
  return async function once(id, send) {
    for (let other = underway.get(id); other; other = underway.get(id)) await other;
    const at = sent.get(id);
    if (at !== undefined && now() - at < memory) return "again";
    if (underway.size >= places) return "full";
    const sending = run(id, send);
    underway.set(id, sending);
    return sending;
  };
}
