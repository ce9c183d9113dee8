"""Sign-in: who comes in, by which proof, and for how long.

The way of a request: `admission` looks at each one and asks the `door` who it is. A browser shows a cookie, which
names a session on the `shelf`; a program shows a token, which `token` verifies with the `signing_keys` of the
project, or an API key, which the database knows. `pages` lead in and out; `auth_api` is Supabase's side of them.
"""
