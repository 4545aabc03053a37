"""HTTP for share links."""

from visavis.http.routing import router

routes = router(tag="Share links")
