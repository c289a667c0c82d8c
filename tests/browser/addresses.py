"""Every page of a practice. In braces stands what the fixture `places` knows."""

PAGES = (
    "/today", "/today?person={theo}", "/today/spam", "/today/mail", "/today/week",
    "/people", "/people?view=list", "/people/new", "/people/find", "/people/find?q=talk",
    "/people/find?q=zzzz", "/people/tags", "/people/views/new?stage=new&show=waiting", "/people/imports",
    "/people/{person}", "/people/{theo}", "/people/{person}/contact", "/people/{person}/closure/new",
    "/people/{person}/referral/new", "/people/{person}/booking/new", "/people/{person}/snooze/new",
    "/people/{person}/stage/new", "/people/{person}/calls/new", "/people/{person}/notes/new",
    "/people/{person}/reminder/new", "/people/{person}/enrollment/new", "/people/{theo}/danger",
    "/people/{theo}/reassurance/new",
    "/people/{person}/looks", "/people/{person}/export/new", "/people/{person}/erasure/new",
    "/people/{person}/merge?q=a", "/people/{person}/merge/new?with={other}",
    "/bookings/{booking}/outcome/new",
    "/follow-ups", "/follow-ups/sequences", "/follow-ups/sequences/new", "/follow-ups/sequences/1",
    "/follow-ups/sequences/1/name", "/follow-ups/sequences/1/rest", "/follow-ups/sequences/1/versions",
    "/follow-ups/emails", "/follow-ups/emails/1", "/follow-ups/emails/1/versions", "/follow-ups/emails/new",
    "/follow-ups/sent", "/follow-ups/why", "/messages/1", "/messages/{planned}/wording",
    "/reports", "/reports/people?reached=heard",
    "/settings", "/settings/practice", "/settings/sending", "/settings/hours", "/settings/form",
    "/settings/form/1", "/settings/form/1/site", "/settings/form/1/versions", "/settings/form/1/pause",
    "/settings/ways-in", "/settings/other-programs", "/settings/other-programs/1",
    "/settings/other-programs/1/told/1", "/settings/spam", "/settings/danger", "/settings/privacy",
    "/settings/privacy/coming", "/settings/privacy/record", "/settings/account",
    "/settings/shortcuts", "/nowhere",
)  # fmt: skip
PUBLIC_PAGES = (
    "/sign-in",
    "/consultation",
    "/consultation/thanks",
    "/stop/{stop}",
    "/call/{page}",
    "/api/v1",
)
