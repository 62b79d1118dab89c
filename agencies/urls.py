"""Addresses of the registrar's pages."""

from django.urls import include, path

from agencies.views import catalogue, numbers, offices, overview, posts

registry = [
    path("", overview.overview, name="registry"),
    path("health/", overview.health_page, name="registry-health"),
    path("health/areas/<str:code>/", overview.uncovered, name="registry-uncovered"),
    path("changes/", overview.changes, name="registry-changes"),
    path("places/", overview.places, name="registry-places"),
    path("offices/", offices.offices, name="registry-offices"),
    path("offices/new/", offices.new_office, name="registry-office-new"),
    path("offices/<str:code>/", offices.office, name="registry-office"),
    path("offices/<str:code>/edit/", offices.edit_office, name="registry-office-edit"),
    path("offices/<str:code>/close/", offices.close_office, name="registry-office-close"),
    path("offices/<str:code>/reopen/", offices.reopen_office, name="registry-office-reopen"),
    path("offices/<str:code>/posts/new/", posts.new_post, name="registry-post-new"),
    path("posts/", posts.posts, name="registry-posts"),
    path("posts/<int:pk>/hand-over/", posts.hand_over, name="registry-post-hand-over"),
    path("posts/<int:pk>/end/", posts.end_post, name="registry-post-end"),
    path("categories/", catalogue.categories, name="registry-categories"),
    path("categories/new/", catalogue.new_category, name="registry-category-new"),
    path("categories/<str:code>/", catalogue.edit_category, name="registry-category"),
    path(
        "categories/<str:code>/retire/", catalogue.retire_category, name="registry-category-retire"
    ),
    path("services/", catalogue.service_list, name="registry-services"),
    path("services/new/", catalogue.new_service, name="registry-service-new"),
    path("services/<str:code>/", catalogue.edit_service, name="registry-service"),
    path("services/<str:code>/remove/", catalogue.remove_service, name="registry-service-remove"),
    path("calendars/", numbers.calendars, name="registry-calendars"),
    path("calendars/new/", numbers.new_calendar, name="registry-calendar-new"),
    path("calendars/<str:code>/", numbers.calendar, name="registry-calendar"),
    path("calendars/<str:code>/edit/", numbers.edit_calendar, name="registry-calendar-edit"),
    path("holidays/<int:pk>/remove/", numbers.remove_holiday, name="registry-holiday-remove"),
    path("deadlines/", numbers.deadlines, name="registry-deadlines"),
    path("deadlines/<slug:name>/", numbers.deadline, name="registry-deadline"),
]

urlpatterns = [path("registry/", include(registry))]
