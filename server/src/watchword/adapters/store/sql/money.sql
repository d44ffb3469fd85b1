-- name: add_spend
INSERT INTO spend (start, period, project_id, country, amount)
SELECT :start, :period, :project_id, :country, :amount WHERE CAST(:amount AS BIGINT) <= :cap
ON CONFLICT (start, period, project_id, country) DO UPDATE SET amount = spend.amount + excluded.amount
WHERE spend.amount + excluded.amount <= :cap

-- name: spend
SELECT amount FROM spend
WHERE start = :start AND period = :period AND project_id = :project_id AND country = :country

-- name: forget_spend
DELETE FROM spend WHERE (start, period, project_id, country) IN (
    SELECT start, period, project_id, country FROM spend WHERE start < :before LIMIT :limit
)
RETURNING 1

-- name: balance
SELECT amount FROM balances WHERE project_id = :project_id

-- name: take_from_balance
UPDATE balances SET amount = amount - :amount
WHERE project_id = :project_id AND (amount >= 0 OR :guarded = 0)

-- name: add_balance
INSERT INTO balances (project_id, amount) VALUES (:project_id, :amount)
ON CONFLICT (project_id) DO UPDATE SET amount = balances.amount + excluded.amount
RETURNING amount
