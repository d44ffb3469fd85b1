"""Numbering plans from Google's libphonenumber metadata, with the ranges reserved for fiction."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from watchword.adapters.numbering.networks import country_mccs, network_named
from watchword.adapters.numbering.problems import problem, wrong_length, wrong_range, wrong_text
from watchword.domain.line_type import LineType
from watchword.domain.lookup import LookupResult
from watchword.domain.phone_number import PhoneNumber, block
from watchword.ports.numbering import NumberProblem

# The metadata has some 1,300 patterns and CPython keeps 512 compiled ones: numbers of mixed
# countries cost 170 µs each with the smaller cache, 20 µs with the larger.
if getattr(re, "_MAXCACHE", 4096) < 4096:  # noqa: PLR2004 - the size said above
    re._MAXCACHE = 4096  # type: ignore[attr-defined] # noqa: SLF001 - no public way

_LINE_TYPES: dict[int, LineType] = {
    PhoneNumberType.FIXED_LINE: LineType.FIXED_LINE,
    PhoneNumberType.MOBILE: LineType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: LineType.UNKNOWN,
    PhoneNumberType.TOLL_FREE: LineType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: LineType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST: LineType.SHARED_COST,
    PhoneNumberType.VOIP: LineType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER: LineType.OTHER,
    PhoneNumberType.PAGER: LineType.PAGER,
    PhoneNumberType.UAN: LineType.UNIVERSAL_ACCESS,
    PhoneNumberType.VOICEMAIL: LineType.VOICE_MAIL,
}

_SATELLITE = frozenset({870, 881})
"""Inmarsat and the global mobile satellite systems (ITU-T E.164, assigned country codes)."""

_PORTABLE = frozenset(
    {"AE", "BD", "BO", "CI", "CN", "CR", "GG", "HN", "JE", "PH", "RE"}
    | {"SN", "SV", "TN", "TZ", "UA", "UY", "VN", "YT"},
)
"""Regions whose regulators opened porting though the metadata does not say so: no carrier there."""

_MAY_BE_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_MAY_BE_FICTION = (*_MAY_BE_MOBILE, PhoneNumberType.UNKNOWN)
_NO_REGION = "001"

_SEPARATORS = str.maketrans("", "", " -.()")
_LONGEST_TEXT = 64
_E164_DIGITS = 15
_ANYWHERE = "+33612345678"

_FICTION = {1: re.compile(r"\+1[2-9]\d\d55501\d\d"), 44: re.compile(r"\+447700900\d{3}")}
"""Numbers nobody has: 555-01xx of any area (NANPA), +44 7700 900xxx (Ofcom); sandboxes use them."""


class LibPhoneNumber:
    """Satisfies `Numbering`; `remembered` recent answers are kept, about 0.5 KB each."""

    def __init__(self, *, remembered: int = 16_384) -> None:
        self._judged = lru_cache(maxsize=remembered)(_judge)
        self._warm = False

    def parse(self, text: str) -> PhoneNumber | NumberProblem:
        """The valid number that an E.164 text stands for, or what is wrong with it.

        Surrounding white space and the separators " -.()" are tolerated; a national prefix that
        people write after the calling code, as in +44 (0)7911, is dropped where the plan has one.
        """
        if len(text) > _LONGEST_TEXT:
            return problem(text, "it is far too long", _ANYWHERE)
        compact = text.strip().translate(_SEPARATORS)
        why = wrong_text(compact)
        if why is not None:
            return problem(text, why, _ANYWHERE)
        return self._judged(compact)

    def describe(self, number: PhoneNumber) -> LookupResult:
        """The facts that the numbering plan alone settles; the rest is left out.

        The first question about a region without porting loads the carrier tables: see `warm`.
        """
        mcc = mnc = carrier = None
        region = number.region
        if region is not None and number.line_type is LineType.MOBILE and not _fictional(number):
            mccs = country_mccs(region)
            mcc = next(iter(mccs)) if len(mccs) == 1 else None
            carrier = _carrier(number, region)
            network = network_named(region, carrier) if carrier else None
            if network is not None:
                mcc, mnc = network.mcc, network.mnc
        return LookupResult(
            phone_number=number.e164,
            mcc=mcc,
            mnc=mnc,
            carrier=carrier,
            country_code=region,
            line_type=number.line_type,
        )

    def example(self, region: str | None) -> str | None:
        """An example mobile number in E.164, of a region or of any; None if unknown."""
        return _example_of(region)

    def range_holder(self, number: PhoneNumber) -> str:
        """The carrier of the number's range, once `warm` has loaded the tables; ported or not."""
        return _range_holder(block(number.e164, 4)) if self._warm else ""

    def warm(self) -> None:
        """Load the carrier tables now: a third of a second and 45 MB, once a process."""
        import phonenumbers.carrier  # noqa: F401, PLC0415 - lazy, it costs what the docstring says

        self._warm = True


