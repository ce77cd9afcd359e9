// What several rounds come to.

/** Median, least and most. */
export function spread(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], most: sorted.at(-1) };
}

/** Ratios within each round: what else the machine did meanwhile falls out. */
export const ratios = (values, base) => spread(values.map((value, round) => value / base[round]));
