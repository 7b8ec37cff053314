"""The rows that all comparisons are made over."""

import datetime

STATES = ["ALB", "BRA", "CHN", "DZA", "ESP", "FRA", "IND", "KEN", "NOR", "RUS", "THA", "ZAF"]


def rows(count):
    """Generated rows: the same in each run, and no fact about anything."""
    state = 88172645463325252
    day = datetime.date(2000, 1, 1)
    for number in range(count):
        state ^= (state << 13) & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 7
        state ^= (state << 17) & 0xFFFFFFFFFFFFFFFF
        date = day + datetime.timedelta(days=state % 7305)
        kind = chr(ord("a") + (state >> 16) % 20)
        yield number, STATES[(state >> 24) % len(STATES)], kind, date.isoformat(), (state >> 32) % 50
