// What is attacked and what is broken, one row a file of tests: `tests/threats/<row>.rs`,
// `tests/e2e/threats/<row>.test.mjs`, or both. Each row says what it counts. A file that is not here, and a
// row without a file that ran, fails `npm run threats` and `npm run faults`.

import { existsSync } from "node:fs";

/** `npm run threats`: by kind of attack. */
export const threats = {
  "Headers and hosts": {
    header_games: "spellings of headers that say who, where from or where to",
    host_games: "other hosts and absolute forms, and letters asked for there",
    rerouting: "headers that other servers obey, on our own routes",
    network_games: "requests over the budget of a network that says it is another",
    proxy_games: "questions to /auth/check that are not the proxy's",
    path_games: "paths in their readings",
    path_confusion: "hostile paths at real routers",
    cache_deception: "pages about somebody, by names that caches keep",
    body_swaps: "bodies under another's signature",
    assertions: "assertions made up or used elsewhere",
  },
  "Limits": {
    parallel_guesses: "guesses at once",
    password_spray: "tries of one password at many addresses",
    lockout_by_strangers: "tries to shut an owner out",
    siege: "ways in, for somebody whom strangers keep out",
    side_doors: "ways around a limit",
    mail_bomb: "letters asked for",
    hook_failures: "hooks that fail, and sign-ups to set upon them",
    operators_guard: "requests without the right key",
  },
  "Who has an account": {
    enumeration: "flows, for a known and an unknown address",
    timing: "flows, by the clock, on workerd",
  },
  "Sessions and links": {
    began_before: "letters, links and changes of before an end",
    cookie_replay: "cookies shown again after an end",
    cookie_swaps: "cookies in each other's place",
    link_matrix: "links of one kind used as another",
    overtaken_proofs: "proofs overtaken at each of their steps",
    parallel_redemption: "redemptions at once",
    planted_password: "passwords planted before the owner came",
    renewals: "renewals at once, and older generations",
    revocation_window: "requests with the cookie of an ended session",
    session_fixation: "cookies planted before a sign-in",
    smart_links: "smart links used for more",
    takeovers: "steps of taking an account over",
  },
  "What happened": {
    journal: "changes of a journal on the disk",
  },
  "In the browser": {
    browser_leaks: "looks for tokens in referrers, for cookies, and behind a sign-out",
    browser_truth: "markup, script and frames on every page",
    cross_site: "requests from another site",
    echoed_markup: "markup in what a page says again",
    foreign_forms: "forms and scripts of another site, in a browser",
    hostile_next: "hostile values of next, in a browser",
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
    kill9: "looks for what was acknowledged, after kill -9",
    mixed_kills: "what was told, after kill -9 in mixed traffic",
    survival: "what was told, after restarts and kills",
    panic: "requests around a panic",
  },
  "What it depends on": {
    degraded: "acts while something is away, and after",
    notifier_outage: "letters owed to a notifier that is away",
    notifier_kinds: "ways a notifier fails",
    answers: "answers to an origin and hooks that fail",
  },
  "Time": {
    clock_jumps: "credentials and limits, when the clock is set",
    moved_clock: "the same on workerd",
    sweeping: "sign-ups and links nobody took up",
    upgrade: "what the version before wrote",
  },
};

/** The names of the rows that have a file of tests in Rust. */
export const rustRows = (sections) =>
  Object.values(sections)
    .flatMap(Object.keys)
    .filter((row) => existsSync(new URL(`../../tests/threats/${row}.rs`, import.meta.url)));
