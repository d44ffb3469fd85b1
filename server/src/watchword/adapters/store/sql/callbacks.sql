-- name: put_callback
INSERT INTO callbacks (id, project_id, authentication_id, state, at, body)
VALUES (:id, :project_id, :authentication_id, :state, :at, :body)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, at = excluded.at, body = excluded.body

-- name: callback
SELECT project_id, authentication_id, state, at, body FROM callbacks WHERE id = :id

-- name: callbacks
SELECT id, project_id, authentication_id, state, at, body FROM callbacks
WHERE (project_id = :project_id OR :everywhere = 1) AND at < :before AND at >= :since
    AND (state = :state OR :state = '')
ORDER BY at DESC, id LIMIT :limit

-- name: callbacks_of
SELECT id, project_id, authentication_id, state, at, body FROM callbacks
WHERE authentication_id = :authentication_id ORDER BY at, id

-- name: forget_callbacks
DELETE FROM callbacks WHERE id IN (SELECT id FROM callbacks WHERE at < :before LIMIT :limit)
RETURNING 1

-- name: erase_callbacks
DELETE FROM callbacks WHERE authentication_id = :id
RETURNING 1
