"""The component as a Python program uses it: every recorded request against what the core makes of it."""

import json
import sys
from pathlib import Path

from wasmtime import Engine, Store, component

built = Path(__file__).resolve().parent


def interface():
    engine = Engine()
    loaded = component.Component.from_file(engine, str(built / "usher.wasm"))
    store = Store(engine)
    instance = component.Linker(engine).instantiate(store, loaded)
    at = instance.get_export_index(store, "usher:scim/translate@0.1.0")
    function = instance.get_func(store, instance.get_export_index(store, "translate", at))

    def translate(given):
        told = function(store, record(given))
        function.post_return(store)
        return told

    return translate


class Record:
    """What wasmtime takes for a record: its fields by their names."""

    def __init__(self, fields):
        self.__dict__.update(fields)


def record(value):
    if isinstance(value, dict):
        return Record({name: record(part) for name, part in value.items()})
    if isinstance(value, list):
        return [record(part) for part in value]
    return value


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if hasattr(value, "__dict__"):
        return {name: plain(part) for name, part in vars(value).items()}
    return value


def in_words_of_wit(value):
    if isinstance(value, dict):
        return {name.replace("scimType", "scim-type"): in_words_of_wit(part) for name, part in value.items()}
    return value


def main():
    translate = interface()
    count = 0
    with open(built / "translations.jsonl", encoding="utf-8") as lines:
        for count, line in enumerate(lines, 1):
            case = json.loads(line)
            heard, told = plain(translate(case["given"])), in_words_of_wit(case["told"])
            if heard.get("payload", heard) != told:
                request = case["given"]["request"]
                sys.exit(f"{case['name']}: {request['method']} {request['path']}: {heard}, expected {told}")
    if count < 500:
        sys.exit(f"only {count} requests were there")
    print(f"{count} requests are translated in Python as by the core.")


main()
