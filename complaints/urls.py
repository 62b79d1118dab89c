"""Addresses of complaints: citizen, officer, public, files, API."""

from django.urls import URLPattern, URLResolver, include, path

from complaints.views import (
    acting,
    feeds,
    files,
    filing,
    finding,
    hearing_calendar,
    leaving,
    lost_secret,
    own_account,
    own_data,
    public,
    sending,
    signed,
    tracking,
    withdrawing,
)
from complaints.views.officer import (
    appeals,
    case,
    desk,
    home,
    inbox,
    live,
    moves,
    offices,
    served,
)

urlpatterns: list[URLPattern | URLResolver] = [
    # Public
    path("", public.start, name="start"),
    path("cases/", public.cases, name="cases"),
    path("cases/feed.atom", feeds.atom, name="cases-atom"),
    path("cases/feed.json", feeds.json_feed, name="cases-json"),
    path("cases/<str:number>/", public.case_public, name="case-public"),
    path("places/search/", finding.search_places, name="places-search"),
    path("places/children/", finding.places_under, name="places-children"),
    path("offices/search/", finding.search_offices, name="offices-search"),
    path("privacy/", own_data.privacy, name="privacy"),
    path("my-data/", own_account.my_data, name="my-data"),
    path("my-data/copy/", own_account.my_data_copy, name="my-data-copy"),
    path("my-data/delete/", own_account.my_data_delete, name="my-data-delete"),
    # Citizen
    path("complaints/new/", filing.Start.as_view(), name="file"),
    path("complaints/new/<str:token>/check/", sending.Check.as_view(), name="file-check"),
    path("complaints/new/<str:token>/look/", sending.look, name="file-look"),
    path("complaints/new/<str:token>/receipt/", sending.receipt, name="file-receipt"),
    path("complaints/new/<str:token>/receipt.json", signed.just_filed, name="file-signed"),
    path("complaints/new/<str:token>/<str:step>/", filing.Step.as_view(), name="file-step"),
    path("complaints/track/", tracking.track, name="track"),
    path("complaints/track/lost/", lost_secret.ask, name="lost-secret"),
    path("complaints/track/lost/<uuid:key>/", lost_secret.code, name="lost-secret-code"),
    path("complaints/track/lost/<uuid:key>/new/", lost_secret.renewed, name="lost-secret-new"),
    path("complaints/track/<str:number>/", tracking.track_case, name="track-case"),
    path("complaints/track/<str:number>/receipt.json", signed.of_case, name="track-signed"),
    path(
        "complaints/track/<str:number>/hearing.ics",
        hearing_calendar.for_citizen,
        name="track-hearing",
    ),
    path("complaints/track/<str:number>/live/", tracking.track_live, name="track-live"),
    path("complaints/track/<str:number>/close/", tracking.track_close, name="track-close"),
    path("complaints/track/<str:number>/withdraw/", withdrawing.withdraw, name="track-withdraw"),
    path("complaints/track/<str:number>/data/", own_data.data_page, name="track-data"),
    path("complaints/track/<str:number>/data/copy/", own_data.data_copy, name="track-data-copy"),
    path(
        "complaints/track/<str:number>/data/erase/<slug:what>/",
        own_data.data_erase,
        name="track-data-erase",
    ),
    path("complaints/track/<str:number>/<str:move>/", tracking.track_move, name="track-move"),
    path("leave/", leaving.leave, name="leave"),
    path("a/<slug:token>/", acting.act, name="act"),
    # Office
    path("home/", home.home, name="home"),
    path("office/", inbox.inbox, name="office"),
    path("office/give/", inbox.give, name="office-give"),
    path("office/offices/<slug:name>/", offices.office_matches, name="office-matches"),
    path("office/cases/<str:number>/", case.case_page, name="office-case"),
    path("office/appeals/", appeals.appeals_page, name="office-appeals"),
    path(
        "office/cases/<str:number>/hearing.ics",
        hearing_calendar.for_office,
        name="office-hearing",
    ),
    path("office/cases/<str:number>/live/", live.case_live, name="office-live"),
    path("office/cases/<str:number>/<slug:move>/", moves.move_page, name="office-move"),
    path("office/served/", served.served_list, name="office-served"),
    path("office/served/<uuid:key>/", served.served, name="office-served-one"),
    # Desk
    path("desk/", desk.desk, name="desk"),
    # Files
    path("files/<uuid:key>/", files.attachment, name="attachment"),
    # API
    path("api/v1/", include("complaints.api.urls")),
]
