"""An OpenAPI document as one page of HTML: no script, no other file, nothing from elsewhere."""

import base64
import hashlib
import json
import re
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "page.css").read_text(encoding="utf-8").strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
"""What a browser may do with the page: show it in its own style."""

Node = dict[str, Any]


def page(document: Node, source: str) -> str:
    """Write the page of a document, which is to be had at ``source``."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "text": _text,
        "json": _json,
        "dotted": _dotted,
        "resolved": partial(_resolved, document),
        "fields": partial(_fields, document),
        "examples": partial(_examples, document),
    }
    return environment.get_template("page.html.j2").render(
        info=document["info"],
        source=source,
        style=Markup(_STYLE),  # noqa: S704 - a file of ours
        groups=_groups(document),
    )


def _groups(document: Node) -> list[Node]:
    """List the operations of each tag."""
    operations = [
        {"path": path, "method": method.upper(), "description": "", "parameters": [], **operation}
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    return [
        {**tag, "operations": [one for one in operations if one["tags"][0] == tag["name"]]}
        for tag in document["tags"]
    ]


def _resolved(document: Node, node: Node) -> Node:
    """Follow a reference within the document."""
    while "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = {**found, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def _content(body: Node) -> Node:
    """Give a body's content of the first media type that it comes in."""
    content: Node = next(iter(body.get("content", {}).values()), {})
    return content


def _examples(document: Node, body: Node) -> Node:
    """Give the examples of a body by name, or those of its schema, which have none."""
    content = _content(body)
    if "examples" in content:
        return {name: one["value"] for name, one in content["examples"].items()}
    schema = _resolved(document, content.get("schema", {}))
    examples = _resolved(document, schema.get("items", schema)).get("examples", [])
    if schema.get("type") == "array" and examples:
        examples = [examples]
    return {f"example {place}" if place > 1 else "example": one for place, one in enumerate(examples, 1)}


def _fields(document: Node, body: Node) -> list[Node]:
    """List the fields of a body."""
    return _fields_of(document, _content(body).get("schema", {}))


def _fields_of(document: Node, schema: Node, path: str = "") -> list[Node]:
    """List a schema's fields, those of inner objects below their own, by their paths."""
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        return _fields_of(document, schema.get("items", {}), f"{path}[].")
    fields = []
    for name, field in schema.get("properties", {}).items():
        inner, kind = _kind(document, field)
        place = f"{path}{name}"
        parts = [_resolved(document, field).get("description", ""), *map(_limits, _choices(document, field))]
        description = " ".join(f"{one.rstrip('.')}." for one in parts if one)
        required = name in schema.get("required", [])
        fields.append({"path": place, "kind": kind, "required": required, "description": description})
        fields += _fields_of(document, inner, f"{place}[]." if kind.startswith("array") else f"{place}.")
    return fields


def _choices(document: Node, field: Node) -> list[Node]:
    """Give the schemas of which a field's value fits one; each has one type."""
    choices = []
    for one in field.get("anyOf", [field]):
        choice = _resolved(document, one)
        types = choice.get("type")
        choices += [{**choice, "type": name} for name in types] if isinstance(types, list) else [choice]
    return choices


def _limits(choice: Node) -> str:
    """Say how much a value may be, where the schema has a most."""
    least, most = choice.get("minimum"), choice.get("maximum")
    if choice.get("type") == "string" and "maxLength" in choice:
        return f"At most {choice['maxLength']} characters."
    if choice.get("type") in {"integer", "number"} and most is not None:
        return f"At most {most}." if least is None else f"{least} to {most}."
    return ""


def _kind(document: Node, field: Node) -> tuple[Node, str]:
    """Give the schema whose fields a field has, and the field's type in words."""
    kinds = []
    inner: Node = {}
    for choice in _choices(document, field):
        if choice.get("type") == "array":
            inner = _resolved(document, choice.get("items", {}))
            kinds.append(f"array of {inner.get('type', 'any')}s")
        elif choice.get("type") == "object":
            inner = choice
            kinds.append("object")
        else:
            kinds.append(choice.get("format") or choice.get("type", "any"))
    return inner, " or ".join(kind for kind in kinds if kind != "null")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _dotted(path: str) -> Markup:
    """Let a long path go on in the next line after a dot, not in the middle of a name."""
    return Markup("<wbr>").join(re.split(r"(?<=\.)", path))


def _text(markdown: str) -> Markup:
    return Markup(MarkdownIt("commonmark", {"html": False}).render(markdown))  # noqa: S704 - escaped by it
