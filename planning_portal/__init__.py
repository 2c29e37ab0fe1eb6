"""The frame every stage stands on. Celery's application is made here so that web and worker share it."""

from .celery import app as celery_app

__all__ = ["celery_app"]
