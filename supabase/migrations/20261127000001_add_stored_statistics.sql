-- Statistics that are kept instead of counted at each reading: how many videos and commenters a domain has, when each
-- video and each domain under each video was last mentioned, and how many rows each day brought. All of them are exact
-- at every moment. Domains that were there before are counted later, in small steps: private.count_domains.

-------------------------------------------------------------------------------------------------------
-- Rows a day.
-------------------------------------------------------------------------------------------------------
create table private.day_tally (
  id         uuid primary key default private.uuid_v7(),
  kind       text not null,
  day        date not null,
  slot       integer not null,
  row_count  bigint not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint day_tally_once_a_slot unique (kind, day, slot)
);
comment on table private.day_tally is
  'How many rows of each kind fall on each day (UTC): the sum over all slots. Writers that are at work at the same time count in different slots, so that none waits for another.';
comment on column private.day_tally.id is 'Key of the row, time-ordered (UUID version 7).';
comment on column private.day_tally.kind is 'What is counted: video, comment, mention by discovered_at; domain first and domain last by first_seen_at and last_seen_at; video last and pair last by the last shown mention under a video, and of a domain under a video.';
comment on column private.day_tally.day is 'Day of UTC.';
comment on column private.day_tally.slot is 'Whose count it is: two transactions that run at once have different ones.';
comment on column private.day_tally.row_count is 'What this slot adds to the sum; it may be negative.';
comment on column private.day_tally.created_at is 'When the row was inserted.';
comment on column private.day_tally.updated_at is 'When the row last changed.';
create trigger day_tally_set_updated_at before update on private.day_tally
  for each row when (old is distinct from new) execute function private.set_updated_at();
comment on trigger day_tally_set_updated_at on private.day_tally is 'Notes the time of a row''s last change.';

create function private.tally_slot() returns integer
language plpgsql set search_path = ''
as $$
begin
  for slot in 0 .. 63 loop
    if pg_catalog.pg_try_advisory_xact_lock(1212240471, slot) then
      return slot;
    end if;
  end loop;
  -- More writers than slots: a number that no other process has.
  return 64 + pg_catalog.pg_backend_pid();
end
$$;
comment on function private.tally_slot() is
  'A slot that nobody else counts in until this transaction ends. It is taken without waiting, so that no circle of waiting can arise.';

-- Its arguments are pairs of expressions, a kind and a time of the row; rows without a time do not count.
create function private.count_days() returns trigger
language plpgsql set search_path = ''
as $$
declare
  sides text[] := '{}';
begin
  for pair in 0 .. tg_nargs - 1 by 2 loop
    if tg_op <> 'INSERT' then
      sides := sides || format('select %s as kind, %s as moment, -1 as n from changed_from',
                               tg_argv[pair], tg_argv[pair + 1]);
    end if;
    if tg_op <> 'DELETE' then
      sides := sides || format('select %s as kind, %s as moment, 1 as n from changed_to',
                               tg_argv[pair], tg_argv[pair + 1]);
    end if;
  end loop;
  -- Planned anew each time: a plan kept from a statement that changed few rows may not suit one that changes many.
  execute format(
    'with slot as materialized (select private.tally_slot() as slot)
     insert into private.day_tally as t (kind, day, slot, row_count)
     select kind, day, slot.slot, n
     from (
       select kind, (moment at time zone ''UTC'')::date as day, sum(n) as n from (%s) side
       where moment is not null and kind is not null group by 1, 2 having sum(n) <> 0 order by 1, 2
     ) counted cross join slot
     on conflict (kind, day, slot) do update set row_count = t.row_count + excluded.row_count',
    array_to_string(sides, ' union all '));
  return null;
end
$$;
comment on function private.count_days() is
  'Keeps private.day_tally; the arguments of a trigger are pairs of a kind and the time that counts, both expressions.';

-------------------------------------------------------------------------------------------------------
-- Distinct videos and commenters of a domain, distinct videos and pairs of a period.
-------------------------------------------------------------------------------------------------------
create table private.mention_tally (
  id            uuid primary key,
  kind          text not null,
  domain_id     uuid,
  mention_count bigint not null,
  last_seen_at  timestamptz not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  constraint mention_tally_kind_known check (kind in ('pair', 'commenter', 'video')),
  constraint mention_tally_not_empty check (mention_count > 0),
  constraint mention_tally_domain check ((kind = 'video') = (domain_id is null))
);
comment on table private.mention_tally is
  'Distinct things that shown mentions name: a domain under a video (pair), a domain and one who mentions it (commenter), a video. A row is gone with its last mention. It holds mentions of counted domains alone, those whose video_count is set.';
