from django.urls import path

from .views import agreeing, editions, items, plans, removing, versions

app_name = "actionplans"
urlpatterns = [
    path("", plans.plan_list, name="plan-list"),
    path("draft/", plans.plan_draft, name="plan-draft"),
    path("editions/", editions.edition_list, name="edition-list"),
    path("editions/build/", editions.edition_create, name="edition-create"),
    path("editions/<uuid:edition>/build/", editions.edition_request, name="edition-request"),
    path("editions/<uuid:edition>/publish/", editions.edition_publish, name="edition-publish"),
    path("<uuid:plan>/", plans.plan_detail, name="plan-detail"),
    path("<uuid:plan>/origins/", plans.plan_origins, name="plan-origins"),
    path("<uuid:plan>/summary/", items.plan_edit, name="plan-edit"),
    path("<uuid:plan>/send/", agreeing.plan_send, name="plan-send"),
    path("<uuid:plan>/return/", agreeing.plan_return, name="plan-return"),
    path("<uuid:plan>/adopt/", agreeing.plan_adopt, name="plan-adopt"),
    path("<uuid:plan>/amend/", agreeing.plan_amend, name="plan-amend"),
    path("<uuid:plan>/versions/", versions.version_list, name="version-list"),
    path("<uuid:plan>/versions/<int:number>/", versions.version_detail, name="version-detail"),
    path("<uuid:plan>/versions/<int:old>/<int:new>/", versions.version_compare, name="version-compare"),
    path("<uuid:plan>/outcomes/new/", items.outcome_add, name="outcome-add"),
    path("<uuid:plan>/results/<uuid:item>/", items.result_edit, name="result-edit"),
    path("<uuid:plan>/results/<uuid:item>/outputs/new/", items.output_add, name="output-add"),
    path("<uuid:plan>/results/<uuid:item>/indicators/new/", items.indicator_add, name="indicator-add"),
    path("<uuid:plan>/results/<uuid:item>/activities/new/", items.activity_add, name="activity-add"),
    path("<uuid:plan>/results/<uuid:item>/remove/", removing.result_remove, name="result-remove"),
    path("<uuid:plan>/indicators/<uuid:item>/", items.indicator_edit, name="indicator-edit"),
    path("<uuid:plan>/indicators/<uuid:item>/remove/", removing.indicator_remove, name="indicator-remove"),
    path("<uuid:plan>/activities/<uuid:item>/", plans.activity_detail, name="activity-detail"),
    path("<uuid:plan>/activities/<uuid:item>/edit/", items.activity_edit, name="activity-edit"),
    path("<uuid:plan>/activities/<uuid:item>/budget/", items.budget_edit, name="budget-edit"),
    path("<uuid:plan>/activities/<uuid:item>/remove/", removing.activity_remove, name="activity-remove"),
    path("<uuid:plan>/risks/new/", items.risk_add, name="risk-add"),
    path("<uuid:plan>/risks/<uuid:item>/", items.risk_edit, name="risk-edit"),
    path("<uuid:plan>/risks/<uuid:item>/remove/", removing.risk_remove, name="risk-remove"),
]
