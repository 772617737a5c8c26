"""The Studio tab: documents that are spoken sentence by sentence, heard and corrected.

`tab.py` draws its place, `routes.py` serves what the public API of the projects does not have,
`exports.py` makes files in the background; `assets/studio*.js` draws it when it is first opened.
"""
