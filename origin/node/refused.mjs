// Why a request is refused: a code of origin/README.md, the same in every language.

export class Refused extends Error {
  constructor(reason, options) {
    super(reason, options);
    this.reason = reason;
  }
}

export function demand(condition, reason) {
  if (!condition) throw new Refused(reason);
}
