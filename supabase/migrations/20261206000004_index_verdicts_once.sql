-- One index for the domains that lists leave out and for those that precision is counted over: it is no larger
-- than the two were, and gives the verdict with the key.

create index domain_verdict_idx on public.domain (verdict, id) where verdict is not null;
comment on index public.domain_verdict_idx is
  'The domains that people judged: what precision is counted over, and by their verdict those that lists leave out.';
drop index public.domain_ignored_idx;
drop index public.domain_judged_idx;

-- Rollback:
-- create index domain_judged_idx on public.domain (id) where verdict is not null;
-- comment on index public.domain_judged_idx is 'The domains that people judged: what precision is counted over.';
-- create index domain_ignored_idx on public.domain (id) where verdict = 'ignore';
-- comment on index public.domain_ignored_idx is 'The domains that lists leave out.';
-- drop index public.domain_verdict_idx;
