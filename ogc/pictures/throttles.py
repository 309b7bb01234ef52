"""How many pictures one person, or one network address, has drawn in a minute (`REST_FRAMEWORK`)."""

from ui.network.throttles import PersonThrottle


class MapThrottle(PersonThrottle):
    """Whole maps: each is drawn of many tiles."""

    scope = "maps"


class TileThrottle(PersonThrottle):
    """Single tiles, of which a window on a screen has some forty."""

    scope = "drawn_tiles"
