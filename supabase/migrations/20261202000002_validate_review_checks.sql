-- What was added without looking at the rows that are there.

alter table public.domain validate constraint domain_verdict_known;
alter table public.domain_mention validate constraint domain_mention_verdict_known;

-- Rollback:
-- alter table public.domain_mention drop constraint domain_mention_verdict_known;
-- alter table public.domain_mention add constraint domain_mention_verdict_known
--   check (verdict is null or verdict = 'not_a_domain' and confidence_score = 0) not valid;
-- comment on constraint domain_mention_verdict_known on public.domain_mention is
--   'The only verdict on a mention is not_a_domain, and such a mention is held.';
-- alter table public.domain drop constraint domain_verdict_known;
-- alter table public.domain add constraint domain_verdict_known
--   check (verdict in ('malicious', 'suspicious', 'benign', 'ignore')) not valid;
-- comment on constraint domain_verdict_known on public.domain is 'A verdict is one of four words.';
