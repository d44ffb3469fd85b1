-- name: insert_authentication
INSERT INTO authentications (id, project_id, phone_number, version, body, correlation_id)
VALUES (:id, :project_id, :phone_number, 1, :body, :correlation_id)
ON CONFLICT (id) DO NOTHING

-- name: update_authentication
UPDATE authentications SET version = :version + 1, body = :body
WHERE id = :id AND version = :version

-- name: authentication
SELECT project_id, phone_number, version, body FROM authentications WHERE id = :id

-- name: insert_event
INSERT INTO events (authentication_id, sequence, at, what)
VALUES (:authentication_id, :sequence, :at, :what)

-- name: events
SELECT sequence, at, what FROM events
WHERE authentication_id = :authentication_id ORDER BY sequence

-- name: insert_sent_message
INSERT INTO sent_messages (account, provider_message_id, authentication_id, attempt_number, at)
VALUES (:account, :provider_message_id, :authentication_id, :attempt_number, :at)
ON CONFLICT (account, provider_message_id) DO NOTHING

-- name: sent_message
SELECT authentication_id, attempt_number FROM sent_messages
WHERE account = :account AND provider_message_id = :provider_message_id

-- name: forget_sent_messages
DELETE FROM sent_messages WHERE (account, provider_message_id) IN (
    SELECT account, provider_message_id FROM sent_messages WHERE at < :before LIMIT :limit
)
RETURNING 1

-- name: insert_early_receipt
INSERT INTO early_receipts (id, account, receipt, at) VALUES (:id, :account, :receipt, :at)

-- name: early_receipts
SELECT id, account, receipt, at FROM early_receipts ORDER BY id LIMIT :limit

-- name: drop_early_receipt
DELETE FROM early_receipts WHERE id = :id
