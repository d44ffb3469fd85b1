-- name: insert_task
INSERT INTO tasks (id, authentication_id, project_id, work, due_at, created_at, tries)
VALUES (:id, :authentication_id, :project_id, :work, :due_at, :created_at, :tries)

-- name: finish_task
DELETE FROM tasks WHERE id = :id AND tries = :tries

-- name: postpone_task
UPDATE tasks SET due_at = :due_at, work = :work WHERE id = :id AND tries = :tries

-- name: claim_tasks
UPDATE tasks SET due_at = :lease_until, tries = tries + 1
WHERE id IN (SELECT id FROM tasks WHERE due_at <= :now ORDER BY due_at LIMIT :limit)
RETURNING id, authentication_id, project_id, work, due_at, created_at, tries

-- name: next_due
SELECT MIN(due_at) FROM tasks

-- name: due
SELECT COUNT(*) FROM (SELECT 1 FROM tasks WHERE due_at <= :now LIMIT :limit) AS due