comment on column private.mention_tally.id is 'Digest of what is counted: private.tally_id.';
comment on column private.mention_tally.kind is 'pair, commenter or video.';
comment on column private.mention_tally.domain_id is 'The domain; null for a video.';
comment on column private.mention_tally.mention_count is 'Its shown mentions.';
comment on column private.mention_tally.last_seen_at is
  'Greatest discovered_at of its shown mentions; of a commenter, a time not before that.';
comment on column private.mention_tally.created_at is 'When the row was inserted.';
comment on column private.mention_tally.updated_at is 'When the row last changed.';

create function private.tally_id(kind text, owner uuid, member text) returns uuid
language plpgsql immutable strict parallel safe set search_path = ''
as $$
begin
  return substr(encode(sha256(convert_to(kind || owner || member, 'UTF8')), 'hex'), 1, 32)::uuid;
end
$$;
comment on function private.tally_id(text, uuid, text) is
  'Key of a row of private.mention_tally: of a pair the domain and the video, of a commenter the domain and the handle, of a video itself and an empty text.';

-- null says: not counted yet. Rows that come from now on are counted from the beginning.
alter table public.domain add column video_count bigint, add column commenter_count bigint;
alter table public.domain alter column video_count set default 0, alter column commenter_count set default 0;
comment on column public.domain.video_count is
  'Distinct videos of its shown mentions, kept exact by triggers; null until private.count_domains has counted it.';
comment on column public.domain.commenter_count is
  'Distinct known authors of the comments that mention it, kept exact by triggers; null like video_count.';
alter table public.domain add constraint domain_counts_fit check (
  video_count >= 0 and video_count <= mention_count and commenter_count >= 0 and commenter_count <= mention_count
  and (video_count is null) = (commenter_count is null)) not valid;
create index domain_uncounted_idx on public.domain (id) where video_count is null;
comment on index public.domain_uncounted_idx is 'Domains whose videos and commenters are not counted yet; empty most of the time.';

alter table public.domain_mention add column username text;
comment on column public.domain_mention.username is
  'The comment''s username, kept equal by triggers; where its domain is not counted yet it may be missing.';

-- Row by row, because the statistics are counted from what the rows say.
create function private.take_username() returns trigger
language plpgsql set search_path = ''
as $$
begin
  select c.username into new.username from public.comment c where c.id = new.comment_id;
  return new;
end
$$;
comment on function private.take_username() is 'Gives a mention the handle of its comment''s author.';

-- The locks on domains come first and guard pairs and commenters too. A video may be mentioned with domains of two
-- writers: its row here is locked by the upsert, in the order of the ids.
create or replace function private.count_added_mentions() returns trigger
language plpgsql set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  perform from public.domain d
  where d.id in (select domain_id from changed_to where tier = 'shown')
  order by d.id
  for no key update;

  with added as materialized (
    select n.domain_id, n.video_id, n.username, n.discovered_at, d.video_count is not null as is_counted
    from changed_to n join public.domain d on d.id = n.domain_id
    where n.tier = 'shown'
  ),
  tallied as (
    insert into private.mention_tally as t (id, kind, domain_id, mention_count, last_seen_at)
    select * from (
      select private.tally_id('pair', domain_id, video_id::text) as id, 'pair', domain_id, count(*), max(discovered_at)
      from added where is_counted group by domain_id, video_id
      union all
      select private.tally_id('commenter', domain_id, username), 'commenter', domain_id, count(*), max(discovered_at)
      from added where is_counted and username is not null group by domain_id, username
      union all
      select private.tally_id('video', video_id, ''), 'video', null, count(*), max(discovered_at)
      from added where is_counted group by video_id
    ) counted
    order by id
    on conflict (id) do update set
      mention_count = t.mention_count + excluded.mention_count,
      last_seen_at = greatest(t.last_seen_at, excluded.last_seen_at)
    -- A row that the upsert found in place was locked by it, and carries our number there.
    returning t.kind, t.domain_id, t.xmax = 0 as is_new
  )
  update public.domain d
  set mention_count = d.mention_count + gained.mentions,
      video_count = d.video_count + gained.videos,
      commenter_count = d.commenter_count + gained.commenters,
      first_seen_at = least(d.first_seen_at, gained.first_seen_at),
      last_seen_at = greatest(d.last_seen_at, gained.last_seen_at)
  from (
    select domain_id, sum(mentions)::bigint as mentions, sum(videos)::bigint as videos,
           sum(commenters)::bigint as commenters, min(moment) as first_seen_at, max(moment) as last_seen_at
    from (
      select domain_id, 1 as mentions, 0 as videos, 0 as commenters, discovered_at as moment from added
      union all
      select domain_id, 0, (kind = 'pair')::integer, (kind = 'commenter')::integer, null::timestamptz
      from tallied where is_new and domain_id is not null
    ) each_gain
    group by domain_id
  ) gained
  where d.id = gained.domain_id;
  return null;
