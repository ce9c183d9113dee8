-- What an import has to remember: which observation a comment was last changed by, so that the same one is
-- recognised without being merged again; and what reading a refused record again takes beside its raw form.

alter table public.comment add column observation_digest bigint;
comment on column public.comment.observation_digest is
  'Digest of the observation that changed the row last (BLAKE2b, 64 bits); null where it was written before there was one. The same digest again says nothing new.';

alter table public.quarantine add column context jsonb not null default '{}';
comment on column public.quarantine.context is
  'What reading it again takes beside raw: form, place, file, envelope, columns, video_id.';
comment on column public.quarantine.sha256 is
  'SHA-256 of raw; where the file names no video, of the file''s video_id, the place and raw.';

-- Whether the same content was imported before, and when first.
create index run_request_sha256_idx on public.run ((request ->> 'sha256'), started_at);
comment on index public.run_request_sha256_idx is 'Runs over the same content, the first of them first.';

-- Rollback:
-- drop index public.run_request_sha256_idx;
-- alter table public.quarantine drop column context;
-- comment on column public.quarantine.sha256 is 'SHA-256 of raw.';
-- alter table public.comment drop column observation_digest;
