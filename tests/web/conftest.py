from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(scope="session")
def stylesheet() -> str:
    return (Path(settings.BASE_DIR) / "planning_portal/static/portal/portal.css").read_text(encoding="utf-8")
