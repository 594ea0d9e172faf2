"""The programs that the suites need, in versions that do not change, in a place that can be thrown away."""
import functools
import pathlib
import shutil
import subprocess
import sys

from stack import PLACE

REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")
NEWMAN = "newman@6.2.2"


class NotHere(Exception):
    """A program that this machine need not have."""


class Unavailable(Exception):
    """Something that has to be fetched, and could not be."""


@functools.cache
def python_tools():
    """The directory of the programs that pip installs."""
    wanted, there = REQUIREMENTS.read_text(), PLACE / "venv" / ".installed"
    if not there.exists() or there.read_text() != wanted:
        shutil.rmtree(there.parent, ignore_errors=True)
        fetch([sys.executable, "-m", "venv", str(there.parent)], "a virtual environment")
        fetch([there.parent / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check",
               "--requirement", REQUIREMENTS], "packages from PyPI")
        there.write_text(wanted)
    return there.parent / "bin"


@functools.cache
def newman():
    """The program that plays Postman's collections."""
    if not shutil.which("npm") or not shutil.which("node"):
        raise NotHere("it needs newman, and newman needs node and npm")
    place = PLACE / NEWMAN
    program = place / "node_modules" / ".bin" / "newman"
    if not program.exists():
        place.mkdir(parents=True, exist_ok=True)
        fetch(["npm", "install", "--loglevel=error", "--no-audit", "--no-fund", "--prefix", place, NEWMAN],
              "newman from npm")
    return program


def fetch(command, what):
    """Once more if need be: networks have moods."""
    for attempt in (1, 2):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0:
            return
    reason = (done.stderr or done.stdout).strip().splitlines()[-1:]
    raise Unavailable(f"{what} could not be had (is there a network?): {' '.join(reason)}")
