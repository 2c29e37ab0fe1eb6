"""The portal's own settings with short times, and queues that no other test shares."""

from planning_portal.settings import *  # noqa: F403
from planning_portal.settings import CELERY_BROKER_TRANSPORT_OPTIONS, INSTALLED_APPS, REDIS_URL, env

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.chaos"]
ROOT_URLCONF = "tests.jobs.chaos.urls"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
JOB_MAX_ATTEMPTS = 20
CELERY_TASK_SOFT_TIME_LIMIT = env.int("CHAOS_SOFT_LIMIT", default=600)
CHAOS_LOG = env.str("CHAOS_LOG")
CHAOS_SECONDS = env.float("CHAOS_SECONDS", default=0.25)
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **CELERY_BROKER_TRANSPORT_OPTIONS,
        "global_keyprefix": env.str("CHAOS_PREFIX"),
    }
