"""No secret, token or code reaches a log, even with every logger at DEBUG."""

import logging

import pytest

from tests.auth.browser import authorization, log_in, redemption, redirected, web
from tests.auth.world import PASSWORD, SECRET, SYSTEM, World, bearer, challenge_pair


@pytest.mark.anyio
async def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    world, (verifier, challenge) = World(), challenge_pair()
    form = {"grant_type": "client_credentials"}
    async with web(world.app) as client:
        await log_in(client, authorization(challenge), password="wrong-password")
        code = redirected(await log_in(client, authorization(challenge)))["code"]
        person = await client.post("/oauth/token", data=redemption(code, verifier))
        system = await client.post(
            "/oauth/token",
            data=form | {"client_id": SYSTEM.client_id, "client_secret": SECRET},
        )
        refused = await client.post(
            "/oauth/token",
            data=form | {"client_id": SYSTEM.client_id, "client_secret": "wrong-secret"},
        )
    tokens = [response.json()["access_token"] for response in (person, system)]
    world.guard.caller(bearer(tokens[0]))

    assert refused.status_code == 401
    assert any(record.name.startswith("authlib") for record in caplog.records)  # it does talk
    secrets = [PASSWORD, "wrong-password", SECRET, "wrong-secret", code, verifier, *tokens]
    for record in caplog.records:
        shown = f"{record.getMessage()} {record.args} {record.__dict__}"
        # The redirect and the form belong to the browser's side of this test, not to the server.
        if not record.name.startswith(("httpx", "httpcore")):
            assert not [secret for secret in secrets if secret in shown], record.name
