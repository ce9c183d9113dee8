-- Languages written without spaces have no words that a parser could tell apart. Their comments are found by every two
-- letters that stand side by side.

create function private.letter_pairs(words text) returns text[]
language plpgsql immutable strict parallel safe set search_path = ''
as $$
declare
  -- Thai, Lao, Tibetan, Burmese, Khmer, Japanese, Chinese.
  letters constant text :=
    '[\u0E00-\u109F\u1780-\u17FF\u3005-\u3007\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF'
    '\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF]';
begin
  if words !~ (letters || '{2}') then
    return null;
  end if;
  return (
    select array_agg(distinct substr(run[1], place, 2))
    from regexp_matches(words, letters || '{2,}', 'g') as run
    cross join generate_series(1, length(run[1]) - 1) as place
  );
end
$$;
comment on function private.letter_pairs(text) is
  'Every two letters side by side of a script that is written without spaces; null where there are none.';
revoke all on function private.letter_pairs(text) from public, anon, authenticated;
grant execute on function private.letter_pairs(text) to authenticated, service_role;

-- Rollback:
-- drop function private.letter_pairs(text);
