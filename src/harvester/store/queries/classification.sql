-- How stored domains are split at the public suffix, and of which kind they are.

-- name: splits
-- The next domains behind one key.
select id, domain_name, tld, public_suffix, registrable_domain, subdomain, kind
from public.domain
where id > %(after)s
order by id
limit %(limit)s;

-- name: lock_domains
-- Those that will change, in the order in which the triggers lock them.
select from public.domain where id = any (%(ids)s::uuid[]) order by id for no key update;

-- name: split_anew
-- The parts and kinds of domains, each by its place in the lists.
update public.domain d
set tld = s.tld, public_suffix = s.public_suffix, registrable_domain = s.registrable_domain, subdomain = s.subdomain,
    kind = s.kind
from unnest(%(ids)s::uuid[], %(tlds)s::text[], %(public_suffixes)s::text[], %(registrable_domains)s::text[],
            %(subdomains)s::text[], %(kinds)s::text[])
  as s (id, tld, public_suffix, registrable_domain, subdomain, kind)
where d.id = s.id;
