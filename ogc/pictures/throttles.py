"""How many pictures one person, or one network address, has drawn in a minute (`REST_FRAMEWORK`)."""

from rest_framework.throttling import UserRateThrottle


class MapThrottle(UserRateThrottle):
    """Whole maps: each is drawn of many tiles."""

    scope = "maps"


class TileThrottle(UserRateThrottle):
    """Single tiles, of which a window on a screen has some forty."""

    scope = "drawn_tiles"
