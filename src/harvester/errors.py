"""Every error that the harvester raises on purpose.

    HarvesterError                 something a person can act on
    ├── SettingsError              a setting has a value that cannot be used
    ├── NotFound                   nothing is stored under that name
    ├── NameTaken                  something is stored under that name already
    ├── SourceError                what was to be read cannot be read
    │   ├── UnreadableFile         the file is missing, a folder, or not permitted
    │   ├── UnknownFormat          the content fits no format of the catalog
    │   └── MissingColumn          the content fits, but a column that is needed is not there
    ├── CollectionError            one of TikTok's APIs does not give what is asked for
    │   ├── CredentialsMissing     no client key and secret are set
    │   ├── AccessRefused          the API does not accept the credentials, or they lack a permission
    │   │   └── ScopeMissing       the application is not approved for what is asked
    │   ├── RequestRefused         the API does not accept what is asked
    │   │   └── SearchExpired      the API no longer knows the search whose next page is asked for
    │   ├── ApiUnavailable         the API gave no usable answer in several attempts
    │   ├── QuotaSpent             the day's requests or records are used up
    │   └── CollectionPaused       an operator has stopped all requests
    ├── EnrichmentPaused           an operator has stopped all look-ups of domains
    ├── StoreError                 the database did not do what was asked
    │   ├── DatabaseUnavailable    no server answers at the address
    │   ├── EmbeddedServerError    the embedded server cannot be set up, started or stopped
    │   ├── MigrationError         a migration cannot be applied
    │   ├── SchemaOutdated         the database lacks migrations that this version needs
    │   └── BackupError            a backup cannot be made or restored
    ├── AccessError                the door of the dashboard and the API stays closed
    │   ├── NotSignedIn            nobody has signed in, or what was shown proves nobody
    │   ├── SignInRefused          the address, password or link is not accepted
    │   ├── NotPermitted           the person is known, and may not do that
    │   ├── FormRefused            the form does not come from a page of ours
    │   ├── TooManyRequests        somebody asks more often than they may
    │   └── SignInUnavailable      the sign-in service does not answer
    ├── ReviewRefused              a verdict cannot be given, or taken back, like that
    ├── InvalidCursor              a listing was asked to go on from a place it never gave
    ├── Busy                       others are served at the moment; a little later there is room
    └── BindRefused                a server of ours would be open to others, or its port is taken

Each carries a stable `code` for programs, a message that says what and where, and a `hint` that says
what to do next.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar


class HarvesterError(Exception):
    """Something a person can act on: what happened, where, and what to do next."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SettingsError(HarvesterError):
    """A setting has a value that cannot be used."""

    code = "settings_invalid"
    exit_code = 2


class NotFound(HarvesterError):
    """Nothing is stored under that name."""

    code = "not_found"


class NameTaken(HarvesterError):
    """Something is stored under that name already."""

    code = "name_taken"


class SourceError(HarvesterError):
    """What was to be read cannot be read."""

    code = "source_error"
    exit_code = 2


class UnreadableFile(SourceError):
    """The file is missing, a folder, or not permitted."""

    code = "file_unreadable"


class UnknownFormat(SourceError):
    """The content fits no format of the catalog."""

    code = "format_unknown"


class MissingColumn(SourceError):
    """The content fits, but a column that is needed is not there."""

    code = "column_missing"


class CollectionError(HarvesterError):
    """One of TikTok's APIs does not give what is asked for."""

    code = "collection_error"
    exit_code = 4


class CredentialsMissing(CollectionError):
    """No client key and secret are set."""

    code = "credentials_missing"
    exit_code = 2


class AccessRefused(CollectionError):
    """The API does not accept the credentials, or they lack a permission."""

    code = "access_refused"


class ScopeMissing(AccessRefused):
    """The application is not approved for what is asked."""

    code = "scope_missing"


class RequestRefused(CollectionError):
    """The API does not accept what is asked."""

    code = "request_refused"


class SearchExpired(RequestRefused):
    """The API no longer knows the search whose next page is asked for."""

    code = "search_expired"


class ApiUnavailable(CollectionError):
    """The API gave no usable answer in several attempts."""

    code = "api_unavailable"


class QuotaSpent(CollectionError):
    """The day's requests or records are used up."""

    code = "quota_spent"

    def __init__(self, message: str, *, until: datetime | None = None, hint: str = "") -> None:
        """`until` is when there is quota again, where that is known."""
        super().__init__(message, hint=hint)
        self.until = until


class CollectionPaused(CollectionError):
    """An operator has stopped all requests."""

    code = "collection_paused"


class EnrichmentPaused(HarvesterError):
    """An operator has stopped all look-ups of domains."""

    code = "enrichment_paused"
    exit_code = 4


class StoreError(HarvesterError):
    """The database did not do what was asked."""

    code = "store_error"
    exit_code = 3


class DatabaseUnavailable(StoreError):
    """No server answers at the address."""

    code = "database_unavailable"


class EmbeddedServerError(StoreError):
    """The embedded server cannot be set up, started or stopped."""

    code = "embedded_server"


class MigrationError(StoreError):
    """A migration cannot be applied."""

    code = "migration_failed"


class SchemaOutdated(StoreError):
    """The database lacks migrations that this version needs."""

    code = "schema_outdated"


class BackupError(StoreError):
    """A backup cannot be made or restored."""

    code = "backup_failed"


class AccessError(HarvesterError):
    """The door of the dashboard and the API stays closed."""

    code = "access_error"
    exit_code = 2


class NotSignedIn(AccessError):
    """Nobody has signed in, or what was shown proves nobody."""

    code = "not_signed_in"


class SignInRefused(AccessError):
    """The address, password or link is not accepted."""

    code = "sign_in_refused"


class NotPermitted(AccessError):
    """The person is known, and may not do that."""

    code = "not_permitted"


class FormRefused(AccessError):
    """The form does not come from a page of ours, or is too old."""

    code = "form_refused"


class TooManyRequests(AccessError):
    """Somebody asks more often than they may."""

    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int = 60, hint: str = "") -> None:
        """`retry_after` is the seconds until the next request is answered."""
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class SignInUnavailable(AccessError):
    """The sign-in service does not answer."""

    code = "sign_in_unavailable"


class ReviewRefused(HarvesterError):
    """A verdict cannot be given, or taken back, like that."""

    code = "review_refused"
    exit_code = 2


class InvalidCursor(HarvesterError):
    """A listing was asked to go on from a place it never gave."""

    code = "cursor_invalid"
    exit_code = 2


class Busy(HarvesterError):
    """Others are served at the moment; a little later there is room."""

    code = "busy"
    exit_code = 3


class BindRefused(HarvesterError):
    """A server of ours would be open to others without a sign-in, or its port is taken."""

    code = "bind_refused"
    exit_code = 2
