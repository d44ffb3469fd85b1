"""Names: what the template of the API reference calls."""

from watchword.domain.errors import ErrorCode, Refusal
from watchword.edges.console.prose import prose
from watchword.edges.console.reference import reference_sections
from watchword.edges.console.snippets import body_for, examples, value_for
from watchword.edges.http.answers import refused
from watchword.edges.http.explanations import EXPLANATIONS


def status_of(code: ErrorCode) -> int:
    """The HTTP status that a code travels with."""
    return refused(Refusal(code, ""), "").status


REFERENCE_NAMES = {
    "reference_sections": reference_sections,
    "reference_examples": examples,
    "reference_body": body_for,
    "reference_value": value_for,
    "reference_prose": prose,
    "reference_errors": EXPLANATIONS,
    "reference_status": status_of,
}
