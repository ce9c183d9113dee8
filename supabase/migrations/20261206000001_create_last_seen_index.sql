create index concurrently mention_tally_last_seen_at_idx on private.mention_tally (kind, last_seen_at) where kind <> 'commenter';

-- Rollback:
-- drop index concurrently private.mention_tally_last_seen_at_idx;
