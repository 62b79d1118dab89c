"""Addresses of systemic issues: for those who look after them, for everybody, for other programs."""

from django.urls import path

from oversight.issues import api, linking, piling, public, views

urlpatterns = [
    path("oversight/issues/", views.issues, name="issues"),
    path("oversight/issues/new/", views.new_issue, name="issue-new"),
    path("oversight/issues/piles/", piling.issue_piles, name="issue-piles"),
    path("oversight/issues/pile/", piling.issue_pile, name="issue-pile"),
    path("oversight/issues/case/<str:number>/", linking.issues_of_case, name="issues-of-case"),
    path("oversight/issues/<uuid:key>/", views.issue, name="issue"),
    path("oversight/issues/<uuid:key>/cases/", linking.issue_cases, name="issue-cases"),
    path("oversight/issues/<uuid:key>/unlink/", views.issue_unlink, name="issue-unlink"),
    path("oversight/issues/<uuid:key>/<str:step>/", views.issue_step, name="issue-step"),
    path("office/issues/", views.office_issues, name="office-issues"),
    path("performance/issues/", public.public_list, name="public-issues"),
    path("performance/issues/<uuid:key>/", public.public_issue, name="public-issue"),
    path("api/v1/issues/", api.PublicIssues.as_view(), name="api-issues"),
    path("api/v1/issues/<uuid:key>/", api.PublicIssue.as_view(), name="api-issue"),
]
