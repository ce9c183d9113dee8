-- The days of what was there before: in one snapshot, beside writers that go on and are counted by the triggers of the
-- file before. Videos and commenters of each domain follow in small steps; until then they are counted when asked for.

select private.settle_days();
alter table public.domain validate constraint domain_counts_fit;

-- Rollback:
-- alter table public.domain drop constraint domain_counts_fit;
-- alter table public.domain add constraint domain_counts_fit check (
--   video_count >= 0 and video_count <= mention_count and commenter_count >= 0 and commenter_count <= mention_count
--   and (video_count is null) = (commenter_count is null)) not valid;
-- delete from private.day_tally;
