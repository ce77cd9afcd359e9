// Whether two lists of times could come from one and the same source: the test of Mann and Whitney, which looks at
// ranks alone and so asks nothing of how times are spread. Ties share a rank; the p-value is two-sided, by the normal
// approximation with the correction for ties, without one for continuity.

/** How likely ranks at least this far apart are when there is no difference. */
export function mannWhitney(ours, theirs) {
  const [m, n] = [ours.length, theirs.length];
  const all = [...ours.map((value) => ({ value, isOurs: true })), ...theirs.map((value) => ({ value, isOurs: false }))];
  all.sort((a, b) => a.value - b.value);
  let [rankSum, ties] = [0, 0];
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to].value === all[from].value) to += 1;
    // Ranks from + 1 to `to`, shared alike.
    rankSum += all.slice(from, to).filter(({ isOurs }) => isOurs).length * ((from + 1 + to) / 2);
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const u = rankSum - (m * (m + 1)) / 2;
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance === 0) return 1;
  return 2 * upperTail(Math.abs(u - (m * n) / 2) / Math.sqrt(variance));
}

/** Holm's correction: by name, whether a p-value stands out among all of them at this level. */
export function standsOut(pValues, level) {
  const ordered = Object.entries(pValues).sort(([, a], [, b]) => a - b);
  const passed = ordered.findIndex(([, p], at) => p > level / (ordered.length - at));
  return ordered.slice(0, passed === -1 ? ordered.length : passed).map(([name]) => name);
}

/** How much of a normal distribution lies above z ≥ 0: Q(z) by the continued fraction of Laplace, by the series near 0. */
function upperTail(z) {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    let fraction = z;
    for (let k = 60; k >= 1; k -= 1) fraction = z + k / fraction;
    return density / fraction;
  }
  let [term, sum] = [z, z];
  for (let k = 1; k < 60; k += 1) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 - density * sum;
}
