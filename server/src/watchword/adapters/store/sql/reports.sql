-- name: add_rollup
INSERT INTO rollups (span, start, project_id, country, channel, account, started, refused, kept, sent, failed, delivered, undeliverable, verified, wrong, cost, delivered_0, delivered_1, delivered_2, delivered_3, delivered_4, delivered_5, delivered_6, delivered_7, delivered_8, verified_0, verified_1, verified_2, verified_3, verified_4, verified_5, verified_6, verified_7, verified_8)
VALUES (:span, :start, :project_id, :country, :channel, :account, :started, :refused, :kept, :sent, :failed, :delivered, :undeliverable, :verified, :wrong, :cost, :delivered_0, :delivered_1, :delivered_2, :delivered_3, :delivered_4, :delivered_5, :delivered_6, :delivered_7, :delivered_8, :verified_0, :verified_1, :verified_2, :verified_3, :verified_4, :verified_5, :verified_6, :verified_7, :verified_8)
ON CONFLICT (span, start, project_id, country, channel, account) DO UPDATE SET
    started = rollups.started + excluded.started,
    refused = rollups.refused + excluded.refused,
    kept = rollups.kept + excluded.kept,
    sent = rollups.sent + excluded.sent,
    failed = rollups.failed + excluded.failed,
    delivered = rollups.delivered + excluded.delivered,
    undeliverable = rollups.undeliverable + excluded.undeliverable,
    verified = rollups.verified + excluded.verified,
    wrong = rollups.wrong + excluded.wrong,
    cost = rollups.cost + excluded.cost,
    delivered_0 = rollups.delivered_0 + excluded.delivered_0,
    delivered_1 = rollups.delivered_1 + excluded.delivered_1,
    delivered_2 = rollups.delivered_2 + excluded.delivered_2,
    delivered_3 = rollups.delivered_3 + excluded.delivered_3,
    delivered_4 = rollups.delivered_4 + excluded.delivered_4,
    delivered_5 = rollups.delivered_5 + excluded.delivered_5,
    delivered_6 = rollups.delivered_6 + excluded.delivered_6,
    delivered_7 = rollups.delivered_7 + excluded.delivered_7,
    delivered_8 = rollups.delivered_8 + excluded.delivered_8,
    verified_0 = rollups.verified_0 + excluded.verified_0,
    verified_1 = rollups.verified_1 + excluded.verified_1,
    verified_2 = rollups.verified_2 + excluded.verified_2,
    verified_3 = rollups.verified_3 + excluded.verified_3,
    verified_4 = rollups.verified_4 + excluded.verified_4,
    verified_5 = rollups.verified_5 + excluded.verified_5,
    verified_6 = rollups.verified_6 + excluded.verified_6,
    verified_7 = rollups.verified_7 + excluded.verified_7,
    verified_8 = rollups.verified_8 + excluded.verified_8

-- name: rollups_over_time
SELECT start,
    CAST(SUM(started) AS BIGINT),
    CAST(SUM(refused) AS BIGINT),
    CAST(SUM(kept) AS BIGINT),
    CAST(SUM(sent) AS BIGINT),
    CAST(SUM(failed) AS BIGINT),
    CAST(SUM(delivered) AS BIGINT),
    CAST(SUM(undeliverable) AS BIGINT),
    CAST(SUM(verified) AS BIGINT),
    CAST(SUM(wrong) AS BIGINT),
    CAST(SUM(cost) AS BIGINT),
    CAST(SUM(delivered_0) AS BIGINT),
    CAST(SUM(delivered_1) AS BIGINT),
    CAST(SUM(delivered_2) AS BIGINT),
    CAST(SUM(delivered_3) AS BIGINT),
    CAST(SUM(delivered_4) AS BIGINT),
    CAST(SUM(delivered_5) AS BIGINT),
    CAST(SUM(delivered_6) AS BIGINT),
    CAST(SUM(delivered_7) AS BIGINT),
    CAST(SUM(delivered_8) AS BIGINT),
    CAST(SUM(verified_0) AS BIGINT),
    CAST(SUM(verified_1) AS BIGINT),
    CAST(SUM(verified_2) AS BIGINT),
    CAST(SUM(verified_3) AS BIGINT),
    CAST(SUM(verified_4) AS BIGINT),
    CAST(SUM(verified_5) AS BIGINT),
    CAST(SUM(verified_6) AS BIGINT),
    CAST(SUM(verified_7) AS BIGINT),
    CAST(SUM(verified_8) AS BIGINT)
