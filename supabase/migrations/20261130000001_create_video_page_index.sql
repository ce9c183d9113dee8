create index concurrently video_discovered_at_page_idx on public.video (discovered_at desc, id desc);

-- Rollback:
-- drop index concurrently public.video_discovered_at_page_idx;
