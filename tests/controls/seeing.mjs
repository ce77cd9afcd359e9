// What is taken out of the spray guard and of the chain of journals.

export default [
  {
    takes: "the refusal of a password that is being sprayed",
    file: "src/web/flow/spray.rs",
    from: "if !wide {",
    to: "if !wide || mode == SprayGuard::Link {",
    rust: "password_spray::",
  },
  {
    takes: "the memory of where a password was tried",
    file: "src/network/mod.rs",
    from: "self.spray.remember(address, now);",
    to: "let _ = address;",
    rust: "password_spray::",
  },
  {
    takes: "the end of what the spray guard keeps, after an hour",
    file: "src/network/spray.rs",
    from: "self.0.retain(|(_, at)| now < *at + MEMORY);",
    to: "let _ = now;",
    rust: "password_spray::an_hour_later",
  },
  {
    takes: "the key from the chain that is followed",
    file: "scripts/journal/chain.mjs",
    from: "return made.length === shown.length && timingSafeEqual(made, shown);",
    to: "return made.length === shown.length;",
    node: "tests/e2e/threats/journal.test.mjs",
  },
  {
    takes: "the earlier end that a journal is held to",
    file: "scripts/journal/chain.mjs",
    from: "return end && cutShort(lines, end, now);",
    to: "return undefined;",
    node: "tests/e2e/threats/journal.test.mjs",
  },
];
