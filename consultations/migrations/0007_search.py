import django.db.models.deletion
from django.conf import settings
from django.db import DatabaseError, migrations, models, transaction

from planning_portal.languages.folding import fold

TEXTS = ("title", "situation", "concerned", "change", "together")
LANGUAGES = ("en", "es", "fr", "nl")
BATCH = 200


def fill(apps, schema_editor):
    """What is searched, for all that was submitted before."""
    priority = apps.get_model("consultations", "Priority")
    words = apps.get_model("consultations", "PriorityWords")
    columns = [f"{field}_{code}" for field in TEXTS for code in LANGUAGES]
    rows = priority.objects.exclude(state="draft").order_by("pk").values_list("pk", *columns)
    batch = []
    for pk, *texts in rows.iterator(chunk_size=BATCH):
        batch.append(words(priority_id=pk, text="\n".join(fold(text) for text in texts if text)))
        if len(batch) == BATCH:
            words.objects.bulk_create(batch)
            batch = []
    words.objects.bulk_create(batch)


def index_trigrams(apps, schema_editor):
    """On PostgreSQL, an index for words anywhere in a text. Where the extension may not be had, the search reads all
    the words, as on SQLite: correct, and slower only with thousands of priorities."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                "CREATE INDEX priority_words_trigrams ON consultations_prioritywords USING gin (text gin_trgm_ops)"
            )
    except DatabaseError:
        return


def drop_trigrams(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS priority_words_trigrams")


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0006_amendments"),
        ("organisations", "0001_initial"),
        ("programme", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PriorityWords",
            fields=[
                (
                    "priority",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="consultations.priority",
                        verbose_name="priority",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="words")),
            ],
            options={
                "verbose_name": "words to search",
                "verbose_name_plural": "words to search",
            },
        ),
        migrations.AddIndex(
            model_name="priority",
            index=models.Index(
                fields=["state", "consultation", "position", "organisation", "theme", "level"],
                name="priority_in_list",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(index_trigrams, drop_trigrams),
    ]
