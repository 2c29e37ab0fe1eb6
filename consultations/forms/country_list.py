"""The companion's form in which a country's list is put in order, decided on and agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_portal.languages.queries import shown
from planning_portal.languages.services import source_text

from ..limits import TEXT_LIMIT
from ..models import Consultation, Priority, PriorityState
from .drafts import LimitedText
from .versioned import VersionedForm


class ListForm(VersionedForm):
    """The country's list: a place for each priority that is retained, a reason for each that is not.

    Nothing is chosen beforehand: a list that one tired click agrees would not be the meeting's.
    """

    def __init__(self, *args: Any, consultation: Consultation, priorities: Sequence[Priority], **kwargs: Any):
        self.consultation = consultation
        self.priorities = arranged(consultation, priorities)
        kwargs["initial"] = {"version": consultation.version}
        super().__init__(*args, **kwargs)
        reasons = _reasons(consultation, self.priorities)
        choices = _choices(consultation, self.priorities)
        notes = (consultation.arrangement or {}).get("notes", {})
        place = 0
        for priority in self.priorities:
            key = priority.pk
            is_listed = choices[key] != "no"
            place += is_listed
            self.fields[f"place_{key}"] = forms.IntegerField(
                label=pgettext("in a ranking", "Place"),
                required=False,
                min_value=1,
                max_value=999,
                initial=place if is_listed else None,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "count"}),
            )
            self.fields[f"keep_{key}"] = forms.ChoiceField(
                label=_("The country…"),
                choices=[("yes", _("retains it")), ("no", _("does not retain it"))],
                required=False,
                initial=choices[key],
                widget=forms.RadioSelect(attrs={"wrapper_class": "choices-inline"}),
            )
            self.fields[f"reason_{key}"] = LimitedText(
                label=_("Why it is not retained"),
                help_text=_("Its authors will read this."),
                limit=TEXT_LIMIT,
                language=consultation.source_language,
                rows=3,
                initial=reasons.get(str(key), "") or notes.get(str(key), ""),
            )
            for name in ("place", "keep", "reason"):
                self.fields[f"{name}_{key}"].needed_later = True  # type: ignore[attr-defined]

    def error_label(self, field: forms.BoundField) -> str:
        """Which priority a field is about, for the summary of errors: the fields of all of them are called the same."""
        titles = {str(priority.pk): shown(priority, "title").text for priority in self.priorities}
        return titles.get(field.name.rpartition("_")[2], str(field.label))

    def _chosen(self, *choices: str) -> list[Priority]:
        return [p for p in self.priorities if self.cleaned_data[f"keep_{p.pk}"] in choices]

    def ordered(self) -> list[Priority]:
        """All but those set aside, by their places. Whose place was changed comes to stand there: before the one that
        has it when it rose, after it when it sank; without a place it comes last."""

        def rank(priority: Priority) -> tuple[int, int]:
            place = self.cleaned_data[f"place_{priority.pk}"] or 1000
            before = self.fields[f"place_{priority.pk}"].initial or 1000
            return place, (place > before) - (place < before)

        return sorted(self._chosen("yes", ""), key=rank)

    def undecided(self) -> list[Priority]:
        return self._chosen("")

    def reasons(self) -> dict[Priority, str]:
        return {p: self.cleaned_data[f"reason_{p.pk}"] for p in self._chosen("no")}

    def notes(self) -> dict[Priority, str]:
        """What was written beside a priority that is not set aside all the same: kept until the list is agreed."""
        texts = {p: self.cleaned_data[f"reason_{p.pk}"] for p in self._chosen("yes", "")}
        return {p: text for p, text in texts.items() if text}

    def is_ready_to_agree(self) -> bool:
        """Before the list is agreed, every priority needs a choice; a retained one a place of its own and no reason,
        one set aside its reason. Says what is missing beside the field."""
        # A field that gets an error loses its value: all are asked first.
        undecided, retained, aside, notes = self.undecided(), self._chosen("yes"), self.reasons(), self.notes()
        self._require_places(retained)
        self._require_reasons(aside)
        for priority in undecided:
            self.add_error(f"keep_{priority.pk}", _("Choose whether the country retains it."))
        for priority in notes:
            if priority in retained:
                self.add_error(
                    f"reason_{priority.pk}",
                    _("You wrote why it is not retained: choose “does not retain it”, or empty this field."),
                )
        return self.is_valid()

    def _require_places(self, retained: Sequence[Priority]) -> None:
        places = [self.cleaned_data[f"place_{priority.pk}"] for priority in retained]
        for priority, place in zip(retained, places, strict=True):
            if place is None:
                self.add_error(f"place_{priority.pk}", _("Give its place in the list, 1 for the first."))
            elif places.count(place) > 1:
                self.add_error(
                    f"place_{priority.pk}",
                    _("Place %(place)d is given more than once: give each priority a place of its own.")
                    % {"place": place},
                )

    def _require_reasons(self, aside: Mapping[Priority, str]) -> None:
        for priority, reason in aside.items():
            if not reason.strip():
                self.add_error(
                    f"reason_{priority.pk}", _("Say why the country does not retain it: its authors will read this.")
                )

    def moved(self, key: str, by: int) -> list[Priority]:
        """The order after one priority went one place up (-1) or down (+1)."""
        order = self.ordered()
        index = next((i for i, priority in enumerate(order) if str(priority.pk) == key), None)
        if index is not None and 0 <= index + by < len(order):
            order[index], order[index + by] = order[index + by], order[index]
        return order

    def lines(self) -> list[dict[str, Any]]:
        kept = [p for p in self.priorities if self[f"keep_{p.pk}"].value() != "no"]
        return [
            {
                "priority": p,
                "place": self[f"place_{p.pk}"],
                "keep": self[f"keep_{p.pk}"],
                "reason": self[f"reason_{p.pk}"],
                "is_aside": p not in kept or bool(self[f"reason_{p.pk}"].value()),
                "can_rise": p in kept[1:],
                "can_sink": p in kept[:-1],
            }
            for p in self.priorities
        ]


def _reasons(consultation: Consultation, priorities: Sequence[Priority]) -> dict[str, str]:
    """Why some are not retained: as arranged, else as decided before."""
    if consultation.arrangement:
        return dict(consultation.arrangement.get("reasons", {}))
    return {
        str(p.pk): source_text(p.country_decision, "reason")
        for p in priorities
        if p.state == PriorityState.NOT_RETAINED and hasattr(p, "country_decision")
    }


def _choices(consultation: Consultation, priorities: Sequence[Priority]) -> dict[int, str]:
    """What was chosen for each so far, "" for nothing: as arranged, else as decided before."""
    arrangement = consultation.arrangement
    if not arrangement:
        decided = {PriorityState.AGREED: "yes", PriorityState.NOT_RETAINED: "no"}
        return {p.pk: decided.get(PriorityState(p.state), "") for p in priorities}
    retained = set(arrangement.get("order", [])) - set(arrangement.get("undecided", []))
    aside = arrangement.get("reasons", {})
    return {p.pk: "no" if str(p.pk) in aside else "yes" if p.pk in retained else "" for p in priorities}


def arranged(consultation: Consultation, priorities: Sequence[Priority]) -> list[Priority]:
    """The priorities in the order last arranged, newcomers after, those set aside at the end."""
    arrangement = consultation.arrangement or {}
    order = {pk: index for index, pk in enumerate(arrangement.get("order", []))}
    reasons = _reasons(consultation, priorities)
    return sorted(
        priorities,
        key=lambda p: (str(p.pk) in reasons, order.get(p.pk, len(order) + (p.position or 9000)), p.pk),
    )
