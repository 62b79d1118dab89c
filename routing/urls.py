"""Addresses of the rule pages, a part of the registry."""

from django.urls import include, path

from routing import views

rules = [
    path("", views.rule_sets, name="rules"),
    path("<int:version>/", views.rule_set, name="rules-set"),
    path("<int:version>/try/", views.try_text, name="rules-try"),
    path("<int:version>/draft/", views.begin_draft, name="rules-begin-draft"),
    path("<int:version>/discard/", views.discard_draft, name="rules-discard"),
    path("<int:version>/dry-run/", views.dry_run, name="rules-dry-run"),
    path("<int:version>/publish/", views.publish, name="rules-publish"),
    path("<int:version>/settings/", views.change_settings, name="rules-settings"),
    path("<int:version>/new/", views.new_rule, name="rules-new"),
    path("<int:version>/rules/<str:code>/", views.change_rule, name="rules-rule"),
    path("<int:version>/rules/<str:code>/delete/", views.delete_rule, name="rules-delete"),
]

urlpatterns = [path("registry/rules/", include(rules))]
