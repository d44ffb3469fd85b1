-- name: count
INSERT INTO counters (hour, project_id, name, count) VALUES (:hour, :project_id, :name, 1)
ON CONFLICT (hour, project_id, name) DO UPDATE SET count = counters.count + 1

-- name: counter
SELECT hour, count FROM counters
WHERE hour IN (:hour, :hour_before) AND project_id = :project_id AND name = :name

-- name: forget_counters
DELETE FROM counters WHERE (hour, project_id, name) IN (
    SELECT hour, project_id, name FROM counters WHERE hour < :before LIMIT :limit
)
RETURNING 1

-- name: insert_answer
INSERT INTO answers (project_id, key, fingerprint, answer, created_at)
VALUES (:project_id, :key, :fingerprint, :answer, :created_at)
ON CONFLICT (project_id, key) DO UPDATE
SET fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = excluded.created_at
WHERE answers.created_at <= :expired

-- name: answer
SELECT fingerprint, answer, created_at FROM answers
WHERE project_id = :project_id AND key = :key AND created_at > :since

-- name: forget_answers
DELETE FROM answers WHERE (project_id, key) IN (
    SELECT project_id, key FROM answers WHERE created_at < :before LIMIT :limit
)
RETURNING 1

-- name: insert_inbox_message
INSERT INTO inbox (id, project_id, phone_number, body, created_at)
VALUES (:id, :project_id, :phone_number, :body, :created_at)
ON CONFLICT (id) DO NOTHING

-- name: inbox
SELECT body FROM inbox WHERE project_id = :project_id ORDER BY id DESC LIMIT :limit

-- name: inbox_of_number
SELECT body FROM inbox WHERE project_id = :project_id AND phone_number = :phone_number
ORDER BY id DESC LIMIT :limit

-- name: forget_inbox
DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE created_at < :before LIMIT :limit)
RETURNING 1
