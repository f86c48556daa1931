-- +goose Up

-- Of a request, and of its tasks: 0 if it is expedited, so that it comes
-- first, 1 if it is not. Requests under way from before become expedited when
-- they are written the next time.
ALTER TABLE request ADD COLUMN ordinary INTEGER NOT NULL DEFAULT 1;
ALTER TABLE task ADD COLUMN ordinary INTEGER NOT NULL DEFAULT 1;
DROP INDEX request_queue;
CREATE INDEX request_queue ON request (queue, ordinary, updated_ms, id) WHERE queue <> '';
CREATE INDEX task_expedited ON task (due_ms, n) WHERE state = 'intended' AND ordinary = 0;
