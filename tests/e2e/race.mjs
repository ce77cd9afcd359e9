// A race that is one: every request is sent but for its last byte; when all have come that far, the last
// bytes leave together. So none is answered before all are there, however slow the machine is.

/** Runs `send(hold, i)` for i below `n` and gives their answers; each passes its `hold` on to `fetch`. */
export function race(n, send) {
  let waiting = 0;
  let start;
  const started = new Promise((resolve) => (start = resolve));
  const hold = () => {
    waiting += 1;
    if (waiting === n) start();
    return started;
  };
  return Promise.all(Array.from({ length: n }, (_, i) => send(hold, i)));
}

/** How often each value comes: `{ "auth.token.used": 199, … }`. */
export function counted(values) {
  const counts = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
