"""Line icons on a 24 x 24 grid; drawn for this site."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ICONS = {
    "map": '<path d="M3 6.5 9 4l6 2.5L21 4v13.5L15 20l-6-2.5L3 20z"/><path d="M9 4v13.5M15 6.5V20"/>',
    "river": '<path d="M3 8c3-3 6-3 9 0s6 3 9 0M3 13c3-3 6-3 9 0s6 3 9 0M3 18c3-3 6-3 9 0s6 3 9 0"/>',
    "project": '<path d="M4 20V9l8-5 8 5v11z"/><path d="M9 20v-6h6v6"/>',
    "station": '<path d="M12 21s-7-6.2-7-11.5a7 7 0 0 1 14 0C19 14.800 12 21 12 21z"/>'
    '<circle cx="12" cy="9.500" r="2.500"/>',
    "layers": '<path d="m12 3 9 5-9 5-9-5z"/><path d="m3 12.500 9 5 9-5"/><path d="m3 17 9 5 9-5"/>',
    "library": '<path d="M5 4h10a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3z"/><path d="M5 17a3 3 0 0 1 3-3h10M9 8h5"/>',
    "inbox": '<path d="M3 13 6 5h12l3 8v6H3z"/><path d="M3 13h5.500l1.500 3h4l1.500-3H21"/>',
    "numbers": '<path d="M4 20h16"/><path d="M6.500 20v-6M12 20V5M17.500 20v-9"/>',
    "bell": '<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15z"/><path d="M10 20.500h4"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21c.800-4.500 4-6.500 8-6.500s7.200 2 8 6.500"/>',
    "phone": '<path d="M6 3h3.500l1.500 5-2.500 1.500a11 11 0 0 0 6 6L16 13l5 1.500V18a3 3 0 0 1-3.300 3'
    'A16.500 16.500 0 0 1 3 6.300 3 3 0 0 1 6 3z"/>',
    "people": '<circle cx="9" cy="8.500" r="3.500"/><path d="M2.500 20c.600-4 3.200-6 6.500-6s5.900 2 6.500 6"/>'
    '<path d="M16 5.300a3.500 3.500 0 0 1 0 6.400M18 14.600c2 .800 3.200 2.700 3.500 5.400"/>',
    "type": '<path d="M3 19 9 5l6 14M5.200 14h7.600"/><path d="m15.500 19 3-7.500 3 7.500m-5-2.500h4"/>',
    "leave": '<path d="M14 4H5v16h9"/><path d="M10 12h11m-4-4 4 4-4 4"/>',
    "enter": '<path d="M10 4h9v16h-9"/><path d="M3 12h11m-4-4 4 4-4 4"/>',
    "search": '<circle cx="10.500" cy="10.500" r="6.500"/><path d="m15.500 15.500 5 5"/>',
    "camera": '<path d="M3 8h4l2-3h6l2 3h4v11H3z"/><circle cx="12" cy="13" r="3.500"/>',
    "locate": '<circle cx="12" cy="12" r="6"/><path d="M12 2v4m0 12v4M2 12h4m12 0h4"/>'
    '<circle cx="12" cy="12" r="1.500"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "minus": '<path d="M5 12h14"/>',
    "play": '<path d="M7 4.500v15l12-7.500z"/>',
    "pause": '<path d="M8 5v14M16 5v14"/>',
    "up": '<path d="m6 15 6-6 6 6"/>',
    "down": '<path d="m6 9 6 6 6-6"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "help": '<circle cx="12" cy="12" r="9"/>'
    '<path d="M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.700.300-1 .800-1 1.700"/><path d="M12 16.800v.010"/>',
    "filter": '<path d="M4 6h16M7 12h10M10 18h4"/>',
    "legend": '<circle cx="6" cy="6" r="2"/><path d="M4 12l2-2 2 2-2 2zM4 17h4v4H4zM12 6h8m-8 6h8m-8 7h8"/>',
    "warning": '<path d="M12 3.500 22 20H2z"/><path d="M12 10v4.500m0 2.500v.010"/>',
    "more": '<circle cx="5" cy="12" r="1.800"/><circle cx="12" cy="12" r="1.800"/><circle cx="19" cy="12" r="1.800"/>',
    "check": '<path d="m5 12.500 4.500 4.500L19 7"/>',
    "download": '<path d="M12 4v11m-4.500-4 4.500 4.500L16.500 11M4 20h16"/>',
    "share": '<path d="M12 15V3m-4 4 4-4 4 4"/><path d="M6 11H4v10h16V11h-2"/>',
    "moon": '<path d="M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z"/>',
    "extent": '<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/><path d="M9 12h6M12 9v6"/>',
    "refresh": '<path d="M20 5v5h-5"/><path d="M19.500 10A8 8 0 1 0 20 14"/>',
    "lamp": '<path d="M9 21h6M12 21V7m0 0h6l2 4h-5z"/><path d="M17.500 13v2"/>',
    "road": '<path d="M8 3 4 21M16 3l4 18"/><path d="M12 4v3m0 4v3m0 4v3"/>',
    "bin": '<path d="M5 7h14l-1.500 14h-11zM3.500 7h17M9 7V4h6v3"/><path d="M10 11v6m4-6v6"/>',
    "drop": '<path d="M12 3s6.500 7 6.500 11.500a6.500 6.500 0 0 1-13 0C5.500 10 12 3 12 3z"/>',
    "pipe": '<path d="M3 7h9a5 5 0 0 1 5 5v2M3 12h8a1.500 1.500 0 0 1 1.500 1.500v.500M11 14h8"/>'
    '<path d="M15 17.500v3"/>',
    "sound": '<path d="M4 9.500v5h4l5 4.500V5L8 9.500z"/><path d="M16.500 9a4 4 0 0 1 0 6m2.500-9a8 8 0 0 1 0 12"/>',
    "house": '<path d="m3 11 9-7 9 7M5.500 9.500V20h13V9.500"/><path d="M10 20v-5h4v5"/>',
    "tree": '<path d="M12 21v-7m0 0a6 6 0 1 1 0-11 6 6 0 0 1 0 11z"/>',
    "bus": '<path d="M4 5h16v12H4zM4 11h16"/><circle cx="8" cy="19" r="1.500"/><circle cx="16" cy="19" r="1.500"/>',
    "fire": '<path d="M12 3c1 4 6 6 6 11a6 6 0 0 1-12 0c0-3 2-4 2.500-7 1 1 2 2 2.500 3C12.500 9 12.500 6 12 3z"/>',
    "bolt": '<path d="M13 3 5 14h6l-1 7 9-12h-7z"/>',
    "smoke": '<path d="M6 21V11h4v10M3 21h18"/><path d="M12 8c1-3 4-1 4.500-3.500M14 12c1-3 5-1 5.500-4"/>',
}

NAMES: dict[str, Any] = {
    "warning": _("警示"),
    "drop": _("水滴"),
    "river": _("水流"),
    "pipe": _("管道"),
    "road": _("道路"),
    "lamp": _("路灯"),
    "bin": _("垃圾桶"),
    "house": _("房屋"),
    "tree": _("树木"),
    "bus": _("公交车"),
    "fire": _("火焰"),
    "bolt": _("闪电"),
    "smoke": _("烟气"),
    "sound": _("声音"),
    "user": _("人像"),
    "people": _("人群"),
    "phone": _("电话"),
    "camera": _("相机"),
    "help": _("问号"),
}
"""The icons that people may choose for a thing of their own, by what they show."""
