-- Receipts that came before the send of their message was recorded.

CREATE TABLE early_receipts (
    id BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    receipt TEXT NOT NULL,
    at BIGINT NOT NULL
);