@lru_cache(maxsize=65_536)
def _range_holder(beginning: str) -> str:
    from phonenumbers import carrier  # noqa: PLC0415 - lazy, see `LibPhoneNumber.warm`

    parsed = _parsed(f"{beginning}0000")
    return carrier.name_for_number(parsed, "en") if parsed is not None else ""


@lru_cache(maxsize=512)
def _example_of(region: str | None) -> str | None:
    if region is None:
        return _ANYWHERE
    found = phonenumbers.example_number_for_type(region.upper(), PhoneNumberType.MOBILE)
    return _e164(found)


def _judge(compact: str) -> PhoneNumber | NumberProblem:
    calling_code = next(
        (code for end in (2, 3, 4) if (code := int(compact[1:end])) in _calling_codes()),
        None,
    )
    if calling_code is None:
        why = f"no country has a calling code that starts {compact[:4]}"
        return problem(compact, why, _ANYWHERE)
    regions = _calling_codes()[calling_code]
    parsed = _parsed(compact)
    if parsed is None:
        adjective = "too long" if len(compact) > _E164_DIGITS else "too short"
        return _wrong(compact, wrong_length(regions, calling_code, adjective), regions)
    e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    kind = phonenumbers.number_type(parsed)
    region = phonenumbers.region_code_for_number(parsed)
    fiction = _FICTION.get(calling_code)
    if fiction and fiction.fullmatch(e164) and kind in _MAY_BE_FICTION:
        region = region or regions[0]
        return PhoneNumber(e164, region, calling_code, LineType.MOBILE, may_be_mobile=True)
    if kind == PhoneNumberType.UNKNOWN:
        return _wrong(compact, _invalid(parsed, regions, calling_code), regions)
    line_type = LineType.SATELLITE if calling_code in _SATELLITE else _LINE_TYPES[kind]
    region = None if region == _NO_REGION else region
    may_be_mobile = kind in _MAY_BE_MOBILE
    return PhoneNumber(e164, region, calling_code, line_type, may_be_mobile=may_be_mobile)


def _parsed(compact: str) -> phonenumbers.PhoneNumber | None:
    if len(compact) > _E164_DIGITS + 1:
        return None
    try:
        return phonenumbers.parse(compact)
    except phonenumbers.NumberParseException:
        return None


def _invalid(
    parsed: phonenumbers.PhoneNumber,
    regions: tuple[str, ...],
    calling_code: int,
) -> str:
    match phonenumbers.is_possible_number_with_reason(parsed):
        case phonenumbers.ValidationResult.TOO_SHORT:
            return wrong_length(regions, calling_code, "too short")
        case phonenumbers.ValidationResult.TOO_LONG:
            return wrong_length(regions, calling_code, "too long")
        case phonenumbers.ValidationResult.IS_POSSIBLE:
            return wrong_range(regions, calling_code)
        case _:
            return wrong_length(regions, calling_code, "not the right length")


def _wrong(compact: str, why: str, regions: tuple[str, ...]) -> NumberProblem:
    found = (
        phonenumbers.example_number_for_non_geo_entity(int(compact[1:4]))
        if regions == (_NO_REGION,)
        else phonenumbers.example_number_for_type(regions[0], PhoneNumberType.MOBILE)
    )
    return problem(compact, why, _e164(found))


def _e164(number: phonenumbers.PhoneNumber | None) -> str | None:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number else None


def _calling_codes() -> dict[int, tuple[str, ...]]:
    return phonenumbers.COUNTRY_CODE_TO_REGION_CODE


def _carrier(number: PhoneNumber, region: str) -> str | None:
    if region in _PORTABLE or phonenumbers.is_mobile_number_portable_region(region):
        return None
    from phonenumbers import carrier  # noqa: PLC0415 - lazy, see `LibPhoneNumber.warm`

    return carrier.safe_display_name(phonenumbers.parse(number.e164), "en") or None


def _fictional(number: PhoneNumber) -> bool:
    fiction = _FICTION.get(number.country_code)
    return fiction is not None and fiction.fullmatch(number.e164) is not None
