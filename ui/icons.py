"""Line icons on a 24 x 24 grid; drawn for this site."""

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
    "check": '<path d="m5 12.500 4.500 4.500L19 7"/>',
    "download": '<path d="M12 4v11m-4.500-4 4.500 4.500L16.500 11M4 20h16"/>',
    "share": '<path d="M12 15V3m-4 4 4-4 4 4"/><path d="M6 11H4v10h16V11h-2"/>',
    "moon": '<path d="M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z"/>',
    "extent": '<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/><path d="M9 12h6M12 9v6"/>',
    "refresh": '<path d="M20 5v5h-5"/><path d="M19.500 10A8 8 0 1 0 20 14"/>',
}
