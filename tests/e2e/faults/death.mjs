// The death of the process in the middle of traffic: after so many steps of whoever acts, at once or a moment later.

import { setTimeout as pause } from "node:timers/promises";

export class Death {
  /** Whether it was sent for: what fails from then on fails for that. */
  isHere = false;
  #tell;
  #house;
  #steps;
  /** Kept when the process has ended. */
  comes = new Promise((resolve) => (this.#tell = resolve));

  constructor(house, steps) {
    this.#house = house;
    this.#steps = steps;
  }

  /** Somebody made a step. The one that counts makes it come, within 50 milliseconds. */
  async nears() {
    if ((this.#steps -= 1) !== 0) return;
    await pause(Math.random() * 50);
    this.isHere = true;
    await this.#house.kill9();
    this.#tell();
  }

  /** The answer to a request, or undefined when the process died meanwhile. */
  async asks(asked) {
    this.nears();
    const answer = await asked().catch((error) => {
      if (!this.isHere) throw error;
    });
    if (answer) this.nears();
    return answer;
  }
}
