"""How a patch and what it patches become one: as protobuf merges, and as JSON Patch adds."""
import copy
import re


def merged(into, patch):
    """Messages are merged, lists appended, and all else is replaced."""
    if isinstance(into, dict) and isinstance(patch, dict):
        both = copy.deepcopy(into)
        for key, value in patch.items():
            both[key] = merged(both[key], value) if key in both else copy.deepcopy(value)
        return both
    if isinstance(into, list) and isinstance(patch, list):
        return into + copy.deepcopy(patch)
    return copy.deepcopy(patch)


def select(document, path):
    """The objects of `$..key[?(@.name=='x')].a.b`: the one form of JSONPath that deploy/ uses."""
    form = re.fullmatch(r"\$\.\.(\w+)\[\?\(@\.name=='([^']+)'\)\]((?:\.\w+)*)", path)
    if not form:
        raise SystemExit(f"this JSONPath is not understood here: {path}")
    key, name, rest = form.groups()
    found = [element for element in everywhere(document, key) if element.get("name") == name]
    for step in rest.split(".")[1:]:
        found = [element[step] for element in found]
    return found


def everywhere(node, key):
    if isinstance(node, dict):
        yield from node.get(key, [])
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    for child in children:
        yield from everywhere(child, key)
