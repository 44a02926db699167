"""The job file, `DIR/jobs.toml`: what is fetched when, and who is told; checked wholly as it is read."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from crawler.errors import BadInput
from crawler.jobs.checks import problems_of
from crawler.jobs.job import Job, JobFile
from crawler.sites.loader import is_path

FILE_NAME = "jobs.toml"
MAX_BYTES = 1 << 20


class JobsFileError(BadInput):
    """A job file that is missing or wrong; the message names file and key, or the line where the TOML is broken."""


def load(directory: Path) -> JobFile:
    """Read and check the archive's job file; contact falls back to SEOGO_CONTACT. Raises JobsFileError."""
    path = directory / FILE_NAME
    file = _decode(_read(path), path)
    for problem in problems_of(file):
        raise JobsFileError(f"{path}: {problem.key}: {problem.said}")
    resolved = tuple(_with_whole_path(job, directory) for job in file.job)
    contact = file.contact or os.environ.get("SEOGO_CONTACT") or None
    return msgspec.structs.replace(file, contact=contact, job=resolved)


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise JobsFileError(f"{path}: there is no job file; write one, README.md shows how")
        if path.stat().st_size > MAX_BYTES:
            raise JobsFileError(f"{path}: larger than {MAX_BYTES} bytes, so no job file")
        return path.read_bytes()
    except OSError as error:
        raise JobsFileError(f"{path}: cannot be read: {error.strerror}") from error


def _decode(data: bytes, path: Path) -> JobFile:
    try:
        return msgspec.toml.decode(data, type=JobFile, strict=True)
    except msgspec.ValidationError as error:
        raise JobsFileError(f"{path}: {_key_first(str(error))}") from error
    except RecursionError as error:
        raise JobsFileError(f"{path}: is no TOML: nested too deep") from error
    except ValueError as error:
        said = str(error).replace("at end of document", f"at line {len(data.splitlines())}, the end")
        raise JobsFileError(f"{path}: is no TOML: {said}") from error


def _key_first(message: str) -> str:
    # msgspec says: Expected `str`, got `int` - at `$.job[0].name`
    said, _, place = message.rpartition(" - at `$")
    if not said:
        said, place = message, ""
    key = place.rstrip("`").lstrip(".")
    said = said[:1].lower() + said[1:]
    return f"{key}: {said}" if key else said


def _with_whole_path(job: Job, directory: Path) -> Job:
    """A definition's path is relative to the job file: timers begin in other directories."""
    if not is_path(job.site):
        return job
    return msgspec.structs.replace(job, site=str((directory / job.site).resolve()))
