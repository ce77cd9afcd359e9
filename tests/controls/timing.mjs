// What hides by time who has an account, taken out of the Worker itself: the clock must tell.

export default [
  {
    takes: "the hash for an address without an account, where a neighbour waits for it",
    file: "src/web/flow/attempt.rs",
    from: "    let checked = slot.hash(check).await.map_err(full)?.map_err(fault)?;\n    // Looked at",
    to: "    if credential.is_none() && against.waiting.is_none() {\n        return Ok(Outcome::Wrong);\n    }\n    let checked = slot.hash(check).await.map_err(full)?.map_err(fault)?;\n    // Looked at",
    node: "tests/e2e/threats/timing.test.mjs",
  },
];