end
$$;

-- After a deletion or change the last times are read anew from the indexes; counts change by the difference.
create or replace function private.recount_mentions() returns trigger
language plpgsql set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  domains uuid[];
  videos uuid[];
  names text[];
  differences bigint[];
  keys uuid[];
  kinds text[];
  key_domains uuid[];
  key_videos uuid[];
  key_differences bigint[];
begin
  -- A deletion has no new rows: `changed_to` exists only for an update. What an update leaves as it was is left out.
  if tg_op = 'DELETE' then
    select array_agg(domain_id), array_agg(video_id), array_agg(username), array_agg(mentions)
    into domains, videos, names, differences
    from (
      select domain_id, video_id, username, -count(*) as mentions
      from changed_from where tier = 'shown' group by domain_id, video_id, username
    ) lost;
  else
    select array_agg(domain_id), array_agg(video_id), array_agg(username), array_agg(mentions)
    into domains, videos, names, differences
    from (
      select domain_id, video_id, username, sum(mentions)::bigint as mentions
      from (
        select domain_id, video_id, username, discovered_at, sum(mentions) as mentions
        from (
          select id, domain_id, video_id, username, discovered_at, -1 as mentions from changed_from where tier = 'shown'
          union all
          select id, domain_id, video_id, username, discovered_at, 1 from changed_to where tier = 'shown'
        ) both_sides
        group by id, domain_id, video_id, username, discovered_at
        having sum(mentions) <> 0
      ) changed
      group by domain_id, video_id, username
    ) moved;
  end if;
  if domains is null then
    return null;
  end if;

  perform from public.domain d where d.id = any (domains) order by d.id for no key update;

  -- A domain that is deleted with its mentions was counted where its pairs are.
  select array_agg(id order by id), array_agg(kind order by id), array_agg(domain_id order by id),
         array_agg(video_id order by id), array_agg(mentions order by id)
  into keys, kinds, key_domains, key_videos, key_differences
  from (
    with counted as materialized (
      select c.domain_id, c.video_id, c.username, c.mentions
      from unnest(domains, videos, names, differences) as c (domain_id, video_id, username, mentions)
      left join public.domain d on d.id = c.domain_id
      where case
        when d.id is not null then d.video_count is not null
        else exists (select from private.mention_tally t
                     where t.id = private.tally_id('pair', c.domain_id, c.video_id::text))
      end
    )
    select private.tally_id('pair', domain_id, video_id::text) as id, 'pair' as kind, domain_id, video_id,
           sum(mentions) as mentions
    from counted group by domain_id, video_id
    union all
    select private.tally_id('commenter', domain_id, username), 'commenter', domain_id, null, sum(mentions)
    from counted where username is not null group by domain_id, username
    union all
    select private.tally_id('video', video_id, ''), 'video', null, video_id, sum(mentions)
    from counted group by video_id
  ) keyed;

  perform from private.mention_tally t where t.id = any (keys) order by t.id for update;

  -- A statement of its own: it sees what others committed before they let us have the locks.
  with wanted as materialized (
    select k.id, k.kind, k.domain_id, k.mentions, case k.kind
      when 'pair' then (select max(m.discovered_at) from public.domain_mention m
                        where m.domain_id = k.domain_id and m.video_id = k.video_id and m.tier = 'shown')
      when 'video' then (select max(m.discovered_at) from public.domain_mention m
                         where m.video_id = k.video_id and m.tier = 'shown')
    end as last_seen_at
    from unnest(keys, kinds, key_domains, key_videos, key_differences) as k (id, kind, domain_id, video_id, mentions)
  ),
  emptied as (
    delete from private.mention_tally t using wanted w where t.id = w.id and t.mention_count + w.mentions = 0
    returning t.kind, t.domain_id
  ),
  changed as (
    update private.mention_tally t
    set mention_count = t.mention_count + w.mentions, last_seen_at = coalesce(w.last_seen_at, t.last_seen_at)
    from wanted w
    where t.id = w.id and t.mention_count + w.mentions > 0
      and (w.mentions <> 0 or t.last_seen_at <> coalesce(w.last_seen_at, t.last_seen_at))
  ),
  added as (
    insert into private.mention_tally as t (id, kind, domain_id, mention_count, last_seen_at)
    select w.id, w.kind, w.domain_id, w.mentions, coalesce(w.last_seen_at, now())
    from wanted w
    where w.mentions > 0 and not exists (select from private.mention_tally known where known.id = w.id)
    order by w.id
    on conflict (id) do update set
      mention_count = t.mention_count + excluded.mention_count,
      last_seen_at = greatest(t.last_seen_at, excluded.last_seen_at)
    returning t.kind, t.domain_id, t.xmax = 0 as is_new
  )
  update public.domain d
  set mention_count = d.mention_count + moved.mentions,
      video_count = d.video_count + moved.videos,
      commenter_count = d.commenter_count + moved.commenters,
      first_seen_at = (select min(m.discovered_at) from public.domain_mention m
                       where m.domain_id = d.id and m.tier = 'shown'),
      last_seen_at = (select max(m.discovered_at) from public.domain_mention m
                      where m.domain_id = d.id and m.tier = 'shown')
  from (
    select domain_id, sum(mentions)::bigint as mentions, sum(videos)::bigint as videos,
           sum(commenters)::bigint as commenters
    from (
      select c.domain_id, c.mentions, 0 as videos, 0 as commenters
      from unnest(domains, differences) as c (domain_id, mentions)
      union all
      select domain_id, 0, -(kind = 'pair')::integer, -(kind = 'commenter')::integer from emptied
      where domain_id is not null
      union all
      select domain_id, 0, (kind = 'pair')::integer, (kind = 'commenter')::integer from added
      where is_new and domain_id is not null
    ) each_change
    group by domain_id
  ) moved
  where d.id = moved.domain_id;
  return null;
