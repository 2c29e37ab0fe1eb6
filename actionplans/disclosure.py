"""What of an activity's places may be shown: a country beside "a trade union in Africa" would name it."""

from __future__ import annotations

from planning_portal.organisations.identity import Viewer
from planning_portal.organisations.models import Country

from .models import Activity
from .queries.tree import PlanTree


def may_show_countries(activity: Activity, viewer: Viewer) -> bool:
    """Whether a reader may learn where an activity takes place: when they may know who is responsible for it.

    ``activity`` has its plan and organisations loaded.
    """
    responsible = activity.organisation or activity.result.plan.organisation
    return responsible is None or viewer.knows(responsible)


def countries_shown(tree: PlanTree, viewer: Viewer) -> dict[int, list[Country]]:
    """The countries of each activity, as far as ``viewer`` may know them."""
    shown = {}
    for node in tree.nodes:
        node.result.plan = tree.plan
        for activity in node.activities:
            activity.result = node.result
            shown[activity.pk] = tree.countries_of(activity) if may_show_countries(activity, viewer) else []
    return shown
