"""Table: every operation of the management API, by its name."""

from watchword.edges.management import (
    accounts,
    figures,
    installation,
    numbers,
    people,
    projects,
    routes,
    templates,
    verifications,
)
from watchword.edges.management.operation import Operation

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for module in (
        verifications,
        figures,
        numbers,
        accounts,
        routes,
        templates,
        projects,
        people,
        installation,
    )
    for operation in module.OPERATIONS
}
