"""Vonage as Vonage's own packages see it: its models of messages, and its reading of tokens."""

import json
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from server.tests.contract.recordings import RECEIPTS_URL, Recording, Sent, Words, recordings
from server.tests.contract.test_recorded_providers import opened

from watchword.adapters.providers.signatures import REPLAY_WINDOW, sha256_hex
from watchword.adapters.providers.vonage_reports import STATUSES
from watchword.adapters.providers.vonage_requests import VOICES, voice_for
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.domain.texts import SPOKEN_LOCALES
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    Receipts,
    RefusalKind,
    Refused,
)

(RECORDING,) = (recording for recording in recordings() if recording.provider == "vonage")
SENDS = [sent for sent in RECORDING.send if sent.outcome.accepted]
SECRET = RECORDING.credentials["signature_secret"]
NOW = 1_750_000_000_000
NOWHERE = "http://127.0.0.1:9"
APPLICATION = "78d335fa-323d-0114-9c3d-d6f0d48968cf"


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, bare).decode()


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = pem(KEY)
WITH_KEY = Recording(
    provider="vonage", credentials={"application_id": APPLICATION, "private_key": PEM}
)
CALL = Words(
    channel=Channel.VOICE,
    sender_id="+447700900001",
    text="Votre code est {code}.",
    locale="fr",
    spoken=True,
)


def signed(body: bytes, secret: str = SECRET, **changes: object) -> str:
    claims = {"iss": "Vonage", "iat": NOW // 1000, "payload_hash": sha256_hex(body), **changes}
    return jwt.encode(claims, secret, algorithm="HS256")


def inbound(body: bytes, token: str) -> Inbound:
    headers = {"authorization": f"Bearer {token}"}
    return Inbound(method="POST", url=RECEIPTS_URL, headers=headers, body=body, at=NOW)


@pytest.fixture
async def asked() -> AsyncIterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """The address of a server in Vonage's place, and what it is asked."""
    heard: list[tuple[str, str, bytes]] = []

    async def answer(request: web.Request) -> web.Response:
        token = request.headers["authorization"]
        heard.append((f"{request.method} {request.raw_path}", token, await request.read()))
        return web.json_response({"uuid": "c-1", "status": "started"}, status=201)

    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}", heard
    await runner.cleanup()


@pytest.mark.parametrize("sent", SENDS, ids=lambda sent: sent.name)
def test_a_message_is_one_of_vonages_own_models(sent: Sent) -> None:
    models: Any = import_module("vonage_messages.models")
    known = {
        "sms": models.Sms,
        "whatsapp": models.WhatsappCustom,
        "viber_service": models.ViberText,
        "rcs": models.RcsText,
    }
    body = dict(sent.requests[0].json)
    body["client_ref"] = body["client_ref"].replace("$reference", sent.message.message().reference)
    model = known[body["channel"]](**{**body, "from_": body["from"]})
    assert model.model_dump(by_alias=True, exclude_none=True, mode="json") == body


async def test_a_call_says_the_code_twice_in_the_language_of_the_words(
    asked: tuple[str, list[tuple[str, str, bytes]]],
) -> None:
    url, heard = asked
    provider = opened(WITH_KEY, url)
    outcome = await provider.send(CALL.message())
    await provider.close()
    assert outcome == Accepted("c-1")
    ((place, _, body),) = heard
    assert place == "POST /v1/calls"
    assert json.loads(body) == {
        "to": [{"type": "phone", "number": "33612345678"}],
        "from": {"type": "phone", "number": "447700900001"},
        "ncco": [
            {
                "action": "talk",
                "text": "Votre code est 1, 2, 3, 4, 5, 6.",
                "language": "fr-FR",
                "loop": 2,
            }
        ],
        "ringing_timer": 30,
        "event_url": [RECEIPTS_URL],
        "event_method": "POST",
    }


async def test_our_token_is_of_the_kind_that_vonages_own_code_makes(
    asked: tuple[str, list[tuple[str, str, bytes]]],
) -> None:
    from vonage_jwt import JwtClient  # noqa: PLC0415 - the SDK is this test's alone

    url, heard = asked
    provider = opened(WITH_KEY, url)
    assert isinstance(await provider.probe(), Healthy)
    await provider.send(CALL.message())
    await provider.close()
    tokens = [token.removeprefix("Bearer ") for _, token, _ in heard]
    theirs = JwtClient(APPLICATION, PEM).generate_application_jwt().decode()
    wanted = jwt.decode(theirs, KEY.public_key(), algorithms=["RS256"])
    for ours in tokens:
        options: Any = {"verify_exp": False, "verify_iat": False}
        claims = jwt.decode(ours, KEY.public_key(), algorithms=["RS256"], options=options)
        assert jwt.get_unverified_header(ours) == jwt.get_unverified_header(theirs)
        assert claims.keys() == wanted.keys()
        assert claims["application_id"] == APPLICATION
        assert claims["exp"] - claims["iat"] == wanted["exp"] - wanted["iat"]
    assert (
        len({jwt.decode(each, options={"verify_signature": False})["jti"] for each in tokens}) == 2
    )


