"""HTTP for webhooks."""

from visavis.http.routing import router

routes = router(tag="Webhooks")
