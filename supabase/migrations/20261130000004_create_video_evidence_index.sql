create index concurrently domain_mention_video_id_page_idx on public.domain_mention (video_id, discovered_at desc, id desc);

-- Rollback:
-- drop index concurrently public.domain_mention_video_id_page_idx;
