-- Who walks through the hosted page. Of a token only its digest is kept.

CREATE TABLE hosted_sessions (
    id BLOB PRIMARY KEY,
    project_id BLOB NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    phone_number TEXT,
    expires_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX hosted_sessions_expiry ON hosted_sessions (expires_at);
CREATE INDEX hosted_sessions_project ON hosted_sessions (project_id);
CREATE INDEX hosted_sessions_number ON hosted_sessions (phone_number)
WHERE phone_number IS NOT NULL;
