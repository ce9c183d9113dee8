-- Look-ups of domains have a switch of their own, beside that of collecting.

alter table public.pause drop constraint pause_what_known;
alter table public.pause add constraint pause_what_known check (what in ('collection', 'enrichment')) not valid;
comment on column public.pause.what is
  'collection: every request to TikTok''s APIs; enrichment: every look-up of a domain.';

-- Rollback:
-- delete from public.pause where what = 'enrichment';
-- alter table public.pause drop constraint pause_what_known;
-- alter table public.pause add constraint pause_what_known check (what = 'collection');
-- comment on column public.pause.what is 'collection: every request to TikTok''s APIs.';
