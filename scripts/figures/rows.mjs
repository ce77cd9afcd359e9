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
  "In the browser": {
    browser_leaks: "looks for tokens in referrers, for cookies, and behind a sign-out",
    browser_truth: "markup, script and frames on every page",
    cross_site: "requests from another site",
    echoed_markup: "markup in what a page says again",
    foreign_forms: "forms and scripts of another site, in a browser",
    hostile_next: "hostile values of next, in a browser",
    open_redirect: "hostile values of next",
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
