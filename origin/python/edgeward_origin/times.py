"""Until when what was signed is good, the same in both forms. Seconds since 1970."""

from .refused import demand

CLOCK_DIFFERENCE = 5
_LONGEST_LIFE = 60


def demand_timely(created: int, expires: int, now: int) -> None:
    demand(created <= now + CLOCK_DIFFERENCE, "from_future")
    demand(now < expires, "expired")
    demand(expires - created <= _LONGEST_LIFE, "lives_too_long")
