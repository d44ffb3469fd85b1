"""Money as an integer amount in millionths of its currency."""

from decimal import Decimal, InvalidOperation

from msgspec import Struct

MICROS = 1_000_000


class Money(Struct, frozen=True):
    """An exact amount: `micros` millionths of one unit of `currency` (ISO 4217)."""

    micros: int
    currency: str

    def __str__(self) -> str:
        """The amount as a plain decimal with its currency, `0.009 EUR`."""
        return f"{as_decimal(self.micros)} {self.currency}"


def as_decimal(micros: int) -> Decimal:
    """The exact decimal number of currency units, without trailing zeros or an exponent."""
    exact = Decimal(micros) / MICROS
    return exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact.normalize()


def parse_amount(text: str) -> int:
    """Read a decimal amount of currency units as micros.

    Raises:
        ValueError: it is no finite number, or finer than a millionth.

    """
    try:
        micros = Decimal(text) * MICROS
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount") from None
    if not micros.is_finite() or micros != micros.to_integral():
        raise ValueError(f"{text!r} is finer than a millionth or not finite")
    return int(micros)
