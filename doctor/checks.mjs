// What a check comes to. Every finding says what was looked at, and one that is wrong what to do.

/** `todo` is for what is wrong; `why` is a word more, in brackets. */
export const ok = (id, what, why) => ({ id, state: "ok", what, why });
export const wrong = (id, what, todo, why) => ({ id, state: "wrong", what, todo, why });

/** What could not be tried, or is nobody's fault; `todo`, when it may be tried yet. */
export const untried = (id, what, todo, why) => ({ id, state: "untried", what, todo, why });

/** Ids are told apart by where they were found. */
export const section = (name, title, checks) => ({ name, title, checks: checks.map((check) => ({ ...check, id: `${name}.${check.id}` })) });
