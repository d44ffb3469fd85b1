-- name: insert_number
INSERT INTO numbers (project_id, phone_number, version, touched_at, body)
VALUES (:project_id, :phone_number, 1, :touched_at, :body)
ON CONFLICT (project_id, phone_number) DO NOTHING

-- name: update_number
UPDATE numbers SET version = :version + 1, touched_at = :touched_at, body = :body
WHERE project_id = :project_id AND phone_number = :phone_number AND version = :version

-- name: number
SELECT version, body FROM numbers
WHERE project_id = :project_id AND phone_number = :phone_number

-- name: authentication_and_number
SELECT authentications.project_id, authentications.phone_number, authentications.version,
    authentications.body, numbers.version, numbers.body
FROM authentications LEFT JOIN numbers ON numbers.project_id = authentications.project_id
    AND numbers.phone_number = authentications.phone_number
WHERE authentications.id = :id
