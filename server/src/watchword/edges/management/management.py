"""Management: the use cases that operators reach, and what is told of the installation."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from msgspec import Struct

from watchword.ports.clock import Clock
from watchword.ports.keyring import Keyring
from watchword.ports.operators import Operators
from watchword.ports.provider import ProviderKinds
from watchword.ports.reports import Reports
from watchword.ports.store import Alerts, Registry, Store
from watchword.usecases.check_code import CheckCode
from watchword.usecases.look_up_number import LookUpNumber
from watchword.usecases.manage.api_keys import ManageApiKeys
from watchword.usecases.manage.audit import Audit
from watchword.usecases.manage.browsing import Browse
from watchword.usecases.manage.declaration import Declare
from watchword.usecases.manage.dry_run import DryRun
from watchword.usecases.manage.forget_number import ForgetNumber
from watchword.usecases.manage.lists import ManageLists
from watchword.usecases.manage.operators import ManageOperators
from watchword.usecases.manage.projects import ManageProjects
from watchword.usecases.manage.provider_accounts import ManageProviderAccounts
from watchword.usecases.manage.redeliver_callbacks import RedeliverCallbacks
from watchword.usecases.manage.reporting import Reporting
from watchword.usecases.manage.sample import Sample
from watchword.usecases.manage.unlock_number import UnlockNumber
from watchword.usecases.read_inbox import ReadInbox
from watchword.usecases.retry_authentication import RetryAuthentication
from watchword.usecases.route_health import RouteHealth
from watchword.usecases.sign_in import SignIn
from watchword.usecases.start_authentication import StartAuthentication


class Management(Struct, frozen=True, kw_only=True):
    """What the operations are made of; `url` is where this installation answers."""

    store: Store
    reports: Reports
    registry: Registry
    alerts: Alerts
    operators: Operators
    kinds: ProviderKinds
    clock: Clock
    sign_in: SignIn
    reporting: Reporting
    browse: Browse
    lists: ManageLists
    projects: ManageProjects
    keys: ManageApiKeys
    accounts: ManageProviderAccounts
    people: ManageOperators
    declare: Declare
    dry_run: DryRun
    redeliver: RedeliverCallbacks
    audit: Audit
    forget: ForgetNumber
    unlock: UnlockNumber
    sample: Sample
    start: StartAuthentication
    check_code: CheckCode
    retry: RetryAuthentication
    look_up: LookUpNumber
    inbox: ReadInbox
    health: RouteHealth
    keyring: Keyring
    readiness: Callable[[], Awaitable[dict[str, str]]]
    url: str
    version: str
    known_keys: dict[UUID, str]
    """API keys that `watchword dev` shows, by project; empty everywhere else."""
