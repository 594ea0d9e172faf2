"""Each suite: how it is run, and how what it says is read."""
import dataclasses
import functools
import json
import pathlib
import re
import subprocess
import sys

import stack
import tokens
import tools

LIMIT = 900
HERE = pathlib.Path(__file__).parent


class Broken(Exception):
    """A suite that ended without a verdict."""


@dataclasses.dataclass
class Outcome:
    passed: int
    """By check: why."""
    failures: dict


def all_of(folder):
    """By name, in the order in which they run."""
    okta = functools.partial(okta_export, folder / "okta")
    return {
        "scim2-tester": scim2_tester,
        "scim-sanity": scim_sanity,
        "scim-sanity-entra": functools.partial(scim_sanity, "--profile", "entra"),
        "scim-sanity-agents": functools.partial(scim_sanity, extra=HERE / "agents.json"),
        "okta-spec": functools.partial(okta, "SPEC"),
        "okta-crud-put": functools.partial(okta, "CRUD", "--okta", "put"),
        "okta-crud-patch": functools.partial(okta, "CRUD", "--okta", "patch"),
        "okta-grants-put": functools.partial(okta, "With-Entitlements-CRUD", "--okta", "put"),
        "okta-grants-patch": functools.partial(okta, "With-Entitlements-CRUD", "--okta", "patch"),
        "okta-entitlements": functools.partial(okta_entitlements, folder / "okta"),
        "microsoft": functools.partial(microsoft, folder / "microsoft"),
        "bad-inputs": functools.partial(bad_inputs, folder.parent / "bad-inputs"),
    }


def scim2_tester():
    program = tools.python_tools() / "scim2"
    with stack.fresh() as env:
        env["SCIM_CLI_HEADERS"] = f"Authorization: Bearer {env['USHER_TOKEN']}"
        done = run([program, "-u", env["USHER_BASE"], "test", "-v"], env)
    results = re.findall(r"^([A-Z]+) (\w+)\n(?:  (.*))?", done.stdout, re.MULTILINE)
    failures = {f"{check} {why}": word for word, check, why in results if word in ("ERROR", "CRITICAL", "DEVIATION")}
    return verdict(done, len(results) - len(failures), failures)


def scim_sanity(*options, extra=None):
    program = tools.python_tools() / "scim-sanity"
    with stack.fresh(extra) as env:
        done = run([program, "probe", env["USHER_BASE"], "--token", env["USHER_TOKEN"], "--i-accept-side-effects",
                    "--json-output", *options], env)
    try:
        results = json.loads(done.stdout)["results"]
    except ValueError:
        raise Broken(last_words(done)) from None
    passed = sum(result["status"] == "pass" for result in results)
    failures = {r["name"]: r.get("message", "") for r in results if r["status"] not in ("pass", "skip")}
    return verdict(done, passed, failures)


def okta_export(folder, name, *options):
    with stack.fresh() as env:
        return okta_steps(env, folder, name, *options)


def okta_entitlements(folder):
    """It looks at the first role that is listed, so there has to be one."""
    with stack.fresh(HERE / "roles.json") as env:
        role = {"schemas": ["urn:okta:scim:schemas:core:1.0:Role"], "displayName": "Administrator"}
        stack.post(env, "/Roles", role)
        return okta_steps(env, folder, "Entitlements", "--set", "EntitlementEndpoint=/Roles")


def okta_steps(env, folder, name, *options):
    done = run([sys.executable, folder / "run.py", folder / f"Okta-SCIM-20-{name}-Test.json",
                "--base", env["USHER_BASE"], "--token", env["USHER_TOKEN"], *options], env)
    failures = dict(re.findall(r"^FAIL (.*)\n +(.*)", done.stdout, re.MULTILINE))
    return verdict(done, len(re.findall("^ok ", done.stdout, re.MULTILINE)), failures)


def microsoft(folder):
    program, report = tools.newman(), stack.PLACE / "newman.json"
    collection = next(folder.glob("*.postman_collection.json"))
    report.unlink(missing_ok=True)
    with stack.fresh() as env:
        done = run([program, "run", collection, "--env-var", f"base={env['USHER_BASE']}", "--env-var",
                    f"token={env['USHER_TOKEN']}", "--reporters", "json", "--reporter-json-export", report], env)
    if not report.exists():
        raise Broken(last_words(done))
    said = json.loads(report.read_text())["run"]
    checks = {f"{f['source'].get('name', '')}: {f['error'].get('test', '')}": f["error"]["message"]
              for f in said["failures"]}
    counts = said["stats"]["assertions"]
    return verdict(done, counts["total"] - counts["failed"], checks)


def bad_inputs(folder):
    if stack.REPLICAS > 1:
        raise tools.NotHere("it is byte for byte, and an Envoy in front of others would say its own bytes")
    with stack.fresh(HERE / "jwt.json", jwt=True) as env:
        try:
            cases = tokens.filled(folder / "cases.json", env)
        except tokens.Shut as problem:
            raise Broken(problem) from None
        done = run([sys.executable, folder / "run.py", "-v", "--cases", cases], env)
    summary = re.search(r"^(\d+) passed, (\d+) failed, (\d+) skipped", done.stdout, re.MULTILINE)
    if not summary:
        raise Broken(last_words(done))
    if summary[3] != "0":
        raise Broken(f"{summary[3]} cases were skipped")
    failures = {check: why for check, _, why in re.findall(r"^(.+)\t(.+)\t(.+)$", done.stdout, re.MULTILINE)}
    return verdict(done, int(summary[1]), failures)


def run(command, env):
    try:
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        raise Broken(f"it did not end within {LIMIT} seconds") from None


def verdict(done, passed, failures):
    """A suite that is not content must have said with what, and one that is must have looked at something."""
    if bool(done.returncode) != bool(failures) or not passed + len(failures):
        raise Broken(last_words(done))
    return Outcome(passed, failures)


def last_words(done):
    words = (done.stdout + done.stderr).strip().splitlines()[-3:]
    return f"it ended with {done.returncode}: {' / '.join(words)[:500]}"