end
$$;

-- A comment's author may become known later, or change.
create or replace function private.mentions_follow_comment() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- Planned anew each time: a plan made for a statement that changed few rows compares every row with every other.
  execute $do$
    delete from public.domain_mention m
    using changed_from o join changed_to n using (id)
    where m.comment_id = n.id and o.text <> n.text
  $do$;
  execute $do$
    update public.domain_mention m
    set discovered_at = n.discovered_at, video_id = n.video_id, username = n.username
    from changed_from o join changed_to n using (id)
    where m.comment_id = n.id
      and (o.discovered_at, o.video_id, o.username) is distinct from (n.discovered_at, n.video_id, n.username)
  $do$;
  return null;
end
$$;
comment on function private.mentions_follow_comment() is
  'Drops the mentions of a text that changed; carries a comment''s discovered_at, video and username to its mentions.';

create function private.count_domains(most_domains integer) returns bigint
language plpgsql set search_path = ''
as $$
declare
  uncounted uuid[];
begin
  if most_domains is null or most_domains < 1 then
    raise exception 'count_domains needs a number of domains from 1 on' using errcode = 'invalid_parameter_value';
  end if;
  select array_agg(id order by id) into uncounted
  from (
    select d.id from public.domain d where d.video_count is null order by d.id limit most_domains for no key update
  ) locked;
  if uncounted is null then
    return 0;
  end if;
  update public.domain_mention m
  set username = c.username
  from public.comment c
  where c.id = m.comment_id and m.domain_id = any (uncounted) and m.username is distinct from c.username;

  with shown as materialized (
    select m.domain_id, m.video_id, m.username, m.discovered_at
    from public.domain_mention m
    where m.domain_id = any (uncounted) and m.tier = 'shown'
  ),
  tallied as (
    insert into private.mention_tally as t (id, kind, domain_id, mention_count, last_seen_at)
    select * from (
      select private.tally_id('pair', domain_id, video_id::text) as id, 'pair', domain_id, count(*), max(discovered_at)
      from shown group by domain_id, video_id
      union all
      select private.tally_id('commenter', domain_id, username), 'commenter', domain_id, count(*), max(discovered_at)
      from shown where username is not null group by domain_id, username
      union all
      select private.tally_id('video', video_id, ''), 'video', null, count(*), max(discovered_at)
      from shown group by video_id
    ) counted
    order by id
    on conflict (id) do update set
      mention_count = t.mention_count + excluded.mention_count,
      last_seen_at = greatest(t.last_seen_at, excluded.last_seen_at)
    returning t.kind, t.domain_id
  )
  update public.domain d
  set video_count = coalesce(counted.videos, 0), commenter_count = coalesce(counted.commenters, 0)
  from unnest(uncounted) as wanted (id)
  left join (
    select domain_id, count(*) filter (where kind = 'pair') as videos,
           count(*) filter (where kind = 'commenter') as commenters
    from tallied where domain_id is not null group by domain_id
  ) counted on counted.domain_id = wanted.id
  where d.id = wanted.id;
  return cardinality(uncounted);
