-- name: claim_tasks
UPDATE tasks SET due_at = :lease_until, tries = tries + 1
WHERE id IN (
    SELECT id FROM tasks WHERE due_at <= :now ORDER BY due_at LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
RETURNING id, authentication_id, project_id, work, due_at, created_at, tries
