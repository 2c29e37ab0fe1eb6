"""Where the search looks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .priority import Priority


class PriorityWords(models.Model):
    """Every text of a submitted priority in all its languages, folded (``languages.folding``), one per line.

    A table of its own, so that no list carries it along. Kept true by ``consultations.search``; drafts are not in it.
    """

    priority = models.OneToOneField(
        Priority, models.CASCADE, primary_key=True, related_name="words", verbose_name=_("priority")
    )
    text = models.TextField(_("words"), blank=True)

    class Meta:
        verbose_name = _("words to search")
        verbose_name_plural = _("words to search")
