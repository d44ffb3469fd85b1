-- What screening and routing have learnt: sightings that each process tells the others, and the
-- whole of it now and then, in parts, so that a restart begins where the last one ended.

CREATE TABLE news (
    process BLOB NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (process, number)
) WITHOUT ROWID;
CREATE INDEX news_at ON news (at);

CREATE TABLE memory (
    at BIGINT NOT NULL,
    part BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (at, part)
) WITHOUT ROWID;

-- Alerts that were raised, each once.

CREATE TABLE alerts (
    project_id BLOB NOT NULL,
    subject TEXT NOT NULL,
    start BIGINT NOT NULL,
    level BIGINT NOT NULL,
    at BIGINT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (project_id, subject, start, level)
) WITHOUT ROWID;
CREATE INDEX alerts_at ON alerts (at);
