"""Meta as pywa sees it: its signatures, its reading of statuses, its table of errors."""

import json
import warnings
from typing import Any

import pytest
from server.tests.contract.recordings import recordings

from watchword.adapters.providers.meta import REFUSALS, STATUSES
from watchword.ports.provider import RefusalKind

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the SDK's own
    from pywa import errors, utils
    from pywa.types.message_status import MessageStatusType

(RECORDING,) = (recording for recording in recordings() if recording.provider == "meta")
POSTED = [posted for posted in RECORDING.receipt if posted.method == "POST"]
OF_MEDIA_AND_FLOWS = {"131052", "131053", "131062", "132068", "132069"}
ACCOUNT = (errors.AuthorizationError, errors.IntegrityError)


def codes_of(error: type[errors.WhatsAppError]) -> set[str]:
    own = {str(code) for code in error.__error_codes__ or ()}
    return own.union(*(codes_of(inner) for inner in error.__subclasses__()))


@pytest.mark.parametrize("posted", POSTED, ids=lambda posted: posted.name)
def test_d3_the_sdk_takes_and_refuses_the_signatures_that_we_take_and_refuse(posted: Any) -> None:
    taken = utils.webhook_updates_validator(
        RECORDING.credentials["app_secret"],
        posted.body.encode(),
        posted.headers["x-hub-signature-256"],
    )
    assert taken is not posted.forged


def test_every_status_that_the_sdk_knows_has_a_meaning() -> None:
    assert {status.value for status in MessageStatusType} - {"UNKNOWN"} <= STATUSES.keys()


def test_errors_mean_what_the_sdk_takes_them_for() -> None:
    for error in ACCOUNT:
        for code in codes_of(error) & REFUSALS.keys():
            assert REFUSALS[code] is RefusalKind.ACCOUNT, code
    for code in codes_of(errors.ThrottlingError) & REFUSALS.keys():
        assert REFUSALS[code] is RefusalKind.THROTTLE, code
    assert codes_of(errors.SendMessageError) - REFUSALS.keys() <= OF_MEDIA_AND_FLOWS


def test_d3_a_status_is_read_where_the_sdk_reads_it() -> None:
    (first, *_) = POSTED
    value = json.loads(first.body)["entry"][0]["changes"][0]["value"]
    status = value["statuses"][0]
    assert MessageStatusType(status["status"]) is MessageStatusType.SENT
    assert first.expect[0].message_ids == [status["id"]]
    assert first.expect[0].reference == status["biz_opaque_callback_data"]
