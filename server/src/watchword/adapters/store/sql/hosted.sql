-- name: insert_hosted_session
INSERT INTO hosted_sessions (id, project_id, digest, phone_number, expires_at, version, body)
VALUES (:id, :project_id, :digest, :phone_number, :expires_at, 1, :body)
ON CONFLICT DO NOTHING

-- name: update_hosted_session
UPDATE hosted_sessions SET phone_number = :phone_number, version = :version + 1, body = :body
WHERE id = :id AND version = :version

-- name: hosted_session
SELECT version, body FROM hosted_sessions WHERE id = :id

-- name: hosted_session_of
SELECT version, body FROM hosted_sessions WHERE digest = :digest

-- name: forget_hosted_sessions
DELETE FROM hosted_sessions WHERE id IN (
    SELECT id FROM hosted_sessions WHERE expires_at < :before ORDER BY expires_at LIMIT :limit
)
RETURNING 1

-- name: erase_hosted_sessions
DELETE FROM hosted_sessions WHERE phone_number = :phone_number
RETURNING 1

-- name: remove_hosted_sessions
DELETE FROM hosted_sessions WHERE id IN (
    SELECT id FROM hosted_sessions WHERE project_id = :project_id LIMIT :limit
)
RETURNING 1
