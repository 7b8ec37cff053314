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


# So many different words the notes are made of, and so many words a note has.
WORDS = 5000
WORDS_OF_A_NOTE = 20


def notes(count):
    """Generated notes: words that no language has."""
    state = 88172645463325252
    for number in range(count):
        words = []
        for _ in range(WORDS_OF_A_NOTE):
            state ^= (state << 13) & 0xFFFFFFFFFFFFFFFF
            state ^= state >> 7
            state ^= (state << 17) & 0xFFFFFFFFFFFFFFFF
            words.append(f"zq{state % WORDS}")
        yield number, " ".join(words)
