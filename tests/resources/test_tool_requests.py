"""What a webhook tool sends: arguments in their places, and nothing but values wherever a mind writes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.core.spec import WebhookSpec
from visavis.net import signing
from visavis.resources.tools.requests import Asking, prepared
from visavis.resources.tools.templates import Unfit, filled_body, filled_header, filled_url

ASKING = Asking("session-1", "user-7")
QUERY = {"type": "object", "properties": {"page": {"type": "integer"}, "tags": {"type": "array"}}}


def made(webhook: WebhookSpec, **arguments: Any) -> Any:
    return prepared(webhook, arguments, ASKING, "msg_1", 1_700_000_000)


def test_arguments_are_the_body() -> None:
    request = made(WebhookSpec("https://a.test/orders?kind=new", "POST"), item="tea", count=2)
    assert (request.method, request.url) == ("POST", "https://a.test/orders?kind=new")
    assert json.loads(request.body) == {"item": "tea", "count": 2}
    assert request.headers == {"content-type": "application/json"}


def test_some_go_into_the_query_and_the_address() -> None:
    webhook = WebhookSpec("https://a.test/u/{{user}}/orders?kind=new", "PUT", query_parameters=QUERY)
    request = made(webhook, user="a/b ü?", page=3, tags=["x", "y&z"], item="tea")
    assert request.url == "https://a.test/u/a%2Fb%20%C3%BC%3F/orders?kind=new&page=3&tags=x&tags=y%26z"
    assert json.loads(request.body) == {"item": "tea"}


def test_without_a_body_everything_goes_into_the_query() -> None:
    request = made(WebhookSpec("https://a.test/{{id}}#top", "GET"), id=7, city="Bern", deep={"a": 1})
    assert request.body is None
    assert request.url == "https://a.test/7?city=Bern&deep=%7B%22a%22%3A+1%7D#top"


@pytest.mark.parametrize("value", ["..", ".", "", None])
def test_an_address_leads_where_its_author_said(value: object) -> None:
    with pytest.raises(Unfit, match="address"):
        filled_url("https://a.test/users/{{id}}/orders", {"id": value})


@given(st.text(min_size=1).filter(lambda text: text not in (".", "..")))
def test_a_value_in_an_address_is_one_part_of_it(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    url = filled_url("https://a.test/users/{{id}}/orders?q={{id}}", {"id": text})
    path, _, query = url.partition("?")
    assert path.count("/") == 5
    assert "&" not in query
    assert "#" not in url


BODY = '{"name": "{{name}}", "note": "for {{ name }}!", "count": {{count}}, "all": {{items}}, "inner": "{{a.b}}"}'


def test_a_body_template_is_filled_by_where_each_value_stands() -> None:
    values = {"name": 'Li"la\n', "count": 2, "items": ["x", {"y": None}], "a": {"b": True}}
    assert json.loads(filled_body(BODY, values, "")) == {
        "name": 'Li"la\n', "note": 'for Li"la\n!', "count": 2, "all": ["x", {"y": None}], "inner": "true",
    }  # fmt: skip


def test_what_nobody_said_is_null_or_nothing() -> None:
    assert json.loads(filled_body('{"a": {{a}}, "b": "{{b}}", "c": {{c.d}}}', {"c": "text"}, "application/json")) == {
        "a": None, "b": "", "c": None,
    }  # fmt: skip


@given(st.text() | st.integers() | st.booleans() | st.lists(st.text()))
def test_a_value_never_leaves_its_place_in_json(value: Any) -> None:
    filled = json.loads(filled_body('{"quoted": "<{{v}}>", "whole": {{v}}, "last": 1}', {"v": value}, ""))
    assert set(filled) == {"quoted", "whole", "last"}
    assert filled["whole"] == value
    assert filled["quoted"] == f"<{value if isinstance(value, str) else json.dumps(value)}>"


def test_other_types_have_other_rules() -> None:
    assert filled_body("a={{a}}&b=1", {"a": "x&y=z"}, "application/x-www-form-urlencoded") == "a=x%26y%3Dz&b=1"
    assert filled_body("Dear {{a}}", {"a": 'Li"la'}, "text/plain; charset=utf-8") == 'Dear Li"la'
    with pytest.raises(Unfit, match="valid JSON"):
        filled_body("{{a}} and {{b}}", {"a": 1, "b": 2}, "application/vnd.shop+json")


def test_headers_are_filled_and_stay_one_line() -> None:
    webhook = WebhookSpec("https://a.test", "POST", {"X-For": "{{who}}", "X-Session": "{{$session.id}}"})
    assert made(webhook, who="Lila").headers == {
        "X-For": "Lila", "X-Session": "session-1", "content-type": "application/json",
    }  # fmt: skip
    for bad in ("a\r\nX-Evil: 1", "ü"):
        with pytest.raises(Unfit, match="header"):
            filled_header("{{who}}", {"who": bad})


def test_an_argument_cannot_pass_for_the_conversation() -> None:
    webhook = WebhookSpec("https://a.test/{{$user.id}}", "POST")
    assert made(webhook, **{"$user": {"id": "somebody-else"}}).url == "https://a.test/user-7"


def test_signed_requests_vouch_for_body_session_and_user() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    request = made(WebhookSpec("https://a.test", "POST", signing_secret=secret), item="tea")
    expected = signing.headers([secret], "msg_1", 1_700_000_000, request.body)
    assert {name: request.headers[name] for name in expected} == expected
    caller = request.headers["visavis-caller"]
    assert json.loads(caller) == {"sessionId": "session-1", "endUserId": "user-7"}
    of_caller = signing.headers([secret], "msg_1", 1_700_000_000, caller.encode())
    assert request.headers["visavis-caller-signature"] == of_caller["webhook-signature"]
