create index concurrently domain_mention_video_id_discovered_at_idx on public.domain_mention (video_id, discovered_at desc);

-- Rollback:
-- drop index concurrently public.domain_mention_video_id_discovered_at_idx;
