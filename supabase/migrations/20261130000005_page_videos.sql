-- The indexes of the files before: two orders of the list of videos, the comments of a video page by page, and the
-- domains that were ever written in some way. Each order ends with the id, so that a page goes on behind any row, however
-- many share its value: all that one file brings was discovered at the same time. Two take the place of older ones.

comment on index public.video_discovered_at_page_idx is 'Newest videos, page by page; periods, retention.';
drop index public.video_discovered_at_idx;
comment on index public.video_view_count_page_idx is 'The most watched videos, page by page; behind them those whose views nobody told.';
comment on index public.domain_mention_method_idx is 'Whether a domain was ever written in some way, from the index alone.';
comment on index public.domain_mention_video_id_page_idx is 'The mentions under a video, newest first, page by page; the foreign key.';
drop index public.domain_mention_video_id_discovered_at_idx;

-- Rollback:
-- create index domain_mention_video_id_discovered_at_idx on public.domain_mention (video_id, discovered_at desc);
-- comment on index public.domain_mention_video_id_discovered_at_idx is 'The mentions under a video, and the last of them.';
-- comment on index public.domain_mention_video_id_page_idx is null;
-- comment on index public.domain_mention_method_idx is null;
-- comment on index public.video_view_count_page_idx is null;
-- create index video_discovered_at_idx on public.video (discovered_at desc);
-- comment on index public.video_discovered_at_idx is 'Newest videos, periods, retention.';
-- comment on index public.video_discovered_at_page_idx is null;
