// Until when what was signed is good, the same in both forms. Seconds since 1970.

import { demand } from "./refused.mjs";

export const clockDifference = 5;
const longestLife = 60;

export function demandTimely({ created, expires }, now) {
  demand(created <= now + clockDifference, "from_future");
  demand(now < expires, "expired");
  demand(expires - created <= longestLife, "lives_too_long");
}
