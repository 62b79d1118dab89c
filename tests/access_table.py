"""The table of who gets where: roles, whose case it is, and every address of the portal by its name.

`GROUPS` is what to add a new address to. `test_access_matrix` holds the portal to it.
"""

from tests.access_rules import (
    Rule,
    api_users,
    citizen_or_reader,
    deciders,
    everybody,
    its_citizen,
    its_citizen_while_open,
    leaders,
    linkers,
    lookers,
    lookers_at_grid,
    no_issue_to_add_to,
    no_issue_to_move,
    no_such_alert,
    no_such_audit,
    no_such_audit_to_call,
    no_such_audit_to_reopen,
    no_such_file,
    no_such_flag,
    no_such_issue,
    no_such_message,
    no_such_system,
    no_such_view,
    no_system_to_change,
    nobody_from_outside,
    none_has_joined,
    nothing_served,
    nothing_served_by_api,
    nothing_there,
    officers,
    onlookers,
    onlookers_by_api,
    operators,
    overseeing,
    overseers,
    readers,
    readers_by_api,
    readers_while_open,
    registrars,
    rule,
    signed_in,
    takers_out,
    the_published,
    without_token,
)

BOTH = "GET POST"
#: Who → names of addresses. A name with a plus is the one of two with these arguments.
GROUPS: list[tuple[Rule, str]] = [
    # For everybody
    (rule(everybody), "start cases places-search places-children offices-search performance"),
    (rule(everybody), "public-issues api-issues"),
    (rule(everybody), "performance-method performance-agency api-figures-public"),
    (rule(everybody), "open-data open-data-file open-data-catalog"),
    (rule(everybody), "cases-atom cases-json"),
    # The public record: here no day is sealed yet, and no leaf is known
    (rule(everybody), "record record-index record-keys record-script"),
    (rule(nothing_there), "record-day record-head record-leaves record-leaf"),
    (rule(everybody), "help accessibility privacy api-agencies api-categories api-places"),
    (rule(everybody), "api-schema"),
    (rule(everybody, BOTH), "api-docs health-live"),
    (rule(everybody, BOTH, "ok 503"), "health-ready"),
    (rule(nobody_from_outside, BOTH), "metrics"),
    (rule(everybody, BOTH, "away"), "set_language"),
    (rule(the_published), "case-public"),
    # Filing and following
    (rule(everybody, BOTH), "file track lost-secret lost-secret-code"),
    (rule(everybody, BOTH, "away"), "file-check file-step"),
    (rule(everybody, BOTH, "410"), "file-receipt"),
    (rule(everybody, shows="410"), "file-signed"),
    (rule(everybody, BOTH, "410 away"), "lost-secret-new"),
    (rule(everybody, "POST"), "file-look track-close leave"),
    (rule(its_citizen), "track-case track-signed"),
    (rule(its_citizen_while_open), "track-live"),
    (rule(its_citizen, BOTH, "away"), "track-move"),
    (rule(its_citizen), "track-data"),
    (rule(its_citizen, "POST"), "track-data-copy"),
    (rule(its_citizen, BOTH), "track-data-erase track-withdraw"),
    (rule(citizen_or_reader), "attachment"),
    # The API: what a citizen does there is proved by the secret in the body
    (rule(everybody, "POST"), "api-complaints api-files api-follow api-citizen-move"),
    (rule(everybody, "POST"), "api-code api-new-secrets api-export api-erase api-receipt"),
    (rule(api_users), "api-cases api-served"),
    (rule(onlookers_by_api), "api-figures"),
    (rule(nothing_served_by_api, "POST"), "api-served-appeal"),
    (rule(readers_by_api), "api-case"),
    (rule(readers_by_api, "POST"), "api-case-move"),
    (rule(nothing_served_by_api), "api-case-file"),
    # Systems of agencies: id and secret in the body
    (rule(everybody, "POST"), "oauth-token oauth-revoke"),
    (rule(without_token), "api-system api-events api-system-endpoint api-system-deliveries"),
    (rule(without_token, "POST"), "api-system-test api-system-resend api-system-resend-failed"),
    (rule(without_token), "api-system-cases api-system-statuses"),
    (rule(without_token, "POST"), "api-system-statuses-dry-run api-case-status"),
    (rule(without_token, "PUT"), "api-case-reference"),
    # Only in a sandbox
    (rule(nothing_there, "POST"), "api-sandbox-play"),
    # Native apps: with a session token alone, which nobody here has
    (rule(everybody, "POST"), "api-me-code api-me-session"),
    (rule(without_token), "api-me-complaints api-me-complaint api-me-file"),
    (rule(without_token, "POST"), "api-me-move api-me-export api-me-delete"),
    # The portal as an app; without a key towards push services there is no news on devices
    (rule(everybody), "manifest service-worker offline"),
    (rule(everybody, shows="none"), "push-key"),
    (rule(everybody, "POST"), "devices devices-known"),
    # A link in a message: this one is forged
    (rule(everybody, BOTH, "410"), "act"),
    # Providers that are not set up here
    (rule(nothing_there, BOTH), "webhook webhook-sms webhook-sms-secret webhook-email"),
    # Open311: reading what is published is everybody's, writing is proved by a key in the body
    (rule(everybody), "open311-discovery open311-services open311-service"),
    (rule(everybody, BOTH), "open311-requests open311-updates"),
    (rule(the_published), "open311-request"),
    (rule(nothing_there), "open311-token open311-nothing"),
    # The simulator: only in a demonstration
    (
        rule(nothing_there, BOTH),
        "simulator simulator-public simulator-live simulator-talk simulator-photo simulator-phone"
        " simulator-raw simulator-send simulator-try simulator-trouble simulated-twilio-messages"
        " simulated-twilio-media simulated-whatsapp-messages simulated-whatsapp-attachment"
        " simulated-whatsapp-media simulated-messenger-messages simulated-x-messages"
        " simulated-x-posts simulated-x-media",
    ),
    # Officers
    (rule(signed_in, shows="away"), "home"),
    (rule(officers), "office office-matches"),
    (rule(signed_in), "office-served"),
    (rule(nothing_served, BOTH), "office-served-one"),
    (rule(leaders, "POST"), "office-give"),
    (rule(readers), "office-case"),
    (rule(deciders), "office-appeals"),
    # No hearing is set here, so there is nothing for whoever gets in.
    (rule(readers, shows="none"), "office-hearing"),
    (rule(nothing_there), "track-hearing"),
    (rule(readers_while_open), "office-live"),
    (rule(readers, BOTH, "ok away"), "office-move"),
    (rule(overseers), "pressured"),
    # Without an agency that stands out there is nothing for whoever gets in.
    (rule(overseers, shows="none"), "pressured-cases"),
    (rule(onlookers), "desk oversight-escalations message-tray"),
    # Whoever leads an office is led from the country's screen to their own.
    (rule(lookers, shows="ok away"), "oversight"),
    (rule(lookers_at_grid), "oversight-agency"),
    (rule(lookers), "oversight-cases oversight-export oversight-past"),
    (rule(lookers, BOTH), "oversight-saved"),
    (rule(no_such_view, BOTH), "oversight-saved-one"),
    (rule(onlookers), "oversight-flow oversight-flow-cases oversight-league oversight-map"),
    (rule(onlookers), "oversight-desk oversight-channels"),
    # Without a question there is nothing for whoever gets in.
    (rule(onlookers, shows="none"), "oversight-desk-cases"),
    (rule(onlookers), "oversight-audits"),
    # Without an ending there is nothing for whoever gets in.
    (rule(overseeing, shows="none"), "oversight-audits-found"),
    (rule(no_such_audit), "oversight-audit"),
    (
        rule(no_such_audit_to_call, "POST"),
        "oversight-audit-take oversight-audit-back oversight-audit-look oversight-audit-end",
    ),
    (rule(no_such_audit_to_reopen, "POST"), "oversight-audit-reopen"),
    (rule(overseers, BOTH, "away"), "oversight-audit-ask"),
    (rule(officers), "oversight-files"),
    (rule(onlookers), "oversight-reports"),
    (rule(overseers, "POST"), "oversight-report-make"),
    (rule(everybody), "public-reports"),
    # Of nothing a report was made here.
    (rule(everybody, shows="none"), "public-report report-pdf"),
    (rule(no_such_file), "oversight-file oversight-file-download"),
    (rule(no_such_file, "POST"), "oversight-file-again"),
    (rule(no_such_message, BOTH), "message"),
    # Systemic issues: there is none of this key
    (rule(onlookers), "issues issue-piles issue-pile"),
    (rule(leaders), "office-issues"),
    # What systems are told: there is none of this number
    (rule(deciders), "office-systems"),
    (rule(takers_out, BOTH), "office-export"),
    (
        rule(no_such_system),
        "office-system-deliveries office-system-delivery office-system-city",
    ),
    (rule(no_system_to_change, "POST"), "office-system-again office-system-city-again"),
    (rule(no_system_to_change, BOTH), "office-system-address office-system-statuses"),
    (rule(overseers, BOTH), "issue-new"),
    (rule(nothing_there), "public-issue api-issue"),
    (rule(no_such_issue), "issue"),
    (rule(no_issue_to_add_to, BOTH), "issue-cases"),
    (rule(no_issue_to_move, BOTH), "issue-step"),
    (rule(no_such_message, "POST"), "issue-unlink"),
    (rule(linkers, BOTH), "issues-of-case"),
    # What rises, and alerts: there is none of this number, and no rule
    (rule(onlookers), "oversight-rising oversight-rising-subject oversight-alerts"),
    (rule(no_such_message), "oversight-alert"),
    (rule(overseers, BOTH), "oversight-alert-new"),
    (rule(no_such_alert, "POST"), "oversight-alert-acknowledge oversight-alert-end"),
    (rule(overseeing), "channels"),
    (rule(overseers, "POST"), "channels-again"),
    # Fair play; there is no cluster and no flag of this key
    (rule(onlookers), "clusters restrictions"),
    (rule(no_such_message, BOTH), "cluster"),
    (rule(no_such_message), "cluster-live"),
    (rule(overseeing), "flags"),
    (rule(no_such_flag, BOTH), "flag"),
    (rule(operators, BOTH), "console"),
    (rule(operators, shows="away"), "console-new"),
    (rule(operators, BOTH, "410"), "console-filing console-check console-move"),
    (rule(operators, "POST"), "console-look console-end"),
    (rule(operators, shows="410"), "console-done console-step console-case"),
    # Registrars
    (
        rule(registrars),
        "registry registry-health registry-uncovered registry-changes registry-places"
        " registry-offices registry-office registry-posts registry-categories registry-services"
        " registry-calendars registry-deadlines rules rules-set",
    ),
    (
        rule(registrars, BOTH),
        "registry-office-new registry-office-edit registry-office-close registry-post-new"
        " registry-post-hand-over registry-post-end registry-category-new registry-category"
        " registry-service-new registry-service registry-calendar-new registry-calendar"
        " registry-calendar-edit registry-deadline registry-keys",
    ),
    (
        rule(registrars, "POST"),
        "registry-office-reopen registry-category-retire registry-service-remove"
        " registry-holiday-remove registry-key-revoke rules-begin-draft rules-delete",
    ),
    (
        rule(registrars, BOTH),
        "rules-try rules-discard rules-dry-run rules-publish rules-settings rules-new rules-rule",
    ),
    # There is no system of this number
    (rule(registrars), "registry-systems"),
    (rule(registrars, BOTH), "registry-system-new"),
    (rule(none_has_joined), "registry-system"),
    (
        rule(none_has_joined, BOTH),
        "registry-system-edit registry-system-secret registry-system-end registry-system-city",
    ),
    (rule(none_has_joined, "POST"), "registry-system-old-secret"),
    # Signing in
    (rule(everybody, BOTH, "ok away"), "account_login account_logout account_signup"),
    (rule(everybody, BOTH), "account_reset_password account_reset_password_from_key"),
    (rule(everybody), "account_inactive account_email_verification_sent"),
    (rule(everybody, BOTH, "ok none"), "account_confirm_email"),
    (rule(everybody), "account_reset_password_done account_reset_password_from_key_done"),
    (
        rule(signed_in, BOTH, "ok away"),
        "account_email account_change_password account_set_password",
    ),
    (rule(signed_in, BOTH, "away"), "account_confirm_login_code mfa_authenticate"),
    (rule(signed_in, BOTH, "ok away no"), "account_reauthenticate mfa_reauthenticate"),
    (rule(signed_in), "mfa_index my-data"),
    (rule(signed_in, "POST"), "my-data-copy"),
    (rule(signed_in, BOTH, "ok away"), "my-data-delete"),
    (rule(signed_in, BOTH), "mfa_activate_totp mfa_generate_recovery_codes"),
    # Nobody here has a second factor yet.
    (rule(signed_in, shows="none"), "mfa_view_recovery_codes mfa_download_recovery_codes"),
    (rule(signed_in, BOTH, "none"), "mfa_deactivate_totp"),
]
DECLARED = [(name, rule) for rule, names in GROUPS for name in names.split()]
RULES = dict(DECLARED)
