"""Mistakes of whoever runs the portal end in one sentence, not in a traceback."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


def run(**environment):
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("mistake", ["file", "port"])
def test_mistake_in_a_setting_is_told_in_one_line(tmp_path, mistake):
    (tmp_path / "file").touch()
    if mistake == "file":
        done = run(PORTAL_DATA_DIR=str(tmp_path / "file"))
    else:
        done = run(PORTAL_DATA_DIR=str(tmp_path / "data"), PORT="eighty")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert {"file": "PORTAL_DATA_DIR", "port": "PORT must be a number"}[mistake] in done.stderr
