"""How each mail provider is called, and how to connect it, step by step in its own words."""

from __future__ import annotations

from crm.rules.providers import ProviderKind

PROVIDER_WORDS = {
    ProviderKind.POSTMARK: "Postmark",
    ProviderKind.MAILGUN: "Mailgun",
    ProviderKind.SES: "Amazon SES",
}
POSTMARK = """
At Postmark, open your server’s inbound stream, then Settings. Paste the address into Webhook, and tick
“Include raw email content in JSON payload”.

Open the stream your emails leave by, then Webhooks, Add webhook. Paste the same address and tick Bounce,
Spam Complaint and Subscription Change.

Let the mailbox people answer to forward to the inbound address that Postmark shows you.
"""
MAILGUN = """
At Mailgun, under Receiving, create a route: match recipient, and forward to the address with /mime at its
end. So the whole email is handed over.

Under Sending, Webhooks, add the address without /mime for Permanent Failure, Temporary Failure, Spam
Complaints and Unsubscribes.

Copy the HTTP webhook signing key from Mailgun’s account settings and paste it below.
"""
SES = """
In Amazon SNS, create a standard topic, with signature version 2, and a subscription of it: protocol HTTPS,
the address as endpoint, raw message delivery off. It is confirmed by itself.

In SES, open your identity, Notifications: set the topic for bounces and complaints, and tick “Include
original headers”. Without them nobody can tell which email came back.

Under Email receiving, add a rule with the action “Publish to Amazon SNS topic”, encoding Base64. SNS carries
emails of up to 150 kB.
"""


def _steps(text: str) -> tuple[str, ...]:
    return tuple(" ".join(step.split()) for step in text.split("\n\n"))


PROVIDER_STEPS = {
    ProviderKind.POSTMARK: _steps(POSTMARK),
    ProviderKind.MAILGUN: _steps(MAILGUN),
    ProviderKind.SES: _steps(SES),
}
