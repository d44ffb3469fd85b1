-- name: insert_audit
INSERT INTO audit (sequence, at, actor, action, subject, detail, hash)
VALUES (:sequence, :at, :actor, :action, :subject, :detail, :hash)
ON CONFLICT (sequence) DO NOTHING

-- name: audit_head
SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1

-- name: audit
SELECT sequence, at, actor, action, subject, detail, hash FROM audit
WHERE sequence > :after ORDER BY sequence LIMIT :limit

-- name: audit_before
SELECT sequence, at, actor, action, subject, detail, hash FROM audit
WHERE sequence < :before ORDER BY sequence DESC LIMIT :limit
