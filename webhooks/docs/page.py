"""A door's OpenAPI document as one page of HTML: no script, no other file, nothing from elsewhere."""

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "page.css").read_text(encoding="utf-8").strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
"""What a browser may do with the page: show it in its own style."""
METHODS = ("get", "post", "put", "patch", "delete")


def page(document: dict[str, Any], source: str) -> str:
    """Write the page."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"text": _text, "json": _json, "dotted": _dotted}
    return environment.get_template("page.html.j2").render(
        info=document["info"],
        server=document["servers"][0]["url"],
        source=source,
        style=Markup(_STYLE),  # noqa: S704 - a file of ours
        groups=_groups(document),
    )


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    groups = {tag["name"]: {**tag, "operations": []} for tag in document.get("tags", [])}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                name = item[method].get("tags", [""])[0]
                group = groups.setdefault(name, {"name": name, "description": "", "operations": []})
                group["operations"].append(_operation(document, method, path, item[method]))
    return list(groups.values())


def _operation(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = _shown(operation.get("requestBody", {}))
    return {
        "method": method.upper(),
        "path": path,
        "id": operation["operationId"],
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": [_resolved(document, one) for one in operation.get("parameters", [])],
        "fields": _fields(document, body.get("schema", {})),
        "examples": body.get("examples", {}),
        "responses": [_response(document, status, one) for status, one in operation["responses"].items()],
    }


def _response(document: dict[str, Any], status: str, response: dict[str, Any]) -> dict[str, Any]:
    content = _shown(response)
    headers = response.get("headers", {})
    return {
        "status": status,
        "description": response["description"],
        "headers": [{"name": name, **_resolved(document, headers[name])} for name in headers],
        "fields": _fields(document, content.get("schema", {})),
        "examples": content.get("examples", {}),
    }


def _shown(described: dict[str, Any]) -> dict[str, Any]:
    """Give the content of a body, of the first kind that it comes in."""
    content: dict[str, Any] = next(iter(described.get("content", {}).values()), {})
    return content


def _resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference within the document."""
    target: Any = node
    while "$ref" in target:
        found: Any = document
        for part in target["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        target = {**found, **{key: value for key, value in target.items() if key != "$ref"}}
    resolved: dict[str, Any] = target
    return resolved


def _fields(document: dict[str, Any], schema: dict[str, Any], path: str = "") -> list[dict[str, Any]]:
    """List a schema's fields, those of inner objects below their own, by their paths."""
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        return _fields(document, schema.get("items", {}), f"{path}[].")
    fields = []
    for name, field in schema.get("properties", {}).items():
        required = name in schema.get("required", [])
        inner, kind = _kind(document, field)
        place = f"{path}{name}"
        said = [_resolved(document, field).get("description", ""), *map(_limits, _choices(document, field))]
        description = ". ".join(one.rstrip(".") for one in said if one)
        fields.append(
            {
                "path": place,
                "kind": kind,
                "required": required,
                "description": description and f"{description}.",
            }
        )
        fields += _fields(document, inner, f"{place}[]." if kind.startswith("array") else f"{place}.")
    return fields


def _choices(document: dict[str, Any], field: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the schemas of which a field's value fits one; each has one type."""
    choices = []
    for one in field.get("anyOf", [field]):
        choice = _resolved(document, one)
        types = choice.get("type")
        choices += [{**choice, "type": name} for name in types] if isinstance(types, list) else [choice]
    return choices


def _limits(choice: dict[str, Any]) -> str:
    """Say how much a value may be, where the schema says how much is too much."""
    least, most = choice.get("minimum"), choice.get("maximum")
    if choice.get("type") == "string" and "maxLength" in choice:
        return f"At most {choice['maxLength']} characters."
    if choice.get("type") in {"integer", "number"} and most is not None:
        return f"At most {most}." if least is None else f"{least} to {most}."
    return ""


def _kind(document: dict[str, Any], field: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Give the schema whose fields a field has, and what it is in words."""
    kinds = []
    inner: dict[str, Any] = {}
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
    """Render the little of CommonMark that the documents use: headings, paragraphs, code."""
    blocks = []
    for block in re.split(r"\n\s*\n", markdown.strip()):
        heading, _, rest = block.partition("\n") if block.startswith("## ") else ("", "", block)
        if heading:
            blocks.append(f"<h2>{html.escape(heading[3:])}</h2>")
        if rest:
            text = re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(rest))
            blocks.append(f"<p>{text}</p>")
    return Markup("".join(blocks))  # noqa: S704 - escaped above
