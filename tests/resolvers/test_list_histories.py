"""The short form of ``python -m tests.resolvers.list_campaign``: I-30 to I-38, I-51."""

from hypothesis import settings

from tests.resolvers.list_histories import ListHistories

TestListHistories = ListHistories.TestCase
TestListHistories.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, derandomize=True, database=None
)
