"""Every page of a practice. In braces stands what the fixture `places` knows."""

PAGES = (
    "/today", "/today/spam", "/today/week", "/people", "/people?view=list", "/people/new", "/people/find",
    "/people/find?q=talk", "/people/find?q=zzzz",
    "/people/{person}", "/people/{person}/contact", "/people/{person}/closure/new",
    "/people/{person}/referral/new", "/people/{person}/booking/new", "/people/{person}/snooze/new",
    "/people/{person}/enrollment/new", "/people/{person}/merge?q=a",
    "/people/{person}/merge/new?with={other}",
    "/follow-ups", "/follow-ups/sequences", "/follow-ups/sequences/1",
    "/follow-ups/emails", "/follow-ups/emails/1", "/follow-ups/emails/new", "/follow-ups/sent",
    "/follow-ups/why", "/messages/1", "/reports",
    "/settings", "/settings/practice", "/settings/sending", "/settings/hours", "/settings/form",
    "/settings/account", "/settings/shortcuts", "/nowhere",
)  # fmt: skip
PUBLIC_PAGES = ("/sign-in", "/consultation", "/consultation/thanks", "/stop/{stop}", "/call/{page}")
