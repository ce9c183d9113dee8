create index concurrently domain_mention_period_idx on public.domain_mention (discovered_at desc) include (domain_id, video_id, tier);

-- Rollback:
-- drop index concurrently public.domain_mention_period_idx;
