-- name: directory_version
SELECT version FROM directory_version

-- name: raise_directory_version
UPDATE directory_version SET version = version + 1

-- name: projects
SELECT id, name, mode, suspended, settings, created_at FROM projects ORDER BY id

-- name: put_project
INSERT INTO projects (id, name, mode, suspended, settings, created_at)
VALUES (:id, :name, :mode, :suspended, :settings, :created_at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, mode = excluded.mode,
    suspended = excluded.suspended, settings = excluded.settings

-- name: api_keys
SELECT id, project_id, digest, hint, name, scopes, created_at, last_used_at, revoked_at
FROM api_keys ORDER BY id

-- name: put_api_key
INSERT INTO api_keys
    (id, project_id, digest, hint, name, scopes, created_at, last_used_at, revoked_at)
VALUES
    (:id, :project_id, :digest, :hint, :name, :scopes, :created_at, :last_used_at, :revoked_at)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, scopes = excluded.scopes,
    last_used_at = excluded.last_used_at, revoked_at = excluded.revoked_at

-- name: touch_api_key
UPDATE api_keys SET last_used_at = :last_used_at WHERE id = :id

-- name: probe
UPDATE directory_version SET version = version

-- name: provider_accounts
SELECT name, provider, sealed, paused, created_at FROM provider_accounts ORDER BY name

-- name: put_provider_account
INSERT INTO provider_accounts (name, provider, sealed, paused, created_at)
VALUES (:name, :provider, :sealed, :paused, :created_at)
ON CONFLICT (name) DO UPDATE SET provider = excluded.provider, sealed = excluded.sealed,
    paused = excluded.paused

-- name: remove_provider_account
DELETE FROM provider_accounts WHERE name = :name
