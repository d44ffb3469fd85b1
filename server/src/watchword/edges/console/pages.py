"""Pages: every screen of the console, the operations it shows, and where it stands in the menu."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Also(Struct, frozen=True):
    """One more operation that a page shows, and what it takes; where it is not permitted it is None."""

    operation: str
    fields: Mapping[str, Any] = {}
    shares: tuple[str, ...] = ()
    """Fields that it takes from the address of the page."""


class Page(Struct, frozen=True, kw_only=True):
    """One screen.

    `needs` names fields without which its operation is not run: a form asks for them. A page that is
    `everywhere` also shows all projects at once; one `of_installation` belongs to none.
    """

    name: str
    title: str
    operation: str
    group: str = ""
    icon: str = ""
    hint: str = ""
    needs: tuple[str, ...] = ()
    also: Mapping[str, Also] = {}
    everywhere: bool = False
    of_installation: bool = False
    live: bool = False


_PEOPLE = Also("list_projects")
PAGES = {
    page.name: page
    for page in (
        Page(
            name="start",
            title="Get started",
            group="Verify",
            icon="flag",
            operation="read_project",
            also={
                "recent": Also("list_authentications", {"limit": 20}),
                "inbox": Also("read_inbox", {"limit": 6}),
                "keys": Also("list_keys"),
            },
            live=True,
        ),
        Page(
            name="overview",
            title="Overview",
            group="Verify",
            icon="grid",
            operation="read_report",
            also={
                "recent": Also("list_authentications", {"limit": 12}),
                "inbox": Also("read_inbox", {"limit": 4}),
            },
            everywhere=True,
            live=True,
        ),
        Page(
            name="authentications",
            title="Authentications",
            group="Verify",
            icon="list",
            operation="list_authentications",
            everywhere=True,
            live=True,
        ),
        Page(
            name="authentication",
            title="Authentication",
            operation="read_authentication",
            everywhere=True,
            live=True,
        ),
        Page(
            name="inbox",
            title="Sandbox inbox",
            group="Verify",
            icon="inbox",
            operation="read_inbox",
            everywhere=True,
            live=True,
        ),
        Page(
            name="lookup",
            title="Look up",
            group="Verify",
            icon="search",
            operation="look_up",
            needs=("number",),
        ),
        Page(
            name="fraud",
            title="Fraud",
            group="Protect",
            icon="shield",
            operation="read_fraud",
            everywhere=True,
        ),
        Page(name="lists", title="Lists", group="Protect", icon="ban", operation="list_entries"),
        Page(
            name="budgets", title="Budgets", group="Protect", icon="coins", operation="read_budgets"
        ),
        Page(
            name="providers",
            title="Providers",
            group="Deliver",
            icon="server",
            operation="list_accounts",
            of_installation=True,
        ),
        Page(
            name="routes",
            title="Routes",
            group="Deliver",
            icon="route",
            operation="list_routes",
            also={"dry": Also("dry_run", shares=("number", "sender_id", "email"))},
        ),
        Page(
            name="templates",
            title="Templates",
            group="Deliver",
            icon="text",
            operation="list_templates",
            also={"preview": Also("preview_template", shares=("channel", "locale", "text"))},
        ),
        Page(
            name="callbacks",
            title="Callbacks",
            group="Build",
            icon="bolt",
            operation="list_callbacks",
            everywhere=True,
            live=True,
        ),
        Page(
            name="callback", title="Callback", operation="read_callback", everywhere=True, live=True
        ),
        Page(name="keys", title="API keys", group="Build", icon="key", operation="list_keys"),
        Page(
            name="reference",
            title="API reference",
            group="Build",
            icon="code",
            operation="read_project",
            also={"health": Also("read_health")},
        ),
        Page(
            name="settings",
            title="Settings",
            group="Build",
            icon="gear",
            operation="read_project",
        ),
        Page(
            name="projects",
            title="Projects",
            group="Run",
            icon="boxes",
            operation="list_projects",
            of_installation=True,
        ),
        Page(
            name="operators",
            title="Operators",
            group="Run",
            icon="people",
            operation="list_people",
            also={"projects_of": _PEOPLE},
            of_installation=True,
        ),
        Page(
            name="audit",
            title="Audit log",
            group="Run",
            icon="log",
            operation="list_audit",
            of_installation=True,
        ),
        Page(
            name="me",
            title="Your account",
            operation="read_me",
            of_installation=True,
        ),
    )
}
GROUPS = tuple(dict.fromkeys(page.group for page in PAGES.values() if page.group))
