-- name: insert_operator
INSERT INTO operators (id, name, version, body) VALUES (:id, :name, 1, :body)
ON CONFLICT DO NOTHING

-- name: update_operator
UPDATE operators SET name = :name, version = :version + 1, body = :body
WHERE id = :id AND version = :version

-- name: operators
SELECT version, body FROM operators ORDER BY id

-- name: operator
SELECT version, body FROM operators WHERE id = :id

-- name: operator_by_name
SELECT version, body FROM operators WHERE name = :name

-- name: remove_operator
DELETE FROM operators WHERE id = :id

-- name: put_grant
INSERT INTO grants (digest, operator_id, kind, expires_at, body)
VALUES (:digest, :operator_id, :kind, :expires_at, :body)
ON CONFLICT (digest) DO UPDATE SET expires_at = excluded.expires_at, body = excluded.body

-- name: extend_grant
UPDATE grants SET expires_at = :expires_at, body = :body WHERE digest = :digest

-- name: grant
SELECT body FROM grants WHERE digest = :digest

-- name: grants_of
SELECT body FROM grants WHERE operator_id = :operator_id AND kind = :kind ORDER BY expires_at

-- name: take_grant
DELETE FROM grants WHERE digest = :digest

-- name: remove_grants
DELETE FROM grants WHERE operator_id = :operator_id AND (kind = :kind OR :kind = '')

-- name: forget_grants
DELETE FROM grants WHERE digest IN (SELECT digest FROM grants WHERE expires_at < :before LIMIT :limit)
RETURNING 1