end
$$;
comment on function private.count_domains(integer) is
  'Counts videos and commenters of at most most_domains domains whose video_count is null, and returns how many; writers wait for these domains alone. Call it until it returns 0, a transaction each.';

create view private.counted_tally with (security_invoker = true) as
with shown as materialized (
  select m.domain_id, m.video_id, c.username, m.discovered_at
  from public.domain_mention m
  join public.comment c on c.id = m.comment_id
  join public.domain d on d.id = m.domain_id
  where m.tier = 'shown' and d.video_count is not null
)
select private.tally_id('pair', domain_id, video_id::text) as id, 'pair' as kind, domain_id,
       count(*) as mention_count, max(discovered_at) as last_seen_at
from shown group by domain_id, video_id
union all
select private.tally_id('commenter', domain_id, username), 'commenter', domain_id, count(*), max(discovered_at)
from shown where username is not null group by domain_id, username
union all
select private.tally_id('video', video_id, ''), 'video', null, count(*), max(discovered_at)
from shown group by video_id;
comment on view private.counted_tally is 'What private.mention_tally is to hold, counted from the mentions; `harvester db verify` compares the two.';

create function private.day_differences()
returns table (kind text, day date, stored bigint, actual bigint)
language sql stable set search_path = ''
as $$
  select coalesce(stored.kind, actual.kind), coalesce(stored.day, actual.day), coalesce(stored.n, 0), coalesce(actual.n, 0)
  from (
    select t.kind, t.day, sum(t.row_count)::bigint as n from private.day_tally t group by t.kind, t.day
  ) stored
  full join (
    select counted.kind, (counted.moment at time zone 'UTC')::date as day, sum(counted.n)::bigint as n
    from (
      select 'video' as kind, discovered_at as moment, 1 as n from public.video
      union all select 'comment', discovered_at, 1 from public.comment
      union all select 'mention', discovered_at, 1 from public.domain_mention where tier = 'shown'
      union all select 'domain first', first_seen_at, 1 from public.domain
      union all select 'domain last', last_seen_at, 1 from public.domain
      union all select t.kind || ' last', t.last_seen_at, 1 from private.mention_tally t where t.kind <> 'commenter'
    ) counted
    where counted.moment is not null
    group by 1, 2
  ) actual on (actual.kind, actual.day) = (stored.kind, stored.day)
  where coalesce(stored.n, 0) <> coalesce(actual.n, 0)
$$;
comment on function private.day_differences() is 'Days for which private.day_tally says something else than the rows do, in one snapshot.';

create function private.settle_days() returns bigint
language plpgsql set search_path = ''
as $$
declare
  settled bigint;
  free_slot integer := private.tally_slot();
