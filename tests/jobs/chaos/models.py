from django.db import models


class Effect(models.Model):
    """What a job did. Not unique on purpose: a second effect must be seen, not refused."""

    number = models.IntegerField()
