"""Signature Version 4: the headers that sign a POST to AWS, so that no SDK of AWS is needed."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from msgspec import Struct

ALGORITHM = "AWS4-HMAC-SHA256"


class Signer(Struct, frozen=True):
    """An access key with the region and the service that it signs for.

    AWS's rules: "Create a signed AWS API request" of the IAM user guide.
    """

    access_key_id: str
    secret_access_key: str
    region: str
    service: str

    def __repr__(self) -> str:
        """What it is for, without the key."""
        return f"Signer({self.region}, {self.service})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The same, because msgspec would show every field to a pretty traceback."""
        return [("region", self.region), ("service", self.service)]

    def headers(self, url: str, body: bytes, headers: Mapping[str, str], at: int) -> dict[str, str]:
        """The headers of a POST of this body at this time (Unix ms), signed; names in lower case.

        The address has no query, and the signature is good for five minutes.
        """
        time = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        address = urlsplit(url)
        signed = {**headers, "host": address.netloc, "x-amz-date": time}
        names = ";".join(sorted(signed))
        canonical = "\n".join(
            (
                "POST",
                quote(address.path or "/", safe="/~"),
                "",
                *(f"{name}:{' '.join(signed[name].split())}" for name in sorted(signed)),
                "",
                names,
                hashlib.sha256(body).hexdigest(),
            )
        )
        scope = f"{time[:8]}/{self.region}/{self.service}/aws4_request"
        told = "\n".join((ALGORITHM, time, scope, hashlib.sha256(canonical.encode()).hexdigest()))
        key = f"AWS4{self.secret_access_key}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, told.encode(), "sha256").hex()
        credential = f"Credential={self.access_key_id}/{scope}"
        return {
            **signed,
            "authorization": f"{ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}",
        }