begin
  -- One statement: rows that others add meanwhile are in neither of the two counts that it compares.
  insert into private.day_tally as t (kind, day, slot, row_count)
  select found.kind, found.day, free_slot, found.actual - found.stored
  from private.day_differences() found
  order by 1, 2
  on conflict (kind, day, slot) do update set row_count = t.row_count + excluded.row_count;
  get diagnostics settled = row_count;
  return settled;
end
$$;
comment on function private.settle_days() is
  'Adds to private.day_tally what it lacks against the rows, and returns for how many days and kinds; nobody waits for it.';

-------------------------------------------------------------------------------------------------------
-- Who may do what. The triggers run as the writer. An analyst reads the days, unless a policy hides rows.
-------------------------------------------------------------------------------------------------------
create function private.sees_every_row() returns boolean
language sql stable set search_path = ''
as $$
  select coalesce(bool_and(
    not pg_catalog.row_security_active(counted.oid)
    or coalesce((
      select bool_or(p.polpermissive) and bool_and(pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true')
      from pg_catalog.pg_policy p
      where p.polrelid = counted.oid and p.polcmd in ('r', '*')
        and exists (select from unnest(p.polroles) as role (oid)
                    where role.oid = 0 or pg_catalog.pg_has_role(role.oid, 'usage'))
    ), false)
  ), false)
  from unnest(array['public.video', 'public.comment', 'public.domain', 'public.domain_mention']::regclass[])
    as counted (oid)
$$;
comment on function private.sees_every_row() is
  'Whether no policy hides a video, comment, domain or mention from the caller, so that stored totals are the caller''s own.';

revoke all on private.day_tally, private.mention_tally, private.counted_tally from public, anon, authenticated, service_role;
grant select, insert, update, delete on private.day_tally, private.mention_tally to service_role;
grant select on private.counted_tally to service_role;
grant select on private.day_tally, private.mention_tally to authenticated;
alter table private.day_tally enable row level security;
alter table private.mention_tally enable row level security;
create policy day_tally_read on private.day_tally for select to authenticated using ((select private.sees_every_row()));
comment on policy day_tally_read on private.day_tally is 'Totals are for those who see every row that they count.';
create policy day_tally_write on private.day_tally for all to service_role using (true) with check (true);
comment on policy day_tally_write on private.day_tally is 'The worker counts.';
create policy mention_tally_read on private.mention_tally for select to authenticated
  using ((select private.sees_every_row()));
comment on policy mention_tally_read on private.mention_tally is 'Totals are for those who see every row that they count.';
create policy mention_tally_write on private.mention_tally for all to service_role using (true) with check (true);
comment on policy mention_tally_write on private.mention_tally is 'The worker counts.';
revoke all on function private.tally_slot(), private.count_days(), private.tally_id(text, uuid, text),
  private.take_username(), private.count_domains(integer), private.day_differences(), private.settle_days(),
  private.sees_every_row() from public, anon, authenticated;
grant execute on function private.tally_slot(), private.count_domains(integer),
  private.day_differences(), private.settle_days() to service_role;
grant execute on function private.sees_every_row(), private.tally_id(text, uuid, text) to authenticated, service_role;

-------------------------------------------------------------------------------------------------------
-- From now on it is counted. The locks are waited for by nobody for long: the runner tries again.
-------------------------------------------------------------------------------------------------------
create trigger domain_mention_take_username before insert on public.domain_mention
  for each row execute function private.take_username();
comment on trigger domain_mention_take_username on public.domain_mention is 'The author is the comment''s, whatever the writer says.';
create trigger video_count_days_insert after insert on public.video
  referencing new table as changed_to
  for each statement execute function private.count_days($$'video'$$, $$discovered_at$$);
comment on trigger video_count_days_insert on public.video is 'Keeps the rows of each day.';
create trigger video_count_days_update after update on public.video
  referencing old table as changed_from new table as changed_to
  for each statement execute function private.count_days($$'video'$$, $$discovered_at$$);
comment on trigger video_count_days_update on public.video is 'Keeps the rows of each day.';
create trigger video_count_days_delete after delete on public.video
  referencing old table as changed_from
  for each statement execute function private.count_days($$'video'$$, $$discovered_at$$);
comment on trigger video_count_days_delete on public.video is 'Keeps the rows of each day.';
create trigger comment_count_days_insert after insert on public.comment
  referencing new table as changed_to
  for each statement execute function private.count_days($$'comment'$$, $$discovered_at$$);
comment on trigger comment_count_days_insert on public.comment is 'Keeps the rows of each day.';
create trigger comment_count_days_update after update on public.comment
  referencing old table as changed_from new table as changed_to
  for each statement execute function private.count_days($$'comment'$$, $$discovered_at$$);
comment on trigger comment_count_days_update on public.comment is 'Keeps the rows of each day.';
create trigger comment_count_days_delete after delete on public.comment
  referencing old table as changed_from
  for each statement execute function private.count_days($$'comment'$$, $$discovered_at$$);
comment on trigger comment_count_days_delete on public.comment is 'Keeps the rows of each day.';
create trigger domain_mention_count_days_insert after insert on public.domain_mention
  referencing new table as changed_to
  for each statement execute function private.count_days($$'mention'$$, $$case tier when 'shown' then discovered_at end$$);
comment on trigger domain_mention_count_days_insert on public.domain_mention is 'Keeps the rows of each day.';
create trigger domain_mention_count_days_update after update on public.domain_mention
  referencing old table as changed_from new table as changed_to
  for each statement execute function private.count_days($$'mention'$$, $$case tier when 'shown' then discovered_at end$$);
comment on trigger domain_mention_count_days_update on public.domain_mention is 'Keeps the rows of each day.';
create trigger domain_mention_count_days_delete after delete on public.domain_mention
  referencing old table as changed_from
  for each statement execute function private.count_days($$'mention'$$, $$case tier when 'shown' then discovered_at end$$);
comment on trigger domain_mention_count_days_delete on public.domain_mention is 'Keeps the rows of each day.';
create trigger domain_count_days_insert after insert on public.domain
  referencing new table as changed_to
  for each statement execute function private.count_days($$'domain first'$$, 'first_seen_at', $$'domain last'$$, 'last_seen_at');
comment on trigger domain_count_days_insert on public.domain is 'Keeps the rows of each day.';
create trigger domain_count_days_update after update on public.domain
  referencing old table as changed_from new table as changed_to
  for each statement execute function private.count_days($$'domain first'$$, 'first_seen_at', $$'domain last'$$, 'last_seen_at');
comment on trigger domain_count_days_update on public.domain is 'Keeps the rows of each day.';
create trigger domain_count_days_delete after delete on public.domain
  referencing old table as changed_from
  for each statement execute function private.count_days($$'domain first'$$, 'first_seen_at', $$'domain last'$$, 'last_seen_at');
comment on trigger domain_count_days_delete on public.domain is 'Keeps the rows of each day.';
create trigger mention_tally_count_days_insert after insert on private.mention_tally
  referencing new table as changed_to
  for each statement execute function private.count_days($$case when kind <> 'commenter' then kind || ' last' end$$, $$last_seen_at$$);
comment on trigger mention_tally_count_days_insert on private.mention_tally is 'Keeps the rows of each day.';
create trigger mention_tally_count_days_update after update on private.mention_tally
  referencing old table as changed_from new table as changed_to
  for each statement execute function private.count_days($$case when kind <> 'commenter' then kind || ' last' end$$, $$last_seen_at$$);
comment on trigger mention_tally_count_days_update on private.mention_tally is 'Keeps the rows of each day.';
create trigger mention_tally_count_days_delete after delete on private.mention_tally
  referencing old table as changed_from
  for each statement execute function private.count_days($$case when kind <> 'commenter' then kind || ' last' end$$, $$last_seen_at$$);
comment on trigger mention_tally_count_days_delete on private.mention_tally is 'Keeps the rows of each day.';

-- Rollback:
-- drop trigger mention_tally_count_days_delete on private.mention_tally;
-- drop trigger mention_tally_count_days_update on private.mention_tally;
-- drop trigger mention_tally_count_days_insert on private.mention_tally;
-- drop trigger domain_count_days_delete on public.domain;
-- drop trigger domain_count_days_update on public.domain;
-- drop trigger domain_count_days_insert on public.domain;
-- drop trigger domain_mention_count_days_delete on public.domain_mention;
-- drop trigger domain_mention_count_days_update on public.domain_mention;
-- drop trigger domain_mention_count_days_insert on public.domain_mention;
-- drop trigger comment_count_days_delete on public.comment;
-- drop trigger comment_count_days_update on public.comment;
-- drop trigger comment_count_days_insert on public.comment;
-- drop trigger video_count_days_delete on public.video;
-- drop trigger video_count_days_update on public.video;
-- drop trigger video_count_days_insert on public.video;
-- drop trigger domain_mention_take_username on public.domain_mention;
-- create or replace function private.mentions_follow_comment() returns trigger
-- language plpgsql set search_path = ''
-- as $$
-- begin
--   -- Planned anew each time: a plan made for a statement that changed few rows compares every row with every other.
--   execute $do$
--     delete from public.domain_mention m
--     using changed_from o join changed_to n using (id)
--     where m.comment_id = n.id and o.text <> n.text
--   $do$;
--   execute $do$
--     update public.domain_mention m
--     set discovered_at = n.discovered_at, video_id = n.video_id
--     from changed_from o join changed_to n using (id)
--     where m.comment_id = n.id and (o.discovered_at, o.video_id) <> (n.discovered_at, n.video_id)
--   $do$;
--   return null;
-- end
-- $$;
-- comment on function private.mentions_follow_comment() is
--   'Drops the mentions of a text that changed; carries a comment''s discovered_at and video to its mentions.';
-- create or replace function private.recount_mentions() returns trigger
-- language plpgsql set search_path = ''
-- as $$
-- declare
--   touched uuid[];
--   difference bigint[];
-- begin
--   -- A deletion has no new rows: `changed_to` exists only for an update.
--   if tg_op = 'DELETE' then
--     select array_agg(domain_id), array_agg(mentions) into touched, difference
--     from (
--       select domain_id, -count(*) as mentions from changed_from where tier = 'shown' group by domain_id
--     ) lost;
--   else
--     select array_agg(domain_id), array_agg(mentions) into touched, difference
--     from (
--       select domain_id, sum(mentions)::bigint as mentions
--       from (
--         select domain_id, -1 as mentions from changed_from where tier = 'shown'
--         union all
--         select domain_id, 1 from changed_to where tier = 'shown'
--       ) both_sides
--       group by domain_id
--     ) moved;
--   end if;
--   if touched is null then
--     return null;
--   end if;
--
--   perform from public.domain d where d.id = any (touched) order by d.id for no key update;
--
--   update public.domain d
--   set mention_count = d.mention_count + t.mentions,
--       first_seen_at = (select min(m.discovered_at) from public.domain_mention m
--                        where m.domain_id = t.domain_id and m.tier = 'shown'),
--       last_seen_at = (select max(m.discovered_at) from public.domain_mention m
--                       where m.domain_id = t.domain_id and m.tier = 'shown')
--   from unnest(touched, difference) as t (domain_id, mentions)
--   where d.id = t.domain_id;
--   return null;
-- end
-- $$;
-- create or replace function private.count_added_mentions() returns trigger
-- language plpgsql set search_path = ''
-- as $$
-- begin
--   perform from public.domain d
--   where d.id in (select domain_id from changed_to where tier = 'shown')
--   order by d.id
--   for no key update;
--
--   update public.domain d
--   set mention_count = d.mention_count + added.mentions,
--       first_seen_at = least(d.first_seen_at, added.first_seen_at),
--       last_seen_at = greatest(d.last_seen_at, added.last_seen_at)
--   from (
--     select domain_id, count(*) as mentions, min(discovered_at) as first_seen_at, max(discovered_at) as last_seen_at
--     from changed_to
--     where tier = 'shown'
--     group by domain_id
--   ) added
--   where d.id = added.domain_id;
--   return null;
-- end
-- $$;
-- drop view private.counted_tally;
-- drop table private.day_tally, private.mention_tally;
-- drop function private.settle_days(), private.day_differences(), private.count_domains(integer),
--   private.sees_every_row(), private.take_username(), private.tally_id(text, uuid, text), private.count_days(),
--   private.tally_slot();
-- alter table public.domain_mention drop column username;
-- drop index public.domain_uncounted_idx;
-- alter table public.domain drop constraint domain_counts_fit, drop column video_count, drop column commenter_count;
