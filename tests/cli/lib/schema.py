"""The part of JSON Schema that this project's schemas use, so that no test needs a package for it."""
import math, re

TYPES = {"object": dict, "array": list, "string": str, "null": type(None), "boolean": bool}
KNOWN = {"$ref", "oneOf", "type", "enum", "const", "required", "properties", "additionalProperties", "items", "minItems", "maxItems",
         "minimum", "maximum", "pattern", "minLength", "description", "title", "$schema", "$defs"}


def is_type(v, t):
    if t == "number":
        return isinstance(v, (int, float)) and not isinstance(v, bool)
    if t == "integer":
        return isinstance(v, int) and not isinstance(v, bool)
    return isinstance(v, TYPES[t])


def errors(v, schema, whole, at="$"):
    """What is wrong with v: a list of places; whole is the schema that $ref looks into."""
    unknown = set(schema) - KNOWN
    assert not unknown, f"{at}: the validator does not know {unknown}"
    if "$ref" in schema:
        return errors(v, whole["$defs"][schema["$ref"].rsplit("/", 1)[1]], whole, at)
    bad = []
    if "oneOf" in schema:
        tried = [errors(v, s, whole, at) for s in schema["oneOf"]]
        if sum(not t for t in tried) != 1:
            bad.append(f"{at}: fits {sum(not t for t in tried)} of the alternatives; nearest: {min(tried, key=len)[:4]}")
    types = schema.get("type")
    if types is not None and not any(is_type(v, t) for t in ([types] if isinstance(types, str) else types)):
        return bad + [f"{at}: {v!r} is not {types}"]
    if "const" in schema and v != schema["const"]:
        bad.append(f"{at}: {v!r} is not {schema['const']!r}")
    if "enum" in schema and v not in schema["enum"]:
        bad.append(f"{at}: {v!r} is none of {schema['enum']}")
    if isinstance(v, str):
        if "pattern" in schema and not re.search(schema["pattern"], v):
            bad.append(f"{at}: {v!r} does not match {schema['pattern']}")
        if len(v) < schema.get("minLength", 0):
            bad.append(f"{at}: too short")
    if is_type(v, "number") and not schema.get("minimum", -math.inf) <= v <= schema.get("maximum", math.inf):
        bad.append(f"{at}: {v} is out of range")
    if isinstance(v, list):
        if not schema.get("minItems", 0) <= len(v) <= schema.get("maxItems", math.inf):
            bad.append(f"{at}: {len(v)} items")
        for i, item in enumerate(v):
            bad += errors(item, schema.get("items", {}), whole, f"{at}[{i}]")
    if isinstance(v, dict):
        bad += [f"{at}: {k} is missing" for k in schema.get("required", []) if k not in v]
        for k, item in v.items():
            if k in schema.get("properties", {}):
                bad += errors(item, schema["properties"][k], whole, f"{at}.{k}")
            elif schema.get("additionalProperties", True) is False:
                bad.append(f"{at}: {k} is not known")
            else:
                bad += errors(item, schema.get("additionalProperties", {}), whole, f"{at}.{k}")
    return bad
