// What is attacked and what is broken, one row a file of tests: `tests/threats/<row>.rs`,
// `tests/e2e/threats/<row>.test.mjs`, or both. Each row says what it counts. A file that is not here, and a
// row without a file that ran, fails `npm run threats` and `npm run faults`.

/** `npm run threats`: by kind of attack. */
export const threats = {
  "Headers and hosts": {
    header_games: "spellings of headers that say who, where from or where to",
    host_games: "other hosts and absolute forms",
    proxy_games: "questions to /auth/check that are not the proxy's",
    path_games: "paths in their readings",
    path_confusion: "hostile paths at real routers",
    body_swaps: "bodies under another's signature",
    assertions: "assertions made up or used elsewhere",
  },
  "Limits": {
    parallel_guesses: "guesses at once",
    lockout_by_strangers: "tries to shut an owner out",
    side_doors: "ways around a limit",
    mail_bomb: "letters asked for",
    hook_failures: "hooks that fail, and sign-ups to set upon them",
    operators_guard: "requests without the right key",
  },
  "Who has an account": {
    enumeration: "flows, for a known and an unknown address",
  },
  "Sessions and links": {
    cookie_swaps: "cookies in each other's place",
    link_matrix: "links of one kind used as another",
    parallel_redemption: "redemptions at once",
    planted_password: "passwords planted before the owner came",
    smart_links: "smart links used for more",
    takeovers: "steps of taking an account over",
  },
  "In the browser": {
    cross_site: "requests from another site",
    open_redirect: "hostile values of next",
  },
  "Malformed input": {
    malformed_requests: "requests that no client of good will sends",
    smuggling: "requests hidden in others",
    mutated_cookies: "cookies altered",
    parsers: "inputs to parsers",
  },
  "Cryptography": {
    crypto_vectors: "vectors of right and wrong values",
    stored_passwords: "stored passwords, by other programs' reckoning",
    constant_time: "comparisons measured, leaky ones among them",
  },
  "Secrets": {
    secrets_hygiene: "secrets, searched for where they do not belong",
  },
};

/** `npm run faults`: by what is broken. */
export const faults = {
  "The process": {
    crash_points: "moments to die at",
    crash_points_of_flows: "moments to die at, in the other flows",
    kill9: "acknowledged steps, around kill -9",
    panic: "panics",
  },
  "What it depends on": {
    survival: "a notifier that is away",
  },
};
