"""Addresses of the API, version 1."""

from django.urls import path

from complaints.api import (
    citizen,
    docs,
    files,
    lost_secret,
    mine,
    officer,
    own_data,
    registry,
    served,
    sign_in,
)
from complaints.api.tokens import nobody_yet, with_token_session

urlpatterns = [
    path("complaints/", citizen.Complaints.as_view(), name="api-complaints"),
    path("complaints/<str:number>/follow/", citizen.Follow.as_view(), name="api-follow"),
    path(
        "complaints/<str:number>/receipt/",
        citizen.SignedReceipt.as_view(),
        name="api-receipt",
    ),
    path(
        "complaints/<str:number>/moves/<str:move>/",
        citizen.CitizenMove.as_view(),
        name="api-citizen-move",
    ),
    path("complaints/<str:number>/code/", lost_secret.AskCode.as_view(), name="api-code"),
    path(
        "complaints/<str:number>/new-secrets/",
        lost_secret.NewSecrets.as_view(),
        name="api-new-secrets",
    ),
    path("complaints/<str:number>/export/", own_data.ExportCase.as_view(), name="api-export"),
    path("complaints/<str:number>/erase/", own_data.EraseCase.as_view(), name="api-erase"),
    path("files/", citizen.Files.as_view(), name="api-files"),
    # Native apps
    path("me/code/", nobody_yet(sign_in.AskSignInCode.as_view()), name="api-me-code"),
    path("me/session/", with_token_session(sign_in.Session.as_view()), name="api-me-session"),
    path("me/export/", own_data.ExportAccount.as_view(), name="api-me-export"),
    path("me/delete/", own_data.DeleteAccount.as_view(), name="api-me-delete"),
    path("me/complaints/", mine.MyComplaints.as_view(), name="api-me-complaints"),
    path("me/complaints/<str:number>/", mine.MyComplaint.as_view(), name="api-me-complaint"),
    path("me/complaints/<str:number>/files/<uuid:key>/", mine.MyFile.as_view(), name="api-me-file"),
    path(
        "me/complaints/<str:number>/moves/<str:move>/",
        mine.MyMove.as_view(),
        name="api-me-move",
    ),
    path("cases/", officer.Cases.as_view(), name="api-cases"),
    path("cases/<str:number>/", officer.OneCase.as_view(), name="api-case"),
    path("cases/<str:number>/moves/<str:move>/", officer.CaseMove.as_view(), name="api-case-move"),
    path(
        "cases/<str:number>/files/<uuid:key>/",
        files.CaseFileContent.as_view(),
        name="api-case-file",
    ),
    path("served/", served.ServedOnMe.as_view(), name="api-served"),
    path("served/<uuid:key>/appeal/", served.ServedAppeal.as_view(), name="api-served-appeal"),
    path("agencies/", registry.Agencies.as_view(), name="api-agencies"),
    path("categories/", registry.Categories.as_view(), name="api-categories"),
    path("places/", registry.Places.as_view(), name="api-places"),
    path("schema/", docs.Schema.as_view(), name="api-schema"),
    path("docs/", docs.docs, name="api-docs"),
]
