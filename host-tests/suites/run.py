#!/usr/bin/env python3
"""Runs the SCIM test suites that no one here wrote, each against a fresh stack, and compares with .ci/suites-known.

  run.py SUITES [NAME ...]     # the directory of the suites; perhaps only some of them, by name

A check that fails is a failure unless it is listed there, and one that is listed there and passes is a failure too: the
list shall be true. Ends with `N passed, N failed`.
"""
import pathlib
import sys

import stack
import suites
import tools

KNOWN = stack.REPOSITORY / ".ci" / "suites-known"


def main():
    folder, only = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    known, passed, failed = read_known(), 0, 0
    for name, suite in suites.all_of(folder).items():
        if only and name not in only:
            continue
        good, bad = judge(name, suite, known.get(name, {}))
        passed, failed = passed + good, failed + bad
    unheard = set(known) - set(suites.all_of(folder))
    for name in sorted(unheard):
        print(f"FAILED {KNOWN.name} lists checks of {name}, which is no suite")
    print(f"{passed} passed, {failed + len(unheard)} failed")
    return 1 if failed or unheard or not passed else 0


def read_known():
    """By suite: the checks that are known to fail, and why."""
    known = {}
    for line in KNOWN.read_text().splitlines():
        if line and not line.startswith("#"):
            suite, check, reason = line.split(" | ")
            known.setdefault(suite, {})[check] = reason
    return known


def judge(name, suite, known):
    """How many checks went as they should, and how many did not."""
    try:
        outcome = suite()
    except tools.NotHere as missing:
        print(f"not run {name}: {missing}")
        return 0, 0
    except (tools.Unavailable, stack.Down, suites.Broken) as problem:
        print(f"FAILED {name} could not be run: {problem}")
        return 0, 1
    new = {check: why for check, why in outcome.failures.items() if check not in known}
    mended = [check for check in known if check not in outcome.failures]
    for check, why in new.items():
        print(f"FAILED {name}: {check}: {why}")
    for check in mended:
        print(f"FAILED {name}: {check} passes now: take it out of {KNOWN.name}")
    listed = len(outcome.failures) - len(new)
    print(f"{name}: {outcome.passed} passed, {listed} fail as listed, {len(new) + len(mended)} failed")
    return outcome.passed, len(new) + len(mended)


if __name__ == "__main__":
    sys.exit(main())
