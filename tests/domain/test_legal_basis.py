"""What an order rests on, in the words of an official paper."""

import pytest

from domain.legal_basis import Article, legal_basis
from domain.order import OrderAction


def test_an_article_is_named_as_papers_name_it() -> None:
    assert (
        Article("中华人民共和国民事诉讼法", 253).zh == "《中华人民共和国民事诉讼法》第二百五十三条"
    )


@pytest.mark.parametrize(
    ("action", "numbers"),
    [
        pytest.param("FREEZE", [253, 485, 1], id="freeze: CPL 253, 民诉法解释 485, 查扣冻规定 1"),
        pytest.param("SEAL", [255, 485, 1], id="seal: CPL 255, 民诉法解释 485, 查扣冻规定 1"),
        pytest.param("RENEW", [485], id="renew: 民诉法解释 485"),
        pytest.param("LIFT", [28], id="lift: 查扣冻规定 28"),
        pytest.param("DEDUCT", [253, 484], id="deduct: CPL 253, 民诉法解释 484"),
    ],
)
def test_each_action_rests_on_its_articles(action: str, numbers: list[int]) -> None:
    assert [article.number for article in legal_basis(OrderAction(action))] == numbers


def test_no_action_rests_on_nothing() -> None:
    assert all(legal_basis(action) for action in OrderAction)
