-- The indexes of the files before take the place of older ones. The orders of the list of domains: each ends with the id, so that a
-- page goes on behind any row, however many share its value. Names in Unicode are searched by trigrams as well, where
-- they differ from the ASCII form.

comment on index public.domain_mention_domain_id_page_idx is 'The evidence of a domain, newest first, page by page even where many share a time; figures of a period from the index alone.';
drop index public.domain_mention_domain_id_discovered_at_idx;
comment on index public.domain_mention_period_idx is 'Mentions of a period, counted from the index alone: trends, figures, retention.';
drop index public.domain_mention_discovered_at_idx;
comment on index public.domain_mention_video_id_discovered_at_idx is 'The mentions under a video, and the last of them.';
drop index public.domain_mention_video_id_idx;

create index domain_mention_count_page_idx on public.domain (mention_count desc, id desc);
comment on index public.domain_mention_count_page_idx is 'The most mentioned domains, page by page.';
drop index public.domain_mention_count_idx;

create index domain_first_seen_at_page_idx on public.domain (first_seen_at desc, id desc);
comment on index public.domain_first_seen_at_page_idx is 'New domains, page by page.';
drop index public.domain_first_seen_at_idx;

create index domain_last_seen_at_page_idx on public.domain (last_seen_at desc, id desc);
comment on index public.domain_last_seen_at_page_idx is 'Recent activity, page by page.';
drop index public.domain_last_seen_at_idx;

do $$
declare
  extension_schema text := (
    select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_trgm');
begin
  if extension_schema is null then
    raise notice 'pg_trgm is not here: substring search of names in Unicode will have no index';
    return;
  end if;
  execute format(
    'create index domain_unicode_name_trgm_idx on public.domain using gin (unicode_name %I.gin_trgm_ops)'
    ' where unicode_name <> domain_name', extension_schema);
  comment on index public.domain_unicode_name_trgm_idx is 'Search for a part of a name written in Unicode.';
end
$$;

-- Rollback:
-- drop index if exists public.domain_unicode_name_trgm_idx;
-- create index domain_last_seen_at_idx on public.domain (last_seen_at desc);
-- comment on index public.domain_last_seen_at_idx is 'Recent activity.';
-- drop index public.domain_last_seen_at_page_idx;
-- create index domain_first_seen_at_idx on public.domain (first_seen_at desc);
-- comment on index public.domain_first_seen_at_idx is 'New domains.';
-- drop index public.domain_first_seen_at_page_idx;
-- create index domain_mention_count_idx on public.domain (mention_count desc);
-- comment on index public.domain_mention_count_idx is 'The most mentioned domains.';
-- drop index public.domain_mention_count_page_idx;
-- create index domain_mention_video_id_idx on public.domain_mention (video_id);
-- comment on index public.domain_mention_video_id_idx is 'The mentions under a video; the foreign key.';
-- comment on index public.domain_mention_video_id_discovered_at_idx is null;
-- create index domain_mention_discovered_at_idx on public.domain_mention (discovered_at desc);
-- comment on index public.domain_mention_discovered_at_idx is 'Mentions of a period, retention.';
-- comment on index public.domain_mention_period_idx is null;
-- create index domain_mention_domain_id_discovered_at_idx on public.domain_mention (domain_id, discovered_at desc);
-- comment on index public.domain_mention_domain_id_discovered_at_idx is 'The evidence of a domain, newest first; the foreign key.';
-- comment on index public.domain_mention_domain_id_page_idx is null;
