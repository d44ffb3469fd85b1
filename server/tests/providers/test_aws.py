"""AWS: botocore's model and signer agree with what we send."""

import re
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from server.tests.contract.recordings import recordings
from server.tests.providers.aws_account import KEYS, REGION, tools

from watchword.adapters.providers.aws import REFUSALS, Aws, AwsCredentials
from watchword.adapters.providers.aws_signing import Signer
from watchword.adapters.providers.aws_sns import AwsSns, AwsSnsCredentials
from watchword.adapters.providers.aws_voices import VOICES, voice_for
from watchword.domain.texts import SPOKEN_LOCALES
from watchword.ports.provider import (
    Accepted,
    Message,
)

SPOKEN_BY_NO_VOICE = {"hi", "id", "vi"}


def botocore(module: str) -> Any:
    return import_module(f"botocore.{module}")


def model(service: str) -> Any:
    return botocore("session").get_session().get_service_model(service)


def messages(provider: str) -> list[Any]:
    recording = next(each for each in recordings() if each.provider == provider)
    return [
        pytest.param(each.message.message(), id=each.name)
        for each in recording.send
        if each.outcome.accepted
    ]


class Taken(Struct):
    """One request as it came."""

    headers: dict[str, str]
    body: bytes


class Server(Struct):
    """A server on loopback that takes every request."""

    url: str
    taken: list[Taken]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    taken: list[Taken] = []

    async def answer(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        taken.append(Taken(headers, await request.read()))
        json = request.headers.get("x-amz-target")
        return web.Response(text='{"MessageId":"1"}' if json else "<MessageId>1</MessageId>")

    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield Server(f"http://{host}:{port}", taken)
    await runner.cleanup()


@pytest.mark.parametrize("message", messages("aws"))
async def test_botocore_would_send_the_same_to_end_user_messaging(
    message: Message, server: Server
) -> None:
    aws = Aws(
        msgspec.convert(
            {**KEYS, "sender": "pool-1", "configuration_set": "set", "base_url": server.url},
            AwsCredentials,
        ),
        tools(),
    )
    assert await aws.send(message) == Accepted("1")
    await aws.close()
    operation = server.taken[0].headers["x-amz-target"].partition(".")[2]
    params = msgspec.json.decode(server.taken[0].body)
    client = (
        botocore("session")
        .get_session()
        .create_client(
            "pinpoint-sms-voice-v2",
            region_name=REGION,
            aws_access_key_id=KEYS["access_key_id"],
            aws_secret_access_key=KEYS["secret_access_key"],
        )
    )
    name = import_module("botocore").xform_name(operation)
    with botocore("stub").Stubber(client) as stubber:
        stubber.add_response(name, {"MessageId": "1"}, params)
        assert getattr(client, name)(**params)["MessageId"] == "1"
    written = botocore("serialize").create_serializer("json")
    theirs = written.serialize_to_request(
        params, model("pinpoint-sms-voice-v2").operation_model(operation)
    )
    for header, value in theirs["headers"].items():
        assert server.taken[0].headers[header.lower()] == value
    assert msgspec.json.decode(theirs["body"]) == params


@pytest.mark.parametrize("message", messages("aws"))
async def test_every_value_has_the_form_that_the_model_of_aws_asks_for(
    message: Message, server: Server
) -> None:
    aws = Aws(
        msgspec.convert({**KEYS, "sender": "pool-1", "base_url": server.url}, AwsCredentials),
        tools(),
    )
    await aws.send(message)
    await aws.close()
    operation = server.taken[0].headers["x-amz-target"].partition(".")[2]
    members = model("pinpoint-sms-voice-v2").operation_model(operation).input_shape.members
    for name, value in msgspec.json.decode(server.taken[0].body).items():
        rules = members[name].metadata
        size = len(value) if isinstance(value, str) else value
        if isinstance(size, int):
            assert rules.get("min", 0) <= size <= rules.get("max", size), name
        if isinstance(value, str):
            assert re.fullmatch(rules.get("pattern", "[\\s\\S]*"), value), name
            assert value in rules.get("enum", [value]), name


@pytest.mark.parametrize("message", messages("sns"))
async def test_botocore_would_send_the_same_to_sns(message: Message, server: Server) -> None:
    sns = AwsSns(
        msgspec.convert(
            {**KEYS, "sender": "+33757000000", "base_url": server.url}, AwsSnsCredentials
        ),
        tools(),
    )
    assert await sns.send(message) == Accepted("1")
    await sns.close()
    form = dict(parse_qsl(server.taken[0].body.decode(), keep_blank_values=True))
    names = sorted(name for name in form if name.endswith(".Name"))
    attributes = {
        form[name]: {
            "DataType": form[name.replace(".Name", ".Value.DataType")],
            "StringValue": form[name.replace(".Name", ".Value.StringValue")],
        }
        for name in names
    }
    publish = model("sns").operation_model("Publish")
    params = {
        "PhoneNumber": message.to.e164,
        "Message": message.text,
        "MessageAttributes": attributes,
    }
    theirs = botocore("serialize").create_serializer("query").serialize_to_request(params, publish)
    assert form == theirs["body"]
    for header, value in theirs["headers"].items():
        assert server.taken[0].headers[header.lower()] == value


def test_every_reason_that_we_know_is_one_of_the_model() -> None:
    shapes = [
        shape
        for name in ("SendTextMessage", "SendVoiceMessage", "SendRcsMessage")
        for shape in model("pinpoint-sms-voice-v2").operation_model(name).error_shapes
    ]
    reasons = {
        reason
        for shape in shapes
        if "Reason" in shape.members
        for reason in shape.members["Reason"].enum
    }
    known = reasons | {shape.name for shape in shapes} | {"DestinationPhoneNumber"}
    assert set(REFUSALS) <= known


def test_every_voice_is_one_of_the_model_and_every_sentence_has_one_where_aws_has() -> None:
    assert set(VOICES.values()) <= set(model("pinpoint-sms-voice-v2").shape_for("VoiceId").enum)
    assert {each for each in SPOKEN_LOCALES if not voice_for(each)} == SPOKEN_BY_NO_VOICE


@given(
    body=st.binary(max_size=80),
    path=st.lists(st.text(st.characters(codec="ascii"), min_size=1, max_size=9), max_size=2),
    target=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    at=st.integers(0, 4_000_000_000_000),
)
@settings(deadline=None)
def test_botocore_computes_the_same_signature(
    body: bytes, path: list[str], target: str, at: int
) -> None:
    requests, auth = botocore("awsrequest"), botocore("auth")
    clean = "".join(f"/{re.sub('[^A-Za-z0-9_~-]', '', part) or 'x'}" for part in path)
    url = f"https://sms-voice.{REGION}.amazonaws.com:8443{clean or '/'}"
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": target}
    signer = Signer(KEYS["access_key_id"], KEYS["secret_access_key"], REGION, "sms-voice")
    ours = signer.headers(url, body, headers, at)
    credentials = botocore("credentials").Credentials(
        KEYS["access_key_id"], KEYS["secret_access_key"]
    )
    theirs = auth.SigV4Auth(credentials, "sms-voice", REGION)
    unsigned = {name: value for name, value in ours.items() if name != "authorization"}
    request = requests.AWSRequest(method="POST", url=url, data=body, headers=unsigned)
    request.context["timestamp"] = ours["x-amz-date"]
    told = theirs.string_to_sign(request, theirs.canonical_request(request))
    theirs._inject_signature_to_request(request, theirs.signature(told, request))
    assert ours["authorization"] == request.headers["authorization"]


def test_a_signer_shows_no_key() -> None:
    signer = Signer("AKIAIOSFODNN7EXAMPLE", "secret", REGION, "sns")
    assert "secret" not in repr(signer) + repr(signer.__rich_repr__())
