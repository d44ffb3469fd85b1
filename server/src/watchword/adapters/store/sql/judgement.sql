-- name: tell_news
INSERT INTO news (process, number, at, body) VALUES (:process, :number, :at, :body)

-- name: news
SELECT process, number, at, body FROM news WHERE at >= :since ORDER BY at, process, number LIMIT :limit

-- name: forget_news
DELETE FROM news WHERE (process, number) IN (
    SELECT process, number FROM news WHERE at < :before LIMIT :limit
)
RETURNING 1

-- name: put_memory
INSERT INTO memory (at, part, body) VALUES (:at, :part, :body)
ON CONFLICT (at, part) DO UPDATE SET body = excluded.body

-- name: newest_memory
SELECT at FROM memory WHERE part = 0 ORDER BY at DESC LIMIT 1

-- name: memory
SELECT part, body FROM memory WHERE at = :at ORDER BY part

-- name: forget_memory
DELETE FROM memory WHERE at < :before
RETURNING 1

-- name: raise_alert
INSERT INTO alerts (project_id, subject, start, level, at, detail)
VALUES (:project_id, :subject, :start, :level, :at, :detail)
ON CONFLICT (project_id, subject, start, level) DO NOTHING
RETURNING 1

-- name: alerts
SELECT detail FROM alerts
WHERE at >= :since ORDER BY at DESC LIMIT :limit

-- name: forget_alerts
DELETE FROM alerts WHERE (project_id, subject, start, level) IN (
    SELECT project_id, subject, start, level FROM alerts WHERE at < :before LIMIT :limit
)
RETURNING 1
