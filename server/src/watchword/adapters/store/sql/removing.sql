-- name: authentication_after
SELECT id FROM authentications WHERE id > :after ORDER BY id LIMIT 1 OFFSET :skipped

-- name: remove_events
DELETE FROM events WHERE authentication_id IN (
    SELECT id FROM authentications
    WHERE project_id = :project_id AND id > :after AND id <= :until
)
RETURNING 1

-- name: remove_callbacks
DELETE FROM callbacks WHERE authentication_id IN (
    SELECT id FROM authentications
    WHERE project_id = :project_id AND id > :after AND id <= :until
)
RETURNING 1

-- name: remove_sent_messages
DELETE FROM sent_messages WHERE at >= :since AND at < :before AND authentication_id IN (
    SELECT id FROM authentications
    WHERE project_id = :project_id AND id > :after AND id <= :until
)
RETURNING 1

-- name: remove_authentications
DELETE FROM authentications WHERE project_id = :project_id AND id > :after AND id <= :until
RETURNING 1

-- name: remove_tasks
DELETE FROM tasks WHERE id IN (
    SELECT id FROM tasks WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1

-- name: remove_numbers
DELETE FROM numbers WHERE (project_id, phone_number) IN (
    SELECT project_id, phone_number FROM numbers WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1

-- name: remove_inbox
DELETE FROM inbox WHERE id IN (
    SELECT id FROM inbox WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1

-- name: remove_answers
DELETE FROM answers WHERE (project_id, key) IN (
    SELECT project_id, key FROM answers WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1

-- name: remove_counters
DELETE FROM counters WHERE (hour, project_id, name) IN (
    SELECT hour, project_id, name FROM counters WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1

-- name: remove_spend
DELETE FROM spend WHERE (start, period, project_id, country) IN (
    SELECT start, period, project_id, country FROM spend
    WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1

-- name: remove_rollups
DELETE FROM rollups WHERE (span, start, project_id, country, channel, account) IN (
    SELECT span, start, project_id, country, channel, account FROM rollups
    WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1

-- name: remove_refusals
DELETE FROM refusals WHERE (start, project_id, country, prefix, reason) IN (
    SELECT start, project_id, country, prefix, reason FROM refusals
    WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1

-- name: remove_alerts
DELETE FROM alerts WHERE (project_id, subject, start, level) IN (
    SELECT project_id, subject, start, level FROM alerts
    WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1

-- name: remove_orphaned_callbacks
DELETE FROM callbacks WHERE id IN (
    SELECT id FROM callbacks WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1

-- name: remove_api_keys
DELETE FROM api_keys WHERE project_id = :project_id
RETURNING 1

-- name: remove_balance
DELETE FROM balances WHERE project_id = :project_id
RETURNING 1

-- name: remove_project
DELETE FROM projects WHERE id = :project_id
RETURNING 1
