"""Makes the reference docs and supabase/schema.sql from the code and the migrations: `make docs`."""
