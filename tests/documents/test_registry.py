import dataclasses

import pytest

from planning_portal.documents import registry
from planning_portal.programme.models import Step

from . import sample


def test_kind_is_found_by_its_key(kind):
    assert registry.get_kind("sample") is kind
    assert kind in registry.all_kinds()
    assert kind.model_class is Step


def test_kind_may_be_registered_again_but_not_replaced(kind):
    registry.register(kind)
    with pytest.raises(ValueError, match="sample"):
        registry.register(dataclasses.replace(kind, template="other.html"))
    assert registry.get_kind("sample") is sample.KIND


def test_unknown_kind_is_refused():
    with pytest.raises(registry.UnknownKind):
        registry.get_kind("nothing of ours")
