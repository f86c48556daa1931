-- +goose Up

-- The columns of the SQLite schema beside this one, where their meaning is
-- told.
ALTER TABLE request ADD COLUMN ordinary BIGINT NOT NULL DEFAULT 1;
ALTER TABLE task ADD COLUMN ordinary BIGINT NOT NULL DEFAULT 1;
DROP INDEX request_queue;
CREATE INDEX request_queue ON request (queue, ordinary, updated_ms, id) WHERE queue <> '';
CREATE INDEX task_expedited ON task (due_ms, n) WHERE state = 'intended' AND ordinary = 0;
