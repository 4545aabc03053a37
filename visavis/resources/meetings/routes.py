"""HTTP for meetings."""

from visavis.http.routing import router

routes = router(tag="Meetings")
