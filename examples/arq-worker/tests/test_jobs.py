import asyncio

from worker.jobs import word_count


def test_words_are_counted() -> None:
    assert asyncio.run(word_count({}, "one two three")) == 3
