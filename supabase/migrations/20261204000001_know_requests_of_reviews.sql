-- Verdicts that were given together, by one form or one call of the API: they are told, and taken back, together. A call
-- that is sent again finds what it wrote the first time. Only the transaction that judges says which request it is.
-- And the domains that are to be left out of lists are found without looking at all the others.

alter table public.review
  add column request_id uuid default nullif(current_setting('harvester.request_id', true), '')::uuid,
  add column request_digest text default nullif(current_setting('harvester.request_digest', true), '');
create index review_request_id_idx on public.review (request_id, id) where request_id is not null;
create index domain_ignored_idx on public.domain (id) where verdict = 'ignore';
comment on column public.review.request_id is
  'The form or call that wrote the row, alike for all that it wrote; null where none was named.';
comment on column public.review.request_digest is
  'SHA-256 of what that call asked for, in hexadecimal digits; null where it named no key to be known by again.';
comment on index public.review_request_id_idx is 'What one request wrote.';
comment on index public.domain_ignored_idx is 'The domains that lists leave out.';

-- Rollback:
-- drop index public.domain_ignored_idx;
-- drop index public.review_request_id_idx;
-- alter table public.review drop column request_digest, drop column request_id;
