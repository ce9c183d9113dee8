"""docs/data-model.md, from the catalog of a migrated database."""

from __future__ import annotations

from collections.abc import Iterator

from .catalog import Catalog, Column, Function, Reference, Relation, read_catalog
from .markdown import block, code, page, prose, table

_INTRODUCTION = (
    "Every table, view and function of the database, as it describes itself: the texts are those that "
    '`\\d+ comment` shows in psql. Open one with `harvester db start && psql "$(harvester db path)"`. '
    "How it is meant to be used is told in [Architecture](architecture.md), the rules to the letter are in "
    "[schema.sql](../supabase/schema.sql).\n\n"
    "Source: [supabase/migrations/](../supabase/migrations/)."
)
_LEGEND = (
    "A line is a foreign key, from the table that is referred to (one) to the table that refers to it (many); "
    "a circle at the first end means that the key may be null."
)
_WHEN_DELETED = {
    "a": "cannot be deleted while this refers to it",
    "r": "cannot be deleted while this refers to it",
    "c": "takes this row along when deleted",
    "n": "leaves null here when deleted",
    "d": "leaves the default here when deleted",
}
_OPEN = "public"


def data_model_page(conninfo: str) -> str:
    """The file."""
    catalog = read_catalog(conninfo)
    return page(
        "Data model",
        _INTRODUCTION,
        "## How the tables relate",
        block("\n".join(_diagram(catalog)), "mermaid"),
        _LEGEND,
        *(part for schema in catalog.schemas for part in _schema(catalog, schema.name, schema.comment)),
    )


def _schema(catalog: Catalog, schema: str, comment: str) -> Iterator[str]:
    if schema != _OPEN:
        yield f"## Schema {schema}"
        yield prose(comment)
    relations = [each for each in catalog.relations if each.schema == schema]
    for title, sections in (
        ("Tables", [_relation(catalog, each) for each in relations if not each.is_view]),
        ("Views", [_relation(catalog, each) for each in relations if each.is_view]),
        ("Functions", [_function(each) for each in catalog.functions if each.schema == schema]),
    ):
        if sections:
            yield f"## {title}" if schema == _OPEN else f"### {title} of {schema}"
            yield from sections


def _name(schema: str, name: str) -> str:
    return name if schema == _OPEN else f"{schema}.{name}"


def _diagram(catalog: Catalog) -> Iterator[str]:
    yield "erDiagram"
    linked = {each for key in catalog.references for each in ((key.schema, key.relation), _target(key))}
    for relation in catalog.relations:
        if not relation.is_view and (relation.schema, relation.name) not in linked:
            yield f'    "{_name(relation.schema, relation.name)}"'
    for key in catalog.references:
        one, many = "|o" if not key.required else "||", "o|" if key.at_most_one else "o{"
        yield (
            f'    "{_name(*_target(key))}" {one}--{many} "{_name(key.schema, key.relation)}"'
            f' : "{", ".join(key.columns)}"'
        )


def _target(key: Reference) -> tuple[str, str]:
    return key.target_schema, key.target


def _relation(catalog: Catalog, relation: Relation) -> str:
    columns = catalog.columns_of(relation)
    if relation.is_view:
        rows = [(code(each.name), code(_short(each.type)), prose(each.comment)) for each in columns]
        listed = table(("column", "type", "meaning"), rows)
    else:
        keys = [key for key in catalog.references if (key.schema, key.relation) == (relation.schema, relation.name)]
        described = [_column(each, keys) for each in columns]
        listed = table(("column", "type", "null", "default", "meaning"), described)
    return "\n\n".join(filter(None, [_heading(relation.schema, relation.name), prose(relation.comment), listed]))


def _column(column: Column, keys: list[Reference]) -> list[str]:
    nullable = "yes" if column.nullable else "no"
    return [code(column.name), code(_short(column.type)), nullable, _default(column), _meaning(column, keys)]


def _heading(schema: str, name: str) -> str:
    return f"{'###' if schema == _OPEN else '####'} {_name(schema, name)}"


def _short(type_names: str) -> str:
    return type_names.replace("timestamp with time zone", "timestamptz")


def _default(column: Column) -> str:
    if column.generated:
        return f"always {code(column.generated)}"
    return "counted up" if column.is_identity else code(column.default)


def _meaning(column: Column, keys: list[Reference]) -> str:
    notes = [prose(column.comment)]
    for key in keys:
        if column.name in key.columns:
            target = _name(*_target(key))
            notes.append(f"Refers to {code(target)}, which {_WHEN_DELETED[key.on_delete]}.")
    return " ".join(filter(None, notes))


def _function(function: Function) -> str:
    signature = f"{_name(function.schema, function.name)}({_short(function.arguments)})"
    if function.result:
        signature += f"\nreturns {_short(function.result)}"
    parts = [_heading(function.schema, function.name), block(signature, "sql"), prose(function.comment)]
    return "\n\n".join(filter(None, parts))
