"""Something that several people edit."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Versioned(models.Model):
    """Something that several people edit: no save may overwrite another unseen (``versions.py``).

    ``version`` grows with every save; ``changed_in`` says in which version each part last changed, and from
    which open page (``{"title": [7, "page"]}``), so that two tabs on different pages never collide.
    """

    version = models.PositiveIntegerField(_("version"), default=1)
    changed_in = models.JSONField(_("version of each part"), default=dict, blank=True, editable=False)

    class Meta:
        abstract = True
