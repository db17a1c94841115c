"""Form bodies that mean the same as JSON bodies."""

import pytest

from cais.simkit import BodyError, Request, nested_form


def test_brackets_become_objects() -> None:
    assert nested_form([("Order[status_id]", "7"), ("Order[taxes]", "0.01")]) == {
        "Order": {"status_id": "7", "taxes": "0.01"}
    }


def test_running_numbers_become_a_list() -> None:
    pairs = [("Order[lines][0][id]", "7"), ("Order[lines][1][id]", "8")]
    assert nested_form(pairs) == {"Order": {"lines": [{"id": "7"}, {"id": "8"}]}}


def test_empty_brackets_append() -> None:
    assert nested_form([("ids[]", "1"), ("ids[]", "2")]) == {"ids": ["1", "2"]}


def test_quoted_brackets_read_like_plain_ones() -> None:
    assert nested_form([('["Product"]["name"]', "Jarra")]) == {"Product": {"name": "Jarra"}}


def test_a_name_cannot_be_a_value_and_a_group() -> None:
    with pytest.raises(BodyError):
        nested_form([("Order", "1"), ("Order[id]", "2")])


def test_a_body_that_is_not_json_says_so() -> None:
    with pytest.raises(BodyError):
        Request("POST", "/", {}, {"content-type": "application/json"}, b'{"Order":').fields()
