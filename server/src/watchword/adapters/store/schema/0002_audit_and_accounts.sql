-- What operators did, each entry sealed by the hash of all before it.
CREATE TABLE audit (
    sequence BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL
);

-- Accounts at providers; the credentials are sealed under a key that is not in the database.
CREATE TABLE provider_accounts (
    name TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    sealed TEXT NOT NULL,
    paused INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
