"""A plan orders the routes that serve a number, and says why."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from watchword.domain.channel import Channel
from watchword.domain.routing.country_rules import advice
from watchword.domain.routing.plan import plan_attempt
from watchword.domain.routing.route import Dlt, Route

SMS = Route(name="sms", account="a", channel=Channel.SMS)
SMS_2 = Route(name="sms-2", account="b", channel=Channel.SMS)
WHATSAPP = Route(name="whatsapp", account="a", channel=Channel.WHATSAPP)
FRENCH = Route(name="fr", account="a", channel=Channel.RCS, prefixes=("+33", "+590"))
ALL = (SMS, SMS_2, WHATSAPP, FRENCH)
NAMES = st.sets(st.sampled_from([route.name for route in ALL]))


def names(e164: str, *used: str) -> list[str]:
    return [route.name for route in plan_attempt(ALL, e164, used).routes]


def test_the_first_attempt_follows_the_projects_own_order() -> None:
    assert names("+33612345678") == ["sms", "sms-2", "whatsapp", "fr"]
    assert names("+4915112345678") == ["sms", "sms-2", "whatsapp"]


def test_a_second_attempt_prefers_another_channel_then_another_route() -> None:
    assert names("+4915112345678", "sms") == ["whatsapp", "sms-2", "sms"]
    assert names("+33612345678", "sms", "whatsapp") == ["fr", "sms-2", "sms", "whatsapp"]


def test_when_all_were_tried_the_first_comes_again() -> None:
    plan = plan_attempt(ALL[:3], "+49", ["sms", "sms-2", "whatsapp"])
    assert [route.name for route in plan.routes] == ["sms", "sms-2", "whatsapp"]
    assert plan.because == "every route was tried; sms comes first again"


def test_a_plan_says_why() -> None:
    assert plan_attempt(ALL, "+33", ()).because.startswith("sms is the first of 4 routes")
    assert plan_attempt(ALL, "+33", ["sms"]).because == "whatsapp has not been tried yet"
    nothing = plan_attempt([FRENCH], "+49", ())
    assert (nothing.routes, nothing.because) == ((), "no route serves this number")


@given(used=NAMES, e164=st.sampled_from(["+336", "+4915"]))
def test_a_plan_holds_every_serving_route_once_and_unused_ones_first(
    used: set[str], e164: str
) -> None:
    plan = plan_attempt(ALL, e164, used)
    assert sorted(route.name for route in plan.routes) == sorted(
        route.name for route in ALL if route.serves(e164)
    )
    flags = [route.name in used for route in plan.routes]
    assert flags == sorted(flags)


def test_a_name_is_no_sender_where_a_country_takes_none() -> None:
    named = Route(name="named", account="a", channel=Channel.SMS, sender_id="Acme")
    numbered = Route(name="numbered", account="a", channel=Channel.SMS, sender_id="+15550100")
    plan = plan_attempt([named, numbered, WHATSAPP], "+12025550100", (), "US")
    assert [route.name for route in plan.routes] == ["numbered", "whatsapp"]
    assert plan.left_out == (("named", "US takes no sender that is a name"),)
    assert plan_attempt([numbered], "+12025550100", (), "US", "Acme").routes == ()
    assert plan_attempt([named], "+33612345678", (), "FR").routes == (named,)
    assert advice(named, "GB", "Acme") == (
        "GB delivers from a sender that is a name only where it is registered"
    )
    assert advice(named, "FR", "Acme") is None


def test_an_sms_to_india_goes_with_its_registration_or_not_at_all() -> None:
    plan = plan_attempt([SMS], "+919876543210", (), "IN")
    assert plan.routes == ()
    assert "DLT" in plan.because
    registered = replace(SMS, dlt=Dlt("1" * 19, "2" * 19))
    assert plan_attempt([registered, WHATSAPP], "+919876543210", (), "IN").left_out == ()
    sandbox = replace(SMS, account="sandbox", sender_id="Acme")
    assert plan_attempt([sandbox], "+919876543210", (), "IN").routes == (sandbox,)
