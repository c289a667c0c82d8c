"""What each way in is called, and how to put our address into it, step by step in the builder's own words."""

from __future__ import annotations

from crm.rules.ways_in import SourceKind

KIND_WORDS = {
    SourceKind.API: "A program, by the API",
    SourceKind.CONTACT_FORM_7: "WordPress, Contact Form 7",
    SourceKind.GRAVITY_FORMS: "WordPress, Gravity Forms",
    SourceKind.ELEMENTOR: "WordPress, Elementor",
    SourceKind.WEBFLOW: "Webflow",
    SourceKind.TYPEFORM: "Typeform",
    SourceKind.JOTFORM: "Jotform",
    SourceKind.TALLY: "Tally",
    SourceKind.SQUARESPACE: "Squarespace, through Zapier",
    SourceKind.OTHER: "Any other form",
}

STEPS: dict[SourceKind, tuple[str, ...]] = {
    SourceKind.API: (
        "Give this token to whoever builds your site.",
        "It goes into the header “Authorization: Bearer”, on their server and never into a page.",
        "What may be sent, and what comes back, is told at the address below.",
    ),
    SourceKind.CONTACT_FORM_7: (
        "In WordPress, add the plugin “CF7 to Webhook” and activate it.",
        "Under Contact, open your form and its tab Webhook.",
        "Tick “Send to Webhook” and paste this address into Webhook URL. Save.",
    ),
    SourceKind.GRAVITY_FORMS: (
        "Under Forms, open your form, then Settings, Webhooks. If Webhooks is missing, install that add-on.",
        "Add New. The event is “Form is submitted”.",
        "Paste this address into Request URL. Method POST, format JSON, body All Fields. Save.",
    ),
    SourceKind.ELEMENTOR: (
        "Edit the page and click your form. Under Actions After Submit, add Webhook.",
        "Open Webhook and paste this address into Webhook URL.",
        "Turn Advanced Data on, so that each field says what it is. Update the page.",
    ),
    SourceKind.WEBFLOW: (
        "Open your site’s settings, then Apps & Integrations, Webhooks, Add webhook.",
        "The trigger is Form submission. Paste this address into URL, and add it.",
        "If Webflow shows you a secret, paste it below.",
    ),
    SourceKind.TYPEFORM: (
        "Open your form, then Connect, Webhooks, Add a webhook.",
        "Paste this address into Endpoint, save, and switch it on.",
        "Edit it once more, make up a secret there, and put the same one below.",
    ),
    SourceKind.JOTFORM: (
        "Open your form, then Settings, Integrations, and look for Webhooks.",
        "Paste this address and press Complete Integration.",
    ),
    SourceKind.TALLY: (
        "Publish your form, open Integrations, and connect Webhooks.",
        "Paste this address into Endpoint URL. Add a signing secret, and put the same one below.",
    ),
    SourceKind.SQUARESPACE: (
        "In Zapier, make a Zap. Its trigger is Squarespace, New Form Submission.",
        "Its action is Webhooks by Zapier, POST. Paste this address into URL. The payload type is Json.",
        "Leave Data empty, so that every answer comes along. Publish the Zap.",
    ),
    SourceKind.OTHER: (
        "Look for Webhook, or for “send to an address”, in the settings of your form.",
        "Paste this address. What is sent as JSON or as a form is understood.",
    ),
}
