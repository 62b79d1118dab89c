"""The doors of the portal, as somebody tries them who is barred from a case: every address by its name.

`SHOWN` are those at which others find the case, with the questions by which they do; `OTHERS` are all
the rest. A new address has to be added to one of them: `test_bars_doors` says which are missing.
"""

#: Address → questions (a query each; `{number}` is a barred case's), and who is not barred and finds
#: a barred case there by the first of them.
SHOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "office": (
        "watcher",
        (
            *("", "words={number}", "words=zebrafinch", "status=closed", "status=appealed"),
            *("due=late", "scope=past", "scope=below", "mine=on", "category=electricity"),
            *("status=disputed_owner", "status=received", "kind=complaint", "office=power"),
        ),
    ),
    "office-case": ("watcher", ("",)),
    "office-live": ("watcher", ("", "seen=1")),
    "office-move": ("ministry_focal", ("", "lead={number}")),
    "office-hearing": ("ministry_focal", ("",)),
    "office-appeals": ("ministry_focal", ("",)),
    "desk": ("second_desk", ("", "words={number}", "words=zebrafinch", "show=sensitive")),
    "oversight": ("watcher", ("", "all=offices", "period=12m", "category=electricity")),
    "oversight-agency": ("watcher", ("", "period=12m", "category=electricity")),
    "oversight-cases": (
        "watcher",
        (
            *("", "measure=received", "measure=closed&office=power", "state=late&level=3"),
            *("measure=measured_from_filing", "measure=received&own=1&office=grid"),
            *("state=open&sides=ranked", "measure=received&first=2020-12-01&last=2020-12-02"),
            *("state=open&office=grid", "state=appeal", "measure=answered&period=12m"),
        ),
    ),
    "oversight-export": ("watcher", ("", "state=open", "measure=received")),
    "oversight-rising-subject": ("watcher", ("span=all", "", "span=all&agency=power")),
    "oversight-desk-cases": (
        "watcher",
        ("router=no_rule", "router=sure", "router=sensitive", "router=misconduct"),
    ),
    "oversight-flow-cases": (
        "watcher",
        ("from=grid", "to=power", "from=grid&to=power", "all=between", "all=within"),
    ),
    "oversight-escalations": ("watcher", ("", "level=1", "level=3", "agency=power")),
    "pressured": ("watcher", ("", "noted=1")),
    "oversight-audits": ("watcher", ("", "show=done", "tab=done")),
    "oversight-audit": ("watcher", ("",)),
    "channels": ("watcher", ("", "channel=email")),
    "issue": ("watcher", ("",)),
    "issue-cases": ("watcher", ("words=zebrafinch", "words={number}", "q=zebrafinch")),
    "issues-of-case": ("watcher", ("",)),
    "restrictions": ("watcher", ("", "state=open")),
    "clusters": ("second_desk", ("",)),
    "cluster": ("second_desk", ("",)),
    "flag": ("watcher", ("",)),
    "attachment": ("watcher", ("",)),
    "api-case": ("watcher", ("",)),
    "api-cases": (
        "watcher",
        ("", "status=closed", "scope=past", "due=late", "holder=power", "mine=true"),
    ),
}
#: Doors behind which the cases stand in the answer to a form: what is sent to it.
SENT: dict[str, dict[str, str]] = {"oversight-export": {"table": "cases", "form": "csv"}}
#: What shows no case to an officer, or nobody at all by these names; and lists in which none of those cases
#: is, whose own tests try whoever is barred.
WITHOUT_CASES = """
    start cases cases-atom cases-json case-public performance public-issues public-issue
    performance-method performance-agency open-data open-data-file open-data-catalog
    api-figures api-figures-public
    places-search places-children offices-search office-matches help accessibility privacy record
    record-index record-keys record-script record-day record-head record-leaf record-leaves file
    file-step file-check file-look file-receipt file-signed leave act track track-case track-live
    track-close track-move track-signed track-hearing track-withdraw track-data track-data-copy
    track-data-erase lost-secret lost-secret-code lost-secret-new my-data my-data-copy
    my-data-delete home office-give office-served office-served-one office-issues message-tray
    message channels-again console console-end console-new console-filing console-look console-check
    console-done console-step console-case console-move cluster-live flags issues issue-new
    issue-pile issue-piles issue-step issue-unlink oversight-audit-ask oversight-audit-back
    oversight-audit-end oversight-audit-look oversight-audit-reopen oversight-audit-take
    oversight-flow oversight-league oversight-map oversight-desk oversight-channels
    oversight-saved oversight-saved-one oversight-past office-export
    oversight-rising oversight-alerts oversight-alert oversight-alert-new
    oversight-alert-acknowledge oversight-alert-end
    oversight-files oversight-file oversight-file-again oversight-file-download
    oversight-reports oversight-report-make public-reports public-report report-pdf
    api-complaints api-files api-follow api-receipt api-citizen-move api-code api-new-secrets
    api-export api-erase api-case-move api-served api-served-appeal api-me-code api-me-session
    api-me-complaints api-me-complaint api-me-file api-me-move api-me-delete api-me-export api-issue
    api-issues api-agencies api-categories api-places api-schema api-docs open311-discovery
    open311-services open311-service open311-requests open311-request open311-updates open311-token
    open311-nothing registry registry-health registry-uncovered registry-changes registry-places
    registry-offices registry-office registry-office-new registry-office-edit registry-office-close
    registry-office-reopen registry-posts registry-post-new registry-post-hand-over
    registry-post-end registry-categories registry-category-new registry-category
    registry-category-retire registry-services registry-service-new registry-service
    registry-service-remove registry-calendars registry-calendar-new registry-calendar
    registry-calendar-edit registry-holiday-remove registry-deadlines registry-deadline
    registry-keys registry-key-revoke rules rules-set rules-try rules-begin-draft rules-discard
    rules-dry-run rules-publish rules-settings rules-new rules-rule rules-delete manifest
    service-worker offline push-key devices devices-known set_language health-live health-ready
    metrics webhook webhook-email webhook-sms webhook-sms-secret simulator simulator-public
    simulator-live simulator-talk simulator-photo simulator-phone simulator-raw simulator-send
    simulator-try simulator-trouble simulated-twilio-messages simulated-twilio-media
    simulated-whatsapp-messages simulated-whatsapp-attachment simulated-whatsapp-media
    simulated-messenger-messages simulated-x-messages simulated-x-posts simulated-x-media
    account_login account_logout account_signup account_inactive account_email account_confirm_email
    account_email_verification_sent account_change_password account_set_password
    account_reset_password account_reset_password_done account_reset_password_from_key
    account_reset_password_from_key_done account_reauthenticate account_confirm_login_code
    mfa_authenticate mfa_reauthenticate mfa_index mfa_activate_totp mfa_deactivate_totp
    mfa_generate_recovery_codes mfa_view_recovery_codes mfa_download_recovery_codes
    api-sandbox-play api-system registry-systems registry-system registry-system-new registry-system-edit
    registry-system-secret registry-system-old-secret registry-system-end registry-system-city
    office-system-city office-system-city-again
    oauth-token oauth-revoke api-case-file api-case-reference api-case-status api-system-cases
    api-system-statuses api-system-statuses-dry-run office-system-statuses
    api-events api-system-endpoint api-system-test api-system-deliveries api-system-resend
    api-system-resend-failed office-systems office-system-deliveries office-system-delivery
    office-system-again office-system-address
    oversight-audits-found pressured-cases
"""
OTHERS = frozenset(WITHOUT_CASES.split())
