"""What changed between two adopted versions: a plain list of fields, old and new, in the order of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from planning_portal.languages.queries import ShownText, label_for
from planning_portal.web.formatting import format_money, format_number

from .codes import natural_key
from .models import Accumulation, CostCategory, Direction, FundingSource, Measure
from .pictures import quarter_name
from .reading import Reader
from .snapshots import Data, snapshot_items, thaw

Value = ShownText | str


@dataclass(frozen=True)
class Change:
    """One field that differs. ``place`` says where ("Activity 1.1.2"); an empty side means: not there."""

    place: str
    field: str
    old: Value
    new: Value


@dataclass(frozen=True)
class Field:
    """A value that can be compared: ``key`` decides whether it changed, ``shown`` is what a reader sees."""

    label: str
    key: Any
    shown: Value


class Comparison:
    """Compares two snapshots for one reader, who learns no more of organisations and places than from the plan."""

    def __init__(self, old: Data, new: Data, reader: Reader, *, with_risks: bool = True):
        self.old, self.new, self.reader, self.language = old, new, reader, reader.language
        self.with_risks = with_risks

    def changes(self) -> list[Change]:
        """Changed fields; what was added or removed is one line with its words."""
        found = self._between(_("Plan"), self._plan_fields(self.old), self._plan_fields(self.new))
        before, after = self._items(self.old), self._items(self.new)
        places = {**before, **after}
        for public_id in sorted(places, key=lambda one: _order(*places[one])):
            kind, item = places[public_id]
            if public_id not in before:
                found.append(Change(self._place(kind, item), _("Added"), "", self._words(kind, item)))
            elif public_id not in after:
                found.append(Change(self._place(kind, item), _("Removed"), self._words(kind, item), ""))
            else:
                read = getattr(self, f"_{kind}_fields")
                found += self._between(
                    self._place(kind, item), read(before[public_id][1], self.old), read(after[public_id][1], self.new)
                )
        return found

    def _items(self, snapshot: Data) -> dict[str, tuple[str, Data]]:
        """What is compared, by its address: risks that may not be published only for who works on the plan."""
        return {
            item["public_id"]: (kind, item)
            for kind, item in snapshot_items(snapshot)
            if kind != "risk" or self.with_risks or item["is_public"]
        }

    def _between(self, place: str, old: list[Field], new: list[Field]) -> list[Change]:
        before, after = {field.label: field for field in old}, {field.label: field for field in new}
        labels = list(dict.fromkeys([*before, *after]))
        nothing = Field("", None, "")
        return [
            Change(place, label, *self._sides(before.get(label, nothing).shown, after.get(label, nothing).shown))
            for label in labels
            if before.get(label, nothing).key != after.get(label, nothing).key
        ]

    def _sides(self, old: Value, new: Value) -> tuple[Value, Value]:
        """Both sides; originals where the same translation stands for two of them."""
        if isinstance(old, ShownText) and isinstance(new, ShownText) and old.text == new.text:
            return self._original(old), self._original(new)
        return old, new

    def _original(self, text: ShownText) -> ShownText:
        if not text.original:
            return text
        label = label_for("original", text.original_language, self.language)
        return ShownText(text.original, text.original_language, "original", label)

    # --- fields ---

    def _text(self, label: str, frozen: Data | None) -> Field:
        """A text changed when its original did: a better translation of the same words is no change of the plan."""
        return Field(label, (frozen or {}).get("hash"), thaw(frozen, self.language))

    def _number(self, label: str, value: str | None) -> Field:
        return Field(label, value, format_number(value, self.language) if value is not None else "")

    def _plan_fields(self, snapshot: Data) -> list[Field]:
        fields = [self._text(_("Summary"), snapshot["plan"]["summary"])]
        line = snapshot["line"]
        if line:
            names = ", ".join(sorted(self.reader.name(pk) for pk in line["organisations"]))
            fields.append(Field(_("Organisations"), line["organisations"], names))
        return fields

    def _result_fields(self, item: Data, snapshot: Data) -> list[Field]:
        target = item["contributes_to"]
        return [
            self._text(_("What has changed"), item["statement"]),
            self._text(_("Assumption"), item["assumption"]),
            Field(_("Contributes to"), target and target["id"], f"{target['line']} {target['code']}" if target else ""),
        ]

    def _indicator_fields(self, item: Data, snapshot: Data) -> list[Field]:
        years = snapshot["programme"]["years"]
        return [
            self._text(_("Indicator"), item["title"]),
            self._text(_("Unit"), item["unit"]),
            self._text(_("Means of verification"), item["means"]),
            Field(_("What is given"), item["measure"], str(Measure(item["measure"]).label)),
            Field(_("How the years count"), item["accumulation"], str(Accumulation(item["accumulation"]).label)),
            Field(_("Direction"), item["direction"], str(Direction(item["direction"]).label)),
            self._number(_("Baseline"), item["baseline"]),
            *[self._number(_("Target %(year)s") % {"year": year}, item["targets"].get(str(year))) for year in years],
        ]

    def _activity_fields(self, item: Data, snapshot: Data) -> list[Field]:
        years, currency = snapshot["programme"]["years"], snapshot["programme"]["currency"]
        responsible = item["organisation"] or snapshot["plan"]["organisation"]
        countries = self.reader.countries(item["countries"]) if self.reader.knows(responsible) else []
        fields = [
            self._text(_("Activity"), item["title"]),
            self._text(_("Description"), item["description"]),
            Field(
                _("Responsible"),
                item["organisation"],
                self.reader.name(item["organisation"]) if item["organisation"] else "",
            ),
            Field(_("Countries"), countries, ", ".join(countries)),
            Field(_("First quarter"), item["start"], quarter_name(item["start"], years)),
            Field(_("Last quarter"), item["end"], quarter_name(item["end"], years)),
        ]
        for year, category, source, amount, _note in item["budget"]:
            label = f"{year} · {CostCategory(category).label} · {FundingSource(source).label}"
            fields.append(Field(label, amount, format_money(Decimal(amount), currency, self.language)))
        return fields

    def _risk_fields(self, item: Data, snapshot: Data) -> list[Field]:
        score = f"{item['probability']} × {item['impact']}"
        return [
            self._text(_("What could go wrong"), item["description"]),
            self._text(_("What we do about it"), item["mitigation"]),
            Field(_("Likelihood × harm"), score, score),
            Field(_("This risk may be published"), item["is_public"], _("yes") if item["is_public"] else _("no")),
        ]

    # --- words ---

    def _place(self, kind: str, item: Data) -> str:
        if kind == "risk":
            return _("Risk %(number)s") % {"number": item["position"]}
        if kind == "result":
            kind = item["kind"]
        titles = {
            "outcome": _("Outcome %(code)s"),
            "output": _("Output %(code)s"),
            "indicator": _("Indicator %(code)s"),
            "activity": _("Activity %(code)s"),
        }
        return titles[kind] % {"code": item["code"]}

    def _words(self, kind: str, item: Data) -> ShownText:
        field = {"result": "statement", "indicator": "title", "activity": "title", "risk": "description"}[kind]
        return thaw(item[field], self.language)


def _order(kind: str, item: Data) -> tuple[Any, ...]:
    if kind == "risk":
        return (1, ((0, item["position"], ""),))
    return (0, natural_key(item["code"]))
