-- name: forget_authentications
DELETE FROM authentications WHERE id IN (
    SELECT id FROM authentications WHERE id < :bound ORDER BY id LIMIT :limit
)
RETURNING project_id, phone_number

-- name: forget_events
DELETE FROM events WHERE (authentication_id, sequence) IN (
    SELECT authentication_id, sequence FROM events
    WHERE authentication_id < :bound ORDER BY authentication_id LIMIT :limit
)
RETURNING 1

-- name: forget_history
DELETE FROM numbers
WHERE project_id = :project_id AND phone_number = :phone_number AND touched_at < :before
RETURNING 1

-- name: authentications_of_number
SELECT id, project_id FROM authentications WHERE phone_number = :phone_number

-- name: projects_of_number
SELECT project_id FROM numbers WHERE phone_number = :phone_number

-- name: erase_authentication
DELETE FROM authentications WHERE id = :id
RETURNING 1

-- name: erase_events
DELETE FROM events WHERE authentication_id = :id
RETURNING 1

-- name: erase_tasks
DELETE FROM tasks WHERE authentication_id = :id
RETURNING 1

-- name: erase_sent_messages
DELETE FROM sent_messages WHERE authentication_id = :id
RETURNING 1

-- name: erase_inbox
DELETE FROM inbox WHERE project_id = :project_id AND phone_number = :phone_number
RETURNING 1
