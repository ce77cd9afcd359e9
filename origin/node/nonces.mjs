// Which nonces were used. Each request that changes something is believed once.

/** Remembers in this process alone. Where several processes serve one application, they need a common store. */
export class MemoryNonces {
  #until = new Map();
  #most;

  /** `most`: how many at once. When they are that many, requests that change something are refused. */
  constructor({ most = 100_000 } = {}) {
    this.#most = most;
  }

  /** Takes a nonce, once: false when it was taken before. `until`: when it may be forgotten, in seconds since 1970. */
  take(nonce, until, now) {
    this.#forget(now);
    if ((this.#until.get(nonce) ?? 0) > now) return false;
    if (this.#until.size >= this.#most) throw new Error("too many nonces to remember");
    this.#until.delete(nonce);
    this.#until.set(nonce, until);
    return true;
  }

  // They are good for about as long, so the first to come is about the first to go.
  #forget(now) {
    for (const [nonce, until] of this.#until) {
      if (until > now) return;
      this.#until.delete(nonce);
    }
  }
}
