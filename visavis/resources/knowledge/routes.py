"""HTTP for knowledge."""

from visavis.http.routing import router

routes = router(tag="Knowledge")
