# Every developer command; `just` alone lists them.

[private]
default:
    @just --list

# start the service for development, on a database of its own
dev *args:
    sh bin/watchword dev {{ args }}

# send a code, check it, and show the timeline, on a throwaway service
demo:
    sh bin/watchword demo

# every check and test, as the gate runs them
test *args:
    sh bin/test {{ args }}

# only the tests, or some of them: `just pytest server/tests/domain`
pytest *args:
    uv run pytest {{ args }}

# put the code in order
format:
    uv run ruff format .
    uv run ruff check --fix .

# check types
types:
    uv run mypy server/src client/src server/tests client/tests benchmarks evaluation

# check that every floor imports only floors below it
floors:
    uv run lint-imports

# the gate on a clean checkout of the last commit
ci:
    bash .ci/run

# Half an hour of load while processes are killed and PostgreSQL crashes
soak minutes="30":
    uv run python -m server.tests.faults.soak --minutes {{minutes}}

# Write docs/explanation/reliability.md from what the fault tests find
reliability:
    uv run python server/tools/make_reliability.py

# Measure how fast it is, against others on the same core: under two minutes
bench *args:
    uv run python -m benchmarks {{args}}

# The same with more rounds and connections, single operations, history and an hour of memory; writes docs/explanation/performance.md
bench-full:
    uv run python -m benchmarks --rounds 3 --seconds 5 --connections 64 256 --operations --processes --memory-minutes 60 --page
    uv run python -m benchmarks.history --stored 10000 10000000
    uv run python -m benchmarks.sends

# Judge screening in simulated worlds, beside simpler rules: `just evaluate-fraud --cold`
evaluate-fraud *args:
    uv run python -m evaluation.fraud {{args}}

# The same for routing
evaluate-routing *args:
    uv run python -m evaluation.routing {{args}}
