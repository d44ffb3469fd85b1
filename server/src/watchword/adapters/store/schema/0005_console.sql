-- What the console shows: numbers and the caller's own ids can be found, and what happened is counted
-- by the hour (`h`) and by the day (`d`), so that reports need not read events.

ALTER TABLE authentications ADD COLUMN correlation_id TEXT;
CREATE INDEX authentications_number ON authentications (phone_number);
CREATE INDEX authentications_correlation ON authentications (correlation_id)
WHERE correlation_id IS NOT NULL;

CREATE TABLE rollups (
    span TEXT NOT NULL,
    start BIGINT NOT NULL,
    project_id BLOB NOT NULL,
    country TEXT NOT NULL,
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    started BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    undeliverable BIGINT NOT NULL,
    verified BIGINT NOT NULL,
    wrong BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    delivered_0 BIGINT NOT NULL,
    delivered_1 BIGINT NOT NULL,
    delivered_2 BIGINT NOT NULL,
    delivered_3 BIGINT NOT NULL,
    delivered_4 BIGINT NOT NULL,
    delivered_5 BIGINT NOT NULL,
    delivered_6 BIGINT NOT NULL,
    delivered_7 BIGINT NOT NULL,
    delivered_8 BIGINT NOT NULL,
    verified_0 BIGINT NOT NULL,
    verified_1 BIGINT NOT NULL,
    verified_2 BIGINT NOT NULL,
    verified_3 BIGINT NOT NULL,
    verified_4 BIGINT NOT NULL,
    verified_5 BIGINT NOT NULL,
    verified_6 BIGINT NOT NULL,
    verified_7 BIGINT NOT NULL,
    verified_8 BIGINT NOT NULL,
    PRIMARY KEY (span, start, project_id, country, channel, account)
) WITHOUT ROWID;

CREATE TABLE refusals (
    start BIGINT NOT NULL,
    project_id BLOB NOT NULL,
    country TEXT NOT NULL,
    prefix TEXT NOT NULL,
    reason TEXT NOT NULL,
    count BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    PRIMARY KEY (start, project_id, country, prefix, reason)
) WITHOUT ROWID;

-- Callbacks that were posted, with every try.

CREATE TABLE callbacks (
    id TEXT PRIMARY KEY,
    project_id BLOB NOT NULL,
    authentication_id BLOB NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX callbacks_at ON callbacks (at);
CREATE INDEX callbacks_authentication ON callbacks (authentication_id);

-- Who may use the console and the management API. A grant is a session, a token or a sign-in link;
-- only its digest is kept.

CREATE TABLE operators (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE grants (
    digest BLOB PRIMARY KEY,
    operator_id BLOB NOT NULL REFERENCES operators (id),
    kind TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX grants_expiry ON grants (expires_at);
