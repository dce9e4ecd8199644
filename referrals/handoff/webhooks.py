"""A partner whose program referred somebody is told when that referral changes: code and state alone."""

from referrals.handoff import codes
from referrals.models import ReferralDelivery
from services import webhooks
from services.models import Webhook

EVENT = "referral.changed"


def queue(event):
    """Line up what the webhooks of its key are told of a `ReferralEvent`; in the transaction of the act."""
    key = event.referral.key_id
    if key is None:
        return
    told = Webhook.objects.usable().filter(key=key, key__may_refer=True)
    ReferralDelivery.objects.bulk_create(
        ReferralDelivery(webhook=webhook, event=event) for webhook in told
    )


def message(delivery):
    """What is sent; None where the key may refer no longer, or the referral is another key's."""
    event, key = delivery.event, delivery.webhook.key
    if not key.may_refer or event.referral.key_id != key.pk:
        return None
    return {
        "type": EVENT,
        "timestamp": event.at.isoformat(),
        "data": {
            "referral": str(event.referral_id),
            "code": codes.written(event.referral.code),
            "state": event.state,
            "number": event.number,
        },
    }


def register():
    """Have `manage.py send_webhooks` send these too."""
    webhooks.add_news(ReferralDelivery, message, "event", "event__referral")
