"""REMOTE_USER: whom the gateway's authorizer has found the client to be."""

from __future__ import annotations

from typing import Any

import pytest
from ropeway_runtime.events import aws_v1, aws_v2, tencent_apigw
from ropeway_runtime.wsgi import make_environ

JWT = {"claims": {"sub": "of-jwt", "scope": "a"}, "scopes": None}
IAM = {"accessKey": "AKIA", "userId": "of-iam", "cognitoIdentity": None}
LAMBDA = {"principalId": "of-lambda", "level": 3}


def remote_user(authorizer: Any) -> str | None:
    event = {
        "version": "2.0",
        "rawPath": "/",
        "requestContext": {"http": {"method": "GET"}, "authorizer": authorizer},
    }
    first = {"httpMethod": "GET", "path": "/", "resource": "/", "requestContext": {"authorizer": authorizer}}
    request = aws_v2.to_request(event)
    assert aws_v1.to_request(first).remote_user == request.remote_user
    tencent = {**first, "queryString": {}, "headerParameters": {}}
    assert tencent_apigw.to_request(tencent).remote_user == request.remote_user
    assert ("REMOTE_USER" in make_environ(request)) == bool(request.remote_user)
    return make_environ(request).get("REMOTE_USER")


@pytest.mark.parametrize(
    ("authorizer", "expected"),
    [
        ({"principalId": "ann"}, "ann"),
        ({"jwt": JWT}, "of-jwt"),
        ({"iam": IAM}, "of-iam"),
        ({"lambda": LAMBDA}, "of-lambda"),
        # The first that there is, in this order.
        ({"lambda": LAMBDA, "iam": IAM, "jwt": JWT, "principalId": "ann"}, "ann"),
        ({"lambda": LAMBDA, "iam": IAM, "jwt": JWT}, "of-jwt"),
        ({"lambda": LAMBDA, "iam": IAM}, "of-iam"),
        # Only text, and not the empty one.
        ({"principalId": 7, "jwt": JWT}, "of-jwt"),
        ({"principalId": "", "iam": IAM}, "of-iam"),
        ({"principalId": ["ann"]}, None),
        ({"jwt": {"claims": None}}, None),
        ({"jwt": "ann", "iam": ["ann"], "lambda": None}, None),
    ],
)
def test_remote_user(authorizer: Any, expected: str | None) -> None:
    assert remote_user(authorizer) == expected


@pytest.mark.parametrize("authorizer", [None, {}, "ann", ["ann"], 7])
def test_no_authorizer_is_no_user(authorizer: Any) -> None:
    assert remote_user(authorizer) is None
