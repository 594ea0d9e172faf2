"""Checks deliveries with the library that Standard Webhooks publishes for Python: one JSON line in, one line out."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

for line in sys.stdin:
    delivery = json.loads(line)
    try:
        Webhook(delivery["secret"]).verify(delivery["body"], delivery["headers"])
        print("yes")
    except WebhookVerificationError as error:
        print("no:", error)
