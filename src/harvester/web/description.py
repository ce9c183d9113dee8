"""What the framework's own description of the API leaves out, or says wrongly."""

from __future__ import annotations

from typing import Any

from harvester.web.examples import example_of


def complete(schema: dict[str, Any]) -> None:
    """Give each field and parameter an example, and put right what FastAPI takes for granted of answers."""
    for part in schema["components"]["schemas"].values():
        for name, field in part.get("properties", {}).items():
            _exemplify(name, field)
    for operation in (each for operations in schema["paths"].values() for each in operations.values()):
        for parameter in operation.get("parameters", []):
            _exemplify(parameter["name"], parameter["schema"])
        _settle_answers(operation["responses"])


def _exemplify(name: str, schema: dict[str, Any]) -> None:
    # A field that refers to others has their examples.
    example = None if "$ref" in str(schema) else example_of(name, schema)
    if example is not None:
        schema.setdefault("examples", [example])


def _settle_answers(answers: dict[str, Any]) -> None:
    """Say that problems are of their usual type, and that lines of objects are no text."""
    schemas = [content for content in answers["default"]["content"].values() if "schema" in content]
    answers["default"]["content"] = {"application/problem+json": schemas[0]}
    for content in answers.get("200", {}).get("content", {}).values():
        if "$ref" in content.get("schema", {}):
            content["schema"].pop("type", None)
