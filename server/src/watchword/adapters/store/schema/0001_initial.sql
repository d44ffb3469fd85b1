-- Ids are 16-byte UUIDs of version 7, so every primary key grows at its end.
-- Times are Unix milliseconds. Money is in micros. No column holds a code.

CREATE TABLE projects (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    mode TEXT NOT NULL,
    suspended INTEGER NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    id BLOB PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id),
    digest BLOB NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);

CREATE TABLE directory_version (version BIGINT NOT NULL);
INSERT INTO directory_version (version) VALUES (1);

CREATE TABLE balances (
    project_id BLOB PRIMARY KEY REFERENCES projects (id),
    amount BIGINT NOT NULL
);

CREATE TABLE authentications (
    id BLOB PRIMARY KEY,
    project_id BLOB NOT NULL,
    phone_number TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE events (
    authentication_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (authentication_id, sequence)
) WITHOUT ROWID;

CREATE TABLE numbers (
    project_id BLOB NOT NULL,
    phone_number TEXT NOT NULL,
    version BIGINT NOT NULL,
    touched_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (project_id, phone_number)
) WITHOUT ROWID;

CREATE TABLE tasks (
    id BLOB PRIMARY KEY,
    authentication_id BLOB NOT NULL,
    project_id BLOB NOT NULL,
    work TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    tries INTEGER NOT NULL
);
CREATE INDEX tasks_due ON tasks (due_at);

CREATE TABLE counters (
    hour BIGINT NOT NULL,
    project_id BLOB NOT NULL,
    name TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (hour, project_id, name)
) WITHOUT ROWID;

CREATE TABLE spend (
    start BIGINT NOT NULL,
    period TEXT NOT NULL,
    project_id BLOB NOT NULL,
    country TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (start, period, project_id, country)
) WITHOUT ROWID;

CREATE TABLE answers (
    project_id BLOB NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    answer BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, key)
) WITHOUT ROWID;
CREATE INDEX answers_created ON answers (created_at);

CREATE TABLE sent_messages (
    account TEXT NOT NULL,
    provider_message_id TEXT NOT NULL,
    authentication_id BLOB NOT NULL,
    attempt_number INTEGER NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, provider_message_id)
) WITHOUT ROWID;
CREATE INDEX sent_messages_at ON sent_messages (at);

CREATE TABLE inbox (
    id BLOB PRIMARY KEY,
    project_id BLOB NOT NULL,
    phone_number TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX inbox_number ON inbox (project_id, phone_number, id);