FROM rollups
WHERE span = :span AND start >= :since AND start < :until
    AND (project_id = :project_id OR :everywhere = 1)
GROUP BY start ORDER BY start

-- name: rollups_by_way
SELECT country, channel, account,
    CAST(SUM(started) AS BIGINT),
    CAST(SUM(refused) AS BIGINT),
    CAST(SUM(kept) AS BIGINT),
    CAST(SUM(sent) AS BIGINT),
    CAST(SUM(failed) AS BIGINT),
    CAST(SUM(delivered) AS BIGINT),
    CAST(SUM(undeliverable) AS BIGINT),
    CAST(SUM(verified) AS BIGINT),
    CAST(SUM(wrong) AS BIGINT),
    CAST(SUM(cost) AS BIGINT),
    CAST(SUM(delivered_0) AS BIGINT),
    CAST(SUM(delivered_1) AS BIGINT),
    CAST(SUM(delivered_2) AS BIGINT),
    CAST(SUM(delivered_3) AS BIGINT),
    CAST(SUM(delivered_4) AS BIGINT),
    CAST(SUM(delivered_5) AS BIGINT),
    CAST(SUM(delivered_6) AS BIGINT),
    CAST(SUM(delivered_7) AS BIGINT),
    CAST(SUM(delivered_8) AS BIGINT),
    CAST(SUM(verified_0) AS BIGINT),
    CAST(SUM(verified_1) AS BIGINT),
    CAST(SUM(verified_2) AS BIGINT),
    CAST(SUM(verified_3) AS BIGINT),
    CAST(SUM(verified_4) AS BIGINT),
    CAST(SUM(verified_5) AS BIGINT),
    CAST(SUM(verified_6) AS BIGINT),
    CAST(SUM(verified_7) AS BIGINT),
    CAST(SUM(verified_8) AS BIGINT)
FROM rollups
WHERE span = :span AND start >= :since AND start < :until
    AND (project_id = :project_id OR :everywhere = 1)
GROUP BY country, channel, account

-- name: add_refusal
INSERT INTO refusals (start, project_id, country, prefix, reason, count, kept)
VALUES (:start, :project_id, :country, :prefix, :reason, :count, :kept)
ON CONFLICT (start, project_id, country, prefix, reason) DO UPDATE SET
    count = refusals.count + excluded.count, kept = refusals.kept + excluded.kept

-- name: refusals
SELECT project_id, country, prefix, reason, CAST(SUM(count) AS BIGINT), CAST(SUM(kept) AS BIGINT)
FROM refusals
WHERE start >= :since AND start < :until AND (project_id = :project_id OR :everywhere = 1)
GROUP BY project_id, country, prefix, reason
ORDER BY 5 DESC, country, prefix, reason LIMIT :limit

-- name: forget_rollups
DELETE FROM rollups WHERE (span, start, project_id, country, channel, account) IN (
    SELECT span, start, project_id, country, channel, account FROM rollups
    WHERE span = :span AND start < :before LIMIT :limit
)
RETURNING 1

-- name: forget_refusals
DELETE FROM refusals WHERE (start, project_id, country, prefix, reason) IN (
    SELECT start, project_id, country, prefix, reason FROM refusals WHERE start < :before LIMIT :limit
)
RETURNING 1

-- name: authentications_before
SELECT id, project_id, version, body FROM authentications
WHERE id < :before ORDER BY id DESC LIMIT :limit

-- name: authentications_with_number
SELECT id, project_id, version, body FROM authentications
WHERE phone_number = :phone_number ORDER BY id DESC LIMIT :limit

-- name: authentications_with_correlation
SELECT id, project_id, version, body FROM authentications
WHERE correlation_id = :correlation_id ORDER BY id DESC LIMIT :limit

-- name: inbox_everywhere
SELECT body FROM inbox ORDER BY id DESC LIMIT :limit
