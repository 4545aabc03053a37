"""HTTP for tools."""

from visavis.http.routing import router

routes = router(tag="Tools")
