"""Scripts (JS-SDK) of the programs in whose own browser a page is read: share card, location, scanning a code.

`programs` says which script belongs to which program and where its ticket comes from, `addresses` on which pages it may
be, `middleware` writes it into the content policy of these pages, `views` signs their addresses.
"""
