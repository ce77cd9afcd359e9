// What is taken out of the spray guard and of the chain of journals.

export default [
  {
    takes: "the refusal of a password that is being sprayed",
    file: "src/web/flow/spray.rs",
    from: "_ if !wide => Ok(()),",
    to: "_ if !wide || mode == SprayGuard::Link => Ok(()),",
    rust: "password_spray::",
  },
  {
    takes: "the memory of where a password was tried",
    file: "src/network/spray.rs",
    from: "self.tried.push((address.to_owned(), now));",
    to: "let _ = (address, now);",
    rust: "password_spray::",
  },
  {
    takes: "the end of what the spray guard keeps, after an hour",
    file: "src/network/spray.rs",
    from: "self.until.take_if(|until| *until <= now);",
    to: "",
    rust: "password_spray::an_hour_later",
  },
  {
    takes: "the count of a sprayed password that waits at a sign-up",
    file: "src/web/flow/spray.rs",
    from: "Outcome::Wrong | Outcome::Pending => ",
    to: "Outcome::Pending => None,\n        Outcome::Wrong => ",
    rust: "password_spray::signing_up_first",
  },
  {
    takes: "the silence of a spray guard that refuses everything",
    file: "src/network/spray.rs",
    from: "        if self.until.is_some() {\n            return true;\n        }",
    to: "        if self.until.is_some() {\n            self.until = in_vain.map(|_| now + MEMORY).or(self.until);\n            return true;\n        }",
    rust: "password_spray::when_it_ends",
  },
  {
    takes: "what gives an attempt back that the spray guard had no word on",
    file: "src/web/flow/attempt.rs",
    from: "if matches!(refused, spray::Refused::Unasked) {",
    to: "if false {",
    rust: "password_spray::without_a_word",
  },
  {
    takes: "the key from the chain that is followed",
    file: "scripts/journal/chain.mjs",
    from: "return made.length === shown.length && timingSafeEqual(made, shown);",
    to: "return made.length === shown.length;",
    node: "tests/e2e/threats/journal.test.mjs",
  },
  {
    takes: "the account from the chain that is followed",
    file: "scripts/journal/chain.mjs",
    from: "const isBound = isMade(key, [account, ...linked], line.chain);",
    to: "const isBound = /^[\\w-]{43}$/.test(line.chain);",
    node: "tests/e2e/threats/journal.test.mjs",
  },
  {
    takes: "the MAC of a journal's beginning",
    file: "scripts/journal/chain.mjs",
    from: "if (checkpoint && !isMade(key,",
    to: "if (false && !isMade(key,",
    node: "tests/e2e/threats/journal.test.mjs",
  },
  {
    takes: "the earlier end that a journal is held to",
    file: "scripts/journal/chain.mjs",
    from: "return end && cutShort(lines, checkpoint, end);",
    to: "return undefined;",
    node: "tests/e2e/threats/journal.test.mjs",
  },
];
