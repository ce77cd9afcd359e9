"""Checks an OpenAPI 3.1 document, and answers against it.

document.py lint DOCUMENT.yaml: its form, and that every example is one of what it stands for. Prints the
document as JSON when all is well.

document.py answers DOCUMENT.json: reads answers from standard input, a list of {"operation", "status",
"headers", "body"}, and says which of them the document does not describe.
"""

import json
import sys

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

BASE = "urn:document"


class Loader(yaml.SafeLoader):
    """Reads what JSON could say: a key comes once, and times stay texts."""

    def construct_mapping(self, node, deep=False):
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        doubled = {name for name in names if names.count(name) > 1}
        if doubled:
            raise yaml.YAMLError(f"line {node.start_mark.line + 1}: {doubled} comes twice")
        return super().construct_mapping(node, deep)


Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Document:
    """A document whose schemas can be asked."""

    def __init__(self, content):
        self.content = content
        self.registry = Registry().with_resource(BASE, Resource(content, DRAFT202012))

    def errors(self, schema, value):
        """What is wrong with a value by the schema at this path."""
        pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in schema)
        whole = {"$ref": f"{BASE}#/{pointer}"}
        validator = Draft202012Validator(whole, registry=self.registry, format_checker=FormatChecker())
        for error in validator.iter_errors(value):
            yield f"{'/'.join(map(str, error.absolute_path)) or 'all of it'}: {error.message}"

    def response(self, operation, status):
        """The response of an operation, and its path."""
        method, path = operation.split(" ")
        at = ("paths", path, method.lower(), "responses", str(status))
        found = self.content
        for part in at:
            found = found.get(part, {})
        if "$ref" in found:
            at = tuple(found["$ref"].removeprefix("#/").split("/"))
            found = self.content["components"]["responses"][at[-1]]
        return found, at


def examples(node, path=()):
    """Every example that has a schema beside it, as (path, the schema's path, example)."""
    if isinstance(node, list):
        for at, item in enumerate(node):
            yield from examples(item, (*path, str(at)))
    if not isinstance(node, dict):
        return
    if "schema" in node:
        if "example" in node:
            yield (*path, "example"), (*path, "schema"), node["example"]
        for name, example in node.get("examples", {}).items():
            yield (*path, "examples", name), (*path, "schema"), example["value"]
    for name, item in node.items():
        if name not in ("schema", "example", "examples"):
            yield from examples(item, (*path, name))


def lint(content):
    """What is wrong with the document itself."""
    for error in OpenAPIV31SpecValidator(content).iter_errors():
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
    document = Document(content)
    for path, schema, example in examples(content):
        for error in document.errors(schema, example):
            yield f"{'/'.join(path)}: {error}"


def judge(content, answers):
    """What is wrong with the answers."""
    document = Document(content)
    for answer in answers:
        name = f"{answer['operation']} {answer['status']}"
        response, path = document.response(answer["operation"], answer["status"])
        if not response:
            yield f"{name} is not described"
            continue
        for header, about in response.get("headers", {}).items():
            about = document.content["components"]["headers"][about["$ref"].split("/")[-1]] if "$ref" in about else about
            if about.get("required") and header.lower() not in answer["headers"]:
                yield f"{name} has no {header}"
        kind = answer["headers"]["content-type"].split(";")[0]
        if kind not in response["content"]:
            yield f"{name} is of the type {kind}"
            continue
        for error in document.errors((*path, "content", kind, "schema"), answer["body"]):
            yield f"{name}: {error}"


def main(command, name):
    with open(name, encoding="utf-8") as file:
        content = yaml.load(file, Loader) if command == "lint" else json.load(file)
    found = list(lint(content) if command == "lint" else judge(content, json.load(sys.stdin)))
    if found:
        sys.exit("\n".join(found))
    if command == "lint":
        json.dump(content, sys.stdout)


main(*sys.argv[1:])
