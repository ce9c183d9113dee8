-- The queue's schema, with its rule made before its first table: the worker works in it, nobody else sees it.

create schema jobs;
comment on schema jobs is 'The queue: work that waits for a worker. Closed to all but the worker.';
revoke all on schema jobs from public, anon, authenticated;
grant usage on schema jobs to service_role;

-- Whatever this role makes in the schema later is for the worker, and for nobody else.
alter default privileges in schema jobs grant select, insert, update, delete on tables to service_role;
alter default privileges in schema jobs grant usage, select on sequences to service_role;
alter default privileges in schema jobs grant execute on functions to service_role;

-- Rollback:
-- drop schema jobs cascade;
