from django.apps import AppConfig


class ChaosConfig(AppConfig):
    name = "tests.jobs.chaos"
    label = "chaos"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import work  # noqa: F401 (registers the kind)
