create index concurrently comment_discovered_at_page_idx on public.comment (discovered_at desc, id desc);

-- Rollback:
-- drop index concurrently public.comment_discovered_at_page_idx;