@given(st.binary(max_size=60))
async def test_what_the_sdk_verifies_is_taken_and_any_change_of_it_is_not(body: bytes) -> None:
    from vonage_jwt import verify_signature  # noqa: PLC0415 - the SDK is this test's alone

    provider = opened(RECORDING, NOWHERE)
    token = signed(body)
    assert verify_signature(token, SECRET)
    assert isinstance(await provider.receipts(inbound(body, token)), Receipts)
    other = signed(body, secret=SECRET[::-1])
    assert not verify_signature(other, SECRET)
    forged = [
        inbound(body + b"1", token),
        inbound(body, other),
        inbound(body, token[:-4]),
        inbound(body, ""),
        inbound(body, signed(body, payload_hash=None)),
    ]
    for each in forged:
        assert isinstance(await provider.receipts(each), Forged)


@pytest.mark.parametrize("late", [-1, 1])
async def test_a_token_is_good_for_five_minutes_before_and_after(late: int) -> None:
    provider = opened(RECORDING, NOWHERE)
    body = b"{}"
    window = late * REPLAY_WINDOW // 1000
    within = inbound(body, signed(body, iat=NOW // 1000 + window))
    assert isinstance(await provider.receipts(within), Receipts)
    for at in (NOW // 1000 + window + late, "soon", None, 1e9):
        request = inbound(body, signed(body, iat=at))
        assert isinstance(await provider.receipts(request), Forged)


async def test_a_token_whose_own_end_is_long_past_is_judged_by_when_the_request_came() -> None:
    token = signed(b"{}", exp=NOW // 1000 + 60, nbf=NOW // 1000)
    provider = opened(RECORDING, NOWHERE)
    assert isinstance(await provider.receipts(inbound(b"{}", token)), Receipts)


async def test_without_a_signature_secret_every_receipt_is_forged() -> None:
    provider = opened(WITH_KEY, NOWHERE)
    assert isinstance(await provider.receipts(inbound(b"{}", signed(b"{}"))), Forged)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"sender_id": "Acme"}, "no_sender"), ({"locale": "yo"}, "no_voice")],
)
async def test_a_call_needs_a_number_and_a_language_that_vonage_speaks(
    changes: dict[str, str], code: str
) -> None:
    words = {"sender_id": "447700900001", **changes}
    message = Words(channel=Channel.VOICE, spoken=True, **words).message()  # type: ignore[arg-type] # texts alone
    outcome = await opened(WITH_KEY, NOWHERE).send(message)
    assert isinstance(outcome, Refused)
    assert (outcome.kind, outcome.code) == (RefusalKind.ACCOUNT, code)


@pytest.mark.parametrize("locale", sorted(SPOKEN_LOCALES))
def test_every_language_that_codes_are_spoken_in_has_a_voice(locale: str) -> None:
    assert voice_for(locale) in VOICES


def test_a_region_that_vonage_does_not_know_is_spoken_as_another_of_its_language() -> None:
    spoken = {locale: voice_for(locale) for locale in ("en-NZ", "pt-AO", "zh-Hans", "zh-TW", "tlh")}
    assert spoken == {
        "en-NZ": "en-US",
        "pt-AO": "pt-PT",
        "zh-Hans": "cmn-CN",
        "zh-TW": "cmn-TW",
        "tlh": None,
    }


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"application_id": APPLICATION},
        {"private_key": PEM},
        {"api_key": "abcd1234"},
        {"application_id": APPLICATION, "private_key": "no key"},
        {
            "application_id": APPLICATION,
            "private_key": pem(ec.generate_private_key(ec.SECP256R1())),
        },
    ],
    ids=["none", "no key", "no application", "no secret", "not PEM", "not RSA"],
)
def test_credentials_that_cannot_work_are_refused(credentials: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"together|needed|no RSA key") as refused:
        opened(Recording(provider="vonage", credentials=credentials), NOWHERE)
    assert "BEGIN" not in str(refused.value)


async def test_a_key_may_be_written_on_one_line() -> None:
    credentials = {"application_id": APPLICATION, "private_key": PEM.replace("\n", "\\n")}
    provider = opened(Recording(provider="vonage", credentials=credentials), NOWHERE)
    assert Channel.VOICE in provider.channels
    await provider.close()


def test_every_status_leads_somewhere() -> None:
    assert set(STATUSES.values()) == set(DeliveryStatus) - {DeliveryStatus.UNKNOWN}
