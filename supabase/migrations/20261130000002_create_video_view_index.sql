create index concurrently video_view_count_page_idx on public.video ((coalesce(view_count, -1)) desc, id desc);

-- Rollback:
-- drop index concurrently public.video_view_count_page_idx;
