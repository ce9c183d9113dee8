-- No row says otherwise: what may be paused is in force for all of them.

alter table public.pause validate constraint pause_what_known;

-- Rollback:
-- alter table public.pause drop constraint pause_what_known;
-- alter table public.pause add constraint pause_what_known check (what in ('collection', 'enrichment')) not valid;
