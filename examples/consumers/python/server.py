"""A user service behind Usher, in Python and nothing else: it takes events, keeps what they carry, and gives it back.

It keeps everything in memory. Yours has a database, and a transaction where this one works on a copy.
"""

import base64
import copy
import hashlib
import hmac
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

HOST, PORT = os.environ.get("LISTEN", "127.0.0.1:9000").split(":")
EVENTS_FILE = os.environ.get("EVENTS_FILE", "events.jsonl")
KEY = base64.b64decode(os.environ.get("USHER_SIGNING_SECRET", "").removeprefix("whsec_"))
TOLERANCE = 300  # seconds


class Refusal(Exception):
    def __init__(self, status, detail):
        self.status, self.detail = status, detail


class Directory:
    """One customer's connection: ids of accepted events; records and members of groups by (collection, id)."""

    def __init__(self):
        self.accepted, self.records, self.members = set(), {}, {}


directories: dict[str, Directory] = {}
lock = threading.Lock()


def verify(headers, body):
    """Standard Webhooks: one of the signatures is ours, over the bytes as they came, and not long ago."""
    stamp = headers.get("webhook-timestamp", "0")
    signed = f"{headers.get('webhook-id')}.{stamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    given = headers.get("webhook-signature", "").split(" ")
    if abs(time.time() - int(stamp)) > TOLERANCE or not any(hmac.compare_digest(expected, one) for one in given):
        raise Refusal(401, "the signature is not ours")


def accept(directory, headers, events):
    """All of the events or none: on a copy, which takes the place of the original when everything went well."""
    state = copy.deepcopy(directories.get(directory) or Directory())
    fresh = [event for event in events if event["id"] not in state.accepted]
    subject = tuple(headers.get("usher-resource", "").split("/", 1))
    version = state.records.get(subject, {}).get("version")
    # A delivery that is known already has changed the version itself.
    if fresh and headers.get("if-match") and headers["if-match"] != str(version):
        raise Refusal(412, "it has changed in the meantime")
    for event in fresh:
        apply(state, event["event"], event["data"])
        state.accepted.add(event["id"])
    directories[directory] = state
    with open(EVENTS_FILE, "a", encoding="utf-8") as file:
        file.writelines(json.dumps(event) + "\n" for event in fresh)
    return state.records.get(subject, {}).get("version")


def apply(state, event, data):
    noun, what = event.split(".", 1)
    key = (noun + "s", data["id"])
    if what == "created":
        if key in state.records:
            raise Refusal(409, f"{data['id']} is taken")
        put(state, key, data)
    elif what in ("updated", "deactivated", "reactivated"):
        put(state, existing(state, key), data)
    elif what == "deleted":
        state.records.pop(key, None)
        state.members.pop(data["id"], None) if noun == "group" else None
        for members in state.members.values() if noun == "user" else ():
            members.pop(data["id"], None)
    elif what in ("user_added", "user_removed"):
        group = data["group"]
        members = state.members.setdefault(group["id"], {})  # a dict, for its order
        members.update({data["id"]: True}) if what == "user_added" else members.pop(data["id"], None)
        put(state, existing(state, ("groups", group["id"])), group)
        if key := ("users", data["id"]) if ("users", data["id"]) in state.records else None:  # perhaps not there yet
            state.records[key]["version"] += 1
    # Anything else: a newer Usher may tell more than this service wants to know.


def existing(state, key):
    if key not in state.records:
        raise Refusal(404, f"{'/'.join(key)} does not exist")
    return key


def name_of(collection, data):
    attribute = {"users": "userName", "groups": "displayName"}.get(collection)
    return (data["raw"].get(attribute) or "").lower()


def put(state, key, data):
    name = name_of(key[0], data)
    for other, record in state.records.items():
        if name and other != key and other[0] == key[0] and name_of(key[0], record["data"]) == name:
            raise Refusal(409, f"{name} is taken")
    state.records[key] = {"data": data, "version": state.records.get(key, {}).get("version", 0) + 1}


def shown(state, key):
    """What was stored, and beside it the version, and the members of a group or the groups of a user."""
    collection, id = key
    record = {**state.records[key]["data"], "version": str(state.records[key]["version"])}
    if collection == "groups":
        record["members"] = list(state.members.get(id, ()))
    if collection == "users":
        groups = [group for group, members in state.members.items() if id in members]
        record["groups"] = [{"id": group, "name": state.records["groups", group]["data"]["name"]} for group in groups]
    return record


def lower(text):
    return (text or "").lower()


CONDITIONS = {
    "user_name": lambda state, data, value: lower(data["raw"].get("userName")) == lower(value),
    "display_name": lambda state, data, value: lower(data["raw"].get("displayName")) == lower(value),
    "external_id": lambda state, data, value: data["raw"].get("externalId") == value,
    "email": lambda state, data, value: lower(value) in [lower(e.get("value")) for e in data["raw"].get("emails", ())],
    "ids": lambda state, data, value: data["id"] in value.split(","),
    "member": lambda state, data, value: value in state.members.get(data["id"], ()),
}


def listed(state, collection, query):
    asked = [(CONDITIONS[name], value) for name, value in query.items() if name in CONDITIONS]
    fits = lambda data: all(condition(state, data, value) for condition, value in asked)
    found = [key for key, record in state.records.items() if key[0] == collection and fits(record["data"])]
    start = max(int(query.get("start_index", 1)), 1) - 1
    page = found[start : start + int(query.get("count", 100))]
    return {"total": len(found), "items": [shown(state, key) for key in page]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        url, body = urlsplit(self.path), self.rfile.read(int(self.headers.get("content-length") or 0))
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        _, root, collection, *id = [unquote(part) for part in url.path.split("/")]
        if root != "provisioning" or not (directory := query.get("directory")):
            raise Refusal(404, "there is nothing here")
        if self.command == "POST" and collection == "events":
            verify(self.headers, body)
            return 204, None, accept(directory, self.headers, json.loads(body))
        state = directories.get(directory) or Directory()
        return 200, shown(state, existing(state, (collection, id[0]))) if id else listed(state, collection, query), None

    def do_GET(self):
        try:
            with lock:
                status, found, version = self.answer()
        except Refusal as refusal:
            status, found, version = refusal.status, {"detail": refusal.detail}, None
        body = json.dumps(found).encode() if found is not None else b""
        self.send_response(status)
        self.send_header("content-type", "application/json")
        if version:
            self.send_header("etag", str(version))
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer((HOST, int(PORT)), Handler).serve_forever()
